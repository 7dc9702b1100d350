//! Rooms: the contract and its doors on one screen.
use super::preferences::Preferences;
use crate::domain::access::Access;
use crate::domain::id::{ClientId, Epoch, RoomId, UserId};
use crate::domain::membership::{Member, MyRoom};
use crate::domain::message::Message;
use crate::domain::presence::Presence;
use crate::domain::room::Room;
use crate::domain::time::Timestamp;
use crate::domain::user::Viewer;
use crate::error::AppError;
use async_trait::async_trait;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

/// What every page of a signed-in person begins with.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Start {
    pub viewer: Viewer,
    pub preferences: Preferences,
    pub mine: MyRooms,
}

/// The viewer's rooms, newest activity first, as of `rev` of the viewer's own log.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MyRooms {
    pub epoch: Epoch,
    /// The room that everybody is in.
    pub lobby: RoomId,
    pub rev: i64,
    pub rooms: Vec<MyRoom>,
}

/// One room with a window of its posts.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RoomPage {
    pub room: Room,
    pub access: Access,
    /// By `seq`, without gaps, at most twice [`PAGE`].
    pub messages: Vec<Message>,
    /// At most [`MAX_MEMBERS`], present ones first, then by name.
    pub members: Vec<Member>,
    pub presence: Vec<(UserId, Presence)>,
    /// For the form without script: sent twice, stored once.
    pub form_id: ClientId,
}

/// A page of the list of public rooms, newest activity first.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Directory {
    pub rooms: Vec<Listed>,
    /// Where the next page begins, if there is one.
    pub next: Option<DirectoryKey>,
}

/// A public room in the list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Listed {
    pub room: Room,
    pub is_member: bool,
}

/// The place of a room in the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DirectoryKey {
    pub active_at: Timestamp,
    pub room: RoomId,
}

/// Posts in a page of history.
pub const PAGE: i64 = 50;

/// Members that a room's page lists.
pub const MAX_MEMBERS: i64 = 200;

/// Rooms as seen by `viewer`. A room that the viewer may not see is `NotFound`.
#[async_trait]
pub trait Rooms: Send + Sync {
    async fn my_rooms(&self, viewer: UserId) -> Result<MyRooms, AppError>;
    async fn directory(&self, viewer: UserId, after: Option<DirectoryKey>) -> Result<Directory, AppError>;
    /// The newest posts; or those around the oldest unread one, so that it is on the page; or those around post `at`.
    async fn room_page(&self, viewer: UserId, room: RoomId, at: Option<i64>) -> Result<RoomPage, AppError>;
    /// Opens a public room and makes the viewer its owner. Fields: `name`, `topic`.
    async fn create_room(&self, viewer: UserId, name: String, topic: String) -> Result<Room, AppError>;
    /// Joining twice is joining once.
    async fn join_room(&self, viewer: UserId, room: RoomId) -> Result<(), AppError>;
    /// Leaving a room that one is not in does nothing. The Lobby is `Denied`.
    async fn leave_room(&self, viewer: UserId, room: RoomId) -> Result<(), AppError>;
}

/// Who is signed in, and their rooms.
#[server]
pub async fn load_start() -> Result<Start, AppError> {
    let viewer = super::viewer()?;
    let mine = super::backend()?.my_rooms(viewer.id()).await?;
    Ok(Start {
        viewer,
        preferences: use_context().unwrap_or_default(),
        mine,
    })
}

/// The viewer's rooms, after an absence.
#[server]
pub async fn load_my_rooms() -> Result<MyRooms, AppError> {
    let viewer = super::viewer()?;
    super::backend()?.my_rooms(viewer.id()).await
}

/// A page of the list of public rooms.
#[server(input = Json)]
pub async fn load_directory(after: Option<DirectoryKey>) -> Result<Directory, AppError> {
    let viewer = super::viewer()?;
    super::backend()?.directory(viewer.id(), after).await
}

/// One room with the posts around `at`, or where the viewer left off.
#[server(input = Json)]
pub async fn load_room(room: RoomId, at: Option<i64>) -> Result<RoomPage, AppError> {
    let viewer = super::viewer()?;
    super::backend()?.room_page(viewer.id(), room, at).await
}

/// Opens a public room and goes there.
#[server]
pub async fn create_room(name: String, #[server(default)] topic: String) -> Result<(), AppError> {
    let viewer = super::viewer()?;
    let room = super::backend()?.create_room(viewer.id(), name, topic).await?;
    leptos_axum::redirect(&format!("/rooms/{}", room.id));
    Ok(())
}

/// Joins a public room and goes there.
#[server]
pub async fn join_room(room: RoomId) -> Result<(), AppError> {
    let viewer = super::viewer()?;
    super::backend()?.join_room(viewer.id(), room).await?;
    leptos_axum::redirect(&format!("/rooms/{room}"));
    Ok(())
}

/// Leaves a room and goes to the list.
#[server]
pub async fn leave_room(room: RoomId) -> Result<(), AppError> {
    let viewer = super::viewer()?;
    super::backend()?.leave_room(viewer.id(), room).await?;
    leptos_axum::redirect("/rooms");
    Ok(())
}
