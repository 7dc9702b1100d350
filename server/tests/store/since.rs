//! Catching up: a page that was away and asks what changed ends up as one that was opened anew.
use super::support::{Node, body, node};
use app::api::messages::Messages;
use app::api::rooms::Rooms;
use app::domain::id::{ConnectionId, MessageId, RoomId, UserId};
use app::domain::membership::Member;
use app::domain::message::Message;
use app::domain::room::Room;
use app::protocol::{Change, Cursor, ServerFrame, Since, decode, encode};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a page knows of a room.
#[derive(Clone, PartialEq, Debug)]
struct Page {
    room: Room,
    rev: i64,
    messages: BTreeMap<i64, Message>,
    members: BTreeMap<UserId, Member>,
}

impl Page {
    async fn open(node: &Node, viewer: UserId, room: RoomId) -> Self {
        let page = node.room_page(viewer, room, None).await.unwrap();
        let mut tx = node.store.read().await.unwrap();
        let all = tx.posts(room, 1..=page.room.last_seq).await.unwrap();
        Self {
            rev: page.room.rev,
            messages: all
                .into_iter()
                .map(|one| (one.seq, server::chat::rich::dressed(one)))
                .collect(),
            members: page.members.into_iter().map(|one| (one.person.id, one)).collect(),
            room: page.room,
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Message(message) => drop(self.messages.insert(message.seq, message)),
            Change::Room(room) => self.room = room,
            Change::Member(member) => drop(self.members.insert(member.person.id, member)),
            Change::MemberGone(user) => drop(self.members.remove(&user)),
        }
    }

    /// Asks until there is no more; gives in how many answers.
    async fn catch_up(&mut self, node: &Node, viewer: UserId) -> usize {
        for answers in 1.. {
            let newest = self.messages.values().next_back().map(|one| one.id);
            let cursor = Cursor { rev: self.rev, newest };
            let since = node.since(viewer, self.room.id, cursor).await.unwrap();
            assert!(encode(&since).len() <= 128 * 1024);
            let Since::Changes { upto, items, more } = since else {
                panic!("{since:?}")
            };
            assert!(!more || upto > self.rev);
            items.into_iter().for_each(|change| self.apply(change));
            self.rev = upto;
            if !more {
                return answers;
            }
        }
        unreachable!()
    }
}

#[tokio::test]
async fn what_changed_leads_to_what_a_fresh_page_shows() {
    let (node, _database) = node().await;
    let (ann, ben, cleo) = (
        node.person("ann").await,
        node.person("ben").await,
        node.person("cleo").await,
    );
    let room = node.room_of(ann).await;
    node.join_room(cleo, room).await.unwrap();
    let mut known = Vec::new();
    for n in 0..10 {
        known.push(node.says(ann, room, &format!("post {n}")).await);
    }
    let mut page = Page::open(&node, ann, room).await;
    assert_eq!(page.catch_up(&node, ann).await, 1);

    for (n, one) in known.iter().enumerate() {
        node.clock.advance(1);
        match n % 3 {
            0 => drop(node.edit_message(ann, room, one.id, body("*edited*")).await.unwrap()),
            1 => drop(node.delete_message(ann, room, one.id).await.unwrap()),
            _ => drop(node.says(ann, room, "new").await),
        }
        if n % 4 == 0 {
            node.join_room(ben, room).await.unwrap();
        } else {
            node.leave_room(ben, room).await.unwrap();
        }
    }
    node.leave_room(cleo, room).await.unwrap();
    page.catch_up(&node, ann).await;
    let fresh = Page::open(&node, ann, room).await;
    assert_eq!(page.messages, fresh.messages);
    assert_eq!(page.members, fresh.members);
    assert_eq!((page.rev, page.room.members), (fresh.rev, fresh.room.members));
}

