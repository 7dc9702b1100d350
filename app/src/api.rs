//! The doors between pages and server: small traits that the server implements, and server functions that call them.
//! Each server function is one expression; it trusts nothing that comes in, since every one is a public endpoint.

pub mod accounts;
pub mod messages;
pub mod preferences;
pub mod resource;
pub mod rooms;

use crate::domain::user::Viewer;
use crate::error::AppError;
use leptos::prelude::use_context;
use std::sync::Arc;

/// Everything that pages ask the server for.
pub trait Backend: rooms::Rooms + messages::Messages {}

impl<T: rooms::Rooms + messages::Messages> Backend for T {}

/// The server's use-cases, as provided for this request.
pub fn backend() -> Result<Arc<dyn Backend>, AppError> {
    use_context::<Arc<dyn Backend>>().ok_or(AppError::Unavailable)
}

/// The accounts of this server, bound to the session of this request.
pub fn accounts() -> Result<Arc<dyn accounts::Accounts>, AppError> {
    use_context::<Arc<dyn accounts::Accounts>>().ok_or(AppError::Unavailable)
}

/// Who is signed in; [`AppError::SignedOut`] when nobody is.
pub fn viewer() -> Result<Viewer, AppError> {
    use_context::<Option<Viewer>>().flatten().ok_or(AppError::SignedOut)
}
