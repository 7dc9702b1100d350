//! The page's truth about the room on screen: a window of its posts without gaps, kept up by events. Pure.
use crate::api::rooms::{MAX_MEMBERS, RoomPage};
use crate::domain::access::Access;
use crate::domain::id::{ClientId, RoomId, UserId};
use crate::domain::membership::{Member, Membership, unread};
use crate::domain::message::Message;
use crate::domain::room::Room;
use crate::protocol::{Change, Cursor, RoomEvent, Since};
use std::collections::BTreeMap;

/// Early events that are kept while one before them is missing.
const MAX_HELD: usize = 64;

/// A reader at the newest post keeps at most this many.
const MAX_WINDOW: usize = 400;

/// What the log needs after it was told something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// It is up to date with what it was told.
    Done,
    /// Something before it is missing: wait a moment, then ask what changed since [`RoomLog::cursor`].
    Gap,
    /// There was more than fits one answer: ask again at once.
    More,
    /// It cannot be brought up to date piece by piece: load the room anew.
    Reload,
}

/// Where the "new" line stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Divider {
    /// The first post that was unread.
    pub seq: i64,
    /// How many there were.
    pub count: i64,
}

/// One room, followed.
#[derive(Clone, PartialEq, Debug)]
pub struct RoomLog {
    pub room: Room,
    pub access: Access,
    pub members: Vec<Member>,
    pub form_id: ClientId,
    /// What was unread on entry: the "new" line stands there until the room is left.
    pub divider: Option<Divider>,
    viewer: UserId,
    messages: Vec<Message>,
    /// Whether the window goes on with what is posted.
    reaches_newest: bool,
    /// Posts behind a gap: in an answer, a post that was changed later comes after those that follow it.
    ahead: BTreeMap<i64, Message>,
    rev: i64,
    held: BTreeMap<i64, Change>,
}

impl RoomLog {
    pub fn new(page: RoomPage, viewer: UserId) -> Self {
        let read = page
            .access
            .membership()
            .map_or(page.room.last_seq, |membership| membership.read_seq);
        let count = unread(page.room.last_seq, read);
        let divider = (count > 0).then_some(Divider { seq: read + 1, count });
        Self {
            rev: page.room.rev,
            reaches_newest: page.messages.last().map_or(0, |last| last.seq) >= page.room.last_seq,
            ahead: BTreeMap::new(),
            room: page.room,
            access: page.access,
            members: page.members,
            form_id: page.form_id,
            divider,
            viewer,
            messages: page.messages,
            held: BTreeMap::new(),
        }
    }

    /// Whose page this is.
    pub fn viewer(&self) -> UserId {
        self.viewer
    }

    pub fn id(&self) -> RoomId {
        self.room.id
    }

    /// The window, by `seq`.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Whether there are posts before the window.
    pub fn has_older(&self) -> bool {
        self.messages
            .first()
            .is_some_and(|first| first.seq > self.access.visible_from_seq())
    }

    /// Whether there are posts after the window.
    pub fn has_newer(&self) -> bool {
        self.messages.last().is_some_and(|last| last.seq < self.room.last_seq)
    }

    /// Whether an event waits for one before it.
    pub fn has_gap(&self) -> bool {
        !self.held.is_empty()
    }

