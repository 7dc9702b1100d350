//! Rooms: listing, opening, joining, leaving.
use super::Chat;
use super::entry::enter;
use super::page::{around, opening, shortened};
use super::rich::dressed;
use crate::error::broken;
use crate::store::{ChangeKind, NewRoom, Revocation};
use app::api::rooms::{Directory, DirectoryKey, MAX_MEMBERS, MyRooms, RoomPage, Rooms};
use app::domain::access::Access;
use app::domain::id::{ClientId, RoomId, UserId};
use app::domain::membership::{Membership, Role};
use app::domain::permission::Denied;
use app::domain::presence::Presence;
use app::domain::room::{Room, RoomKind, RoomName, Topic};
use app::domain::time::Timestamp;
use app::error::{AppError, Fields};
use app::protocol::{Change, MAX_PRESENT, RoomEvent, UserChange, UserEvent};
use async_trait::async_trait;
use std::cmp::Reverse;
use std::collections::HashMap;
use uuid::Uuid;

/// Rooms in a page of the directory.
const LISTED: i64 = 50;

/// Before the first room of the directory.
const BEGINNING: DirectoryKey = DirectoryKey {
    active_at: Timestamp(i64::MAX),
    room: RoomId(Uuid::nil()),
};

#[async_trait]
impl Rooms for Chat {
    async fn my_rooms(&self, viewer: UserId) -> Result<MyRooms, AppError> {
        let mut tx = self.store.read().await?;
        let rev = tx.user_rev(viewer).await?.ok_or(AppError::NotFound)?;
        let rooms = tx.my_rooms(viewer).await?;
        Ok(MyRooms {
            epoch: self.epoch,
            lobby: self.lobby,
            rev,
            rooms: rooms.into_iter().map(shortened).collect(),
        })
    }

    async fn directory(&self, viewer: UserId, after: Option<DirectoryKey>) -> Result<Directory, AppError> {
        let mut tx = self.store.read().await?;
        // One more than is shown tells whether there is a next page.
        let mut rooms = tx.public_rooms(viewer, after.unwrap_or(BEGINNING), LISTED + 1).await?;
        let more = rooms.len() > LISTED as usize;
        rooms.truncate(LISTED as usize);
        let last = rooms.last().filter(|_| more);
        let next = last.map(|listed| DirectoryKey {
            active_at: listed.room.active_at,
            room: listed.room.id,
        });
        Ok(Directory { rooms, next })
    }

    async fn room_page(&self, viewer: UserId, room: RoomId, at: Option<i64>) -> Result<RoomPage, AppError> {
        let mut tx = self.store.read().await?;
        let (room, access) = tx.room(room, viewer).await?.ok_or(AppError::NotFound)?;
        let posts = match at {
            Some(seq) => around(&room, &access, seq),
            None => opening(&room, &access),
        };
        let messages = tx.posts(room.id, posts).await?;
        let mut members = tx.members(room.id, MAX_MEMBERS).await?;
        drop(tx);

        let mut presence = Vec::new();
        if room.members <= MAX_PRESENT {
            let ids: Vec<UserId> = members.iter().map(|member| member.person.id).collect();
            presence = self.bus.presence_of(&ids);
            presence.retain(|(_, presence)| *presence != Presence::Offline);
        }
        let present: HashMap<UserId, Presence> = presence.iter().copied().collect();
        members.sort_by_cached_key(|member| {
            let person = &member.person;
            let presence = present.get(&person.id).copied().unwrap_or_default();
            (Reverse(presence), person.name.as_str().to_lowercase(), person.id)
        });
        Ok(RoomPage {
            room,
            access,
            messages: messages.into_iter().map(dressed).collect(),
            members,
            presence,
            form_id: ClientId(self.clock.uuid()),
        })
    }

    async fn create_room(&self, viewer: UserId, name: String, topic: String) -> Result<Room, AppError> {
        let mut fields = Fields::default();
        let name = fields.check("name", RoomName::parse(&name));
        let topic = fields.check("topic", Topic::parse(&topic));
        let (Some(name), Some(topic)) = (name, topic) else {
            return Err(fields.into_error());
        };
        let chat = self.clone();
        self.whole(async move { chat.open_room(viewer, name, topic).await })
            .await
    }

    async fn join_room(&self, viewer: UserId, room: RoomId) -> Result<(), AppError> {
        let chat = self.clone();
        self.whole(async move { chat.join(viewer, room).await }).await
    }

    async fn leave_room(&self, viewer: UserId, room: RoomId) -> Result<(), AppError> {
        let chat = self.clone();
        self.whole(async move { chat.leave(viewer, room).await }).await
    }
}

impl Chat {
    async fn open_room(&self, viewer: UserId, name: RoomName, topic: Topic) -> Result<Room, AppError> {
        let now = self.clock.now();
        let id = RoomId(self.clock.uuid());
        let mut tx = self.store.write().await?;
        tx.insert_room(&NewRoom {
            id,
            kind: RoomKind::Public,
            name,
            topic,
            created_by: Some(viewer),
            is_lobby: false,
            at: now,
        })
        .await?;
        let owner = Membership {
            role: Role::Owner,
            read_seq: 0,
            visible_from_seq: 1,
        };
        let entered = enter(&mut tx, id, viewer, owner, now).await?;
        let room = tx.room_itself(id).await?.ok_or_else(|| broken("a new room is gone"))?;
        tx.commit().await?;

        self.announce(entered);
        Ok(room)
    }

    async fn join(&self, viewer: UserId, room: RoomId) -> Result<(), AppError> {
        let mut tx = self.store.write().await?;
        tx.lock_rooms(&[room]).await?;
        let (room, access) = tx.room(room, viewer).await?.ok_or(AppError::NotFound)?;
        if let Access::Member(_) = access {
            return Ok(());
        }
        // Everything may be read, and nothing waits to be.
        let member = Membership {
            role: Role::Member,
            read_seq: room.last_seq,
            visible_from_seq: 1,
        };
        let entered = enter(&mut tx, room.id, viewer, member, self.clock.now()).await?;
        tx.commit().await?;

        self.announce(entered);
        Ok(())
    }

    async fn leave(&self, viewer: UserId, room: RoomId) -> Result<(), AppError> {
        if room == self.lobby {
            return Err(Denied::Lobby.into());
        }
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        tx.lock_rooms(&[room]).await?;
        let access = tx.access(room, viewer).await?.ok_or(AppError::NotFound)?;
        if access == Access::Visitor {
            return Ok(());
        }
        tx.delete_member(room, viewer).await?;
        let rev = tx.count_members(room, -1, now).await?;
        tx.note(room.0, rev, ChangeKind::Member, viewer.0).await?;
        let own_rev = tx.note_own(viewer, ChangeKind::Left, room, now).await?;
        tx.revoke(Revocation::Membership(viewer, room), now).await?;
        tx.commit().await?;

        self.bus.evict(viewer, room);
        self.bus.publish_room(RoomEvent {
            room,
            rev,
            change: Change::MemberGone(viewer),
        });
        self.bus.publish_user(
            viewer,
            UserEvent {
                rev: own_rev,
                change: UserChange::Left(room),
            },
        );
        Ok(())
    }
}
