//! Rooms: what they are called and what kinds there are.
use super::id::{MessageId, RoomId};
use super::problem::Problem;
use super::time::Timestamp;
use super::user::{DisplayName, line, text};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A room as everybody who may see it sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Room {
    pub id: RoomId,
    pub kind: RoomKind,
    pub name: RoomName,
    pub topic: Topic,
    /// How many people are in it.
    pub members: i64,
    /// The number of the newest post; 0 before the first.
    pub last_seq: i64,
    /// The number of the newest change.
    pub rev: i64,
    /// When the newest post was made, or the room if there is none.
    pub active_at: Timestamp,
    pub created_at: Timestamp,
}

/// The newest post, for a line in a list of rooms.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Preview {
    pub message: MessageId,
    pub author: DisplayName,
    /// The beginning of the text on one line; none when it was deleted.
    pub text: Option<String>,
}

/// Stored as a small number: never renumber.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RoomKind {
    /// Everybody on this server may read and join it.
    Public,
}

impl RoomKind {
    pub fn to_number(self) -> i16 {
        match self {
            Self::Public => 2,
        }
    }

    pub fn from_number(number: i16) -> Option<Self> {
        (number == 2).then_some(Self::Public)
    }
}

text! {
    /// 1 to 64 characters on one line.
    RoomName;
}

impl RoomName {
    /// Trims and checks length and characters.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        line(text, 64).map(Self)
    }
}

/// What a room is about: up to 200 characters on one line, or nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Topic(String);

impl Topic {
    /// Trims and checks length; blank is no topic.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        if text.trim().is_empty() {
            Ok(Self::default())
        } else {
            line(text, 200).map(Self)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Topic {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::parse(&text)
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        topic.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_may_be_missing_but_not_long() {
        assert_eq!(Topic::parse("  "), Ok(Topic::default()));
        assert_eq!(Topic::parse(&"x".repeat(201)), Err(Problem::TooLong { most: 200 }));
        assert_eq!(RoomName::parse(" "), Err(Problem::Blank));
    }

    #[test]
    fn kinds_keep_their_numbers() {
        assert_eq!(
            RoomKind::from_number(RoomKind::Public.to_number()),
            Some(RoomKind::Public)
        );
        assert_eq!(RoomKind::from_number(99), None);
    }
}
