//! Messages: history, posting, editing, deleting. Posting waits in the [journal](super::journal).
use super::Chat;
use super::page::beside;
use super::rich::{self, dressed};
use crate::error::broken;
use crate::store::{Post, Tx};
use app::api::messages::{Messages, Posted, Side};
use app::domain::access::Access;
use app::domain::id::{MessageId, RoomId, UserId};
use app::domain::message::{Draft, Message, MessageBody};
use app::domain::permission::{may_delete, may_edit};
use app::error::AppError;
use app::protocol::{Change, Cursor, RoomEvent, Since};
use async_trait::async_trait;

#[async_trait]
impl Messages for Chat {
    async fn history(&self, viewer: UserId, room: RoomId, side: Side) -> Result<Vec<Message>, AppError> {
        let mut tx = self.store.read().await?;
        let (room, access) = tx.room(room, viewer).await?.ok_or(AppError::NotFound)?;
        let messages = tx.posts(room.id, beside(&room, &access, side)).await?;
        Ok(messages.into_iter().map(dressed).collect())
    }

    async fn since(&self, viewer: UserId, room: RoomId, cursor: Cursor) -> Result<Since, AppError> {
        self.changes_since(viewer, room, cursor).await
    }

    async fn post_message(&self, viewer: UserId, draft: Draft) -> Result<Posted, AppError> {
        let post = Post {
            id: MessageId(self.clock.uuid()),
            room: draft.room,
            author: viewer,
            client_id: draft.client_id,
            // Parsed here, where many can do it at once, and not in the journal, where all wait.
            rich: rich::parse(&draft.body),
            body: draft.body,
        };
        self.journal.post(post).await
    }

    async fn edit_message(
        &self,
        viewer: UserId,
        room: RoomId,
        message: MessageId,
        body: MessageBody,
    ) -> Result<Message, AppError> {
        let chat = self.clone();
        self.whole(async move { chat.edit(viewer, room, message, body).await })
            .await
    }

    async fn delete_message(&self, viewer: UserId, room: RoomId, message: MessageId) -> Result<Message, AppError> {
        let chat = self.clone();
        self.whole(async move { chat.delete(viewer, room, message).await })
            .await
    }
}

impl Chat {
    async fn edit(
        &self,
        viewer: UserId,
        room: RoomId,
        message: MessageId,
        body: MessageBody,
    ) -> Result<Message, AppError> {
        let mut tx = self.store.write().await?;
        tx.lock_rooms(&[room]).await?;
        let (access, message) = visible(&mut tx, viewer, room, message).await?;
        may_edit(&access, viewer, &message)?;
        if message.content.body() == Some(&body) {
            return Ok(dressed(message));
        }
        let now = self.clock.now();
        let rev = tx.bump_room(room, now).await?;
        tx.edit_message(message.id, &body, rev, now).await?;
        self.finish(tx, room, message.id).await
    }

    async fn delete(&self, viewer: UserId, room: RoomId, message: MessageId) -> Result<Message, AppError> {
        let mut tx = self.store.write().await?;
        tx.lock_rooms(&[room]).await?;
        let (access, message) = visible(&mut tx, viewer, room, message).await?;
        may_delete(&access, viewer, &message)?;
        let rev = tx.bump_room(room, self.clock.now()).await?;
        tx.delete_message(message.id, rev).await?;
        self.finish(tx, room, message.id).await
    }

    /// Reads what a message is now, commits and announces it.
    async fn finish(&self, mut tx: Tx, room: RoomId, message: MessageId) -> Result<Message, AppError> {
        let message = tx.message(room, message).await?;
        let message = dressed(message.ok_or_else(|| broken("a changed message is gone"))?);
        tx.commit().await?;

        self.bus.publish_room(RoomEvent {
            room,
            rev: message.rev,
            change: Change::Message(message.clone()),
        });
        Ok(message)
    }
}

/// A message that this viewer may see.
async fn visible(tx: &mut Tx, viewer: UserId, room: RoomId, message: MessageId) -> Result<(Access, Message), AppError> {
    let access = tx.access(room, viewer).await?.ok_or(AppError::NotFound)?;
    let message = tx.message(room, message).await?;
    let message = message.filter(|message| message.seq >= access.visible_from_seq());
    Ok((access, message.ok_or(AppError::NotFound)?))
}
