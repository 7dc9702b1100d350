//! Messages: history, catching up, posting, editing, deleting. Posting has a second door: the socket.
use crate::domain::id::{ClientId, MessageId, RoomId, UserId};
use crate::domain::message::{Draft, Message, MessageBody};
use crate::error::AppError;
use crate::protocol::{Cursor, Since};
use async_trait::async_trait;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

/// Which posts beside a known one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Side {
    /// The page of posts just before `seq`.
    Before(i64),
    /// The page of posts just after `seq`.
    After(i64),
}

/// Messages as seen by `viewer`. What the viewer may not see is `NotFound`.
#[async_trait]
pub trait Messages: Send + Sync {
    /// At most one page, by `seq`.
    async fn history(&self, viewer: UserId, room: RoomId, side: Side) -> Result<Vec<Message>, AppError>;
    /// What changed after `cursor`, under the viewer's present permission.
    async fn since(&self, viewer: UserId, room: RoomId, cursor: Cursor) -> Result<Since, AppError>;
    /// Stores durably, then announces. The same `client_id` again gives the same message, [`Posted::Before`].
    async fn post_message(&self, viewer: UserId, draft: Draft) -> Result<Posted, AppError>;
    /// Field: `body`.
    async fn edit_message(
        &self,
        viewer: UserId,
        room: RoomId,
        message: MessageId,
        body: MessageBody,
    ) -> Result<Message, AppError>;
    /// Leaves a tombstone.
    async fn delete_message(&self, viewer: UserId, room: RoomId, message: MessageId) -> Result<Message, AppError>;
}

/// What became of a post.
#[derive(Clone, PartialEq, Debug)]
pub enum Posted {
    /// It is stored and was announced.
    Now(Message),
    /// It had been stored before.
    Before(Message),
}

/// A page of history.
#[server(input = Json)]
pub async fn load_history(room: RoomId, side: Side) -> Result<Vec<Message>, AppError> {
    let viewer = super::viewer()?;
    super::backend()?.history(viewer.id(), room, side).await
}

/// What changed since the page last heard of the room.
#[server(input = Json)]
pub async fn load_since(room: RoomId, cursor: Cursor) -> Result<Since, AppError> {
    let viewer = super::viewer()?;
    super::backend()?.since(viewer.id(), room, cursor).await
}

/// The composer's door without script. Field: `body`.
#[server]
pub async fn post_message(room: RoomId, client_id: ClientId, body: String) -> Result<(), AppError> {
    let viewer = super::viewer()?;
    let body = MessageBody::parse(&body).map_err(|problem| AppError::field("body", problem))?;
    super::backend()?
        .post_message(viewer.id(), Draft { room, client_id, body })
        .await?;
    if super::preferences::is_by_form() {
        leptos_axum::redirect(&format!("/rooms/{room}"));
    }
    Ok(())
}

/// Changes what one's own message says. Field: `body`.
#[server]
pub async fn edit_message(room: RoomId, message: MessageId, body: String) -> Result<(), AppError> {
    let viewer = super::viewer()?;
    let body = MessageBody::parse(&body).map_err(|problem| AppError::field("body", problem))?;
    let message = super::backend()?.edit_message(viewer.id(), room, message, body).await?;
    if super::preferences::is_by_form() {
        leptos_axum::redirect(&format!("/rooms/{room}/{}", message.seq));
    }
    Ok(())
}

/// Takes back one's own message; its place stays.
#[server]
pub async fn delete_message(room: RoomId, message: MessageId) -> Result<(), AppError> {
    let viewer = super::viewer()?;
    let message = super::backend()?.delete_message(viewer.id(), room, message).await?;
    if super::preferences::is_by_form() {
        leptos_axum::redirect(&format!("/rooms/{room}/{}", message.seq));
    }
    Ok(())
}
