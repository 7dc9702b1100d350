//! The server's own facts, by name.
use super::error::StoreError;
use super::tx::{Tx, on};

impl Tx {
    /// A fact, if it is known.
    pub async fn meta(&mut self, key: &str) -> Result<Option<String>, StoreError> {
        const SQL: &str = "SELECT value FROM meta WHERE key = $1";
        Ok(on!(self, |db| sqlx::query_scalar(SQL)
            .bind(key)
            .fetch_optional(db)
            .await?))
    }

    /// Keeps a fact unless it is known already: of two nodes that start at once, one is first and both read the same.
    pub async fn settle_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
        on!(self, |db| sqlx::query(SQL)
            .bind(key)
            .bind(value)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }
}
