//! Group commit: posts that come while a transaction is under way share the next one.
//!
//! One task takes what waits, has it stored, announces it in order, and answers. So a post costs a share of a commit
//! instead of one, and `seq` needs no lock besides the room's. What is stored how is the store's.
use super::rich::dressed;
use crate::clock::Clock;
use crate::realtime::bus::Bus;
use crate::store::{Outcome, Post, Store, StoreError};
use app::api::messages::Posted;
use app::error::AppError;
use app::protocol::{Change, RoomEvent};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Posts in one transaction.
const BATCH: usize = 500;

/// Posts that may wait. The next one waits for [`PATIENCE`] and is then refused with `Unavailable`.
const WAITING: usize = 2 * BATCH;

const PATIENCE: Duration = Duration::from_secs(2);

/// The way to the journal's task.
#[derive(Clone)]
pub(super) struct Journal(mpsc::Sender<Waiting>);

struct Waiting {
    post: Post,
    answer: oneshot::Sender<Result<Posted, AppError>>,
}

impl Journal {
    /// Starts the task. After `stop` it stores what it has taken in, and takes no more.
    pub(super) fn start(store: Store, bus: Bus, clock: Clock, tracker: &TaskTracker, stop: CancellationToken) -> Self {
        let (sender, waiting) = mpsc::channel(WAITING);
        tracker.spawn(run(Writer { store, bus, clock }, waiting, stop));
        Self(sender)
    }

    /// Stores a post and gives what became of it. Once this has begun to wait, the post is stored even if nobody waits
    /// for the answer any more.
    pub(super) async fn post(&self, post: Post) -> Result<Posted, AppError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { post, answer };
        let sent = self.0.send_timeout(waiting, PATIENCE).await;
        sent.map_err(|_| AppError::Unavailable)?;
        answered.await.unwrap_or(Err(AppError::Unavailable))
    }
}

async fn run(writer: Writer, mut waiting: mpsc::Receiver<Waiting>, stop: CancellationToken) {
    loop {
        let mut batch = Vec::new();
        tokio::select! {
            _ = stop.cancelled(), if !waiting.is_closed() => waiting.close(),
            count = waiting.recv_many(&mut batch, BATCH) => {
                if count == 0 {
                    return;
                }
                writer.write(batch).await;
            }
        }
    }
}

struct Writer {
    store: Store,
    bus: Bus,
    clock: Clock,
}

impl Writer {
    async fn write(&self, batch: Vec<Waiting>) {
        let (posts, answers): (Vec<Post>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.post, waiting.answer)).unzip();
        match self.store(&posts).await {
            Ok(outcomes) => self.tell(outcomes, answers),
            // Locked, full or gone: the next try would fail as well, and each of them would take its time.
            Err(error @ StoreError::Unavailable(_)) => refuse(answers, error.into()),
            Err(error) if posts.len() == 1 => refuse(answers, error.into()),
            // One of them cannot be stored: it must not take its neighbours with it.
            Err(_) => self.write_singly(posts, answers).await,
        }
    }

    async fn write_singly(&self, posts: Vec<Post>, answers: Vec<Answer>) {
        for (post, answer) in posts.into_iter().zip(answers) {
            match self.store(&[post]).await {
                Ok(outcomes) => self.tell(outcomes, vec![answer]),
                Err(error) => refuse(vec![answer], error.into()),
            }
        }
    }

    async fn store(&self, posts: &[Post]) -> Result<Vec<Outcome>, StoreError> {
        let mut tx = self.store.write().await?;
        let outcomes = tx.append(posts, self.clock.now()).await?;
        tx.commit().await?;
        Ok(outcomes)
    }

    /// Announces what is stored, then answers: nothing here waits, so both are done for all of a batch.
    fn tell(&self, outcomes: Vec<Outcome>, answers: Vec<Answer>) {
        for outcome in &outcomes {
            if let Outcome::Now(message) = outcome {
                self.bus.publish_room(RoomEvent {
                    room: message.room,
                    rev: message.rev,
                    change: Change::Message(message.clone()),
                });
            }
        }
        for (outcome, answer) in outcomes.into_iter().zip(answers) {
            // Whoever asked may have gone.
            let _ = answer.send(match outcome {
                Outcome::Now(message) => Ok(Posted::Now(message)),
                Outcome::Before(message) => Ok(Posted::Before(dressed(message))),
                Outcome::NotFound => Err(AppError::NotFound),
                Outcome::Denied(why) => Err(why.into()),
            });
        }
    }
}

type Answer = oneshot::Sender<Result<Posted, AppError>>;

fn refuse(answers: Vec<Answer>, why: AppError) {
    for answer in answers {
        let _ = answer.send(Err(why.clone()));
    }
}
