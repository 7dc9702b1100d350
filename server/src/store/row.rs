//! Rows as the tables have them, and how they become what the domain knows.
use super::error::StoreError;
use app::domain::access::Access;
use app::domain::id::{ClientId, MessageId, RoomId, UserId};
use app::domain::membership::{Member, Membership, Role};
use app::domain::message::{Content, Message, MessageBody};
use app::domain::problem::Problem;
use app::domain::room::{Room, RoomKind, RoomName, Topic};
use app::domain::time::Timestamp;
use app::domain::user::{DisplayName, Person, Username};
use sqlx::FromRow;
use uuid::Uuid;

/// Turns a broken rule into an error that says where.
pub(super) fn corrupt<T>(what: &str, id: Uuid, value: Result<T, Problem>) -> Result<T, StoreError> {
    value.map_err(|problem| StoreError::Corrupt(format!("{what} {id}: {problem}")))
}

/// `users.id AS user_id, username, users.name AS person`, which [`PersonRow`] reads.
macro_rules! person_columns {
    () => {
        "u.id AS user_id, u.username AS username, u.name AS person"
    };
}
pub(super) use person_columns;

#[derive(FromRow)]
pub(super) struct PersonRow {
    pub user_id: Uuid,
    pub username: String,
    pub person: String,
}

impl TryFrom<PersonRow> for Person {
    type Error = StoreError;
    fn try_from(row: PersonRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: UserId(row.user_id),
            username: corrupt("username", row.user_id, Username::parse(&row.username))?,
            name: corrupt("name", row.user_id, DisplayName::parse(&row.person))?,
        })
    }
}

#[derive(FromRow)]
pub(super) struct MemberRow {
    #[sqlx(flatten)]
    pub person: PersonRow,
    pub role: i16,
}

impl TryFrom<MemberRow> for Member {
    type Error = StoreError;
    fn try_from(row: MemberRow) -> Result<Self, StoreError> {
        Ok(Self {
            role: role(row.role)?,
            person: row.person.try_into()?,
        })
    }
}

/// The columns of a [`RoomRow`], of `rooms AS r`.
macro_rules! room_columns {
    () => {
        "r.id AS room_id, r.kind AS kind, r.name AS room_name, r.topic AS topic, r.members AS members, \
         r.last_seq AS last_seq, r.rev AS room_rev, r.active_at AS active_at, r.created_at AS created_at"
    };
}
pub(super) use room_columns;

#[derive(FromRow)]
pub(super) struct RoomRow {
    pub room_id: Uuid,
    pub kind: i16,
    pub room_name: String,
    pub topic: String,
    pub members: i64,
    pub last_seq: i64,
    pub room_rev: i64,
    pub active_at: i64,
    pub created_at: i64,
}

impl TryFrom<RoomRow> for Room {
    type Error = StoreError;
    fn try_from(row: RoomRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: RoomId(row.room_id),
            kind: kind(row.kind)?,
            name: corrupt("room", row.room_id, RoomName::parse(&row.room_name))?,
            topic: corrupt("room", row.room_id, Topic::parse(&row.topic))?,
            members: row.members,
            last_seq: row.last_seq,
            rev: row.room_rev,
            active_at: Timestamp(row.active_at),
            created_at: Timestamp(row.created_at),
        })
    }
}

/// A membership that may be missing, from a `LEFT JOIN members AS m`.
#[derive(FromRow)]
pub(super) struct MembershipRow {
    pub role: Option<i16>,
    pub read_seq: Option<i64>,
    pub visible_from_seq: Option<i64>,
}

/// The columns of a [`MembershipRow`].
macro_rules! membership_columns {
    () => {
        "m.role AS role, m.read_seq AS read_seq, m.visible_from_seq AS visible_from_seq"
    };
}
pub(super) use membership_columns;

impl MembershipRow {
    pub(super) fn membership(&self) -> Result<Option<Membership>, StoreError> {
        let (Some(number), Some(read_seq), Some(visible_from_seq)) = (self.role, self.read_seq, self.visible_from_seq)
        else {
            return Ok(None);
        };
        Ok(Some(Membership {
            role: role(number)?,
            read_seq,
            visible_from_seq,
        }))
    }

    /// How this person reaches a room of this kind, if at all. The one place where a missing membership means something.
    pub(super) fn access(&self, kind: RoomKind) -> Result<Option<Access>, StoreError> {
        let membership = self.membership()?;
        Ok(membership.map(Access::Member).or(match kind {
            RoomKind::Public => Some(Access::Visitor),
        }))
    }
}

/// The columns of a [`MessageRow`], of `messages AS g` and its author `users AS u`.
macro_rules! message_columns {
    () => {
        "g.id AS message_id, g.room AS room, g.client_id AS client_id, g.seq AS seq, g.rev AS rev, g.body AS body, \
         g.posted_at AS posted_at, g.edited_at AS edited_at, \
         u.id AS user_id, u.username AS username, u.name AS person"
    };
}
pub(super) use message_columns;

#[derive(FromRow)]
pub(super) struct MessageRow {
    pub message_id: Uuid,
    pub room: Uuid,
    pub client_id: Uuid,
    pub seq: i64,
    pub rev: i64,
    pub body: Option<String>,
    pub posted_at: i64,
    pub edited_at: Option<i64>,
    #[sqlx(flatten)]
    pub author: PersonRow,
}

impl TryFrom<MessageRow> for Message {
    type Error = StoreError;
    fn try_from(row: MessageRow) -> Result<Self, StoreError> {
        let content = match row.body {
            Some(body) => Content::plain(corrupt("message", row.message_id, MessageBody::parse(&body))?),
            None => Content::Deleted,
        };
        Ok(Self {
            id: MessageId(row.message_id),
            room: RoomId(row.room),
            client_id: ClientId(row.client_id),
            seq: row.seq,
            rev: row.rev,
            author: row.author.try_into()?,
            content,
            posted_at: Timestamp(row.posted_at),
            edited_at: row.edited_at.map(Timestamp),
        })
    }
}

/// All rows, or the first that breaks a rule.
pub(super) fn all<R, T: TryFrom<R, Error = StoreError>>(rows: Vec<R>) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(T::try_from).collect()
}

pub(super) fn kind(number: i16) -> Result<RoomKind, StoreError> {
    RoomKind::from_number(number).ok_or_else(|| StoreError::Corrupt(format!("room kind {number}")))
}

pub(super) fn role(number: i16) -> Result<Role, StoreError> {
    Role::from_number(number).ok_or_else(|| StoreError::Corrupt(format!("role {number}")))
}
