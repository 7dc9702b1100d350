//! Who listens to what: a map between topics and connections, both ways. It knows neither users' rights nor frames.
use app::domain::id::{ConnectionId, RoomId, UserId};
use std::collections::{HashMap, HashSet};

/// What can be listened to. There is no topic for everything: it would tell of rooms that are not one's own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Topic {
    /// What happens in a room.
    Room(RoomId),
    /// What concerns one person, on all of their devices.
    User(UserId),
}

/// Topics and their listeners.
#[derive(Default)]
pub struct Topics {
    listeners: HashMap<Topic, HashSet<ConnectionId>>,
    joined: HashMap<ConnectionId, HashSet<Topic>>,
}

impl Topics {
    /// Joining twice is joining once.
    pub fn join(&mut self, connection: ConnectionId, topic: Topic) {
        self.listeners.entry(topic).or_default().insert(connection);
        self.joined.entry(connection).or_default().insert(topic);
    }

    /// Leaving what was not joined does nothing.
    pub fn leave(&mut self, connection: ConnectionId, topic: Topic) {
        if let Some(topics) = self.joined.get_mut(&connection) {
            topics.remove(&topic);
            if topics.is_empty() {
                self.joined.remove(&connection);
            }
        }
        self.forget(connection, topic);
    }

    /// Leaves everything.
    pub fn remove(&mut self, connection: ConnectionId) {
        for topic in self.joined.remove(&connection).unwrap_or_default() {
            self.forget(connection, topic);
        }
    }

    /// Everybody who listens.
    pub fn listeners(&self, topic: Topic) -> impl Iterator<Item = ConnectionId> + '_ {
        self.listeners.get(&topic).into_iter().flatten().copied()
    }

    /// Whether anybody listens.
    pub fn is_heard(&self, topic: Topic) -> bool {
        self.listeners.contains_key(&topic)
    }

    /// Whether this connection listens.
    pub fn has(&self, connection: ConnectionId, topic: Topic) -> bool {
        self.joined
            .get(&connection)
            .is_some_and(|topics| topics.contains(&topic))
    }

    fn forget(&mut self, connection: ConnectionId, topic: Topic) {
        if let Some(listeners) = self.listeners.get_mut(&topic) {
            listeners.remove(&connection);
            if listeners.is_empty() {
                self.listeners.remove(&topic);
            }
        }
    }

    /// Both maps say the same, and neither keeps an empty set.
    #[cfg(test)]
    pub fn check_invariants(&self) {
        for (topic, listeners) in &self.listeners {
            assert!(!listeners.is_empty());
            assert!(listeners.iter().all(|one| self.joined[one].contains(topic)));
        }
        for (connection, topics) in &self.joined {
            assert!(!topics.is_empty());
            assert!(topics.iter().all(|topic| self.listeners[topic].contains(connection)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn topic(number: u8) -> Topic {
        let id = Uuid::from_u128(u128::from(number / 2));
        if number.is_multiple_of(2) {
            Topic::Room(RoomId(id))
        } else {
            Topic::User(UserId(id))
        }
    }

    proptest! {
        #[test]
        fn both_maps_agree_whatever_happens(steps in prop::collection::vec((0..3u8, 0..4u8, 0..6u8), 0..60)) {
            let mut topics = Topics::default();
            for (step, connection, number) in steps {
                let connection = ConnectionId(Uuid::from_u128(u128::from(connection)));
                match step {
                    0 => topics.join(connection, topic(number)),
                    1 => topics.leave(connection, topic(number)),
                    _ => topics.remove(connection),
                }
                topics.check_invariants();
                prop_assert_eq!(topics.has(connection, topic(number)), step == 0);
            }
        }
    }
}
