//! The contract of the store and of the use-cases on it: on SQLite, or on PostgreSQL when `TEST_DATABASE_URL` names one.
//! Every test has a database of its own.

mod store {
    mod accounts;
    mod histories;
    mod messages;
    mod rooms;
    mod sessions;
    mod since;
    mod support;
}
