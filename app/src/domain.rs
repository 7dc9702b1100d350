//! What is true without a computer: types, rules and who may do what.
//! No leptos, no async, no clock, no randomness: the same inputs give the same answer.
//!
//! **Architecture invariant:** this module imports only `std`, `serde` and `uuid`.

pub mod access;
pub mod code;
pub mod id;
pub mod membership;
pub mod message;
pub mod permission;
pub mod presence;
pub mod problem;
pub mod rich;
pub mod room;
pub mod time;
pub mod user;
