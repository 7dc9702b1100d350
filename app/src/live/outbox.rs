//! Messages that were written and are not stored yet, in the order of writing. Pure.
use crate::domain::id::{ClientId, RoomId};
use crate::domain::message::{Draft, MessageBody};
use crate::domain::time::Timestamp;
use crate::error::AppError;
use serde::{Deserialize, Serialize};

/// Unsent for this long is given up; the writer decides then (milliseconds).
pub const GIVE_UP: i64 = 10 * 60_000;

/// A message on its way.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Pending {
    pub draft: Draft,
    pub state: Sending,
    pub written_at: Timestamp,
}

/// How far it got.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Sending {
    /// Waits for a connection.
    Waiting,
    /// Said to the server, which has not answered.
    Sent,
    /// The server refused, or nobody answered for too long.
    Failed(AppError),
}

/// All rooms together: what is written first is sent first.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Outbox(Vec<Pending>);

impl Outbox {
    /// Queues a message.
    pub fn push(&mut self, room: RoomId, client_id: ClientId, body: MessageBody, now: Timestamp) {
        let draft = Draft { room, client_id, body };
        self.0.push(Pending {
            draft,
            state: Sending::Waiting,
            written_at: now,
        });
    }

    /// What waits in this room, in order.
    pub fn of(&self, room: RoomId) -> impl Iterator<Item = &Pending> {
        self.0.iter().filter(move |pending| pending.draft.room == room)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something waits for a line.
    pub fn has_waiting(&self) -> bool {
        self.0.iter().any(|pending| pending.state == Sending::Waiting)
    }

    /// How many have not been given up and are not stored.
    pub fn waiting(&self) -> usize {
        self.0
            .iter()
            .filter(|pending| !matches!(pending.state, Sending::Failed(_)))
            .count()
    }

    /// The drafts to say now, in order; they count as said.
    pub fn take_waiting(&mut self) -> Vec<Draft> {
        let waiting = self.0.iter_mut().filter(|pending| pending.state == Sending::Waiting);
        waiting
            .map(|pending| {
                pending.state = Sending::Sent;
                pending.draft.clone()
            })
            .collect()
    }

    /// The connection is gone: what was said and not answered is said again on the next one.
    pub fn disconnect(&mut self) {
        self.0
            .iter_mut()
            .filter(|pending| pending.state == Sending::Sent)
            .for_each(|pending| pending.state = Sending::Waiting);
    }

    /// It is stored.
    pub fn confirm(&mut self, client_id: ClientId) {
        self.0.retain(|pending| pending.draft.client_id != client_id);
    }

    /// It was refused. What may pass later waits, everything else is the writer's to decide.
    pub fn refuse(&mut self, client_id: ClientId, why: AppError) {
        let found = self.0.iter_mut().find(|pending| pending.draft.client_id == client_id);
        if let Some(pending) = found {
            pending.state = if why.is_passing() {
                Sending::Waiting
            } else {
                Sending::Failed(why)
            };
        }
    }

    /// Gives up what has waited for too long.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let late = |pending: &&mut Pending| {
            !matches!(pending.state, Sending::Failed(_)) && now.0 - pending.written_at.0 > GIVE_UP
        };
        let late = self
            .0
            .iter_mut()
            .filter(late)
            .map(|pending| pending.state = Sending::Failed(AppError::Unreachable));
        late.count() > 0
    }

    /// The writer tries again.
    pub fn retry(&mut self, client_id: ClientId, now: Timestamp) {
        let found = self.0.iter_mut().find(|pending| pending.draft.client_id == client_id);
        if let Some(pending) = found {
            pending.state = Sending::Waiting;
            pending.written_at = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(number: u128) -> ClientId {
        ClientId(Uuid::from_u128(number))
    }

    fn outbox() -> Outbox {
        let mut outbox = Outbox::default();
        for number in 1..=3 {
            let body = MessageBody::parse(&format!("m{number}")).unwrap();
            outbox.push(RoomId(Uuid::nil()), id(number), body, Timestamp(0));
        }
        outbox
    }

    fn ids(drafts: Vec<Draft>) -> Vec<ClientId> {
        drafts.into_iter().map(|draft| draft.client_id).collect()
    }

    #[test]
    fn what_was_not_answered_is_said_again_in_order() {
        let mut outbox = outbox();
        assert_eq!(ids(outbox.take_waiting()), [id(1), id(2), id(3)]);
        assert_eq!(ids(outbox.take_waiting()), []);
        outbox.confirm(id(2));
        outbox.disconnect();
        assert_eq!(ids(outbox.take_waiting()), [id(1), id(3)]);
    }

    #[test]
    fn a_refusal_that_passes_is_tried_again_and_others_wait_for_the_writer() {
        let mut outbox = outbox();
        outbox.take_waiting();
        outbox.refuse(id(1), AppError::SlowDown { seconds: 1 });
        outbox.refuse(id(2), AppError::NotFound);
        assert_eq!(ids(outbox.take_waiting()), [id(1)]);
        outbox.retry(id(2), Timestamp(5));
        assert_eq!(ids(outbox.take_waiting()), [id(2)]);
    }

    #[test]
    fn what_waits_for_too_long_is_given_up() {
        let mut outbox = outbox();
        assert!(!outbox.expire(Timestamp(GIVE_UP)));
        assert!(outbox.expire(Timestamp(GIVE_UP + 1)));
        assert_eq!(outbox.waiting(), 0);
        assert!(!outbox.expire(Timestamp(GIVE_UP + 2)));
    }
}
