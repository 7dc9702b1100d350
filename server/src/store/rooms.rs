//! Rooms: opening them, reaching them, listing them. Their counters move under [`Tx::lock_rooms`].
use super::error::StoreError;
use super::row::{MembershipRow, RoomRow, kind, membership_columns, room_columns};
use super::tx::{Tx, on};
use app::api::rooms::{DirectoryKey, Listed};
use app::domain::access::Access;
use app::domain::id::{MessageId, RoomId, UserId};
use app::domain::membership::MyRoom;
use app::domain::room::{Preview, Room, RoomKind, RoomName, Topic};
use app::domain::time::Timestamp;
use app::domain::user::DisplayName;
use uuid::Uuid;

/// A room to be opened.
pub struct NewRoom {
    pub id: RoomId,
    pub kind: RoomKind,
    pub name: RoomName,
    pub topic: Topic,
    pub created_by: Option<UserId>,
    pub is_lobby: bool,
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ReachedRow {
    #[sqlx(flatten)]
    room: RoomRow,
    #[sqlx(flatten)]
    membership: MembershipRow,
}

#[derive(sqlx::FromRow)]
struct MyRoomRow {
    #[sqlx(flatten)]
    room: RoomRow,
    #[sqlx(flatten)]
    membership: MembershipRow,
    newest: Option<Uuid>,
    author: Option<String>,
    beginning: Option<String>,
}

impl Tx {
    /// Opens a room, empty and at `rev` 0. A second Lobby is not made.
    pub async fn insert_room(&mut self, new: &NewRoom) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO rooms (id, kind, name, topic, members, last_seq, rev, active_at, changed_at, \
             created_by, created_at, is_lobby) VALUES ($1, $2, $3, $4, 0, 0, 0, $5, $5, $6, $5, $7) \
             ON CONFLICT DO NOTHING";
        on!(self, |db| sqlx::query(SQL)
            .bind(new.id.0)
            .bind(new.kind.to_number())
            .bind(new.name.as_str())
            .bind(new.topic.as_str())
            .bind(new.at.0)
            .bind(new.created_by.map(|user| user.0))
            .bind(new.is_lobby)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// The room that everybody is in.
    pub async fn lobby(&mut self) -> Result<Option<RoomId>, StoreError> {
        const SQL: &str = "SELECT id FROM rooms WHERE is_lobby";
        let id: Option<Uuid> = on!(self, |db| sqlx::query_scalar(SQL).fetch_optional(db).await?);
        Ok(id.map(RoomId))
    }

    /// A room and how this person reaches it; none when there is none for them, whether it exists or not.
    pub async fn room(&mut self, room: RoomId, viewer: UserId) -> Result<Option<(Room, Access)>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            room_columns!(),
            ", ",
            membership_columns!(),
            " FROM rooms r LEFT JOIN members m ON m.room = r.id AND m.user_id = $2 WHERE r.id = $1"
        );
        let row: Option<ReachedRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(room.0)
            .bind(viewer.0)
            .fetch_optional(db)
            .await?);
        let Some(row) = row else { return Ok(None) };
        let access = row.membership.access(kind(row.room.kind)?)?;
        access.map(|access| Ok((row.room.try_into()?, access))).transpose()
    }

    /// The same, when only the right is asked for.
    pub async fn access(&mut self, room: RoomId, viewer: UserId) -> Result<Option<Access>, StoreError> {
        Ok(self.room(room, viewer).await?.map(|(_, access)| access))
    }

    /// The rooms that a person is in, newest activity first, each with the beginning of its newest post.
    pub async fn my_rooms(&mut self, viewer: UserId) -> Result<Vec<MyRoom>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            room_columns!(),
            ", ",
            membership_columns!(),
            ", g.id AS newest, u.name AS author, substr(g.body, 1, 400) AS beginning FROM members m \
             JOIN rooms r ON r.id = m.room \
             LEFT JOIN messages g ON g.room = r.id AND g.seq = r.last_seq AND g.seq >= m.visible_from_seq \
             LEFT JOIN users u ON u.id = g.author WHERE m.user_id = $1 ORDER BY r.active_at DESC, r.id"
        );
        let rows: Vec<MyRoomRow> = on!(self, |db| sqlx::query_as(SQL).bind(viewer.0).fetch_all(db).await?);
        rows.into_iter().filter_map(|row| my_room(row).transpose()).collect()
    }

    /// One of them.
    pub async fn my_room(&mut self, viewer: UserId, room: RoomId) -> Result<Option<MyRoom>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            room_columns!(),
            ", ",
            membership_columns!(),
            ", g.id AS newest, u.name AS author, substr(g.body, 1, 400) AS beginning FROM members m \
             JOIN rooms r ON r.id = m.room \
             LEFT JOIN messages g ON g.room = r.id AND g.seq = r.last_seq AND g.seq >= m.visible_from_seq \
             LEFT JOIN users u ON u.id = g.author WHERE m.user_id = $1 AND m.room = $2"
        );
        let row: Option<MyRoomRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(viewer.0)
            .bind(room.0)
            .fetch_optional(db)
            .await?);
        row.map_or(Ok(None), my_room)
    }

    /// Public rooms behind `after`, newest activity first, at most `limit`.
    pub async fn public_rooms(
        &mut self,
        viewer: UserId,
        after: DirectoryKey,
        limit: i64,
    ) -> Result<Vec<Listed>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            room_columns!(),
            ", ",
            membership_columns!(),
            " FROM rooms r LEFT JOIN members m ON m.room = r.id AND m.user_id = $1 \
             WHERE r.kind = $2 AND r.active_at <= $3 AND (r.active_at < $3 OR r.id > $4) \
             ORDER BY r.active_at DESC, r.id LIMIT $5"
        );
        let rows: Vec<ReachedRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(viewer.0)
            .bind(RoomKind::Public.to_number())
            .bind(after.active_at.0)
            .bind(after.room.0)
            .bind(limit)
            .fetch_all(db)
            .await?);
        rows.into_iter()
            .map(|row| {
                Ok(Listed {
                    is_member: row.membership.membership()?.is_some(),
                    room: row.room.try_into()?,
                })
            })
            .collect()
    }

    /// Moves a room's `rev` and gives the new one. The room is locked.
    pub async fn bump_room(&mut self, room: RoomId, at: Timestamp) -> Result<i64, StoreError> {
        self.count_members(room, 0, at).await
    }

    /// The same when `more` people are in it than before (fewer, if negative).
    pub async fn count_members(&mut self, room: RoomId, more: i64, at: Timestamp) -> Result<i64, StoreError> {
        const SQL: &str = "UPDATE rooms SET rev = rev + 1, members = members + $2, changed_at = $3 WHERE id = $1 \
             RETURNING rev";
        Ok(on!(self, |db| sqlx::query_scalar(SQL)
            .bind(room.0)
            .bind(more)
            .bind(at.0)
            .fetch_one(db)
            .await?))
    }

    /// The rooms that changed at `at` or later, and their `rev`.
    pub async fn rooms_changed_since(&mut self, at: Timestamp) -> Result<Vec<(RoomId, i64)>, StoreError> {
        const SQL: &str = "SELECT id, rev FROM rooms WHERE changed_at >= $1";
        let rows: Vec<(Uuid, i64)> = on!(self, |db| sqlx::query_as(SQL).bind(at.0).fetch_all(db).await?);
        Ok(rows.into_iter().map(|(id, rev)| (RoomId(id), rev)).collect())
    }

    /// A room as the server itself sees it, asked for by nobody.
    pub async fn room_itself(&mut self, room: RoomId) -> Result<Option<Room>, StoreError> {
        const SQL: &str = concat!("SELECT ", room_columns!(), " FROM rooms r WHERE r.id = $1");
        let row: Option<RoomRow> = on!(self, |db| sqlx::query_as(SQL).bind(room.0).fetch_optional(db).await?);
        row.map(Room::try_from).transpose()
    }
}

fn my_room(row: MyRoomRow) -> Result<Option<MyRoom>, StoreError> {
    let Some(membership) = row.membership.membership()? else {
        return Ok(None);
    };
    let preview = match row.newest.zip(row.author) {
        Some((newest, author)) => Some(Preview {
            message: MessageId(newest),
            author: super::row::corrupt("author of", newest, DisplayName::parse(&author))?,
            text: row.beginning,
        }),
        None => None,
    };
    Ok(Some(MyRoom {
        room: row.room.try_into()?,
        membership,
        preview,
    }))
}
