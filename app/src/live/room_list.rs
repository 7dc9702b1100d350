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

    /// Takes a list that was loaded while events went on. Where this one knows more, it keeps that.
    /// A list that is older as a whole asks for another.
    pub fn renew(&mut self, mine: MyRooms) -> Follow {
        if mine.epoch == self.mine.epoch && mine.rev < self.mine.rev {
            return Follow::Reload;
        }
        let before = std::mem::replace(&mut self.mine, mine);
        for known in before.rooms {
            let same = self.mine.rooms.iter_mut().find(|mine| mine.room.id == known.room.id);
            let Some(mine) = same.filter(|_| before.epoch == self.mine.epoch) else {
                continue;
            };
            let read_seq = mine.membership.read_seq.max(known.membership.read_seq);
            if known.room.last_seq > mine.room.last_seq {
                *mine = known;
            }
            mine.membership.read_seq = read_seq;
        }
        self.sort();
        Follow::Done
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
        let Some(mine) = self.mine.rooms.iter_mut().find(|mine| mine.room.id == room) else {
            return;
        };
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
        self.mine
            .rooms
            .sort_by_key(|mine| std::cmp::Reverse((mine.room.active_at, mine.room.id)));
    }
}

fn note(mine: &mut MyRoom, message: &Message, viewer: UserId) {
    let is_new = message.seq > mine.room.last_seq;
    let is_shown = mine
        .preview
        .as_ref()
        .is_some_and(|preview| preview.message == message.id);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{ClientId, Epoch, MessageId};
    use crate::domain::membership::{Membership, Role};
    use crate::domain::message::{Content, MessageBody};
    use crate::domain::room::{Room, RoomKind, RoomName, Topic};
    use crate::domain::time::Timestamp;
    use crate::domain::user::{DisplayName, Person, Username};
    use uuid::Uuid;

    const ANN: UserId = UserId(Uuid::from_u128(1));
    const BEN: UserId = UserId(Uuid::from_u128(2));

    fn id(number: u128) -> RoomId {
        RoomId(Uuid::from_u128(number))
    }

    fn mine(number: u128, last_seq: i64, read_seq: i64) -> MyRoom {
        let room = Room {
            id: id(number),
            kind: RoomKind::Public,
            name: RoomName::parse("Room").unwrap(),
            topic: Topic::default(),
            members: 1,
            last_seq,
            rev: last_seq,
            active_at: Timestamp(number as i64),
            created_at: Timestamp(0),
        };
        MyRoom {
            room,
            membership: Membership {
                role: Role::Member,
                read_seq,
                visible_from_seq: 1,
            },
            preview: None,
        }
    }

    fn list() -> RoomList {
        let rooms = vec![mine(1, 5, 5), mine(2, 3, 1)];
        RoomList::new(MyRooms {
            epoch: Epoch(Uuid::nil()),
            lobby: id(1),
            rev: 10,
            rooms,
        })
    }

    fn post(seq: i64, author: UserId, text: &str) -> Change {
        Change::Message(Message {
            id: MessageId(Uuid::from_u128(seq as u128)),
            room: id(1),
            client_id: ClientId(Uuid::nil()),
            seq,
            rev: seq,
            author: Person {
                id: author,
                username: Username::parse("xx").unwrap(),
                name: DisplayName::parse("Xaver").unwrap(),
            },
            content: Content::plain(MessageBody::parse(text).unwrap()),
            posted_at: Timestamp(100 + seq),
            edited_at: None,
        })
    }

    #[test]
    fn a_new_post_counts_as_unread_unless_it_is_ones_own() {
        let mut list = list();
        assert_eq!(list.unread(), 2);
        list.apply(id(1), &post(6, BEN, "hi\nthere"), ANN);
        assert_eq!((list.unread(), list.mine.rooms[0].room.id), (3, id(1)));
        assert_eq!(
            list.get(id(1)).unwrap().preview.as_ref().unwrap().text.as_deref(),
            Some("hi")
        );
        list.apply(id(1), &post(7, ANN, "yes"), ANN);
        assert_eq!(list.get(id(1)).unwrap().unread(), 0);
        list.apply(id(1), &post(7, ANN, "yes"), ANN);
        assert_eq!(list.get(id(1)).unwrap().room.last_seq, 7);
    }

    #[test]
    fn the_viewers_own_log_is_followed_without_gaps() {
        let mut list = list();
        let read = |rev: i64| UserEvent {
            rev,
            change: UserChange::Read { room: id(2), seq: 3 },
        };
        assert_eq!(list.follow(read(11)), Follow::Done);
        assert_eq!(list.unread(), 0);
        assert_eq!(list.follow(read(11)), Follow::Done);
        assert_eq!(list.follow(read(13)), Follow::Reload);
        assert_eq!(
            list.follow(UserEvent {
                rev: 12,
                change: UserChange::Left(id(2))
            }),
            Follow::Done
        );
        assert!(list.get(id(2)).is_none());
        let joined = UserChange::Joined(Box::new(mine(3, 0, 0)));
        assert_eq!(
            list.follow(UserEvent {
                rev: 13,
                change: joined
            }),
            Follow::Done
        );
        assert!(list.get(id(3)).is_some());
        assert_eq!(
            list.follow(UserEvent {
                rev: 14,
                change: UserChange::Stale
            }),
            Follow::Reload
        );
    }

    #[test]
    fn a_list_that_was_slow_to_load_takes_nothing_back() {
        let mut list = list();
        list.apply(id(1), &post(6, BEN, "new"), ANN);
        list.read(id(2), 3);
        assert_eq!(list.renew(self::list().mine), Follow::Done);
        assert_eq!(list.get(id(1)).unwrap().room.last_seq, 6);
        assert_eq!(list.get(id(2)).unwrap().unread(), 0);
        let mut older = self::list().mine;
        older.rev = 9;
        assert_eq!(list.renew(older), Follow::Reload);
    }
}
