//! What open pages ask and say besides posts: rights, read marks, typing, who they are.
use super::Chat;
use super::accounts::stamp;
use crate::store::ChangeKind;
use app::domain::access::Access;
use app::domain::id::{RoomId, UserId};
use app::domain::permission::may_post;
use app::domain::room::Room;
use app::domain::user::{Person, Viewer};
use app::error::AppError;
use app::protocol::{MAX_PRESENT, UserChange, UserEvent};

impl Chat {
    /// An account as its own pages see it, and a stamp that changes with its password.
    pub async fn viewer(&self, user: UserId) -> Result<Option<(Viewer, Vec<u8>)>, AppError> {
        let found = self.store.read().await?.viewer(user).await?;
        Ok(found.map(|(viewer, password_at)| (viewer, stamp(password_at))))
    }

    /// The `rev` of a person's own log.
    pub async fn user_rev(&self, viewer: UserId) -> Result<i64, AppError> {
        let rev = self.store.read().await?.user_rev(viewer).await?;
        rev.ok_or(AppError::SignedOut)
    }

    /// How a viewer reaches a room, and the room as it is now.
    pub async fn access(&self, viewer: UserId, room: RoomId) -> Result<(Access, Room), AppError> {
        let found = self.store.read().await?.room(room, viewer).await?;
        found.map(|(room, access)| (access, room)).ok_or(AppError::NotFound)
    }

    /// The rooms that a viewer is in, each with its `rev`.
    pub async fn room_ids(&self, viewer: UserId) -> Result<Vec<(RoomId, i64)>, AppError> {
        Ok(self.store.read().await?.room_revs(viewer).await?)
    }

    /// The members of a room whose presence is shown: at most [`MAX_PRESENT`]. Ask for the access first.
    pub async fn member_ids(&self, room: RoomId) -> Result<Vec<UserId>, AppError> {
        Ok(self.store.read().await?.member_ids(room, MAX_PRESENT).await?)
    }

    /// Says that a member is writing, unless the room is too large for it. Nothing is stored.
    pub async fn typing(&self, person: &Person, room: RoomId) -> Result<(), AppError> {
        let (access, room) = self.access(person.id, room).await?;
        may_post(&access)?;
        if room.members <= MAX_PRESENT {
            self.bus.typing(room.id, person.id, person.name.clone());
        }
        Ok(())
    }

    /// Moves a viewer's read mark forward, at most to the newest post. A visitor has none.
    pub async fn mark_read(&self, viewer: UserId, room: RoomId, seq: i64) -> Result<(), AppError> {
        let (access, state) = self.access(viewer, room).await?;
        let Some(membership) = access.membership() else {
            return Ok(());
        };
        let seq = seq.min(state.last_seq);
        // Most marks that come in are old news; those do not wait for the writer.
        if seq <= membership.read_seq {
            return Ok(());
        }
        let chat = self.clone();
        self.whole(async move { chat.move_mark(viewer, room, seq).await }).await
    }

    async fn move_mark(&self, viewer: UserId, room: RoomId, seq: i64) -> Result<(), AppError> {
        let mut tx = self.store.write().await?;
        if !tx.mark_read(room, viewer, seq).await? {
            return Ok(());
        }
        let rev = tx.note_own(viewer, ChangeKind::Read, room, self.clock.now()).await?;
        tx.commit().await?;

        let change = UserChange::Read { room, seq };
        self.bus.publish_user(viewer, UserEvent { rev, change });
        Ok(())
    }
}
