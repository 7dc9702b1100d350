//! Being in a room: role, how far somebody has read, and what is unread.
use super::room::{Preview, Room};
use super::user::Person;
use serde::{Deserialize, Serialize};

/// One person's place in one room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Membership {
    pub role: Role,
    /// The newest post that the person has read.
    pub read_seq: i64,
    /// Posts before this one are hidden from the person.
    pub visible_from_seq: i64,
}

/// Stored as a small number: never renumber.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Role {
    Member,
    Owner,
}

impl Role {
    pub fn to_number(self) -> i16 {
        match self {
            Self::Member => 0,
            Self::Owner => 2,
        }
    }

    pub fn from_number(number: i16) -> Option<Self> {
        match number {
            0 => Some(Self::Member),
            2 => Some(Self::Owner),
            _ => None,
        }
    }
}

/// A line in the list of members.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Member {
    pub person: Person,
    pub role: Role,
}

/// A room that the viewer is in, as a line in their list of rooms.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MyRoom {
    pub room: Room,
    pub membership: Membership,
    pub preview: Option<Preview>,
}

impl MyRoom {
    /// How many posts the viewer has not read.
    pub fn unread(&self) -> i64 {
        unread(self.room.last_seq, self.membership.read_seq)
    }
}

/// The one rule for unread counts: posts above what was read.
pub fn unread(last_seq: i64, read_seq: i64) -> i64 {
    (last_seq - read_seq).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unread_is_what_lies_above_the_mark() {
        for (last, read, expected) in [(0, 0, 0), (7, 7, 0), (7, 4, 3), (3, 9, 0)] {
            assert_eq!(unread(last, read), expected);
        }
    }
}
