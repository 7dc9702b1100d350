//! The hot path: all posts that are waiting, in one transaction of eight statements, however many they are.
//!
//! It locks their rooms, reads who may post and what was stored before, numbers the rest ([`Plan`], pure), and writes
//! posts, counters and read marks. Which posts wait, and who is told, is `chat`'s. The statements are in [`batch`].
mod batch;

use super::error::StoreError;
use super::tx::Tx;
use app::domain::access::Access;
use app::domain::id::{ClientId, MessageId, RoomId, UserId};
use app::domain::message::{Content, Message, MessageBody};
use app::domain::permission::{Denied, may_post};
use app::domain::rich::Rich;
use app::domain::time::Timestamp;
use app::domain::user::Person;
use std::collections::{BTreeSet, HashMap};

/// A message that waits to be stored.
#[derive(Clone, Debug)]
pub struct Post {
    /// The id that it gets if it is new.
    pub id: MessageId,
    pub room: RoomId,
    pub author: UserId,
    pub client_id: ClientId,
    pub body: MessageBody,
    pub rich: Option<Rich>,
}

/// What became of a post.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// It is stored once the transaction is committed.
    Now(Message),
    /// It had been stored before: the same author, room and `client_id`.
    Before(Message),
    /// There is no such room for this author.
    NotFound,
    /// The author may not post there.
    Denied(Denied),
}

/// The counters of a locked room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Head {
    last_seq: i64,
    rev: i64,
}

type Key = (RoomId, UserId, ClientId);

/// What is known before numbers are given.
#[derive(Default)]
struct Plan {
    heads: HashMap<RoomId, Head>,
    authors: HashMap<(RoomId, UserId), (Person, Option<Access>)>,
    before: HashMap<Key, Message>,
}

impl Tx {
    /// Stores what may be stored and is new; gives what became of each post, in order. One's own post moves one's own
    /// read mark, without an event of its own: every page that hears of the post knows its author.
    pub async fn append(&mut self, posts: &[Post], now: Timestamp) -> Result<Vec<Outcome>, StoreError> {
        let rooms: BTreeSet<RoomId> = posts.iter().map(|post| post.room).collect();
        let rooms: Vec<RoomId> = rooms.into_iter().collect();
        self.lock_rooms(&rooms).await?;
        let mut plan = Plan {
            heads: batch::heads(self, &rooms).await?,
            authors: batch::authors(self, posts).await?,
            before: batch::before(self, posts).await?,
        };
        let outcomes: Vec<Outcome> = posts.iter().map(|post| plan.place(post, now)).collect();
        let stored: Vec<&Message> = outcomes
            .iter()
            .filter_map(|outcome| match outcome {
                Outcome::Now(message) => Some(message),
                _ => None,
            })
            .collect();
        if !stored.is_empty() {
            batch::insert(self, &stored).await?;
            batch::move_heads(self, &stored, now).await?;
            batch::move_marks(self, &stored).await?;
        }
        Ok(outcomes)
    }
}

impl Plan {
    /// Decides about one post. Numbers it gives are used; the next post continues from them.
    fn place(&mut self, post: &Post, now: Timestamp) -> Outcome {
        let head = self.heads.get_mut(&post.room);
        let author = self.authors.get(&(post.room, post.author));
        let (Some(head), Some((person, Some(access)))) = (head, author) else {
            return Outcome::NotFound;
        };
        if let Err(why) = may_post(access) {
            return Outcome::Denied(why);
        }
        let key = (post.room, post.author, post.client_id);
        if let Some(message) = self.before.get(&key) {
            return Outcome::Before(message.clone());
        }
        head.last_seq += 1;
        head.rev += 1;
        let message = Message {
            id: post.id,
            room: post.room,
            client_id: post.client_id,
            seq: head.last_seq,
            rev: head.rev,
            author: person.clone(),
            content: Content::Text {
                body: post.body.clone(),
                rich: post.rich.clone(),
            },
            posted_at: now,
            edited_at: None,
        };
        // The same post may wait twice.
        self.before.insert(key, message.clone());
        Outcome::Now(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::domain::membership::{Membership, Role};
    use app::domain::user::{DisplayName, Username};
    use uuid::Uuid;

    const ROOM: RoomId = RoomId(Uuid::from_u128(1));
    const ANN: UserId = UserId(Uuid::from_u128(2));
    const BEN: UserId = UserId(Uuid::from_u128(3));

    fn plan() -> Plan {
        let person = |id| Person {
            id,
            username: Username::parse("xx").unwrap(),
            name: DisplayName::parse("X").unwrap(),
        };
        let member = Access::Member(Membership {
            role: Role::Member,
            read_seq: 0,
            visible_from_seq: 1,
        });
        Plan {
            heads: [(ROOM, Head { last_seq: 7, rev: 9 })].into(),
            authors: [
                ((ROOM, ANN), (person(ANN), Some(member))),
                ((ROOM, BEN), (person(BEN), Some(Access::Visitor))),
            ]
            .into(),
            before: HashMap::new(),
        }
    }

    fn post(author: UserId, client: u128) -> Post {
        Post {
            id: MessageId(Uuid::from_u128(client)),
            room: ROOM,
            author,
            client_id: ClientId(Uuid::from_u128(client)),
            body: MessageBody::parse("hi").unwrap(),
            rich: None,
        }
    }

    #[test]
    fn posts_are_numbered_without_gaps_and_repeats_get_no_number() {
        let mut plan = plan();
        let mut numbers = |client| match plan.place(&post(ANN, client), Timestamp(5)) {
            Outcome::Now(message) => (true, message.seq, message.rev),
            Outcome::Before(message) => (false, message.seq, message.rev),
            other => panic!("{other:?}"),
        };
        assert_eq!(numbers(1), (true, 8, 10));
        assert_eq!(numbers(1), (false, 8, 10));
        assert_eq!(numbers(2), (true, 9, 11));
    }

    #[test]
    fn who_may_not_post_takes_no_number() {
        let mut plan = plan();
        let stranger = UserId(Uuid::from_u128(4));
        assert_eq!(plan.place(&post(stranger, 1), Timestamp(5)), Outcome::NotFound);
        assert_eq!(
            plan.place(&post(BEN, 1), Timestamp(5)),
            Outcome::Denied(Denied::NotMember)
        );
        assert_eq!(plan.heads[&ROOM], Head { last_seq: 7, rev: 9 });
    }
}
