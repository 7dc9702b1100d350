//! # Kith, the shared crate
//! What a chat is and how it looks. It compiles unchanged for browser and server and does no I/O of its own:
//! the server implements the traits of [`api`], the browser's socket is behind [`live`].
//!
//! Reading order:
//! - [`domain`]: what is true without a computer.
//! - [`protocol`] and [`error`]: what is said between page and server.
//! - [`api`]: the doors; small traits, and the server functions that call them.
//! - [`live`]: what a page knows right now, and how it follows the server.
//! - [`pages`] and [`components`]: how it looks. [`app`] arranges them, [`shell`] is the HTML around them.
//!
//! **Architecture invariants** (held by `server/tests/tidy.rs`):
//! - Dependencies point one way: `pages -> components -> live -> protocol -> domain`, and `pages -> api -> error -> domain`.
//! - Nothing here names sqlx, axum, tokio or fred. Only `live/socket.rs` names the browser's WebSocket.
//! - User text becomes HTML only as text nodes: there is no string of HTML anywhere.
//! - `Live` is the only source of what pages show; resources seed it, events move it.
//!
//! **One bundle, not lazy routes.** Tried with cargo-leptos 0.3.10 over two builds, `--split` and hashed files, with
//! `/me` as the lazy route. After a change in that page alone the entry script kept its name while its content (the name
//! of the chunk loader) changed. Hashed files are cached for a year, so a returning browser would run the old entry,
//! ask for a loader that is no longer there, and lose the page. It would also have saved nothing yet: 13 KB of 350 moved
//! out, and the first load stayed as large. To be tried again when the entry is hashed after its references are written.
#![recursion_limit = "256"]

pub mod api;
pub mod app;
pub mod components;
pub mod domain;
pub mod error;
pub mod live;
pub mod pages;
pub mod protocol;
pub mod shell;

pub use app::App;
