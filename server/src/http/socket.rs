//! `GET /ws`: who may open a socket, and how much it may hold.
use super::session::{self, Auth};
use super::{Response, Site, connection, gate};
use app::domain::user::Viewer;
use app::protocol::{MAX_FRAME, VERSION};
use axum::Extension;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use serde::Deserialize;

/// Small, since most sockets are idle most of the time; the library's own is 128 KiB for each.
const READ_BUFFER: usize = 1024;

/// What is gathered before it is written.
const WRITE_BUFFER: usize = 16 * 1024;

/// Nothing is gathered beyond this: a mailbox at its fullest, and one frame more.
const MAX_WRITE_BUFFER: usize = 1024 * 1024;

/// `?v=1`: the version that the page speaks.
#[derive(Deserialize)]
pub struct Asked {
    v: Option<u32>,
}

/// Opens a socket for whoever is signed in. That the page is ours was checked by `origin`.
pub async fn open(
    State(site): State<Site>,
    Extension(viewer): Extension<Option<Viewer>>,
    Extension(auth): Extension<Auth>,
    Query(asked): Query<Asked>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let (Some(viewer), Some(id)) = (viewer, auth.session.id()) else {
        return gate::signed_out();
    };
    let who = connection::Who {
        viewer,
        session: session::hash(id),
        is_current: asked.v == Some(VERSION),
    };
    // Counted from now on, so that a server that stops waits for it.
    let counted = site.tracker.token();
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .max_message_size(MAX_FRAME)
        .max_frame_size(MAX_FRAME)
        .on_upgrade(async move |socket| {
            connection::run(site, socket, who).await;
            drop(counted);
        })
}
