//! Gives back what was typed into a form that failed, to a page without script: for a minute, in a cookie that no
//! script reads. Never a password or a token, never in the address.
use super::Site;
use super::cookie::{self, Lifetime};
use app::api::preferences::Typed;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const NAME: &str = "flash";
/// Browsers keep at least 4,096 bytes, name and attributes included (RFC 6265, section 6.1).
const MOST: usize = 3_500;
/// A form is at most this large; the limit for all bodies is the same.
pub const MAX_BODY: usize = 64 * 1024;

/// The layer: keeps the fields of a form whose server function failed.
pub async fn keep(State(site): State<Site>, request: Request, next: Next) -> Response {
    if !is_plain_form(request.method(), request.headers()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let typed = fields(&body);
    let mut response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if failed(response.headers())
        && let Some(typed) = typed
    {
        let cookie = cookie::build(NAME, &typed, Lifetime::Seconds(60), site.public_url.is_https);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// What the page that shows an error is to put back into its form, and the cookie that ends it.
pub fn take(parts: &Parts, is_https: bool) -> Option<(Typed, axum::http::HeaderValue)> {
    let shows_an_error = parts.uri.query().is_some_and(|query| query.contains("__err="));
    let kept = cookie::read(&parts.headers, NAME).filter(|_| shows_an_error)?;
    let fields = form_urlencoded::parse(kept.as_bytes()).into_owned().collect();
    Some((Typed(fields), cookie::build(NAME, "", Lifetime::Over, is_https)))
}

fn is_plain_form(method: &Method, headers: &HeaderMap) -> bool {
    let has = |name, text| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains(text))
    };
    method == Method::POST && has(ACCEPT, "text/html") && has(CONTENT_TYPE, "application/x-www-form-urlencoded")
}

fn failed(headers: &HeaderMap) -> bool {
    let location = headers.get(LOCATION).and_then(|to| to.to_str().ok());
    location.is_some_and(|to| to.contains("__err="))
}

/// The fields that may be kept, encoded as a form is; all letters of that are allowed in a cookie.
fn fields(body: &Bytes) -> Option<String> {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(body) {
        if !name.contains("password") && !name.contains("token") {
            kept.append_pair(&name, &value);
        }
    }
    let kept = kept.finish();
    (!kept.is_empty() && kept.len() <= MOST).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_tokens_are_not_kept() {
        let kept = fields(&Bytes::from_static(
            b"name=A+B%3B&password=secret&new_password=x&token=t&email=a%40b.c",
        ));
        assert_eq!(kept.as_deref(), Some("name=A+B%3B&email=a%40b.c"));
        assert_eq!(fields(&Bytes::from(format!("body={}", "x".repeat(MOST)))), None);
        assert_eq!(fields(&Bytes::from_static(b"password=x")), None);
    }
}
