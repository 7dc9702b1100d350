//! The posts of one connection, stored in the order in which they came, in a task of its own: a socket that closes does
//! not take back what it has sent.
use super::Site;
use crate::realtime::mailbox::{Mailbox, Worth};
use app::api::messages::{Messages, Posted};
use app::domain::id::UserId;
use app::domain::message::Draft;
use app::error::AppError;
use app::protocol::{ServerFrame, close, encode};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Posts that may wait. The next one is refused with `SlowDown`: the page sends it again.
const WAITING: usize = 64;

/// Whether the post will come back as a broadcast.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Echo {
    /// The connection hears the room: the broadcast is the answer.
    Heard,
    /// It does not (yet): it needs an answer of its own.
    Unheard,
}

/// The queue of one connection. Its task begins with the first post: most connections only read.
#[derive(Default)]
pub struct Posts(Option<mpsc::Sender<(Draft, Echo)>>);

impl Posts {
    /// Takes a post in, or refuses it because too many wait.
    pub fn push(
        &mut self,
        site: &Site,
        viewer: UserId,
        answers: &Arc<Mailbox>,
        draft: Draft,
        echo: Echo,
    ) -> Result<(), AppError> {
        let queue = self.0.get_or_insert_with(|| {
            let (queue, waiting) = mpsc::channel(WAITING);
            site.tracker
                .spawn(store(site.clone(), viewer, answers.clone(), waiting));
            queue
        });
        queue
            .try_send((draft, echo))
            .map_err(|_| AppError::SlowDown { seconds: 1 })
    }
}

async fn store(site: Site, viewer: UserId, answers: Arc<Mailbox>, mut waiting: mpsc::Receiver<(Draft, Echo)>) {
    while let Some((draft, echo)) = waiting.recv().await {
        let client_id = draft.client_id;
        let answer = match site.chat.post_message(viewer, draft).await {
            Ok(Posted::Now(_)) if echo == Echo::Heard => continue,
            Ok(Posted::Now(message) | Posted::Before(message)) => ServerFrame::Accepted { client_id, message },
            Err(why) => ServerFrame::Refused { client_id, why },
        };
        if answers.put(&encode(&answer).into(), Worth::Lasting).is_err() {
            answers.close(close::RESYNC);
        }
    }
}
