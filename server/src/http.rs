//! The only edge of the server: routes and layers, in the order in which a request meets them.
//! It holds no rule of the chat; it finds out who asks, and hands over.

pub mod address;
mod assets;
mod connection;
mod context;
mod cookie;
mod door;
mod failure;
mod flash;
mod gate;
mod health;
mod origin;
mod paced;
mod posts;
mod security;
pub mod session;
mod socket;

use crate::chat::Chat;
use crate::clock::Clock;
use crate::config::{PublicUrl, Registration};
use crate::realtime::bus::Bus;
use crate::store::Store;
use address::Network;
use app::api::preferences::Assets;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Request};
use axum::http::HeaderName;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use leptos::config::LeptosOptions;
use leptos_axum::LeptosRoutes;
use std::ops::Deref;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

/// What every request may need. Clones are of one site.
#[derive(Clone)]
pub struct Site(Arc<Parts>);

/// See [`Site`].
pub struct Parts {
    pub chat: Chat,
    pub store: Store,
    pub bus: Bus,
    pub clock: Clock,
    pub public_url: PublicUrl,
    pub trusted_proxies: Arc<[Network]>,
    pub registration: Registration,
    /// Every task is spawned here, and hears `stop`.
    pub tracker: TaskTracker,
    pub stop: CancellationToken,
    pub assets: Assets,
    pub options: LeptosOptions,
}

impl Site {
    /// The one site of this process's server.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Site {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<Site> for LeptosOptions {
    fn from_ref(site: &Site) -> Self {
        site.options.clone()
    }
}

/// The addresses of scripts and style for the pages.
pub fn asset_names() -> Assets {
    assets::names()
}

/// Everything that answers.
pub fn router(site: Site) -> Router {
    // Where nobody needs to be known.
    let open = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(site.clone());

    // Where the viewer is known: pages, server functions, the socket. Layers are met from the last to the first.
    let routes = leptos_axum::generate_route_list(app::App);
    let provide = context::provider(site.clone());
    let missing = context::missing_page(provide.clone());
    let known = Router::new()
        .route("/ws", get(socket::open))
        .leptos_routes_with_context(&site, routes, provide, app::shell::shell)
        .fallback(missing)
        .layer(from_fn(gate::doors))
        .layer(from_fn_with_state(site.clone(), gate::viewer))
        .layer(session::layer(&site))
        .layer(from_fn(session::unavailable))
        .layer(from_fn_with_state(site.clone(), flash::keep))
        .layer(from_fn(security::private))
        .with_state(site.clone());

    let log = TraceLayer::new_for_http().make_span_with(|request: &Request| {
        let id = request.extensions().get::<RequestId>();
        let id = id.and_then(|id| id.header_value().to_str().ok()).unwrap_or_default();
        // The path, not the query: that may hold what somebody typed. One-time tokens stay out as well.
        let path = gate::without_token(request.uri().path());
        tracing::info_span!("request", %id, method = %request.method(), path)
    });
    let id = HeaderName::from_static("x-request-id");
    open.merge(known)
        .layer(from_fn(failure::statuses))
        .layer(from_fn(assets::serve))
        .layer(RequestBodyLimitLayer::new(flash::MAX_BODY))
        .layer(from_fn_with_state(site.clone(), origin::check))
        .layer(from_fn_with_state(site.trusted_proxies.clone(), address::note))
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(from_fn(security::headers))
        .layer(log)
        .layer(PropagateRequestIdLayer::new(id.clone()))
        .layer(SetRequestIdLayer::new(id, RequestIds(site.clock.clone())))
}

#[derive(Clone)]
struct RequestIds(Clock);

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let id = self.0.uuid().simple().to_string();
        Some(RequestId::new(id.parse().ok()?))
    }
}

/// The body that all our responses have.
type Response = axum::http::Response<Body>;
