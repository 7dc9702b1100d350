//! What can go wrong in the store. The names of constraints become meanings here and nowhere else.
use sqlx::error::ErrorKind;
use std::borrow::Cow;

/// Why something was not read or not written. Nothing found is not among it: that is an `Option`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else has it.
    #[error("{0:?} is taken")]
    Taken(Taken),
    /// Locked, full, not there or out of connections: the same may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// What is stored could not have been stored by this program.
    #[error("what is stored breaks a rule: {0}")]
    Corrupt(String),
    /// Neither `sqlite:` nor `postgres:`.
    #[error("the database's address must begin with sqlite: or postgres:")]
    Scheme,
    /// The tables could not be brought up to date.
    #[error("migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A mistake in this program.
    #[error("database: {0}")]
    Broken(#[source] sqlx::Error),
}

/// What can be had only once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    Username,
    Code,
}

/// PostgreSQL names the constraint; SQLite the table and column.
const CONSTRAINTS: [(&str, &str, Taken); 2] = [
    ("users_username", "users.username", Taken::Username),
    ("users_code", "users.code", Taken::Code),
];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let passes = match &error {
            sqlx::Error::Database(database) => {
                if database.kind() == ErrorKind::UniqueViolation
                    && let Some(taken) = taken(database.constraint(), database.message())
                {
                    return Self::Taken(taken);
                }
                database.code().is_some_and(passes)
            }
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::BeginFailed
            | sqlx::Error::WorkerCrashed => true,
            _ => false,
        };
        if passes {
            Self::Unavailable(error)
        } else {
            Self::Broken(error)
        }
    }
}

fn taken(constraint: Option<&str>, message: &str) -> Option<Taken> {
    CONSTRAINTS
        .iter()
        .find(|(name, column, _)| constraint == Some(name) || message.ends_with(column))
        .map(|(.., taken)| *taken)
}

/// Whether the same statement may succeed later. PostgreSQL's codes have five characters (its manual, appendix A),
/// SQLite's are numbers whose low byte is the primary code (<https://www.sqlite.org/rescode.html>).
fn passes(code: Cow<'_, str>) -> bool {
    if code.len() == 5 {
        // Connection, resources, operator's doing; serialisation and deadlock; locks; a standby that cannot write.
        return matches!(&code[..2], "08" | "53" | "57" | "58" | "40") || matches!(&*code, "55P03" | "25006");
    }
    // BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN.
    code.parse::<i64>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_whether_to_try_again() {
        for (code, expected) in [
            ("53100", true),
            ("40P01", true),
            ("57P01", true),
            ("55P03", true),
            ("23505", false),
            ("42601", false),
            ("5", true),
            ("517", true),
            ("13", true),
            ("778", true),
            ("2067", false),
            ("1", false),
        ] {
            assert_eq!(passes(code.into()), expected, "{code}");
        }
    }

    #[test]
    fn constraints_mean_the_same_on_both_engines() {
        assert_eq!(taken(Some("users_username"), ""), Some(Taken::Username));
        assert_eq!(taken(None, "UNIQUE constraint failed: users.code"), Some(Taken::Code));
        assert_eq!(taken(Some("members_pk"), "…"), None);
    }
}
