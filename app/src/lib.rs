//! # Kith, the shared crate
//! What a chat is and how it looks. It compiles unchanged for browser and server and does no I/O of its own.
//!
//! Reading order: [`domain`] (what is true), [`protocol`] (what is said), [`error`], [`api`] (the doors to the server).
pub mod api;
pub mod domain;
pub mod error;
pub mod protocol;

use leptos::prelude::*;
/// stub
#[component]
pub fn App() -> impl IntoView {}
