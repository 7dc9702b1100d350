//! # Kith, the server
//! How it is done: SQL, sockets, cookies. What a chat is and how it looks lies in [`app`]; this crate implements the
//! small traits that `app::api` asks for.
//!
//! ```text
//! main ─▶ http ─▶ chat ─▶ store ───▶ app::domain
//!           │       └───▶ realtime ─▶ app::protocol
//!           └──(a connection takes its seat)──▶ realtime
//! ```
//!
//! - [`config`]: what can be told from outside, checked once.
//! - [`clock`]: time, ids and randomness; the only reader of the system's.
//! - [`store`]: everything that is kept. The only place with SQL.
//! - [`realtime`]: who hears what, now. Keeps nothing.
//! - [`chat`]: the use-cases; each loads, asks a rule, writes, commits, then publishes.
//! - [`http`]: the only edge: routes and layers in the order in which a request meets them.
//!
//! `store` and `realtime` are leaves that do not know each other; `chat` joins them, `http` carries them.
//!
//! ## One message
//! A connection (`http::connection`) decodes the frame; its posts are stored in order by a task that a closing socket
//! does not cancel. `chat` hands the post to the store's journal, which puts all posts that wait into one transaction,
//! checks permission again inside it, and commits durably. Then `realtime::bus` lets the event out in the order of
//! the room's revs: encoded once, put into the mailbox of every listener, written by each connection's own task with
//! whatever else waits. The broadcast is the acknowledgement.
//!
//! ## What holds everywhere
//! 1. Nothing is published before its commit.
//! 2. No lock is held across an `.await`.
//! 3. A viewer reaches a room only through `Access`; without it, it answers like one that does not exist.
//! 4. The hub may lose an event; the change log may not. Lost ones are filled within seconds.
//! 5. Every channel is bounded and says what happens when it is full.
//! 6. Every task is spawned on a tracker and hears its cancellation: a server that stops waits for what comes in, then
//!    for what stores it.
//! 7. Password hashes and session ids are stored hashed, are never serialised, and their `Debug` shows nothing.

// Pages are nested types: the compiler looks this deep into them.
#![recursion_limit = "256"]

pub mod chat;
pub mod clock;
pub mod config;
pub mod error;
pub mod http;
pub mod realtime;
pub mod store;

use axum::serve::ListenerExt;
use chat::Chat;
use clock::Clock;
use config::{Config, PublicUrl};
use http::Site;
use leptos::config::LeptosOptions;
use realtime::bus::Bus;
use realtime::link::{Packet, Wire};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use store::{Store, StoreError};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a server that stops waits for what is under way.
const DRAIN: Duration = Duration::from_secs(10);

/// How long the store's own tasks may take to end after that.
const SETTLE: Duration = Duration::from_secs(5);

/// Connections to the database.
const DATABASE_CONNECTIONS: u32 = 8;

/// A running server: one node.
pub struct App {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where people reach it.
    pub public_url: PublicUrl,
    /// The use-cases, for the administrator's verbs and for tests.
    pub chat: Chat,
    /// What is being said on this node.
    pub bus: Bus,
    /// What is kept.
    pub store: Store,
    front: Tasks,
    back: Tasks,
}

/// Tasks that end together. What comes in (`front`) ends before what stores it (`back`), so that what was taken in is
/// stored.
#[derive(Clone, Default)]
struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Tells them to end, and waits for it.
    async fn end(&self, within: Duration) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(within, self.tracker.wait()).await.is_err() {
            tracing::warn!("some tasks did not end in time");
        }
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {0}: {1}")]
    Address(SocketAddr, #[source] io::Error),
    /// The folder for everything that is kept cannot be made.
    #[error("cannot use the data folder {0}: {1}")]
    Folder(String, #[source] io::Error),
    /// The database cannot be used.
    #[error("cannot use the database: {0}")]
    Store(#[from] StoreError),
    /// The use-cases could not begin.
    #[error("cannot begin: {0}")]
    Chat(#[from] ::app::error::AppError),
}

impl App {
    /// Starts a node on its own.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Self::join(config, Clock::System, None).await
    }

    /// Starts a node that is joined to others by a wire, if there is one.
    pub async fn join(config: Config, clock: Clock, wire: Option<Wire>) -> Result<Self, StartError> {
        let listener = TcpListener::bind(config.address).await;
        let listener = listener.map_err(|error| StartError::Address(config.address, error))?;
        let address = listener
            .local_addr()
            .map_err(|error| StartError::Address(config.address, error))?;
        let store = open(&config, clock.clone()).await?;
        let (link, packets) = wire.map(|wire| (wire.link, wire.packets)).unzip();
        let bus = Bus::new(clock.clone(), link);
        let (front, back) = (Tasks::default(), Tasks::default());
        let chat = Chat::start(store.clone(), bus.clone(), clock.clone(), &back.tracker, &back.stop).await?;

        let public_url = config.public_url.unwrap_or_else(|| PublicUrl::of(address));
        let site = Site::new(http::Parts {
            chat: chat.clone(),
            store: store.clone(),
            bus: bus.clone(),
            clock,
            public_url: public_url.clone(),
            trusted_proxies: config.trusted_proxies.into(),
            registration: config.registration,
            tracker: front.tracker.clone(),
            stop: front.stop.clone(),
            assets: http::asset_names(),
            options: LeptosOptions::builder().output_name("kith").build(),
        });
        back.tracker.spawn(keep_time(bus.clone(), back.stop.clone()));
        if let Some(packets) = packets {
            back.tracker.spawn(listen(bus.clone(), packets, back.stop.clone()));
        }
        let service = http::router(site).into_make_service_with_connect_info::<SocketAddr>();
        // Without TCP_NODELAY each streamed page waits 40 ms for an acknowledgement.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let serve = axum::serve(listener, service).with_graceful_shutdown(front.stop.clone().cancelled_owned());
        front.tracker.spawn(async move {
            if let Err(cause) = serve.await {
                tracing::error!(%cause, "serving ended");
            }
        });
        Ok(Self {
            address,
            public_url,
            chat,
            bus,
            store,
            front,
            back,
        })
    }

    /// Stops accepting, tells the sockets, waits for what is under way, closes the store.
    pub async fn stop(self) {
        self.front.end(DRAIN).await;
        self.back.end(SETTLE).await;
        self.store.close().await;
    }
}

/// Opens the database that the configuration names, and makes the data folder if it is needed for that.
pub async fn open(config: &Config, clock: Clock) -> Result<Store, StartError> {
    if config.database_url.is_none() {
        let folder = |error| StartError::Folder(config.data.display().to_string(), error);
        std::fs::create_dir_all(&config.data).map_err(folder)?;
    }
    Ok(Store::connect(&config.database().0, DATABASE_CONNECTIONS, clock).await?)
}

/// Tells once a second who came and went, and once a minute forgets what nobody listens to.
async fn keep_time(bus: Bus, stop: CancellationToken) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    for count in 1.. {
        tokio::select! {
            _ = stop.cancelled() => return,
            _ = second.tick() => bus.tick(),
        }
        if count % 60 == 0 {
            bus.sweep();
        }
    }
}

/// Delivers what other nodes say.
async fn listen(bus: Bus, mut packets: mpsc::Receiver<Packet>, stop: CancellationToken) {
    loop {
        let packet = tokio::select! {
            _ = stop.cancelled() => return,
            packet = packets.recv() => packet,
        };
        match packet {
            Some(packet) => bus.receive(packet),
            None => return,
        }
    }
}
