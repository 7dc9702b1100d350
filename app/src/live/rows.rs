//! What stands in the timeline, line by line: days, the "new" line, messages, and what is on its way. Pure.
use super::outbox::{Pending, Sending};
use super::room_log::{Divider, RoomLog};
use super::zone::Zone;
use crate::domain::id::{ClientId, MessageId};
use crate::domain::message::Message;

/// One line. Rows are values: a row that changes is drawn anew, so no row holds a signal.
#[derive(Clone, PartialEq, Debug)]
pub enum Row {
    /// The beginning of the room.
    Start,
    /// A count of days since 1970.
    Day(i64),
    New(Divider),
    /// `is_first` of its group has the author's head.
    Message {
        message: Message,
        is_first: bool,
    },
    Pending {
        pending: Pending,
        is_first: bool,
    },
}

/// What makes two rows the same row.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    Start,
    Day(i64),
    New,
    Message(MessageId, i64, bool),
    Pending(ClientId, u8, bool),
}

impl Row {
    pub fn key(&self) -> Key {
        match self {
            Self::Start => Key::Start,
            Self::Day(day) => Key::Day(*day),
            Self::New(_) => Key::New,
            Self::Message { message, is_first } => Key::Message(message.id, message.rev, *is_first),
            Self::Pending { pending, is_first } => {
                let state = match pending.state {
                    Sending::Waiting => 0,
                    Sending::Sent => 1,
                    Sending::Failed(_) => 2,
                };
                Key::Pending(pending.draft.client_id, state, *is_first)
            }
        }
    }
}

/// The timeline of a room, with what the viewer has on its way there.
pub fn rows<'a>(log: &RoomLog, viewer_posts: impl Iterator<Item = &'a Pending>, zone: Zone) -> Vec<Row> {
    let mut rows = Vec::with_capacity(log.messages().len() + 8);
    if !log.has_older() {
        rows.push(Row::Start);
    }
    let mut before: Option<&Message> = None;
    for message in log.messages() {
        let day = zone.day(message.posted_at);
        let is_new_day = before.is_none_or(|before| zone.day(before.posted_at) != day);
        let divider = log.divider.filter(|divider| divider.seq == message.seq);
        if is_new_day {
            rows.push(Row::Day(day));
        }
        rows.extend(divider.map(Row::New));
        let continues = before.is_some_and(|before| message.continues(before));
        let is_first = is_new_day || divider.is_some() || !continues;
        rows.push(Row::Message {
            message: message.clone(),
            is_first,
        });
        before = Some(message);
    }
    let mut is_first = before.is_none_or(|before| before.author.id != log.viewer());
    for pending in viewer_posts {
        rows.push(Row::Pending {
            pending: pending.clone(),
            is_first,
        });
        is_first = false;
    }
    rows
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
