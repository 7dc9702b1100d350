//! What went wrong inside becomes what a browser may learn: the cause goes to the log under an id, the id to the browser.
use crate::clock::Clock;
use crate::store::StoreError;
use app::error::AppError;
use std::fmt::Display;

/// Logs the cause of something that should not happen and gives the error that names it.
pub fn broken(cause: impl Display) -> AppError {
    let id = format!("{:08x}", u32::from_be_bytes(Clock::System.random()));
    tracing::error!(%id, %cause, "broken");
    AppError::Broken { id }
}

/// So that `?` in a use-case says the right thing. What was taken is told beside its field before it comes here.
impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(%cause, "the database is not available");
                Self::Unavailable
            }
            other => broken(other),
        }
    }
}
