//! Reads each second which rights ended, on whichever node, and closes what they had opened here.
use super::Chat;
use crate::store::{Revocation, Revoked};
use app::domain::access::Access;
use app::error::AppError;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(1);

/// Begins after the revocation `last`: what ended before this node started, it never opened.
pub(super) async fn run(chat: Chat, mut last: i64, stop: CancellationToken) {
    loop {
        tokio::select! {
            _ = stop.cancelled() => return,
            _ = tokio::time::sleep(EVERY) => (),
        }
        match chat.revoke_after(last).await {
            Ok(done) => last = done,
            Err(why) => tracing::warn!(?why, "could not read which rights ended"),
        }
    }
}

impl Chat {
    /// Carries out what ended after `last`; gives how far it came.
    pub(super) async fn revoke_after(&self, last: i64) -> Result<i64, AppError> {
        let ended = self.store.read().await?.revocations_after(last).await?;
        for revoked in &ended {
            self.carry_out(revoked).await?;
        }
        Ok(ended.last().map_or(last, |revoked| revoked.id))
    }

    /// What ended may have begun anew: it is read as it is now.
    async fn carry_out(&self, revoked: &Revoked) -> Result<(), AppError> {
        let mut tx = self.store.read().await?;
        match revoked.what {
            Revocation::Session(hash) => {
                if !tx.has_session(hash).await? {
                    self.bus.end_session(hash);
                }
            }
            Revocation::Membership(user, room) => {
                if !matches!(tx.access(room, user).await?, Some(Access::Member(_))) {
                    self.bus.evict(user, room);
                }
            }
        }
        Ok(())
    }
}
