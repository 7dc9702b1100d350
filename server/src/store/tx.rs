//! One unit of work, on whichever engine the server was started with.
use super::error::StoreError;
use app::domain::id::RoomId;
use sqlx::{Postgres, Sqlite, Transaction};
use uuid::Uuid;

/// An open transaction. Dropped without [`Tx::commit`] it leaves nothing behind.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one statement on either engine: both accept `$1`, `RETURNING` and `ON CONFLICT`, and sqlx maps `Uuid`, `i64` and
/// text on both.
macro_rules! on {
    ($tx:expr, |$db:ident| $body:expr) => {
        match $tx {
            $crate::store::tx::Tx::Sqlite(tx) => {
                let $db = &mut **tx;
                $body
            }
            $crate::store::tx::Tx::Postgres(tx) => {
                let $db = &mut **tx;
                $body
            }
        }
    };
}
pub(super) use on;

impl Tx {
    /// Keeps what was written: it is on the disk when this returns.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Locks rooms until the end of the transaction, in the order of their ids: `seq` and `rev` move only under this lock,
    /// so that their order is the order of commits. What depends on the room is read after it, in statements of its own:
    /// a statement that waits for a lock sees other tables as they were before it waited.
    ///
    /// This is the one place where a lock is taken on purpose. On SQLite it does nothing: there `BEGIN IMMEDIATE` has
    /// locked everything.
    pub async fn lock_rooms(&mut self, rooms: &[RoomId]) -> Result<(), StoreError> {
        let Self::Postgres(tx) = self else { return Ok(()) };
        let rooms: Vec<Uuid> = rooms.iter().map(|room| room.0).collect();
        sqlx::query("SELECT id FROM rooms WHERE id = ANY($1) ORDER BY id FOR UPDATE")
            .bind(rooms)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}
