//! Rights that ended, for every node to read: the live bus may lose a word, these rows do not.
use super::error::StoreError;
use super::sessions::Hash;
use super::tx::{Tx, on};
use app::domain::id::{RoomId, UserId};
use app::domain::time::Timestamp;
use uuid::Uuid;

/// What ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Revocation {
    /// This session.
    Session(Hash),
    /// This person's place in this room.
    Membership(UserId, RoomId),
}

/// A revocation as it is read: `id` is where to read on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Revoked {
    pub id: i64,
    pub what: Revocation,
}

type RevocationRow = (i64, Option<Uuid>, Option<Vec<u8>>, Option<Uuid>);

impl Tx {
    /// Writes down what ended. Call it last in a transaction: on PostgreSQL it waits for others that do the same.
    pub async fn revoke(&mut self, what: Revocation, at: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO revocations (at, user_id, session, room) VALUES ($1, $2, $3, $4)";
        const LOCK: &str = "SELECT pg_advisory_xact_lock(7013001)";
        if let Self::Postgres(tx) = self {
            // Held until the commit, so that ids become visible in their order: a reader that has seen one will not
            // find a smaller one later.
            sqlx::query(LOCK).execute(&mut **tx).await?;
        }
        let (user, session, room) = match what {
            Revocation::Session(hash) => (None, Some(hash.to_vec()), None),
            Revocation::Membership(user, room) => (Some(user.0), None, Some(room.0)),
        };
        on!(self, |db| sqlx::query(SQL)
            .bind(at.0)
            .bind(user)
            .bind(session)
            .bind(room)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// The newest revocation's id; 0 before the first.
    pub async fn last_revocation(&mut self) -> Result<i64, StoreError> {
        const SQL: &str = "SELECT COALESCE(MAX(id), 0) FROM revocations";
        Ok(on!(self, |db| sqlx::query_scalar(SQL).fetch_one(db).await?))
    }

    /// What ended after `id`, oldest first, at most 500.
    pub async fn revocations_after(&mut self, id: i64) -> Result<Vec<Revoked>, StoreError> {
        const SQL: &str = "SELECT id, user_id, session, room FROM revocations WHERE id > $1 ORDER BY id LIMIT 500";
        let rows: Vec<RevocationRow> = on!(self, |db| sqlx::query_as(SQL).bind(id).fetch_all(db).await?);
        rows.into_iter().map(revoked).collect()
    }

    /// Forgets what ended before `at`, at most 500; gives how many.
    pub async fn delete_revocations(&mut self, at: Timestamp) -> Result<u64, StoreError> {
        const SQL: &str = "DELETE FROM revocations WHERE id IN (SELECT id FROM revocations WHERE at < $1 LIMIT 500)";
        Ok(on!(self, |db| sqlx::query(SQL)
            .bind(at.0)
            .execute(db)
            .await?
            .rows_affected()))
    }
}

fn revoked((id, user, session, room): RevocationRow) -> Result<Revoked, StoreError> {
    let session = session.and_then(|hash| hash.try_into().ok()).map(Revocation::Session);
    let membership = user
        .zip(room)
        .map(|(user, room)| Revocation::Membership(UserId(user), RoomId(room)));
    let what = session
        .or(membership)
        .ok_or_else(|| StoreError::Corrupt(format!("revocation {id}")))?;
    Ok(Revoked { id, what })
}
