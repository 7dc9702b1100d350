//! The viewer's rooms as a list that follows events. Pure: the page asks, the socket tells.
use crate::api::rooms::MyRooms;
use crate::domain::id::{RoomId, UserId};
use crate::domain::membership::MyRoom;
use crate::domain::message::Message;
use crate::domain::room::Preview;
use crate::protocol::{Change, UserChange, UserEvent};

/// The most characters of a post that a list shows.
const PREVIEW: usize = 80;

/// What the list needs after an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Follow {
    /// It is up to date.
    Done,
    /// Something was missed: load the list again.
    Reload,
}

/// Newest activity first.
#[derive(Clone, PartialEq, Debug)]
pub struct RoomList {
    pub mine: MyRooms,
}

impl RoomList {
    pub fn new(mine: MyRooms) -> Self {
        let mut list = Self { mine };
        list.sort();
        list
    }

    /// The viewer's line for this room, if they are in it.
    pub fn get(&self, room: RoomId) -> Option<&MyRoom> {
        self.mine.rooms.iter().find(|mine| mine.room.id == room)
    }

    /// How many posts are unread over all rooms.
    pub fn unread(&self) -> i64 {
        self.mine.rooms.iter().map(MyRoom::unread).sum()
    }

    /// Follows a change of one of the rooms.
    pub fn apply(&mut self, room: RoomId, change: &Change, viewer: UserId) {
        let Some(mine) = self.mine.rooms.iter_mut().find(|mine| mine.room.id == room) else { return };
        match change {
            Change::Message(message) => note(mine, message, viewer),
            Change::Room(room) => {
                mine.room.name = room.name.clone();
                mine.room.topic = room.topic.clone();
            }
            Change::Member(_) | Change::MemberGone(_) => return,
        }
        self.sort();
    }

    /// Follows a change of the viewer's own things; a gap in their `rev` asks for a reload.
    pub fn follow(&mut self, event: UserEvent) -> Follow {
        if event.rev <= self.mine.rev {
            return Follow::Done;
        }
        if event.rev > self.mine.rev + 1 {
            return Follow::Reload;
        }
        self.mine.rev = event.rev;
        match event.change {
            UserChange::Joined(joined) => {
                self.mine.rooms.retain(|mine| mine.room.id != joined.room.id);
                self.mine.rooms.push(*joined);
            }
            UserChange::Left(room) => self.mine.rooms.retain(|mine| mine.room.id != room),
            UserChange::Read { room, seq } => self.read(room, seq),
            UserChange::Stale => return Follow::Reload,
        }
        self.sort();
        Follow::Done
    }

    /// Moves the mark of what was read; it never goes back.
    pub fn read(&mut self, room: RoomId, seq: i64) {
        if let Some(mine) = self.mine.rooms.iter_mut().find(|mine| mine.room.id == room) {
            mine.membership.read_seq = mine.membership.read_seq.max(seq);
        }
    }

    fn sort(&mut self) {
        self.mine.rooms.sort_by(|a, b| (b.room.active_at, b.room.id).cmp(&(a.room.active_at, a.room.id)));
    }
}

fn note(mine: &mut MyRoom, message: &Message, viewer: UserId) {
    let is_new = message.seq > mine.room.last_seq;
    let is_shown = mine.preview.as_ref().is_some_and(|preview| preview.message == message.id);
    if is_new {
        mine.room.last_seq = message.seq;
        mine.room.active_at = message.posted_at;
        if message.author.id == viewer {
            mine.membership.read_seq = mine.membership.read_seq.max(message.seq);
        }
    }
    if is_new || is_shown {
        let line = |text: &str| text.lines().next().unwrap_or_default().chars().take(PREVIEW).collect();
        mine.preview = Some(Preview {
            message: message.id,
            author: message.author.name.clone(),
            text: message.content.body().map(|body| line(body.as_str())),
        });
    }
}
