//! Everything that is kept, in SQLite or PostgreSQL by the scheme of the URL: one text of SQL for both.
//!
//! [`Store::write`] and [`Store::read`] open a [`Tx`]; its methods, one file per area, are the statements. A method says
//! what is stored, not who may: `chat` asks the rules first, in the same transaction.
//!
//! | | SQLite | PostgreSQL |
//! |---|---|---|
//! | write | one connection, `BEGIN IMMEDIATE`: writers wait for one another | `READ COMMITTED`, rows locked by [`Tx::lock_rooms`] |
//! | read | a pool; the snapshot of WAL | `REPEATABLE READ READ ONLY`: a snapshot |
//! | durable | `synchronous=FULL` | `synchronous_commit=on` |
//!
//! Locks are taken in the order rooms (by id), members, users, and no other, so that no two transactions wait for each
//! other. No write transaction but the journal's touches many rows.
//!
//! **Architecture invariant:** only this module contains SQL, and it does not know `realtime`.

mod changes;
mod error;
mod journal;
mod links;
mod members;
mod messages;
mod meta;
mod revocations;
mod rooms;
mod row;
mod sessions;
mod tx;
mod users;

pub use changes::{ChangeKind, Gone, MAX_CHANGES, MemberChange};
pub use error::{StoreError, Taken};
pub use journal::{Outcome, Post};
pub use revocations::{Revocation, Revoked};
pub use rooms::NewRoom;
pub use sessions::Hash;
pub use tx::Tx;
pub use users::{Credentials, MAX_ALIKE, NewUser};

use crate::clock::Clock;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr;
use std::time::Duration;

/// The database. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    clock: Clock,
}

#[derive(Clone)]
enum Pools {
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        /// Moves the write-ahead log into the database file, off the path of writes.
        keeper: SqlitePool,
    },
    Postgres(PgPool),
}

/// Whoever finds no free connection for this long is told to come back later.
const PATIENCE: Duration = Duration::from_secs(5);

/// Pages of the write-ahead log after which a commit itself moves them (80 MiB): only if [`Store::checkpoint`] cannot
/// keep up.
const LOG_PAGES: &str = "20000";

impl Store {
    /// Opens the database and brings its tables up to date. A SQLite file is made if there is none.
    /// `connections` is the most that PostgreSQL is asked for, and the number of SQLite's readers.
    pub async fn connect(url: &str, connections: u32, clock: Clock) -> Result<Self, StoreError> {
        let pools = if url.starts_with("sqlite:") {
            sqlite(url, connections).await?
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            postgres(url, connections).await?
        } else {
            return Err(StoreError::Scheme);
        };
        Ok(Self { pools, clock })
    }

    /// A snapshot: every statement sees the same data. Dropping it ends it.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => Tx::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })
    }

    /// A unit of work: nothing of it is kept without [`Tx::commit`].
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match &self.pools {
            // A deferred transaction that reads first and then writes would fail at once when another writer was
            // quicker, whatever the busy timeout says.
            Pools::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?),
        })
    }

    /// Whether the database answers, and would take a write.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        tx.meta("epoch").await?;
        drop(tx);
        self.write().await.map(drop)
    }

    /// Moves what SQLite's write-ahead log holds into the database file, as far as no reader needs it.
    /// PostgreSQL does this by itself.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        if let Pools::Sqlite { keeper, .. } = &self.pools {
            sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(keeper).await?;
        }
        Ok(())
    }

    /// Waits for what is under way and closes all connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite {
                writer,
                readers,
                keeper,
            } => {
                readers.close().await;
                keeper.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

async fn sqlite(url: &str, connections: u32) -> Result<Pools, StoreError> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .pragma("journal_size_limit", "67108864")
        .pragma("temp_store", "memory");
    let pool = |size| {
        SqlitePoolOptions::new()
            .max_connections(size)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            // It is a file: there is no line that could have broken.
            .test_before_acquire(false)
            .after_release(|connection, _| {
                Box::pin(async move {
                    // After the rollback of a transaction that was dropped.
                    connection.ping().await?;
                    // A disk that is full or broken makes SQLite roll back by itself. Then there is nothing to roll back
                    // for sqlx, which goes on to believe in the transaction: such a connection is closed.
                    Ok(!connection.is_in_transaction())
                })
            })
    };
    let writer = pool(1).connect_with(options.clone()).await?;
    // Under the writers' lock: SQLite's migrations have none of their own, and the administrator's verbs may open the file
    // while a server starts.
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::migrate!("../migrations/sqlite").run(&mut *tx).await?;
    tx.commit().await?;
    let keeper = pool(1).connect_lazy_with(options.clone());
    let readers = pool(connections.max(1)).connect_lazy_with(options.pragma("query_only", "on"));
    Ok(Pools::Sqlite {
        writer,
        readers,
        keeper,
    })
}

async fn postgres(url: &str, connections: u32) -> Result<Pools, StoreError> {
    let mut options = PgConnectOptions::from_str(url)?;
    let host = options.get_host();
    let is_local = host.starts_with('/') || matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]");
    if !is_local && !url.contains("sslmode=") {
        options = options.ssl_mode(PgSslMode::VerifyFull);
    }
    let pool = |size| PgPoolOptions::new().max_connections(size).acquire_timeout(PATIENCE);
    // Migrations take an advisory lock, so that of several nodes one migrates, and they may take their time.
    let migrating = pool(1).connect_with(options.clone()).await?;
    sqlx::migrate!("../migrations/postgres").run(&migrating).await?;
    migrating.close().await;
    let options = options.options([
        ("synchronous_commit", "on"),
        ("lock_timeout", "5s"),
        ("statement_timeout", "30s"),
    ]);
    Ok(Pools::Postgres(pool(connections.max(2)).connect_with(options).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::domain::time::Timestamp;

    #[tokio::test]
    async fn a_disk_that_was_full_is_written_to_again() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("kith.db").display());
        let store = Store::connect(&url, 1, Clock::System).await.unwrap();
        let Pools::Sqlite { writer, .. } = &store.pools else {
            panic!()
        };
        sqlx::query("PRAGMA max_page_count = 1").execute(writer).await.unwrap();
        let large = "x".repeat(1024 * 1024);
        let create = |hash| store.session_create([hash; 32], None, &large, Timestamp(i64::MAX));
        assert!(matches!(create(1).await, Err(StoreError::Unavailable(_))));
        assert!(
            matches!(create(1).await, Ok(true)),
            "by a new connection, without that bound"
        );
        store.ping().await.unwrap();
        store.close().await;
    }
}
