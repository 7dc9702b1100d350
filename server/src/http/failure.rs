//! Failures as the protocol tells them: typed errors get their status, and a panic is an error like any other.
use super::Response;
use crate::error::broken;
use app::error::AppError;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use std::any::Any;

/// No error is larger.
const MOST: usize = 64 * 1024;

/// The layer: a server function's error comes as 500; it leaves with the status that it means.
pub async fn statuses(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_typed = response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !is_typed || response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MOST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(error) = serde_json::from_slice::<AppError>(&body) {
        parts.status = status(&error);
        if let AppError::SlowDown { seconds } = error {
            parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

/// An error as a whole response.
pub fn response(error: &AppError) -> Response {
    let body = serde_json::to_string(error).unwrap_or_default();
    (status(error), [(CONTENT_TYPE, "application/json")], body).into_response()
}

/// What a panic becomes. Its cause is in the log, under the id.
pub fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| cause.downcast_ref::<&str>().copied());
    response(&broken(format_args!("panic: {}", text.unwrap_or("without words"))))
}

fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
