//! Messages: what a body must be, and how a stored message looks to its readers.
use super::id::{ClientId, MessageId, RoomId};
use super::problem::Problem;
use super::rich::Rich;
use super::time::Timestamp;
use super::user::{Person, is_invisible};
use serde::{Deserialize, Serialize};

/// The most that a body may hold, in bytes of UTF-8.
pub const MAX_BODY: usize = 16 * 1024;

/// Posts by one author within this time stand in one group (milliseconds).
pub const GROUP_WITHIN: i64 = 5 * 60_000;

/// A stored message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub room: RoomId,
    /// The sender's own id for it, by which a pending row is confirmed in place.
    pub client_id: ClientId,
    /// The number of the post in its room: contiguous from 1.
    pub seq: i64,
    /// The number of the newest change to it.
    pub rev: i64,
    pub author: Person,
    pub content: Content,
    pub posted_at: Timestamp,
    pub edited_at: Option<Timestamp>,
}

impl Message {
    /// Whether this row stands under the head of the one before it: same author, shortly after.
    pub fn continues(&self, before: &Message) -> bool {
        self.author.id == before.author.id && self.posted_at.0 - before.posted_at.0 < GROUP_WITHIN
    }
}

/// What a message says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Content {
    /// The text as typed, and its parsed form where it has markup.
    Text { body: MessageBody, rich: Option<Rich> },
    /// A tombstone: it keeps its number.
    Deleted,
}

impl Content {
    /// A body without markup.
    pub fn plain(body: MessageBody) -> Self {
        Self::Text { body, rich: None }
    }

    /// The text as typed, if it stands.
    pub fn body(&self) -> Option<&MessageBody> {
        match self {
            Self::Text { body, .. } => Some(body),
            Self::Deleted => None,
        }
    }
}

/// What a person wrote: something visible, at most [`MAX_BODY`] bytes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageBody(String);

impl MessageBody {
    /// Drops white space at the end and blank lines at the start; refuses what shows nothing or is too long.
    /// Control characters besides line breaks and tabs are refused: they show nothing, PostgreSQL cannot store `\0`, and
    /// as JSON each takes six bytes.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim_end().trim_start_matches(['\n', '\r']).replace("\r\n", "\n");
        if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            return Err(Problem::Blank);
        }
        if text.len() > MAX_BODY {
            return Err(Problem::TooLong { most: MAX_BODY as u32 });
        }
        if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(Problem::Characters { allowed: "text".into() });
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MessageBody {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::parse(&text)
    }
}

impl From<MessageBody> for String {
    fn from(body: MessageBody) -> Self {
        body.0
    }
}

/// A message on its way to the server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Draft {
    pub room: RoomId,
    pub client_id: ClientId,
    pub body: MessageBody,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_shows_something_and_fits() {
        for (text, expected) in [
            ("hi", Ok("hi")),
            ("  indented\r\nline  \n", Ok("  indented\nline")),
            ("\n\nhi", Ok("hi")),
            (" \n\t", Err(Problem::Blank)),
            ("\u{200b}", Err(Problem::Blank)),
            (&"x".repeat(MAX_BODY + 1), Err(Problem::TooLong { most: 16_384 })),
        ] {
            assert_eq!(
                MessageBody::parse(text)
                    .as_ref()
                    .map(MessageBody::as_str)
                    .map_err(Clone::clone),
                expected
            );
        }
        assert!(MessageBody::parse(&"x".repeat(MAX_BODY)).is_ok());
        for text in ["a\0b", "a\u{1}b", "a\u{1b}[1mb", "a\u{7f}b", "a\u{85}b", "a\rb"] {
            assert!(
                matches!(MessageBody::parse(text), Err(Problem::Characters { .. })),
                "{text:?}"
            );
        }
        assert!(MessageBody::parse("a\tb\nc").is_ok());
    }

    #[test]
    fn a_bad_body_cannot_be_decoded() {
        assert!(serde_json::from_str::<MessageBody>("\" \"").is_err());
    }
}
