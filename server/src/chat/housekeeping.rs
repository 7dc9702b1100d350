//! Forgets what has ended, hourly and in small portions, and keeps SQLite's write-ahead log short.
use super::Chat;
use crate::store::StoreError;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two looks at the write-ahead log.
const TICK: Duration = Duration::from_secs(1);

/// Ticks between two cleanings.
const HOUR: u32 = 3_600;

/// How long revocations stay (milliseconds): a node that slept longer has lost all its sockets.
const KEEP_REVOCATIONS: i64 = 24 * 3_600_000;

pub(super) async fn run(chat: Chat, stop: CancellationToken) {
    // The first cleaning is at the start: a server that is restarted each night would never come to it.
    for tick in 0u32.. {
        if let Err(cause) = chat.store.checkpoint().await {
            tracing::warn!(%cause, "could not shorten the write-ahead log");
        }
        if tick % HOUR == 0
            && let Err(cause) = chat.clean().await
        {
            tracing::warn!(%cause, "could not forget what has ended");
        }
        tokio::select! {
            _ = stop.cancelled() => return,
            _ = tokio::time::sleep(TICK) => (),
        }
    }
}

impl Chat {
    /// Deletes sessions and links that have ended and old revocations, each portion in a transaction of its own, so
    /// that posts need not wait.
    pub(super) async fn clean(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        loop {
            let mut tx = self.store.write().await?;
            let links = tx.delete_expired_links(now).await?;
            let revocations = tx.delete_revocations(now.plus(-KEEP_REVOCATIONS)).await?;
            let sessions = tx.delete_expired_sessions(now).await?;
            tx.commit().await?;
            if links + revocations == 0 && sessions.is_empty() {
                return Ok(());
            }
        }
    }
}
