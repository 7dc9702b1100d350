//! Makes good what the bus lost: a crash between commit and announcement, another node that died, a link that broke.
//! It compares how far this node has told its open rooms and people with the database, and tells what is missing.
use super::Chat;
use super::since::part;
use app::domain::id::RoomId;
use app::domain::time::Timestamp;
use app::error::AppError;
use std::collections::HashMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(4);

/// What was committed this long ago and is not announced will not be. With [`EVERY`] it keeps pages within 5 s.
const GRACE: Duration = Duration::from_secs(1);

/// How far back changes are looked for (milliseconds): clocks of nodes differ, and transactions take a while.
const LOOK_BACK: i64 = 30_000;

pub(super) async fn run(chat: Chat, stop: CancellationToken) {
    let mut healed_at = chat.clock.now();
    loop {
        tokio::select! {
            _ = stop.cancelled() => return,
            _ = tokio::time::sleep(EVERY) => (),
        }
        let now = chat.clock.now();
        // Whatever happened since the last time that it went well: after a pause of the process or of the database
        // that is longer than usual.
        let since = healed_at.min(now).plus(-LOOK_BACK);
        let healed = tokio::select! {
            _ = stop.cancelled() => return,
            healed = chat.heal(since, GRACE) => healed,
        };
        match healed {
            Ok(()) => healed_at = now,
            Err(why) => tracing::warn!(?why, "could not compare with the database"),
        }
    }
}

impl Chat {
    /// Compares everything that changed at `since` or later, and tells what is missing after `grace`.
    pub(super) async fn heal(&self, since: Timestamp, grace: Duration) -> Result<(), AppError> {
        let mut tx = self.store.read().await?;
        let rooms = tx.rooms_changed_since(since).await?;
        let users = tx.users_changed_since(since).await?;
        drop(tx);
        tokio::time::sleep(grace).await;

        let told: HashMap<_, _> = self.bus.room_revs().into_iter().collect();
        for (room, head) in rooms {
            if let Some(rev) = told.get(&room).filter(|rev| **rev < head) {
                self.fill(room, *rev).await?;
            }
        }
        let told: HashMap<_, _> = self.bus.user_revs().into_iter().collect();
        for (user, rev) in users {
            if told.get(&user).is_some_and(|told| *told < rev) {
                // Here only: the other nodes compare for themselves.
                let rooms = self.room_ids(user).await?;
                self.bus.tell_stale(user, rev, rooms.into_iter().map(|(room, _)| room));
            }
        }
        Ok(())
    }

    /// Tells all that changed in a room after `rev`, however much it is. A node that is more than a thousand changes
    /// behind may miss a member who came or went; pages are told so by `since`, when they come back.
    async fn fill(&self, room: RoomId, rev: i64) -> Result<(), AppError> {
        let mut tx = self.store.read().await?;
        let Some(room) = tx.room_itself(room).await? else {
            return Ok(());
        };
        let mut from = rev;
        loop {
            // Posts that some may not see are told by nobody here: every member of a public room sees all of it.
            let part = part(&mut tx, &room, from, 1).await?;
            self.bus.fill(room.id, from, part.upto, part.items);
            if !part.more {
                return Ok(());
            }
            from = part.upto;
        }
    }
}
