//! Announces what was committed: to the sockets of this node in the order of revs, then to the other nodes.
//! All of it is synchronous and never fails; what is lost is filled by whoever compares [`Bus::room_revs`] with the
//! database.
use super::Text;
use super::attendance::Attendance;
use super::hub::{Hub, SessionHash};
use super::link::{Link, Packet};
use super::mailbox::Worth;
use super::release::Release;
use super::topics::Topic;
use crate::clock::Clock;
use app::domain::id::{RoomId, UserId};
use app::domain::presence::Presence;
use app::domain::user::DisplayName;
use app::protocol::{Change, RoomEvent, ServerFrame, UserChange, UserEvent, encode};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The voice of one node. Clones speak with the same voice.
#[derive(Clone)]
pub struct Bus(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) clock: Clock,
    pub(super) hub: Hub,
    pub(super) release: Mutex<Release<Text>>,
    pub(super) attendance: Mutex<Attendance>,
    /// How far each person who is connected here was told of their own things.
    pub(super) users: Mutex<HashMap<UserId, i64>>,
    link: Option<Box<dyn Link>>,
}

impl Bus {
    /// A voice that also reaches the other nodes, if there is a `link`.
    pub fn new(clock: Clock, link: Option<Box<dyn Link>>) -> Self {
        Self(Arc::new(Inner {
            clock,
            hub: Hub::default(),
            release: Mutex::default(),
            attendance: Mutex::default(),
            users: Mutex::default(),
            link,
        }))
    }

    /// Announces a change of a room, after its commit.
    pub fn publish_room(&self, event: RoomEvent) {
        self.0.deliver_room(&event);
        self.forward(|| Packet::Room(event));
    }

    /// Announces a change of somebody's own things, after its commit.
    pub fn publish_user(&self, user: UserId, event: UserEvent) {
        self.0.deliver_user(user, &event);
        self.forward(|| Packet::User(user, event));
    }

    /// Says on this node only that a person's own things changed, in a way that was missed here; `rooms` are those that
    /// they are in now.
    pub fn tell_stale(&self, user: UserId, rev: i64, rooms: impl IntoIterator<Item = RoomId>) {
        let change = UserChange::Stale;
        self.0.deliver_user(user, &UserEvent { rev, change });
        for room in rooms {
            self.0.hub.rejoin(user, room);
        }
    }

    /// Says what was missing on this node: the present state of all that changed after `from`, up to and with `upto`.
    /// Does nothing if it was out already.
    pub fn fill(&self, room: RoomId, from: i64, upto: i64, items: Vec<Change>) {
        let mut release = lock(&self.0.release);
        let Some(next) = release.fill(room, upto) else {
            return;
        };
        let filled = ServerFrame::Filled {
            room,
            from,
            upto,
            items,
        };
        for frame in [encode(&filled).into()].iter().chain(&next) {
            self.0.hub.deliver(Topic::Room(room), frame, Worth::Lasting, None);
        }
        drop(release);
        if let ServerFrame::Filled { items, .. } = &filled {
            items.iter().for_each(|change| self.0.note_members(room, change));
        }
    }

    /// Takes somebody out of a room on all nodes, at once.
    pub fn evict(&self, user: UserId, room: RoomId) {
        self.0.evict(user, room);
        self.forward(|| Packet::Evict { user, room });
    }

    /// Closes the sockets of one session.
    pub fn end_session(&self, session: SessionHash) {
        self.0.hub.end_session(session);
        self.forward(|| Packet::EndSession(session));
    }

    /// Closes all sockets of a person.
    pub fn end_user(&self, user: UserId) {
        self.0.hub.end_user(user);
        self.forward(|| Packet::EndUser(user));
    }

    /// Says that somebody is writing, to everybody but themselves.
    pub fn typing(&self, room: RoomId, user: UserId, name: DisplayName) {
        self.0.deliver_typing(room, user, name.clone());
        self.forward(|| Packet::Typing { room, user, name });
    }

    /// How far each room that is heard here was told.
    pub fn room_revs(&self) -> Vec<(RoomId, i64)> {
        let all: Vec<_> = lock(&self.0.release).all().collect();
        all.into_iter()
            .filter(|(room, _)| self.0.hub.is_heard(Topic::Room(*room)))
            .collect()
    }

    /// How far each person who is connected here was told of their own things.
    pub fn user_revs(&self) -> Vec<(UserId, i64)> {
        let users = lock(&self.0.users);
        users.iter().map(|(user, rev)| (*user, *rev)).collect()
    }

