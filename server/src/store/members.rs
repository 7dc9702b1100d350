//! Who is in a room, and how far they have read.
use super::error::StoreError;
use super::row::{MemberRow, all, person_columns};
use super::tx::{Tx, on};
use app::domain::id::{RoomId, UserId};
use app::domain::membership::{Member, Membership};
use app::domain::time::Timestamp;
use uuid::Uuid;

impl Tx {
    /// Puts somebody into a room; false if they are in it already. The room is locked; its count is moved by
    /// [`Tx::count_members`].
    pub async fn insert_member(
        &mut self,
        room: RoomId,
        user: UserId,
        membership: Membership,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "INSERT INTO members (room, user_id, role, read_seq, visible_from_seq, joined_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (room, user_id) DO NOTHING";
        let made = on!(self, |db| sqlx::query(SQL)
            .bind(room.0)
            .bind(user.0)
            .bind(membership.role.to_number())
            .bind(membership.read_seq)
            .bind(membership.visible_from_seq)
            .bind(at.0)
            .execute(db)
            .await?
            .rows_affected());
        Ok(made == 1)
    }

    /// Takes somebody out of a room; false if they were not in it.
    pub async fn delete_member(&mut self, room: RoomId, user: UserId) -> Result<bool, StoreError> {
        const SQL: &str = "DELETE FROM members WHERE room = $1 AND user_id = $2";
        let gone = on!(self, |db| sqlx::query(SQL)
            .bind(room.0)
            .bind(user.0)
            .execute(db)
            .await?
            .rows_affected());
        Ok(gone == 1)
    }

    /// One member of a room.
    pub async fn member(&mut self, room: RoomId, user: UserId) -> Result<Option<Member>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            person_columns!(),
            ", m.role AS role FROM members m JOIN users u ON u.id = m.user_id WHERE m.room = $1 AND m.user_id = $2"
        );
        let row: Option<MemberRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(room.0)
            .bind(user.0)
            .fetch_optional(db)
            .await?);
        row.map(Member::try_from).transpose()
    }

    /// The members of a room, at most `limit`; the oldest accounts first, which costs the same in a room of any size.
    pub async fn members(&mut self, room: RoomId, limit: i64) -> Result<Vec<Member>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            person_columns!(),
            ", m.role AS role FROM members m JOIN users u ON u.id = m.user_id WHERE m.room = $1 \
             ORDER BY m.user_id LIMIT $2"
        );
        let rows: Vec<MemberRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(room.0)
            .bind(limit)
            .fetch_all(db)
            .await?);
        all(rows)
    }

    /// Their ids alone.
    pub async fn member_ids(&mut self, room: RoomId, limit: i64) -> Result<Vec<UserId>, StoreError> {
        const SQL: &str = "SELECT user_id FROM members WHERE room = $1 ORDER BY user_id LIMIT $2";
        let ids: Vec<Uuid> = on!(self, |db| sqlx::query_scalar(SQL)
            .bind(room.0)
            .bind(limit)
            .fetch_all(db)
            .await?);
        Ok(ids.into_iter().map(UserId).collect())
    }

    /// The rooms that a person is in, each with its `rev`.
    pub async fn room_revs(&mut self, user: UserId) -> Result<Vec<(RoomId, i64)>, StoreError> {
        const SQL: &str = "SELECT r.id, r.rev FROM members m JOIN rooms r ON r.id = m.room WHERE m.user_id = $1";
        let rows: Vec<(Uuid, i64)> = on!(self, |db| sqlx::query_as(SQL).bind(user.0).fetch_all(db).await?);
        Ok(rows.into_iter().map(|(room, rev)| (RoomId(room), rev)).collect())
    }

    /// Moves a read mark forward; false if it was there already, or if there is no membership.
    pub async fn mark_read(&mut self, room: RoomId, user: UserId, seq: i64) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE members SET read_seq = $3 WHERE room = $1 AND user_id = $2 AND read_seq < $3";
        let moved = on!(self, |db| sqlx::query(SQL)
            .bind(room.0)
            .bind(user.0)
            .bind(seq)
            .execute(db)
            .await?
            .rows_affected());
        Ok(moved == 1)
    }
}
