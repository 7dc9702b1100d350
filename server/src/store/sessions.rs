//! Sessions, by the hash of the id in the cookie. What a session holds is a text that the HTTP layer reads.
use super::Store;
use super::error::StoreError;
use super::revocations::Revocation;
use super::tx::{Tx, on};
use app::domain::id::UserId;
use app::domain::time::Timestamp;

/// SHA-256 of a session's id or of a link's token.
pub type Hash = [u8; 32];

impl Store {
    /// Makes a session; false if there is one of this id already.
    pub async fn session_create(
        &self,
        hash: Hash,
        user: Option<UserId>,
        data: &str,
        expires: Timestamp,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "INSERT INTO sessions (hash, user_id, data, expires, created_at, seen_at) \
             VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (hash) DO NOTHING";
        let mut tx = self.write().await?;
        let made = on!(&mut tx, |db| sqlx::query(SQL)
            .bind(&hash[..])
            .bind(user.map(|user| user.0))
            .bind(data)
            .bind(expires.0)
            .bind(self.clock.now().0)
            .execute(db)
            .await?
            .rows_affected());
        tx.commit().await?;
        Ok(made == 1)
    }

    /// Keeps what a session holds now; false if it has ended, for a session that ended does not come back.
    pub async fn session_save(
        &self,
        hash: Hash,
        user: Option<UserId>,
        data: &str,
        expires: Timestamp,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "UPDATE sessions SET user_id = $2, data = $3, expires = $4, seen_at = $5 WHERE hash = $1";
        let mut tx = self.write().await?;
        let saved = on!(&mut tx, |db| sqlx::query(SQL)
            .bind(&hash[..])
            .bind(user.map(|user| user.0))
            .bind(data)
            .bind(expires.0)
            .bind(self.clock.now().0)
            .execute(db)
            .await?
            .rows_affected());
        tx.commit().await?;
        Ok(saved == 1)
    }

    /// What a session holds and when it ends, unless it has ended.
    pub async fn session_load(&self, hash: Hash, now: Timestamp) -> Result<Option<(String, Timestamp)>, StoreError> {
        const SQL: &str = "SELECT data, expires FROM sessions WHERE hash = $1 AND expires > $2";
        let mut tx = self.read().await?;
        let row: Option<(String, i64)> = on!(&mut tx, |db| sqlx::query_as(SQL)
            .bind(&hash[..])
            .bind(now.0)
            .fetch_optional(db)
            .await?);
        Ok(row.map(|(data, expires)| (data, Timestamp(expires))))
    }

    /// Ends a session here and tells every node.
    pub async fn session_delete(&self, hash: Hash) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM sessions WHERE hash = $1";
        let mut tx = self.write().await?;
        let ended = on!(&mut tx, |db| sqlx::query(SQL)
            .bind(&hash[..])
            .execute(db)
            .await?
            .rows_affected());
        if ended == 1 {
            tx.revoke(Revocation::Session(hash), self.clock.now()).await?;
        }
        tx.commit().await
    }
}

impl Tx {
    /// Ends all sessions of a person and tells every node; gives those that ended.
    pub async fn end_sessions(&mut self, user: UserId, at: Timestamp) -> Result<Vec<Hash>, StoreError> {
        const SQL: &str = "DELETE FROM sessions WHERE user_id = $1 RETURNING hash";
        let ended = on!(self, |db| sqlx::query_scalar(SQL).bind(user.0).fetch_all(db).await?);
        self.revoke_sessions(ended, at).await
    }

    /// Whether a session is stored, ended by time or not.
    pub async fn has_session(&mut self, hash: Hash) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM sessions WHERE hash = $1)";
        Ok(on!(self, |db| sqlx::query_scalar(SQL)
            .bind(&hash[..])
            .fetch_one(db)
            .await?))
    }

    /// Forgets the sessions that ended before `now`, at most 100, and tells every node: their sockets may be open still.
    /// Gives those that ended.
    pub async fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<Vec<Hash>, StoreError> {
        const SQL: &str = "DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions WHERE expires <= $1 LIMIT 100) RETURNING hash";
        let ended = on!(self, |db| sqlx::query_scalar(SQL).bind(now.0).fetch_all(db).await?);
        self.revoke_sessions(ended, now).await
    }

    async fn revoke_sessions(&mut self, ended: Vec<Vec<u8>>, at: Timestamp) -> Result<Vec<Hash>, StoreError> {
        let ended: Vec<Hash> = ended.into_iter().filter_map(|hash| hash.try_into().ok()).collect();
        for hash in &ended {
            self.revoke(Revocation::Session(*hash), at).await?;
        }
        Ok(ended)
    }
}
