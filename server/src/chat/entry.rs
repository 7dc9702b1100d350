//! Coming into a room, by whichever door: what is written, and what is to be announced once it is committed.
use super::Chat;
use super::page::shortened;
use crate::error::broken;
use crate::store::{ChangeKind, Tx};
use app::domain::id::{RoomId, UserId};
use app::domain::membership::Membership;
use app::domain::time::Timestamp;
use app::error::AppError;
use app::protocol::{Change, RoomEvent, UserChange, UserEvent};

/// Somebody came in.
pub(super) struct Entered {
    user: UserId,
    room: RoomEvent,
    own: UserEvent,
}

/// Puts somebody who is not in it into a room that is locked.
pub(super) async fn enter(
    tx: &mut Tx,
    room: RoomId,
    user: UserId,
    membership: Membership,
    now: Timestamp,
) -> Result<Entered, AppError> {
    let missing = || broken(format!("{user} is not in {room} after entering it"));
    tx.insert_member(room, user, membership, now).await?;
    let rev = tx.count_members(room, 1, now).await?;
    tx.note(room.0, rev, ChangeKind::Member, user.0).await?;
    let own_rev = tx.note_own(user, ChangeKind::Joined, room, now).await?;
    let member = tx.member(room, user).await?.ok_or_else(missing)?;
    let mine = tx.my_room(user, room).await?.ok_or_else(missing)?;
    Ok(Entered {
        user,
        room: RoomEvent {
            room,
            rev,
            change: Change::Member(member),
        },
        own: UserEvent {
            rev: own_rev,
            change: UserChange::Joined(Box::new(shortened(mine))),
        },
    })
}

impl Chat {
    /// Announces an entry, after its commit.
    pub(super) fn announce(&self, entered: Entered) {
        self.bus.publish_room(entered.room);
        self.bus.publish_user(entered.user, entered.own);
    }
}