    /// How far this page has followed the room.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            rev: self.rev,
            newest: self.messages.last().map(|last| last.id),
        }
    }

    /// Follows an event. Repeats change nothing; an early one waits.
    pub fn apply(&mut self, event: RoomEvent) -> Step {
        if event.rev > self.rev + 1 {
            if self.held.len() < MAX_HELD {
                self.held.insert(event.rev, event.change);
            }
            return Step::Gap;
        }
        // What is not newer than `rev` is part of what the page holds already.
        if event.rev == self.rev + 1 {
            self.take(event.change);
            self.rev = event.rev;
        }
        self.release()
    }

    /// Follows what the server filled in: the present state of all that changed after `from`.
    pub fn fill(&mut self, from: i64, upto: i64, items: Vec<Change>) -> Step {
        if from > self.rev {
            return Step::Gap;
        }
        if upto <= self.rev {
            return self.release();
        }
        // Members are counted one by one from events; here the room itself says how many there are.
        let count = items.iter().rev().find_map(|item| match item {
            Change::Room(room) => Some(room.members),
            _ => None,
        });
        items.into_iter().for_each(|item| self.take(item));
        self.room.members = count.unwrap_or(self.room.members);
        self.rev = upto;
        self.release()
    }

    /// Follows the answer to "what changed since [`RoomLog::cursor`]".
    pub fn absorb(&mut self, since: Since) -> Step {
        match since {
            Since::Reload => Step::Reload,
            Since::Changes { upto, items, more } => {
                let step = self.fill(self.rev, upto, items);
                if more { Step::More } else { step }
            }
        }
    }

    /// The same room loaded again: the "new" line stays where it is.
    pub fn renew(&mut self, page: RoomPage) {
        let divider = self.divider;
        *self = Self::new(page, self.viewer);
        self.divider = divider;
    }

    /// Whether the window holds more than a reader at the newest post needs.
    pub fn is_long(&self) -> bool {
        self.messages.len() > MAX_WINDOW
    }

    /// Lets go of the oldest posts; history brings them back.
    pub fn trim(&mut self) {
        self.messages
            .drain(..self.messages.len().saturating_sub(MAX_WINDOW / 2));
    }

    /// Joins a page of history to the window; what does not touch it is dropped.
    pub fn add_history(&mut self, page: Vec<Message>) {
        let (Some(first), Some(last)) = (page.first(), page.last()) else {
            return;
        };
        let (begin, end) = (
            self.messages.first().map_or(0, |m| m.seq),
            self.messages.last().map_or(0, |m| m.seq),
        );
        if last.seq + 1 == begin {
            self.messages.splice(0..0, page);
        } else if first.seq == end + 1 {
            self.messages.extend(page);
            self.append();
            self.reaches_newest |= !self.has_newer();
        }
    }

    fn release(&mut self) -> Step {
        self.held = self.held.split_off(&(self.rev + 1));
        while let Some(change) = self.held.remove(&(self.rev + 1)) {
            self.take(change);
            self.rev += 1;
        }
        if self.held.is_empty() { Step::Done } else { Step::Gap }
    }

    fn take(&mut self, change: Change) {
        match change {
            Change::Message(message) => self.put(message),
            Change::Room(room) => {
                self.room.name = room.name;
                self.room.topic = room.topic;
            }
            Change::Member(member) => {
                if member.person.id == self.viewer && self.access == Access::Visitor {
                    let (role, read_seq) = (member.role, self.room.last_seq);
                    self.access = Access::Member(Membership {
                        role,
                        read_seq,
                        visible_from_seq: 1,
                    });
                }
                match self
                    .members
                    .iter_mut()
                    .find(|known| known.person.id == member.person.id)
                {
                    Some(known) => *known = member,
                    None => {
                        self.room.members += 1;
                        if self.members.len() < MAX_MEMBERS as usize {
                            self.members.push(member);
                        }
                    }
                }
            }
            Change::MemberGone(user) => {
                if user == self.viewer {
                    self.access = Access::Visitor;
                }
                self.room.members -= 1;
                self.members.retain(|member| member.person.id != user);
            }
        }
    }

    /// Replaces a post in the window, or adds the next one; a post outside only moves the room's counters.
    fn put(&mut self, message: Message) {
        self.room.last_seq = self.room.last_seq.max(message.seq);
        self.room.active_at = self.room.active_at.max(message.posted_at);
        match self.messages.binary_search_by_key(&message.seq, |known| known.seq) {
            Ok(place) if self.messages[place].rev <= message.rev => self.messages[place] = message,
            Err(place) if place == self.messages.len() && self.reaches_newest => {
                self.ahead.insert(message.seq, message);
                self.append();
            }
            Ok(_) | Err(_) => {}
        }
    }

    /// Moves what follows the window without a gap into it.
    fn append(&mut self) {
        let end = self
            .messages
            .last()
            .map_or(self.access.visible_from_seq() - 1, |last| last.seq);
        for seq in end + 1.. {
            match self.ahead.remove(&seq) {
                Some(message) => self.messages.push(message),
                None => break,
            }
        }
    }
}

#[cfg(test)]
#[path = "room_log_tests.rs"]
mod tests;
