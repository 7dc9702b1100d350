//! Refuses what another site makes a browser send: every write and every WebSocket handshake shows where it comes from.
//! GET changes nothing, so it needs no check. Done once, in one layer, before anything else looks at the request.
use super::Site;
use crate::config::PublicUrl;
use axum::extract::{Request, State};
use axum::http::header::{COOKIE, HOST, ORIGIN, REFERER, UPGRADE};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The layer.
pub async fn check(State(site): State<Site>, request: Request, next: Next) -> Response {
    let is_handshake = request.headers().contains_key(UPGRADE);
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD) && !is_handshake;
    if is_read || is_ours(request.headers(), &site.public_url) {
        return next.run(request).await;
    }
    tracing::info!(path = request.uri().path(), "refused: it came from another site");
    (StatusCode::FORBIDDEN, "This request came from another site.").into_response()
}

/// Whether a request comes from our own pages, or from no browser at all.
fn is_ours(headers: &HeaderMap, public: &PublicUrl) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let host = text(HOST);
    // Only a proxy that ends TLS knows the scheme; no page can make a browser send this.
    let scheme = text(HeaderName::from_static("x-forwarded-proto"));
    let is_host = |origin: &str| match origin.split_once("://") {
        Some((said, authority)) => {
            host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
                && scheme.is_none_or(|scheme| scheme.eq_ignore_ascii_case(said))
        }
        None => false,
    };
    let is_own = |origin: &str| origin.eq_ignore_ascii_case(&public.origin) || !public.is_named && is_host(origin);
    // Sec-Fetch-Site is the browser's own word; no page can set it. "none" is the person, by hand.
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return false;
    }
    if let Some(origin) = text(ORIGIN) {
        return is_own(origin);
    }
    if site.is_some() {
        return true;
    }
    if let Some(referer) = text(REFERER) {
        return is_own(origin_of(referer));
    }
    // Nothing shows where it comes from: fine for a program, not for a browser that sends our cookie along.
    !headers.contains_key(COOKIE)
}

/// `https://host:port` of an address.
fn origin_of(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_site_sends_is_refused() {
        let public: PublicUrl = "https://kith.example".parse().unwrap();
        for (expected, sent) in [
            (true, vec![("origin", "https://kith.example"), ("cookie", "a=b")]),
            (false, vec![("origin", "http://127.0.0.1:3000")]),
            (false, vec![("origin", "http://kith.example")]),
            (true, vec![("sec-fetch-site", "same-origin"), ("cookie", "a=b")]),
            (
                true,
                vec![("referer", "https://kith.example/rooms?a=b"), ("cookie", "a=b")],
            ),
            (true, vec![]),
            (false, vec![("cookie", "a=b")]),
            (false, vec![("origin", "https://evil.example")]),
            (false, vec![("origin", "null")]),
            (false, vec![("origin", "https://kith.example.evil.example")]),
            (false, vec![("origin", "http://127.0.0.1:3001")]),
            (
                false,
                vec![("origin", "https://kith.example"), ("sec-fetch-site", "cross-site")],
            ),
            (false, vec![("sec-fetch-site", "same-site")]),
            (false, vec![("referer", "https://evil.example/https://kith.example")]),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, "127.0.0.1:3000".parse().unwrap());
            for (name, value) in &sent {
                headers.insert(*name, value.parse().unwrap());
            }
            assert_eq!(is_ours(&headers, &public), expected, "{sent:?}");
        }
    }

    #[test]
    fn a_server_without_a_name_goes_by_the_host_that_was_asked() {
        let public = PublicUrl::of(([127, 0, 0, 1], 3000).into());
        for (expected, sent) in [
            (true, vec![("origin", "http://192.0.2.7:3000")]),
            (true, vec![("origin", "https://192.0.2.7:3000")]),
            (
                true,
                vec![("origin", "https://192.0.2.7:3000"), ("x-forwarded-proto", "https")],
            ),
            (
                false,
                vec![("origin", "http://192.0.2.7:3000"), ("x-forwarded-proto", "https")],
            ),
            (false, vec![("origin", "http://192.0.2.7")]),
            (false, vec![("origin", "https://evil.example")]),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, "192.0.2.7:3000".parse().unwrap());
            for (name, value) in &sent {
                headers.insert(*name, value.parse().unwrap());
            }
            assert_eq!(is_ours(&headers, &public), expected, "{sent:?}");
        }
    }
}
