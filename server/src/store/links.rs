//! One-time links, by the hash of their token. Redeeming is deleting, so that of many tries one wins.
use super::error::StoreError;
use super::sessions::Hash;
use super::tx::{Tx, on};
use app::api::accounts::LinkKind;
use app::domain::id::UserId;
use app::domain::time::Timestamp;
use uuid::Uuid;

/// What a link is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// Whose password it resets; nobody's if it makes an account.
    pub user: Option<UserId>,
}

impl Tx {
    /// Stores a link; without `expires` it has no end.
    pub async fn insert_link(
        &mut self,
        hash: Hash,
        kind: LinkKind,
        user: Option<UserId>,
        expires: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO links (hash, kind, user_id, expires) VALUES ($1, $2, $3, $4)";
        on!(self, |db| sqlx::query(SQL)
            .bind(&hash[..])
            .bind(number(kind))
            .bind(user.map(|user| user.0))
            .bind(expires.map(|expires| expires.0))
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// The link of this token, if it can still be used.
    pub async fn link(&mut self, hash: Hash, kind: LinkKind, now: Timestamp) -> Result<Option<Link>, StoreError> {
        const SQL: &str =
            "SELECT user_id FROM links WHERE hash = $1 AND kind = $2 AND (expires IS NULL OR expires > $3)";
        let row: Option<(Option<Uuid>,)> = on!(self, |db| sqlx::query_as(SQL)
            .bind(&hash[..])
            .bind(number(kind))
            .bind(now.0)
            .fetch_optional(db)
            .await?);
        Ok(row.map(link))
    }

    /// Uses up the link of this token, if it can still be used.
    pub async fn take_link(&mut self, hash: Hash, kind: LinkKind, now: Timestamp) -> Result<Option<Link>, StoreError> {
        const SQL: &str = "DELETE FROM links WHERE hash = $1 AND kind = $2 AND (expires IS NULL OR expires > $3) \
             RETURNING user_id";
        let row: Option<(Option<Uuid>,)> = on!(self, |db| sqlx::query_as(SQL)
            .bind(&hash[..])
            .bind(number(kind))
            .bind(now.0)
            .fetch_optional(db)
            .await?);
        Ok(row.map(link))
    }

    /// Withdraws all links of a kind.
    pub async fn delete_links(&mut self, kind: LinkKind) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM links WHERE kind = $1";
        on!(self, |db| sqlx::query(SQL)
            .bind(number(kind))
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Withdraws all links of a person.
    pub async fn delete_links_of(&mut self, user: UserId) -> Result<(), StoreError> {
        const SQL: &str = "DELETE FROM links WHERE user_id = $1";
        on!(self, |db| sqlx::query(SQL).bind(user.0).execute(db).await.map(drop)?);
        Ok(())
    }

    /// Forgets the links that ended before `now`, at most 500; gives how many.
    pub async fn delete_expired_links(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        const SQL: &str = "DELETE FROM links WHERE hash IN (SELECT hash FROM links WHERE expires <= $1 LIMIT 500)";
        Ok(on!(self, |db| sqlx::query(SQL)
            .bind(now.0)
            .execute(db)
            .await?
            .rows_affected()))
    }
}

fn link((user,): (Option<Uuid>,)) -> Link {
    Link { user: user.map(UserId) }
}

/// Never renumber: these are stored.
fn number(kind: LinkKind) -> i16 {
    match kind {
        LinkKind::SetUp => 0,
        LinkKind::Reset => 1,
    }
}
