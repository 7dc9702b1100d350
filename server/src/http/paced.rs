//! The use-cases as server functions reach them: what writes keeps to the pace that a socket has, for each person on this
//! node. It decides nothing else.
use crate::chat::Chat;
use crate::chat::rate::{Pace, Rates};
use crate::clock::Clock;
use app::api::messages::{Messages, Posted, Side};
use app::api::rooms::{Directory, DirectoryKey, MyRooms, RoomPage, Rooms};
use app::domain::id::{MessageId, RoomId, UserId};
use app::domain::message::{Draft, Message, MessageBody};
use app::domain::room::Room;
use app::error::AppError;
use app::protocol::{Cursor, Since};
use async_trait::async_trait;
use std::sync::{Mutex, PoisonError};

/// See the module.
pub struct Paced {
    chat: Chat,
    clock: Clock,
    rates: Mutex<Rates<UserId>>,
}

impl Paced {
    /// Everybody may begin at once.
    pub fn new(chat: Chat, clock: Clock) -> Self {
        Self {
            chat,
            clock,
            rates: Mutex::new(Rates::new(Pace::SPEAKING)),
        }
    }

    /// The use-cases, for something that `viewer` writes.
    fn write(&self, viewer: UserId) -> Result<&Chat, AppError> {
        let now = self.clock.now();
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = rates.take(viewer, now);
        taken.map_err(|seconds| AppError::SlowDown { seconds })?;
        Ok(&self.chat)
    }
}

#[async_trait]
impl Rooms for Paced {
    async fn my_rooms(&self, viewer: UserId) -> Result<MyRooms, AppError> {
        self.chat.my_rooms(viewer).await
    }

    async fn directory(&self, viewer: UserId, after: Option<DirectoryKey>) -> Result<Directory, AppError> {
        self.chat.directory(viewer, after).await
    }

    async fn room_page(&self, viewer: UserId, room: RoomId, at: Option<i64>) -> Result<RoomPage, AppError> {
        self.chat.room_page(viewer, room, at).await
    }

    async fn create_room(&self, viewer: UserId, name: String, topic: String) -> Result<Room, AppError> {
        self.write(viewer)?.create_room(viewer, name, topic).await
    }

    async fn join_room(&self, viewer: UserId, room: RoomId) -> Result<(), AppError> {
        self.write(viewer)?.join_room(viewer, room).await
    }

    async fn leave_room(&self, viewer: UserId, room: RoomId) -> Result<(), AppError> {
        self.write(viewer)?.leave_room(viewer, room).await
    }
}

#[async_trait]
impl Messages for Paced {
    async fn history(&self, viewer: UserId, room: RoomId, side: Side) -> Result<Vec<Message>, AppError> {
        self.chat.history(viewer, room, side).await
    }

    async fn since(&self, viewer: UserId, room: RoomId, cursor: Cursor) -> Result<Since, AppError> {
        self.chat.since(viewer, room, cursor).await
    }

    async fn post_message(&self, viewer: UserId, draft: Draft) -> Result<Posted, AppError> {
        self.write(viewer)?.post_message(viewer, draft).await
    }

    async fn edit_message(
        &self,
        viewer: UserId,
        room: RoomId,
        message: MessageId,
        body: MessageBody,
    ) -> Result<Message, AppError> {
        self.write(viewer)?.edit_message(viewer, room, message, body).await
    }

    async fn delete_message(&self, viewer: UserId, room: RoomId, message: MessageId) -> Result<Message, AppError> {
        self.write(viewer)?.delete_message(viewer, room, message).await
    }
}
