//! Stored messages, one by one and in pages. New ones are stored by the journal.
use super::error::StoreError;
use super::row::{MessageRow, all, message_columns};
use super::tx::{Tx, on};
use app::domain::id::{MessageId, RoomId};
use app::domain::message::{Message, MessageBody};
use app::domain::time::Timestamp;
use std::ops::RangeInclusive;

impl Tx {
    /// A message of this room.
    pub async fn message(&mut self, room: RoomId, message: MessageId) -> Result<Option<Message>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages g JOIN users u ON u.id = g.author WHERE g.id = $1 AND g.room = $2"
        );
        let row: Option<MessageRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(message.0)
            .bind(room.0)
            .fetch_optional(db)
            .await?);
        row.map(Message::try_from).transpose()
    }

    /// The posts with these numbers, in order. Numbers have no gaps, so a page of any depth is a range of them.
    pub async fn posts(&mut self, room: RoomId, seqs: RangeInclusive<i64>) -> Result<Vec<Message>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages g JOIN users u ON u.id = g.author \
             WHERE g.room = $1 AND g.seq BETWEEN $2 AND $3 ORDER BY g.seq"
        );
        if seqs.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<MessageRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(room.0)
            .bind(seqs.start())
            .bind(seqs.end())
            .fetch_all(db)
            .await?);
        all(rows)
    }

    /// The messages that changed after `rev`, by the number of their newest change, at most `limit`; none before post
    /// `visible_from`.
    pub async fn messages_after(
        &mut self,
        room: RoomId,
        rev: i64,
        visible_from: i64,
        limit: i64,
    ) -> Result<Vec<Message>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages g JOIN users u ON u.id = g.author \
             WHERE g.room = $1 AND g.rev > $2 AND g.seq >= $3 ORDER BY g.rev LIMIT $4"
        );
        let rows: Vec<MessageRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(room.0)
            .bind(rev)
            .bind(visible_from)
            .bind(limit)
            .fetch_all(db)
            .await?);
        all(rows)
    }

    /// Changes what a message says.
    pub async fn edit_message(
        &mut self,
        message: MessageId,
        body: &MessageBody,
        rev: i64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE messages SET body = $2, rev = $3, edited_at = $4 WHERE id = $1";
        on!(self, |db| sqlx::query(SQL)
            .bind(message.0)
            .bind(body.as_str())
            .bind(rev)
            .bind(at.0)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Forgets what a message said; its place stays.
    pub async fn delete_message(&mut self, message: MessageId, rev: i64) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE messages SET body = NULL, rev = $2 WHERE id = $1";
        on!(self, |db| sqlx::query(SQL)
            .bind(message.0)
            .bind(rev)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }
}