    /// How present these people are.
    pub fn presence_of(&self, users: &[UserId]) -> Vec<(UserId, Presence)> {
        let attendance = lock(&self.0.attendance);
        users.iter().map(|user| (*user, attendance.of(*user))).collect()
    }

    /// How many sockets are open here.
    pub fn connections(&self) -> usize {
        self.0.hub.count()
    }

    /// Delivers what another node sent; it is never forwarded again.
    pub fn receive(&self, packet: Packet) {
        match packet {
            Packet::Room(event) => self.0.deliver_room(&event),
            Packet::User(user, event) => self.0.deliver_user(user, &event),
            Packet::Typing { room, user, name } => self.0.deliver_typing(room, user, name),
            Packet::Evict { user, room } => self.0.evict(user, room),
            Packet::EndSession(session) => self.0.hub.end_session(session),
            Packet::EndUser(user) => self.0.hub.end_user(user),
        }
    }

    /// Once a second: tells who came and went.
    pub fn tick(&self) {
        let differences = lock(&self.0.attendance).tick(self.0.clock.now());
        for (_, watchers, states) in differences {
            let frame = encode(&ServerFrame::Presence { states }).into();
            self.0.hub.deliver_to(&watchers, &frame);
        }
    }

    /// Now and then: forgets rooms that nobody hears.
    pub fn sweep(&self) {
        lock(&self.0.release).sweep(|room| self.0.hub.is_heard(Topic::Room(room)));
        lock(&self.0.users).retain(|user, _| self.0.hub.is_heard(Topic::User(*user)));
    }

    fn forward(&self, packet: impl FnOnce() -> Packet) {
        if let Some(link) = &self.0.link {
            link.forward(&packet());
        }
    }
}

impl Inner {
    fn deliver_room(&self, event: &RoomEvent) {
        self.note_members(event.room, &event.change);
        // Encoded before the lock is taken: this is what takes time.
        let frame = encode(&Borrowed::Room(event)).into();
        let mut release = lock(&self.release);
        for frame in release.accept(event.room, event.rev, frame) {
            let topic = Topic::Room(event.room);
            self.hub.deliver(topic, &frame, Worth::Lasting, None);
        }
    }

    fn deliver_user(&self, user: UserId, event: &UserEvent) {
        if let Some(rev) = lock(&self.users).get_mut(&user) {
            *rev = event.rev.max(*rev);
        }
        match &event.change {
            UserChange::Joined(mine) => self.hub.rejoin(user, mine.room.id),
            UserChange::Left(room) => self.evict(user, *room),
            UserChange::Read { .. } | UserChange::Stale => (),
        }
        let frame = encode(&Borrowed::User(event)).into();
        self.hub.deliver(Topic::User(user), &frame, Worth::Lasting, None);
    }

    fn deliver_typing(&self, room: RoomId, user: UserId, name: DisplayName) {
        let frame = encode(&ServerFrame::Typing { room, user, name }).into();
        self.hub.deliver(Topic::Room(room), &frame, Worth::Passing, Some(user));
    }

    fn evict(&self, user: UserId, room: RoomId) {
        let devices = self.hub.evict(user, room);
        // Late news of leaving may come after coming back: the access is read again.
        self.hub.rejoin(user, room);
        let mut attendance = lock(&self.attendance);
        for device in devices {
            if attendance.is_watching(device, room) {
                attendance.unwatch(device);
            }
        }
    }

    fn note_members(&self, room: RoomId, change: &Change) {
        match change {
            Change::Member(member) => lock(&self.attendance).add_member(room, member.person.id),
            Change::MemberGone(user) => lock(&self.attendance).remove_member(room, *user),
            Change::Message(_) | Change::Room(_) => (),
        }
    }
}

/// [`ServerFrame`] of something that is not ours to give away; it reads back as that.
#[derive(serde::Serialize)]
enum Borrowed<'a> {
    Room(&'a RoomEvent),
    User(&'a UserEvent),
}

/// A panic elsewhere must not silence everybody: each step leaves what it guards whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::protocol::decode;
    use uuid::Uuid;

    #[test]
    fn borrowed_frames_read_back_as_owned_ones() {
        let (room, user) = (RoomId(Uuid::nil()), UserId(Uuid::nil()));
        let event = RoomEvent {
            room,
            rev: 3,
            change: Change::MemberGone(user),
        };
        assert_eq!(decode(&encode(&Borrowed::Room(&event))), Ok(ServerFrame::Room(event)));
        let event = UserEvent {
            rev: 4,
            change: UserChange::Left(room),
        };
        assert_eq!(decode(&encode(&Borrowed::User(&event))), Ok(ServerFrame::User(event)));
    }
}
