//! Who is here: several connections per person, one [`Presence`], and who is to be told.
//! Told are those who have a room on screen, about its members, in one batch a second; nothing else is remembered.
use app::domain::id::{ConnectionId, RoomId, UserId};
use app::domain::presence::Presence;
use app::domain::time::Timestamp;
use std::collections::{HashMap, HashSet};

/// Somebody who comes back within this time (milliseconds) never left.
pub const GRACE: i64 = 5_000;

/// People, their connections, and the rooms on screen.
#[derive(Default)]
pub struct Attendance {
    people: HashMap<UserId, Person>,
    screens: HashMap<RoomId, Screen>,
    watching: HashMap<ConnectionId, RoomId>,
    /// Whose presence may differ from what was told.
    changed: HashSet<UserId>,
}

#[derive(Default)]
struct Person {
    connections: HashMap<ConnectionId, Activity>,
    /// What the watchers were told.
    told: Presence,
    /// The last connection ended then.
    left_at: Option<(Timestamp, Presence)>,
}

/// A room that somebody looks at.
#[derive(Default)]
struct Screen {
    watchers: HashSet<ConnectionId>,
    members: HashSet<UserId>,
    /// Members since the last tick, whose presence the watchers have not been told.
    newcomers: HashSet<UserId>,
}

/// Whether somebody is at the keyboard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activity {
    Active,
    Idle,
}

/// What the watchers of one room are to be told.
pub type Differences = (RoomId, Vec<ConnectionId>, Vec<(UserId, Presence)>);

impl Attendance {
    /// A connection begins, with somebody at the keyboard.
    pub fn join(&mut self, user: UserId, connection: ConnectionId) {
        self.act(user, connection, Activity::Active);
    }

    /// Somebody touched the keyboard, or did not for a while.
    pub fn act(&mut self, user: UserId, connection: ConnectionId, activity: Activity) {
        let person = self.people.entry(user).or_default();
        person.connections.insert(connection, activity);
        person.left_at = None;
        self.changed.insert(user);
    }

    /// A connection ends. The person is away only after [`GRACE`].
    pub fn leave(&mut self, user: UserId, connection: ConnectionId, now: Timestamp) {
        self.unwatch(connection);
        let Some(person) = self.people.get_mut(&user) else {
            return;
        };
        let before = person.presence();
        if person.connections.remove(&connection).is_some() && person.connections.is_empty() {
            person.left_at = Some((now, before));
        }
        self.changed.insert(user);
    }

    /// A connection shows this room. Replaces what it watched before.
    pub fn watch(&mut self, connection: ConnectionId, room: RoomId, members: impl IntoIterator<Item = UserId>) {
        self.unwatch(connection);
        self.watching.insert(connection, room);
        let screen = self.screens.entry(room).or_default();
        screen.watchers.insert(connection);
        screen.members = members.into_iter().collect();
    }

    /// A connection shows no room.
    pub fn unwatch(&mut self, connection: ConnectionId) {
        let Some(room) = self.watching.remove(&connection) else {
            return;
        };
        if let Some(screen) = self.screens.get_mut(&room) {
            screen.watchers.remove(&connection);
            if screen.watchers.is_empty() {
                self.screens.remove(&room);
            }
        }
    }

    /// Whether this connection shows this room.
    pub fn is_watching(&self, connection: ConnectionId, room: RoomId) -> bool {
        self.watching.get(&connection) == Some(&room)
    }

    /// Somebody became a member.
    pub fn add_member(&mut self, room: RoomId, user: UserId) {
        if let Some(screen) = self.screens.get_mut(&room)
            && screen.members.insert(user)
        {
            screen.newcomers.insert(user);
        }
    }

    /// Somebody is no longer a member.
    pub fn remove_member(&mut self, room: RoomId, user: UserId) {
        if let Some(screen) = self.screens.get_mut(&room) {
            screen.members.remove(&user);
            screen.newcomers.remove(&user);
        }
    }

    /// How present somebody is.
    pub fn of(&self, user: UserId) -> Presence {
        self.people.get(&user).map(Person::presence).unwrap_or_default()
    }

    /// Ends the grace of those who stayed away, and gives what changed since the last tick, for each room on screen.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Differences> {
        let mut differences = HashMap::new();
        let mut changed = std::mem::take(&mut self.changed);
        changed.retain(|user| {
            let Some(person) = self.people.get_mut(user) else {
                return false;
            };
            if person.left_at.is_some_and(|(left, _)| now >= left.plus(GRACE)) {
                person.left_at = None;
            }
            let presence = person.presence();
            if person.told != presence {
                person.told = presence;
                differences.insert(*user, presence);
            }
            if person.connections.is_empty() && person.left_at.is_none() {
                self.people.remove(user);
                return false;
            }
            // Those in their grace are looked at again.
            self.people[user].left_at.is_some()
        });
        self.changed = changed;
        let people = &self.people;
        let told = |screen: &mut Screen| {
            let newcomers = std::mem::take(&mut screen.newcomers);
            let news = newcomers
                .into_iter()
                .filter(|user| !differences.contains_key(user))
                .map(|user| (user, people.get(&user).map(Person::presence).unwrap_or_default()));
            let mut all: Vec<_> = news.collect();
            let moved = differences.iter().filter(|(user, _)| screen.members.contains(user));
            all.extend(moved.map(|(user, presence)| (*user, *presence)));
            all
        };
        self.screens
            .iter_mut()
            .map(|(room, screen)| {
                let states = told(screen);
                (*room, screen, states)
            })
            .filter(|(.., states)| !states.is_empty())
            .map(|(room, screen, states)| (room, screen.watchers.iter().copied().collect(), states))
            .collect()
    }
}

impl Person {
    fn presence(&self) -> Presence {
        let here = self.connections.values().map(|activity| match activity {
            Activity::Active => Presence::Online,
            Activity::Idle => Presence::Away,
        });
        here.max()
            .or(self.left_at.map(|(_, before)| before))
            .unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "attendance_tests.rs"]
mod tests;
