//! The use-cases: what people do here. Each loads, asks a rule of `app::domain`, writes, commits, and then publishes;
//! the right to a room is part of the lookup, so that what may not be seen is not found.
//!
//! What writes runs in a task of its own (`Chat::whole`): whoever asked may hang up, the commit and its
//! announcement stay together. What a crash tears apart between them, `heal` joins within seconds.
//!
//! **Architecture invariant:** nothing is published before its commit, and every `rev` is published exactly once.

mod accounts;
mod entry;
mod heal;
mod housekeeping;
mod journal;
mod links;
mod messages;
mod page;
mod password;
pub mod rate;
mod reading;
mod revoke;
pub mod rich;
mod rooms;
mod since;
pub mod throttle;

pub use accounts::Verified;
pub use links::reset_link;

use crate::clock::Clock;
use crate::error::broken;
use crate::realtime::bus::Bus;
use crate::store::{NewRoom, Store};
use app::domain::id::{Epoch, RoomId};
use app::domain::room::{RoomKind, RoomName, Topic};
use app::error::AppError;
use journal::Journal;
use password::Passwords;
use std::future::Future;
use std::sync::{Arc, Mutex};
use throttle::Throttle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The use-cases. Clones are the same.
#[derive(Clone)]
pub struct Chat {
    store: Store,
    bus: Bus,
    clock: Clock,
    tracker: TaskTracker,
    journal: Journal,
    passwords: Passwords,
    throttle: Arc<Mutex<Throttle>>,
    epoch: Epoch,
    lobby: RoomId,
}

impl Chat {
    /// Makes sure of the epoch and the Lobby, and starts what runs by itself until `stop`: journal, healing,
    /// revocations, housekeeping.
    pub async fn start(
        store: Store,
        bus: Bus,
        clock: Clock,
        tracker: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Self, AppError> {
        let (epoch, lobby) = settle(&store, &clock).await?;
        let journal = Journal::start(store.clone(), bus.clone(), clock.clone(), tracker, stop.clone());
        let chat = Self {
            passwords: Passwords::new(clock.clone(), tracker.clone()),
            throttle: Arc::default(),
            tracker: tracker.clone(),
            store,
            bus,
            clock,
            journal,
            epoch,
            lobby,
        };
        let mut revoking = chat.store.read().await?;
        let last = revoking.last_revocation().await?;
        drop(revoking);
        tracker.spawn(revoke::run(chat.clone(), last, stop.clone()));
        tracker.spawn(heal::run(chat.clone(), stop.clone()));
        tracker.spawn(housekeeping::run(chat.clone(), stop.clone()));
        Ok(chat)
    }

    /// The age of the data.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Runs what writes to its end, whatever becomes of the one who asked.
    async fn whole<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, AppError>> + Send + 'static,
    ) -> Result<T, AppError> {
        self.tracker
            .spawn(work)
            .await
            .unwrap_or_else(|cause| Err(broken(cause)))
    }
}

/// The epoch and the Lobby, made at the first start. Nodes that start at once agree: the first to write wins, and all
/// read what was written.
async fn settle(store: &Store, clock: &Clock) -> Result<(Epoch, RoomId), AppError> {
    let named = "the Lobby's name and topic are within the rules";
    let mut tx = store.write().await?;
    tx.settle_meta("epoch", &clock.uuid().to_string()).await?;
    if tx.lobby().await?.is_none() {
        tx.insert_room(&NewRoom {
            id: RoomId(clock.uuid()),
            kind: RoomKind::Public,
            name: RoomName::parse("Lobby").expect(named),
            topic: Topic::parse("Everybody on this server is here.").expect(named),
            created_by: None,
            is_lobby: true,
            at: clock.now(),
        })
        .await?;
    }
    tx.commit().await?;

    let mut tx = store.read().await?;
    let epoch = tx.meta("epoch").await?.and_then(|text| text.parse().ok());
    let lobby = tx.lobby().await?;
    epoch
        .zip(lobby)
        .ok_or_else(|| broken("the epoch or the Lobby is missing"))
}
