//! Who may do what in a room they can reach. Every rule is here and nowhere else.
use super::access::Access;
use super::id::UserId;
use super::message::{Content, Message};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why something that can be seen may not be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Denied {
    /// Only members do this.
    NotMember,
    /// Only the author does this.
    NotAuthor,
    /// It was deleted.
    Deleted,
    /// Everybody is in the Lobby.
    Lobby,
    /// New accounts are not being made here.
    RegistrationClosed,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotMember => "Join the room first.",
            Self::NotAuthor => "Only the author can do this.",
            Self::Deleted => "This message was deleted.",
            Self::Lobby => "Everybody is in the Lobby.",
            Self::RegistrationClosed => "This server takes no new accounts. Ask the person who runs it.",
        })
    }
}

/// Members post.
pub fn may_post(access: &Access) -> Result<(), Denied> {
    access.membership().map(drop).ok_or(Denied::NotMember)
}

/// Members edit what they wrote themselves, as long as it stands.
pub fn may_edit(access: &Access, viewer: UserId, message: &Message) -> Result<(), Denied> {
    may_post(access)?;
    if message.author.id != viewer {
        return Err(Denied::NotAuthor);
    }
    if message.content == Content::Deleted {
        Err(Denied::Deleted)
    } else {
        Ok(())
    }
}

/// Members delete what they wrote themselves.
pub fn may_delete(access: &Access, viewer: UserId, message: &Message) -> Result<(), Denied> {
    may_edit(access, viewer, message)
}

#[cfg(test)]
mod tests {
    use super::super::id::{ClientId, MessageId, RoomId};
    use super::super::membership::{Membership, Role};
    use super::super::message::MessageBody;
    use super::super::time::Timestamp;
    use super::super::user::{DisplayName, Person, Username};
    use super::*;
    use uuid::Uuid;

    fn message(author: UserId, content: Content) -> Message {
        Message {
            id: MessageId(Uuid::nil()),
            room: RoomId(Uuid::nil()),
            client_id: ClientId(Uuid::nil()),
            seq: 1,
            rev: 1,
            author: Person {
                id: author,
                username: Username::parse("ann").unwrap(),
                name: DisplayName::parse("Ann").unwrap(),
            },
            content,
            posted_at: Timestamp(0),
            edited_at: None,
        }
    }

    #[test]
    fn only_authors_who_are_members_change_what_stands() {
        let (ann, ben) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let member = Access::Member(Membership {
            role: Role::Member,
            read_seq: 0,
            visible_from_seq: 1,
        });
        let owner = Access::Member(Membership {
            role: Role::Owner,
            read_seq: 0,
            visible_from_seq: 1,
        });
        let text = || Content::plain(MessageBody::parse("hi").unwrap());
        for (access, viewer, content, expected) in [
            (member, ann, text(), Ok(())),
            (owner, ann, text(), Ok(())),
            (Access::Visitor, ann, text(), Err(Denied::NotMember)),
            (member, ben, text(), Err(Denied::NotAuthor)),
            (owner, ben, text(), Err(Denied::NotAuthor)),
            (member, ann, Content::Deleted, Err(Denied::Deleted)),
            (member, ben, Content::Deleted, Err(Denied::NotAuthor)),
        ] {
            let message = message(ann, content);
            assert_eq!(may_edit(&access, viewer, &message), expected, "{access:?} {viewer}");
            assert_eq!(may_delete(&access, viewer, &message), expected, "{access:?} {viewer}");
        }
        assert_eq!(may_post(&member), Ok(()));
        assert_eq!(may_post(&Access::Visitor), Err(Denied::NotMember));
    }
}
