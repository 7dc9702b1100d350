//! One connection's place on the bus. It is given up when it is dropped, however the connection ended.
use super::attendance::Activity;
use super::bus::{Bus, lock};
use super::hub::{SessionHash, TooMany};
use super::mailbox::Mailbox;
use super::topics::Topic;
use app::domain::id::{ConnectionId, RoomId, UserId};
use app::domain::presence::Presence;
use std::sync::Arc;

/// A connection that the bus knows.
pub struct Seat {
    id: ConnectionId,
    user: UserId,
    bus: Bus,
    mailbox: Arc<Mailbox>,
}

impl Bus {
    /// Seats a connection of `user`, who has read their own things as of `rev`.
    pub fn seat(&self, id: ConnectionId, user: UserId, session: SessionHash, rev: i64) -> Result<Seat, TooMany> {
        let mailbox = self.0.hub.add(id, user, session)?;
        // Like a room's mark: one that exists stays, since an event before `rev` may be on its way.
        lock(&self.0.users).entry(user).or_insert(rev);
        lock(&self.0.attendance).join(user, id);
        Ok(Seat {
            id,
            user,
            bus: self.clone(),
            mailbox,
        })
    }
}

impl Seat {
    /// What waits for this connection.
    pub fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// To be read before the access that [`Seat::join`] rests on.
    pub fn evictions(&self) -> u32 {
        self.bus.0.hub.evictions(self.id)
    }

    /// Hears a room from now on, whose state was read as of `rev`. `false`: somebody was evicted in between, read the
    /// access again.
    pub fn join(&self, room: RoomId, rev: i64, evictions: u32) -> bool {
        let bus = &self.bus.0;
        // Held over both steps: an event between them would go out to nobody, and be missed.
        let mut release = lock(&bus.release);
        if bus.hub.is_heard(Topic::Room(room)) {
            release.open(room, rev);
        } else {
            release.renew(room, rev);
        }
        bus.hub.join(self.id, room, evictions)
    }

    /// Hears a room no longer.
    pub fn leave(&self, room: RoomId) {
        self.bus.0.hub.leave(self.id, room);
    }

    /// Whether this connection hears this room.
    pub fn hears(&self, room: RoomId) -> bool {
        self.bus.0.hub.hears(self.id, room)
    }

    /// Shows this room, and hears how present its members are. Gives those who are not offline now.
    pub fn watch(&self, room: RoomId, members: &[UserId]) -> Vec<(UserId, Presence)> {
        let mut attendance = lock(&self.bus.0.attendance);
        attendance.watch(self.id, room, members.iter().copied());
        let states = members.iter().map(|user| (*user, attendance.of(*user)));
        states.filter(|(_, presence)| *presence != Presence::Offline).collect()
    }

    /// Shows no room.
    pub fn unwatch(&self) {
        lock(&self.bus.0.attendance).unwatch(self.id);
    }

    /// Somebody touched the keyboard, or did not for a while.
    pub fn act(&self, activity: Activity) {
        lock(&self.bus.0.attendance).act(self.user, self.id, activity);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let bus = &self.bus.0;
        bus.hub.remove(self.id);
        lock(&bus.attendance).leave(self.user, self.id, bus.clock.now());
    }
}