#[tokio::test]
async fn every_change_is_announced_once_and_in_order() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.room_of(ann).await;
    let mut page = Page::open(&node, ann, room).await;
    let id = ConnectionId(node.clock.uuid());
    let seat = node.bus.seat(id, ann, [0; 32], 0).ok().unwrap();
    assert!(seat.join(room, page.rev, seat.evictions()));

    let first = node.says(ann, room, "first").await;
    futures::future::join_all((0..50).map(|_| node.says(ann, room, "hi"))).await;
    node.join_room(ben, room).await.unwrap();
    node.edit_message(ann, room, first.id, body("*edited*")).await.unwrap();
    node.says(ben, room, "I was here").await;
    node.leave_room(ben, room).await.unwrap();
    node.delete_message(ann, room, first.id).await.unwrap();
    for frame in seat.mailbox().take().await.frames {
        if let ServerFrame::Room(event) = decode(&frame).unwrap() {
            assert_eq!(event.rev, page.rev + 1);
            page.rev = event.rev;
            page.apply(event.change);
        }
    }
    let fresh = Page::open(&node, ann, room).await;
    assert_eq!(page.messages, fresh.messages);
    assert_eq!(page.members, fresh.members);
    assert_eq!(page.rev, fresh.rev);
}

#[tokio::test]
async fn an_answer_is_bounded_and_the_next_one_goes_on() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.room_of(ann).await;
    let mut page = Page::open(&node, ann, room).await;
    let first = node.says(ann, room, "first").await;
    for n in 0..30 {
        node.says(ann, room, &format!("{n} {}", "x".repeat(16_000))).await;
        if n == 15 {
            node.join_room(ben, room).await.unwrap();
        }
    }
    for _ in 0..150 {
        node.says(ann, room, "short").await;
    }
    node.edit_message(ann, room, first.id, body("now last")).await.unwrap();
    assert!(page.catch_up(&node, ann).await >= 4);
    let fresh = Page::open(&node, ann, room).await;
    assert_eq!(page.messages, fresh.messages);
    assert_eq!(page.members, fresh.members);
}

#[tokio::test]
async fn a_cursor_that_is_too_old_or_not_of_this_data_reloads() {
    let (node, _database) = node().await;
    let ann = node.person("ann").await;
    let room = node.room_of(ann).await;
    let elsewhere = node.room_of(ann).await;
    let first = node.says(ann, room, "first").await;
    let other = node.says(ann, elsewhere, "other").await;
    let rev = node.rev(ann, room).await;
    let since = |rev, newest| node.since(ann, room, Cursor { rev, newest });
    assert!(matches!(since(rev, Some(first.id)).await, Ok(Since::Changes { items, .. }) if items.is_empty()));
    for (rev, newest) in [
        (rev + 1, None),
        (-1, None),
        (rev, Some(other.id)),
        (rev, Some(MessageId(Uuid::from_u128(9)))),
    ] {
        assert_eq!(since(rev, newest).await, Ok(Since::Reload), "{rev} {newest:?}");
    }
    let posts = futures::future::join_all((0..1_000).map(|_| node.says(ann, room, "hi"))).await;
    assert_eq!(posts.len(), 1_000);
    assert!(matches!(since(rev, None).await, Ok(Since::Changes { .. })));
    node.says(ann, room, "one more").await;
    assert_eq!(since(rev, None).await, Ok(Since::Reload));
}

#[tokio::test]
async fn the_log_keeps_the_newest_thousand_changes() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.room_of(ann).await;
    let start = node.rev(ann, room).await;
    node.join_room(ben, room).await.unwrap();
    // As many changes as fit, all of one message, and then one that trims.
    let message = node.says(ann, room, "0").await;
    for n in 1..999 {
        node.edit_message(ann, room, message.id, body(&n.to_string()))
            .await
            .unwrap();
    }
    let mut tx = node.store.read().await.unwrap();
    assert_eq!(tx.member_changes(room, 0).await.unwrap().len(), 2);
    drop(tx);
    let Ok(Since::Changes { items, .. }) = node
        .since(
            ann,
            room,
            Cursor {
                rev: start,
                newest: None,
            },
        )
        .await
    else {
        panic!()
    };
    assert!(
        items
            .iter()
            .any(|change| matches!(change, Change::Member(member) if member.person.id == ben))
    );
    assert_eq!(
        items
            .iter()
            .filter(|change| matches!(change, Change::Message(_)))
            .count(),
        1
    );

    let cleo = node.person("cleo").await;
    node.join_room(cleo, room).await.unwrap();
    let mut tx = node.store.read().await.unwrap();
    let left: Vec<i64> = tx
        .member_changes(room, 0)
        .await
        .unwrap()
        .iter()
        .map(|one| one.rev)
        .collect();
    assert_eq!(left, [start + 1_001]);
    assert_eq!(
        node.since(
            ann,
            room,
            Cursor {
                rev: start,
                newest: None
            }
        )
        .await,
        Ok(Since::Reload)
    );
}
