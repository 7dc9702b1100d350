//! The change log: what changed in a room besides its messages, and among a person's own things.
//!
//! Messages have no rows here: a message's own row carries the `rev` of its newest change (post, edit, deletion), so
//! what changed among messages is an index away, and posting writes nothing twice.
use super::error::StoreError;
use super::row::{PersonRow, role};
use super::tx::{Tx, on};
use app::domain::id::{RoomId, UserId};
use app::domain::membership::Member;
use app::domain::time::Timestamp;
use uuid::Uuid;

/// How many revs back a log can be asked for.
pub const MAX_CHANGES: i64 = 1_000;

/// Stored as a small number: never renumber.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeKind {
    /// In a room: somebody came, went, or has another role.
    Member,
    /// In a room: its name or topic.
    Room,
    /// For a person: in another room.
    Joined,
    /// For a person: out of a room.
    Left,
    /// For a person: read further.
    Read,
}

impl ChangeKind {
    fn number(self) -> i16 {
        match self {
            Self::Member => 0,
            Self::Room => 1,
            Self::Joined => 2,
            Self::Left => 3,
            Self::Read => 4,
        }
    }
}

/// Somebody whose place in a room changed, and where they stand now.
#[derive(Clone, PartialEq, Debug)]
pub struct MemberChange {
    /// The newest change.
    pub rev: i64,
    pub now: Result<Member, Gone>,
}

/// Is not in the room any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gone(pub UserId);

#[derive(sqlx::FromRow)]
struct MemberChangeRow {
    subject: Uuid,
    newest: i64,
    role: Option<i16>,
    user_id: Option<Uuid>,
    username: Option<String>,
    person: Option<String>,
}

impl Tx {
    /// Notes a change under the `rev` that it was given, and forgets those too old to be asked for.
    pub async fn note(&mut self, log: Uuid, rev: i64, kind: ChangeKind, subject: Uuid) -> Result<(), StoreError> {
        const NOTE: &str = "INSERT INTO changes (log, rev, kind, subject) VALUES ($1, $2, $3, $4)";
        const TRIM: &str = "DELETE FROM changes WHERE log = $1 AND rev <= $2";
        on!(&mut *self, |db| sqlx::query(NOTE)
            .bind(log)
            .bind(rev)
            .bind(kind.number())
            .bind(subject)
            .execute(db)
            .await
            .map(drop)?);
        on!(self, |db| sqlx::query(TRIM)
            .bind(log)
            .bind(rev - MAX_CHANGES)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// A change of a person's own things: moves their `rev`, notes the change, gives the `rev`. Take it after rooms.
    pub async fn note_own(
        &mut self,
        user: UserId,
        kind: ChangeKind,
        room: RoomId,
        at: Timestamp,
    ) -> Result<i64, StoreError> {
        let rev = self.bump_user(user, at).await?;
        self.note(user.0, rev, kind, room.0).await?;
        Ok(rev)
    }

    /// Everybody whose place in the room changed after `rev`, by the number of the newest change.
    pub async fn member_changes(&mut self, room: RoomId, rev: i64) -> Result<Vec<MemberChange>, StoreError> {
        const SQL: &str = "SELECT c.subject AS subject, c.newest AS newest, m.role AS role, u.id AS user_id, \
             u.username AS username, u.name AS person \
             FROM (SELECT subject, MAX(rev) AS newest FROM changes WHERE log = $1 AND rev > $2 AND kind = $3 \
                   GROUP BY subject) c \
             LEFT JOIN members m ON m.room = $1 AND m.user_id = c.subject \
             LEFT JOIN users u ON u.id = m.user_id ORDER BY c.newest";
        let rows: Vec<MemberChangeRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(room.0)
            .bind(rev)
            .bind(ChangeKind::Member.number())
            .fetch_all(db)
            .await?);
        rows.into_iter().map(member_change).collect()
    }

    /// The newest change of the room's name or topic after `rev`.
    pub async fn room_change(&mut self, room: RoomId, rev: i64) -> Result<Option<i64>, StoreError> {
        const SQL: &str = "SELECT MAX(rev) FROM changes WHERE log = $1 AND rev > $2 AND kind = $3";
        Ok(on!(self, |db| sqlx::query_scalar(SQL)
            .bind(room.0)
            .bind(rev)
            .bind(ChangeKind::Room.number())
            .fetch_one(db)
            .await?))
    }
}

fn member_change(row: MemberChangeRow) -> Result<MemberChange, StoreError> {
    let person = match (row.user_id, row.username, row.person) {
        (Some(user_id), Some(username), Some(person)) => Some(PersonRow {
            user_id,
            username,
            person,
        }),
        _ => None,
    };
    let now = match (person, row.role) {
        (Some(person), Some(number)) => Ok(Member {
            person: person.try_into()?,
            role: role(number)?,
        }),
        _ => Err(Gone(UserId(row.subject))),
    };
    Ok(MemberChange { rev: row.newest, now })
}
