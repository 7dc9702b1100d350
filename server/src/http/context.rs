//! What pages and server functions find in their context. Provided here and nowhere else, for both alike.
use super::address::ClientAddress;
use super::cookie::{self, Lifetime};
use super::door::Door;
use super::paced::Paced;
use super::session::Auth;
use super::{Response, Site, flash, security};
use app::api::Backend;
use app::api::accounts::Accounts;
use app::api::preferences::{ByForm, Cookies, Preferences, Theme};
use app::domain::user::Viewer;
use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// The one closure that provides: [`Backend`], [`Accounts`], `Option<Viewer>`, [`Preferences`], [`ByForm`],
/// [`Cookies`], `Assets`, and for pages that show a failed form `Typed`; and sets the policy of a page.
pub fn provider(site: Site) -> impl Fn() + Clone + Send + Sync + 'static {
    let backend: Arc<dyn Backend> = Arc::new(Paced::new(site.chat.clone(), site.clock.clone()));
    move || {
        provide_context(backend.clone());
        provide_context(site.assets.clone());
        // Both are missing when the list of routes is made: then nobody asks.
        let (Some(parts), Some(response)) = (use_context::<Parts>(), use_context::<ResponseOptions>()) else {
            return;
        };
        provide_context(parts.extensions.get::<Option<Viewer>>().cloned().flatten());
        provide_context(preferences(&parts.headers));
        provide_context(ByForm(accepts_html(&parts.headers)));
        let is_https = site.public_url.is_https;
        let jar = Jar {
            response: response.clone(),
            is_https,
        };
        provide_context::<Arc<dyn Cookies>>(Arc::new(jar));
        if let (Some(auth), Some(address)) = (parts.extensions.get::<Auth>(), parts.extensions.get::<ClientAddress>()) {
            let door = Door::new(site.clone(), auth.clone(), *address);
            provide_context::<Arc<dyn Accounts>>(Arc::new(door));
        }
        // Only pages have a nonce.
        if let Some(nonce) = use_nonce() {
            let policy = security::page_policy(&nonce, &parts.headers);
            response.insert_header(CONTENT_SECURITY_POLICY, policy);
            let (typed, over) = flash::take(&parts, is_https).unzip();
            provide_context(typed.unwrap_or_default());
            if let Some(over) = over {
                response.append_header(SET_COOKIE, over);
            }
        }
    }
}

/// The page for paths that lead nowhere. It is the application's own, with status 404.
pub fn missing_page(
    provide: impl Fn() + Clone + Send + Sync + 'static,
) -> impl Fn(Request) -> Pin<Box<dyn Future<Output = Response> + Send>> + Clone + Send + 'static {
    let render = leptos_axum::render_app_async_with_context(provide, app::shell::shell);
    move |request| {
        let page = render(request);
        Box::pin(async move {
            let mut response = page.await;
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        })
    }
}

/// Cookies that are set with the response.
struct Jar {
    response: ResponseOptions,
    is_https: bool,
}

impl Cookies for Jar {
    fn set(&self, name: &'static str, value: &str) {
        let cookie = cookie::build(name, value, Lifetime::Year, self.is_https);
        self.response.append_header(SET_COOKIE, cookie);
    }

    fn not_found(&self) {
        self.response.set_status(StatusCode::NOT_FOUND);
    }
}

/// A form without script asks for a page, a script for data.
fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// What the cookies say, where it makes sense.
fn preferences(headers: &HeaderMap) -> Preferences {
    let offset = cookie::read(headers, "offset").and_then(|minutes| minutes.parse().ok());
    Preferences {
        theme: Theme::from_word(cookie::read(headers, "theme").unwrap_or_default()),
        offset: offset
            .filter(|minutes| (-840..=840).contains(minutes))
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::COOKIE;

    #[test]
    fn preferences_that_make_no_sense_are_ignored() {
        for (cookies, theme, offset) in [
            ("theme=dark; offset=-120", Theme::Dark, -120),
            ("theme=pink; offset=841", Theme::System, 0),
            ("offset=x", Theme::System, 0),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, cookies.parse().unwrap());
            assert_eq!(preferences(&headers), Preferences { theme, offset }, "{cookies}");
        }
    }
}
