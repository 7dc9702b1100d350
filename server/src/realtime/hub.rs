//! The connections of this node: their topics and mailboxes under one mutex. The critical section is a look-up and a
//! push; nothing is encoded and nothing is awaited inside. It knows neither presence nor the order of events.
use super::Text;
use super::mailbox::{Mailbox, Worth};
use super::topics::{Topic, Topics};
use app::domain::id::{ConnectionId, RoomId, UserId};
use app::protocol::close;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// Connections that one person may have at a time.
pub const MAX_CONNECTIONS: usize = 8;

/// SHA-256 of a session's id: what is known of a session outside its cookie.
pub type SessionHash = [u8; 32];

/// The map of all connections.
#[derive(Default)]
pub struct Hub {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    topics: Topics,
    connections: HashMap<ConnectionId, Connection>,
    by_user: HashMap<UserId, Vec<ConnectionId>>,
}

struct Connection {
    user: UserId,
    session: SessionHash,
    mailbox: Arc<Mailbox>,
    /// How often it was evicted from a room; see [`Hub::join`].
    evictions: u32,
}

/// The person has [`MAX_CONNECTIONS`] already.
#[derive(PartialEq, Eq, Debug)]
pub struct TooMany;

impl Hub {
    /// Adds a connection, which hears what concerns its user from now on.
    pub fn add(&self, id: ConnectionId, user: UserId, session: SessionHash) -> Result<Arc<Mailbox>, TooMany> {
        let mut state = self.lock();
        let devices = state.by_user.entry(user).or_default();
        if devices.len() >= MAX_CONNECTIONS {
            return Err(TooMany);
        }
        devices.push(id);
        let mailbox = Arc::new(Mailbox::default());
        let connection = Connection {
            user,
            session,
            mailbox: mailbox.clone(),
            evictions: 0,
        };
        state.connections.insert(id, connection);
        state.topics.join(id, Topic::User(user));
        Ok(mailbox)
    }

    /// Forgets a connection. Twice is once.
    pub fn remove(&self, id: ConnectionId) {
        self.lock().remove(id);
    }

    /// To be read before the access that [`Hub::join`] rests on.
    pub fn evictions(&self, id: ConnectionId) -> u32 {
        self.lock().connections.get(&id).map_or(0, |one| one.evictions)
    }

    /// Lets a connection hear a room. Refused if it was evicted from any room since `evictions` was read: then its
    /// access is to be read again. (The connection may be gone; that is no reason to read again.)
    pub fn join(&self, id: ConnectionId, room: RoomId, evictions: u32) -> bool {
        let mut state = self.lock();
        match state.connections.get(&id) {
            Some(connection) if connection.evictions != evictions => return false,
            Some(_) => state.topics.join(id, Topic::Room(room)),
            None => (),
        }
        true
    }

    /// Lets a connection no longer hear a room.
    pub fn leave(&self, id: ConnectionId, room: RoomId) {
        self.lock().topics.leave(id, Topic::Room(room));
    }

    /// Takes all devices of a person out of a room, at once. Gives those devices.
    pub fn evict(&self, user: UserId, room: RoomId) -> Vec<ConnectionId> {
        let mut state = self.lock();
        let devices = state.by_user.get(&user).cloned().unwrap_or_default();
        for id in &devices {
            state.topics.leave(*id, Topic::Room(room));
            if let Some(connection) = state.connections.get_mut(id) {
                connection.evictions = connection.evictions.wrapping_add(1);
            }
        }
        devices
    }

    /// Puts a frame into every mailbox of a topic, but those of `except`. Readers that are too slow are let go.
    pub fn deliver(&self, topic: Topic, frame: &Text, worth: Worth, except: Option<UserId>) {
        let mut state = self.lock();
        let mut slow = Vec::new();
        for id in state.topics.listeners(topic) {
            let Some(connection) = state.connections.get(&id) else {
                continue;
            };
            if except != Some(connection.user) && connection.mailbox.put(frame, worth).is_err() {
                slow.push(id);
            }
        }
        for id in slow {
            state.close(id, close::RESYNC);
        }
    }

    /// Puts a passing frame into these mailboxes.
    pub fn deliver_to(&self, connections: &[ConnectionId], frame: &Text) {
        let state = self.lock();
        for connection in connections.iter().filter_map(|id| state.connections.get(id)) {
            // A passing frame is dropped when the mailbox is full: there is nothing to do about it.
            let _ = connection.mailbox.put(frame, Worth::Passing);
        }
    }

    /// Asks all devices of a person to read their access to a room again.
    pub fn rejoin(&self, user: UserId, room: RoomId) {
        let state = self.lock();
        for id in state.by_user.get(&user).into_iter().flatten() {
            if let Some(connection) = state.connections.get(id) {
                connection.mailbox.rejoin(room);
            }
        }
    }

    /// Closes the sockets of one session.
    pub fn end_session(&self, session: SessionHash) {
        self.end(|connection| connection.session == session);
    }

