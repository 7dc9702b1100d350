//! Who is writing in the room on screen; it expires by itself, given the time. Pure.
use crate::domain::id::{RoomId, UserId};
use crate::domain::time::Timestamp;
use crate::domain::user::DisplayName;
use crate::protocol::TYPING;

/// People who are writing, by when they began.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Typing(Vec<Writer>);

#[derive(Clone, PartialEq, Debug)]
struct Writer {
    room: RoomId,
    user: UserId,
    name: DisplayName,
    until: Timestamp,
}

impl Typing {
    /// This person is writing, as of `now`.
    pub fn note(&mut self, room: RoomId, user: UserId, name: DisplayName, now: Timestamp) {
        let until = now.plus(2 * TYPING);
        match self
            .0
            .iter_mut()
            .find(|writer| writer.user == user && writer.room == room)
        {
            Some(writer) => writer.until = until,
            None => self.0.push(Writer {
                room,
                user,
                name,
                until,
            }),
        }
    }

    /// This person has sent what they wrote.
    pub fn stop(&mut self, room: RoomId, user: UserId) {
        self.0.retain(|writer| writer.user != user || writer.room != room);
    }

    /// Forgets who has not been heard of; true when somebody was.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let before = self.0.len();
        self.0.retain(|writer| writer.until > now);
        before != self.0.len()
    }

    /// "Mara and Jonas are writing", by first name; nothing when nobody is.
    pub fn line(&self, room: RoomId) -> Option<String> {
        let first = |writer: &Writer| {
            writer
                .name
                .as_str()
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        let names: Vec<String> = self.0.iter().filter(|writer| writer.room == room).map(first).collect();
        match names.as_slice() {
            [] => None,
            [one] => Some(format!("{one} is writing")),
            [one, two] => Some(format!("{one} and {two} are writing")),
            [one, two, three] => Some(format!("{one}, {two} and {three} are writing")),
            [one, two, rest @ ..] => Some(format!("{one}, {two} and {} others are writing", rest.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_line_names_two_and_counts_the_rest() {
        let (room, other) = (RoomId(Uuid::from_u128(1)), RoomId(Uuid::from_u128(2)));
        let mut typing = Typing::default();
        let mut say = |number: u128, name: &str| {
            typing.note(
                room,
                UserId(Uuid::from_u128(number)),
                DisplayName::parse(name).unwrap(),
                Timestamp(number as i64),
            );
            typing.line(room).unwrap()
        };
        assert_eq!(say(1, "Mara Lindqvist"), "Mara is writing");
        assert_eq!(say(1, "Mara Lindqvist"), "Mara is writing");
        assert_eq!(say(2, "Jonas"), "Mara and Jonas are writing");
        assert_eq!(say(3, "Ann"), "Mara, Jonas and Ann are writing");
        assert_eq!(say(4, "Ben"), "Mara, Jonas and 2 others are writing");
        assert_eq!(typing.line(other), None);
        typing.stop(room, UserId(Uuid::from_u128(2)));
        assert!(typing.expire(Timestamp(2 * TYPING + 3)));
        assert_eq!(typing.line(room).unwrap(), "Ben is writing");
    }
}
