//! Kith's server.
pub mod chat;
pub mod clock;
pub mod config;
pub mod error;
pub mod http;
pub mod realtime;
pub mod store;
