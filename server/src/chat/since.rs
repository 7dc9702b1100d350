//! Catching up: what changed after a `rev`, as it is now, in one snapshot.
//!
//! Things come in the order of their newest change, each once, as many as fit. What an answer leaves out changed after
//! its `upto`, so asking again from there misses nothing; what it holds may be newer than `upto`, which is told again.
use super::Chat;
use super::rich::dressed;
use crate::store::{Gone, MAX_CHANGES, Tx};
use app::domain::id::{RoomId, UserId};
use app::domain::room::Room;
use app::error::AppError;
use app::protocol::{Change, Cursor, Since, encode};

/// Bytes of an answer, unless a single change is larger.
const MOST: usize = 127 * 1024;

/// Messages that are read at once.
const CHUNK: i64 = 100;

/// A part of what changed.
pub(super) struct Part {
    /// Everything up to here is told.
    pub upto: i64,
    pub items: Vec<Change>,
    pub more: bool,
}

impl Chat {
    /// What changed, for a viewer.
    pub(super) async fn changes_since(&self, viewer: UserId, room: RoomId, cursor: Cursor) -> Result<Since, AppError> {
        let mut tx = self.store.read().await?;
        let (room, access) = tx.room(room, viewer).await?.ok_or(AppError::NotFound)?;
        if cursor.rev < 0 || cursor.rev > room.rev || room.rev - cursor.rev > MAX_CHANGES {
            return Ok(Since::Reload);
        }
        let visible_from = access.visible_from_seq();
        if let Some(newest) = cursor.newest {
            let known = tx.message(room.id, newest).await?;
            if known.is_none_or(|message| message.seq < visible_from) {
                return Ok(Since::Reload);
            }
        }
        let part = part(&mut tx, &room, cursor.rev, visible_from).await?;
        Ok(Since::Changes {
            upto: part.upto,
            items: part.items,
            more: part.more,
        })
    }
}

/// The next part of what changed in `room`, as it stands in this snapshot, after `rev`; no posts before
/// `visible_from`.
pub(super) async fn part(tx: &mut Tx, room: &Room, rev: i64, visible_from: i64) -> Result<Part, AppError> {
    let mut packed = Packed::new(others(tx, room, rev).await?);
    let mut after = rev;
    loop {
        let messages = tx.messages_after(room.id, after, visible_from, CHUNK).await?;
        let is_last = (messages.len() as i64) < CHUNK;
        for message in messages {
            after = message.rev;
            if !packed.add(after, Change::Message(dressed(message))) {
                return Ok(packed.full());
            }
        }
        if is_last {
            return Ok(packed.whole(room.rev));
        }
    }
}

/// What changed besides messages, by the number of the newest change.
async fn others(tx: &mut Tx, room: &Room, rev: i64) -> Result<Vec<(i64, Change)>, AppError> {
    let members = tx.member_changes(room.id, rev).await?;
    let renamed = tx.room_change(room.id, rev).await?;
    // The room says how many members it has: it changes with them.
    let newest = renamed.max(members.last().map(|change| change.rev));
    let mut others: Vec<(i64, Change)> = members
        .into_iter()
        .map(|change| match change.now {
            Ok(member) => (change.rev, Change::Member(member)),
            Err(Gone(user)) => (change.rev, Change::MemberGone(user)),
        })
        .collect();
    others.extend(newest.map(|rev| (rev, Change::Room(room.clone()))));
    others.sort_by_key(|(rev, _)| *rev);
    Ok(others)
}

/// Changes in order, up to a size.
struct Packed {
    others: std::iter::Peekable<std::vec::IntoIter<(i64, Change)>>,
    items: Vec<Change>,
    upto: i64,
    size: usize,
}

impl Packed {
    fn new(others: Vec<(i64, Change)>) -> Self {
        Self {
            others: others.into_iter().peekable(),
            items: Vec::new(),
            upto: 0,
            size: 0,
        }
    }

    /// Adds a message and the other things that changed before it; false when it is full.
    fn add(&mut self, rev: i64, message: Change) -> bool {
        self.add_others(rev) && self.push(rev, message)
    }

    /// Adds the other things that changed before `rev`.
    fn add_others(&mut self, rev: i64) -> bool {
        while let Some((rev, other)) = self.others.next_if(|(other, _)| *other < rev) {
            if !self.push(rev, other) {
                return false;
            }
        }
        true
    }

    fn push(&mut self, rev: i64, item: Change) -> bool {
        let size = encode(&item).len() + 1;
        // Of two things with one rev, both or neither: the room comes with its member.
        let fits = self.items.is_empty() || self.upto == rev || self.size + size <= MOST;
        if fits {
            self.items.push(item);
            self.size += size;
            self.upto = rev;
        }
        fits
    }

    /// All messages are in: the other things, and then everything up to `head` is told.
    fn whole(mut self, head: i64) -> Part {
        if !self.add_others(i64::MAX) {
            return self.full();
        }
        Part {
            upto: head,
            items: self.items,
            more: false,
        }
    }

    fn full(self) -> Part {
        Part {
            upto: self.upto,
            items: self.items,
            more: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn gone(n: u128) -> Change {
        Change::MemberGone(UserId(Uuid::from_u128(n)))
    }

    #[test]
    fn things_come_in_the_order_of_their_newest_change() {
        let mut packed = Packed::new(vec![(2, gone(2)), (5, gone(5))]);
        assert!(packed.add(1, gone(1)));
        assert!(packed.add(4, gone(4)));
        let part = packed.whole(9);
        assert_eq!(part.items, [gone(1), gone(2), gone(4), gone(5)]);
        assert_eq!((part.upto, part.more), (9, false));
    }

    #[test]
    fn what_does_not_fit_is_told_next_time() {
        let mut packed = Packed::new(Vec::new());
        let fitting = (1..).take_while(|rev| packed.add(*rev, gone(1))).count() as i64;
        assert!(fitting > 1_000);
        assert!(packed.size <= MOST);
        let part = packed.full();
        assert_eq!((part.upto, part.more), (fitting, true));
    }

    #[test]
    fn a_room_comes_with_the_member_who_changed_it() {
        let mut packed = Packed::new(vec![(3, gone(3)), (3, gone(4))]);
        packed.size = MOST - 60;
        packed.items.push(gone(1));
        assert_eq!(packed.whole(3).items.len(), 3);
    }
}