    /// Closes all sockets of a person.
    pub fn end_user(&self, user: UserId) {
        self.end(|connection| connection.user == user);
    }

    /// Whether anybody here listens.
    pub fn is_heard(&self, topic: Topic) -> bool {
        self.lock().topics.is_heard(topic)
    }

    /// Whether this connection hears this room.
    pub fn hears(&self, id: ConnectionId, room: RoomId) -> bool {
        self.lock().topics.has(id, Topic::Room(room))
    }

    /// How many connections there are.
    pub fn count(&self) -> usize {
        self.lock().connections.len()
    }

    fn end(&self, is_meant: impl Fn(&Connection) -> bool) {
        let mut state = self.lock();
        let meant: Vec<_> = state
            .connections
            .iter()
            .filter(|(_, connection)| is_meant(connection))
            .map(|(id, _)| *id)
            .collect();
        for id in meant {
            state.close(id, close::SIGNED_OUT);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere must not silence everybody: each step leaves the maps whole.
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    fn close(&mut self, id: ConnectionId, code: u16) {
        if let Some(connection) = self.connections.get(&id) {
            connection.mailbox.close(code);
        }
        self.remove(id);
    }

    fn remove(&mut self, id: ConnectionId) {
        self.topics.remove(id);
        let Some(connection) = self.connections.remove(&id) else {
            return;
        };
        if let Some(devices) = self.by_user.get_mut(&connection.user) {
            devices.retain(|device| *device != id);
            if devices.is_empty() {
                self.by_user.remove(&connection.user);
            }
        }
    }

    /// Every connection is in the list of its user, and hears what concerns them.
    #[cfg(test)]
    fn check_invariants(&self) {
        self.topics.check_invariants();
        assert_eq!(
            self.by_user.values().map(Vec::len).sum::<usize>(),
            self.connections.len()
        );
        for (id, connection) in &self.connections {
            assert!(self.by_user[&connection.user].contains(id));
            assert!(self.topics.has(*id, Topic::User(connection.user)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mailbox::MAX_FRAMES;
    use super::*;
    use uuid::Uuid;

    const ROOM: RoomId = RoomId(Uuid::from_u128(7));
    const ANN: UserId = UserId(Uuid::from_u128(1));
    const BEN: UserId = UserId(Uuid::from_u128(2));

    fn id(number: u128) -> ConnectionId {
        ConnectionId(Uuid::from_u128(number))
    }

    #[tokio::test]
    async fn a_slow_reader_costs_only_itself() {
        let hub = Hub::default();
        let (slow, quick) = (
            hub.add(id(1), ANN, [1; 32]).unwrap(),
            hub.add(id(2), BEN, [2; 32]).unwrap(),
        );
        assert!(hub.join(id(1), ROOM, 0) && hub.join(id(2), ROOM, 0));
        let mut heard = 0;
        for _ in 0..MAX_FRAMES + 10 {
            hub.deliver(Topic::Room(ROOM), &"x".into(), Worth::Lasting, None);
            heard += quick.take().await.frames.len();
            hub.lock().check_invariants();
        }
        assert_eq!(heard, MAX_FRAMES + 10);
        assert_eq!(slow.take().await.close, Some(close::RESYNC));
        assert_eq!(hub.count(), 1);
    }

    #[test]
    fn the_ninth_connection_of_a_person_is_refused() {
        let hub = Hub::default();
        for number in 0..8 {
            assert!(hub.add(id(number), ANN, [0; 32]).is_ok());
        }
        assert_eq!(hub.add(id(8), ANN, [0; 32]).err(), Some(TooMany));
        assert!(hub.add(id(9), BEN, [0; 32]).is_ok());
        hub.remove(id(0));
        assert!(hub.add(id(8), ANN, [0; 32]).is_ok());
        hub.lock().check_invariants();
    }

    #[tokio::test]
    async fn access_that_was_read_before_an_eviction_does_not_count() {
        let hub = Hub::default();
        hub.add(id(1), ANN, [0; 32]).unwrap();
        let before = hub.evictions(id(1));
        assert_eq!(hub.evict(ANN, ROOM), [id(1)]);
        assert!(!hub.join(id(1), ROOM, before));
        assert!(!hub.hears(id(1), ROOM));
        assert!(hub.join(id(1), ROOM, hub.evictions(id(1))));
        assert!(hub.hears(id(1), ROOM));
    }

    #[tokio::test]
    async fn ending_a_session_closes_its_sockets_and_no_others() {
        let hub = Hub::default();
        let here = hub.add(id(1), ANN, [1; 32]).unwrap();
        hub.add(id(2), ANN, [2; 32]).unwrap();
        hub.end_session([1; 32]);
        assert_eq!(here.closed().await, close::SIGNED_OUT);
        assert_eq!(hub.count(), 1);
        hub.end_user(ANN);
        assert_eq!(hub.count(), 0);
        hub.lock().check_invariants();
    }
}
