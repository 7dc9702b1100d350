//! Who hears what, now: topics, mailboxes, presence, and the order in which a room's events go out.
//! It stores nothing, knows no database, and may lose an event: the change log may not, and fills what was lost.
//!
//! ```text
//! chat ──publish──▶ Bus ── release in rev order ──▶ Hub ── put ──▶ mailboxes ──▶ one task per socket ──▶ pages
//!                    └──forward──▶ Link ──▶ the other nodes' Bus::receive (delivered there, never forwarded again)
//! ```
//!
//! **Architecture invariant:** nothing here awaits while it holds a lock; locks are taken in the order release, hub,
//! mailbox; presence is never taken together with another.
//!
//! **Architecture invariant:** `realtime` and `store` do not know each other.

pub mod attendance;
pub mod bus;
pub mod hub;
pub mod link;
pub mod mailbox;
pub mod release;
pub mod seat;
pub mod topics;

/// A frame as it lies in a mailbox: encoded once, shared by all who get it.
pub type Text = axum::extract::ws::Utf8Bytes;
