//! Who asks, and which pages that lets them see: before streaming starts, since a redirect is too late then.
use super::session::{Auth, Kept, Seen};
use super::{Response, Site, failure};
use crate::error::broken;
use app::domain::user::Viewer;
use app::error::AppError;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::http::header::LOCATION;
use axum::middleware::Next;
use axum::response::IntoResponse;

/// A session that is used is noted at most this often (milliseconds).
const TOUCH: i64 = 60 * 60_000;

/// The layer that puts `Option<Viewer>` into the request, and keeps a session alive that is used.
pub async fn viewer(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let Some(auth) = request.extensions().get::<Auth>().cloned() else {
        return failure::response(&broken("the session layer is missing"));
    };
    let viewer = auth.user.as_ref().map(|account| account.viewer.clone());
    if viewer.is_some()
        && let Err(cause) = touch(&site, &auth).await
    {
        tracing::warn!(%cause, "a session could not be noted as used");
    }
    request.extensions_mut().insert(viewer);
    next.run(request).await
}

async fn touch(site: &Site, auth: &Auth) -> Result<(), tower_sessions::session::Error> {
    let now = site.clock.now();
    let seen = auth.session.get::<i64>(Seen::KEY).await?.unwrap_or_default();
    if now.0 - seen >= TOUCH {
        let is_kept = auth.session.get::<bool>(Kept::KEY).await?.unwrap_or_default();
        auth.session.insert(Seen::KEY, now.0).await?;
        auth.session.set_expiry(Some(Kept(is_kept).expiry()));
    }
    Ok(())
}

/// The layer that leads people to the page where they can begin: signed-out people to the sign-in page, signed-in
/// people away from it.
pub async fn doors(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_page =
        matches!(*request.method(), Method::GET | Method::HEAD) && !path.starts_with("/api/") && path != "/ws";
    let is_known = request
        .extensions()
        .get::<Option<Viewer>>()
        .is_some_and(Option::is_some);
    match (is_page, is_known) {
        (true, false) if !is_open(path) => {
            let next = request.uri().path_and_query().map_or(path, |whole| whole.as_str());
            // A failed form's error is of no use after signing in.
            let next = next.split_once("?__path=").map_or(next, |(before, _)| before);
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            see_other(&format!("/sign-in?next={next}"))
        }
        (true, true) if matches!(path, "/sign-in" | "/register") => see_other("/"),
        _ => next.run(request).await,
    }
}

/// Pages for people who are not signed in.
fn is_open(path: &str) -> bool {
    matches!(path, "/sign-in" | "/register") || path.starts_with("/setup/") || path.starts_with("/reset/")
}

/// `/setup/…` and `/reset/…` as they may be logged.
pub fn without_token(path: &str) -> &str {
    match path {
        _ if path.starts_with("/setup/") => "/setup/…",
        _ if path.starts_with("/reset/") => "/reset/…",
        _ => path,
    }
}

/// What is said to those who need to sign in and are no browser on a page.
pub fn signed_out() -> Response {
    failure::response(&AppError::SignedOut)
}

fn see_other(to: &str) -> Response {
    (axum::http::StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}
