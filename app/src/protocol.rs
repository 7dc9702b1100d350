//! What goes over the socket: closed enums, encoded as JSON text frames. A frame that does not parse is refused, never guessed.
use crate::domain::id::{ClientId, Epoch, MessageId, RoomId, UserId};
use crate::domain::membership::{Member, MyRoom};
use crate::domain::message::{Draft, Message};
use crate::domain::presence::Presence;
use crate::domain::room::Room;
use crate::domain::user::DisplayName;
use crate::error::AppError;
use serde::{Deserialize, Serialize};

/// Raised when frames change so that an old page cannot follow. The page then asks to be reloaded.
pub const VERSION: u32 = 1;

/// The largest frame that either side accepts, in bytes.
pub const MAX_FRAME: usize = 64 * 1024;

/// A page says `Ping` after this long without a word (milliseconds); the server forgets a socket after [`EXPIRE`].
pub const HEARTBEAT: i64 = 25_000;

/// A socket that said nothing for this long is closed (milliseconds).
pub const EXPIRE: i64 = 60_000;

/// Typing is said at most this often, and shown for twice as long (milliseconds).
pub const TYPING: i64 = 3_000;

/// Rooms with more members than this show counts instead of presence, and no typing.
pub const MAX_PRESENT: i64 = 200;

/// Why the server closed a socket (RFC 6455, section 7.4.2: 4000 to 4999 are for applications).
pub mod close {
    /// The server is going away; come back after a moment (registered as "Service Restart").
    pub const RESTART: u16 = 1012;
    /// The page read too slowly: reconnect and ask what was missed.
    pub const RESYNC: u16 = 4001;
    /// The page speaks another version.
    pub const VERSION: u16 = 4002;
    /// The session ended: sign in again.
    pub const SIGNED_OUT: u16 = 4003;
    /// Too many connections for one person: do not retry.
    pub const TOO_MANY: u16 = 4004;
    /// A frame that could not be read, or was too large.
    pub const MALFORMED: u16 = 4005;
    /// Nothing was heard for too long.
    pub const SILENT: u16 = 4006;
}

/// From the page to the server.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ClientFrame {
    /// Post a message. Answered by the broadcast, by `Accepted` (a repeat) or by `Refused`.
    Post(Draft),
    /// The viewer is writing in this room.
    Typing { room: RoomId },
    /// The viewer has read up to this post.
    Read { room: RoomId, seq: i64 },
    /// This room is on screen: send its events and the presence of its members.
    Open { room: RoomId },
    /// No room is on screen.
    Close,
    /// Nothing was touched for a while.
    Idle,
    /// Somebody is at the keyboard again.
    Active,
    /// Are you there?
    Ping,
}

/// From the server to the page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ServerFrame {
    /// The first frame. All of the viewer's rooms are joined when it is sent.
    Hello { version: u32, epoch: Epoch, user: UserId },
    /// A room changed.
    Room(RoomEvent),
    /// What the server found missing: the present state of all that changed after `from`, up to and with `upto`.
    Filled {
        room: RoomId,
        from: i64,
        upto: i64,
        items: Vec<Change>,
    },
    /// Something of the viewer's own changed.
    User(UserEvent),
    /// This was stored before; here it is.
    Accepted { client_id: ClientId, message: Message },
    /// This was not stored.
    Refused { client_id: ClientId, why: AppError },
    /// Somebody is writing.
    Typing {
        room: RoomId,
        user: UserId,
        name: DisplayName,
    },
    /// The answer to `Open`: from here on the page hears of this room, so it asks `since` now.
    /// `states` are its members that are not offline; none in rooms above [`MAX_PRESENT`].
    Opened {
        room: RoomId,
        states: Vec<(UserId, Presence)>,
    },
    /// How the presence of people on screen changed.
    Presence { states: Vec<(UserId, Presence)> },
    /// A frame was not carried out.
    Failed { why: AppError },
    /// I am here.
    Pong,
    /// The server stops. Come back after this many milliseconds.
    Leaving { after: u32 },
}

/// One change of a room, in the order of `rev`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RoomEvent {
    pub room: RoomId,
    pub rev: i64,
    pub change: Change,
}

/// The present state of something in a room.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Change {
    /// Posted, edited or deleted: this is the message now.
    Message(Message),
    /// Renamed, or its topic changed.
    Room(Room),
    /// Somebody came in, or their role changed.
    Member(Member),
    /// Somebody left.
    MemberGone(UserId),
}

/// One change of the viewer's own things.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct UserEvent {
    pub rev: i64,
    pub change: UserChange,
}

/// The present state of something that belongs to the viewer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum UserChange {
    /// The viewer is in this room now.
    Joined(Box<MyRoom>),
    /// The viewer is no longer in this room.
    Left(RoomId),
    /// Read up to here, on some device.
    Read { room: RoomId, seq: i64 },
    /// More changed than is told here: load the list of rooms again.
    Stale,
}

/// How far a page has followed a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cursor {
    pub rev: i64,
    /// The newest post that the page holds: catches data that was put back behind our back.
    pub newest: Option<MessageId>,
}

/// What changed after a [`Cursor`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Since {
    /// The present state of everything that changed, up to and with `upto`. With `more`, ask again from there.
    Changes { upto: i64, items: Vec<Change>, more: bool },
    /// Too much changed, or the cursor is not of this data: load the room anew.
    Reload,
}

/// A frame as text.
pub fn encode<T: Serialize>(frame: &T) -> String {
    serde_json::to_string(frame).expect("frames hold nothing that JSON cannot")
}

/// A frame from text; what does not parse is [`AppError::Malformed`].
pub fn decode<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, AppError> {
    serde_json::from_slice(text.as_bytes()).map_err(|_| AppError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn frames_read_back_and_bad_ones_do_not() {
        let room = RoomId(Uuid::from_u128(7));
        for frame in [
            ClientFrame::Open { room },
            ClientFrame::Ping,
            ClientFrame::Read { room, seq: 3 },
        ] {
            assert_eq!(decode::<ClientFrame>(&encode(&frame)), Ok(frame));
        }
        let blank = format!(r#"{{"Post":{{"room":"{room}","client_id":"{room}","body":"  "}}}}"#);
        for bad in ["", "{}", r#""Nonsense""#, r#"{"Open":{"room":"x"}}"#, &blank] {
            assert_eq!(decode::<ClientFrame>(bad), Err(AppError::Malformed), "{bad}");
        }
    }
}
