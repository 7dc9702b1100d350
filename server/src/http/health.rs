//! What a supervisor asks: whether the process lives, and whether it can do its work.
use super::Site;
use axum::extract::State;
use axum::http::StatusCode;

/// The process is up.
pub async fn alive() -> &'static str {
    "alive"
}

/// The store answers.
pub async fn ready(State(site): State<Site>) -> (StatusCode, &'static str) {
    match site.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(cause) => {
            tracing::warn!(%cause, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer")
        }
    }
}
