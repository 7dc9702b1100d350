//! Rooms: opening, joining, leaving, listing, and how a page of one begins.
use super::support::{Database, node};
use app::api::messages::{Messages, Side};
use app::api::rooms::{DirectoryKey, Rooms};
use app::domain::access::Access;
use app::domain::id::{RoomId, UserId};
use app::domain::membership::{Membership, Role};
use app::domain::permission::Denied;
use app::domain::problem::Problem;
use app::error::AppError;
use app::protocol::{Cursor, Since};
use uuid::Uuid;

const NOWHERE: RoomId = RoomId(Uuid::from_u128(9));

#[tokio::test]
async fn nodes_that_start_together_agree_on_epoch_and_lobby() {
    let database = Database::fresh().await;
    let (one, two) = tokio::join!(database.node(), database.node());
    assert_eq!(one.epoch(), two.epoch());
    let ann = one.person("ann").await;
    let mine = two.my_rooms(ann).await.unwrap();
    assert_eq!(mine.epoch, one.epoch());
    assert_eq!(mine.rooms[0].room.id, mine.lobby);
}

#[tokio::test]
async fn a_room_is_opened_joined_once_and_left_once() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.create_room(ann, " Garden ".into(), "".into()).await.unwrap();
    assert_eq!(
        (room.name.as_str(), room.members, room.rev, room.last_seq),
        ("Garden", 1, 1, 0)
    );
    let (access, _) = node.access(ann, room.id).await.unwrap();
    assert_eq!(access.membership().unwrap().role, Role::Owner);
    assert_eq!(node.access(ben, room.id).await.unwrap().0, Access::Visitor);
    node.says(ann, room.id, "hi").await;

    let before = node.user_rev(ben).await.unwrap();
    node.join_room(ben, room.id).await.unwrap();
    node.join_room(ben, room.id).await.unwrap();
    assert_eq!(node.user_rev(ben).await.unwrap(), before + 1);
    let (access, now) = node.access(ben, room.id).await.unwrap();
    let membership = *access.membership().unwrap();
    assert_eq!((membership.read_seq, membership.visible_from_seq), (1, 1));
    assert_eq!((now.members, now.rev), (2, 3));

    node.leave_room(ben, room.id).await.unwrap();
    node.leave_room(ben, room.id).await.unwrap();
    let (access, now) = node.access(ben, room.id).await.unwrap();
    assert_eq!((access, now.members, now.rev), (Access::Visitor, 1, 4));
    assert_eq!(node.user_rev(ben).await.unwrap(), before + 2);
    assert_eq!(node.member_ids(room.id).await.unwrap(), [ann]);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_and_the_lobby_is_not_left() {
    let (node, _database) = node().await;
    let ann = node.person("ann").await;
    let lobby = node.my_rooms(ann).await.unwrap().lobby;
    assert_eq!(node.leave_room(ann, lobby).await, Err(Denied::Lobby.into()));
    assert_eq!(node.join_room(ann, NOWHERE).await, Err(AppError::NotFound));
    assert_eq!(node.leave_room(ann, NOWHERE).await, Err(AppError::NotFound));
    assert_eq!(node.room_page(ann, NOWHERE, None).await, Err(AppError::NotFound));
    assert_eq!(node.mark_read(ann, NOWHERE, 1).await, Err(AppError::NotFound));
    let error = node.create_room(ann, "".into(), "x".repeat(201)).await.unwrap_err();
    assert_eq!(error.problem("name"), Some(&Problem::Blank));
    assert_eq!(error.problem("topic"), Some(&Problem::TooLong { most: 200 }));
}

#[tokio::test]
async fn the_directory_lists_every_room_once_newest_activity_first() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let mut rooms = vec![node.my_rooms(ann).await.unwrap().lobby];
    for n in 0..60 {
        // Some are equally new: the key has to tell them apart.
        node.clock.advance(n % 3);
        rooms.push(node.room_of(ann).await);
    }
    let mut listed = Vec::new();
    let mut after: Option<DirectoryKey> = None;
    loop {
        let page = node.directory(ben, after).await.unwrap();
        assert!(page.rooms.len() <= 50);
        listed.extend(page.rooms);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(listed.is_sorted_by_key(|one| (-one.room.active_at.0, one.room.id)));
    assert!(listed.iter().all(|one| one.is_member == (one.room.id == rooms[0])));
    let mut ids: Vec<RoomId> = listed.iter().map(|one| one.room.id).collect();
    ids.sort();
    rooms.sort();
    assert_eq!(ids, rooms);
}

#[tokio::test]
async fn my_rooms_show_the_newest_post_and_what_is_unread() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    node.clock.advance(1_000);
    let room = node.room_of(ann).await;
    node.join_room(ben, room).await.unwrap();
    node.clock.advance(1_000);
    node.says(ann, room, "one").await;
    let last = node.says(ann, room, "\n*two*\nlines").await;

    let mine = node.my_rooms(ben).await.unwrap();
    assert_eq!(
        mine.rooms.iter().map(|one| one.room.name.as_str()).collect::<Vec<_>>(),
        ["Garden", "Lobby"]
    );
    let preview = mine.rooms[0].preview.clone().unwrap();
    assert_eq!(preview.message, last.id);
    assert_eq!(
        (preview.author.as_str(), preview.text.as_deref()),
        ("ann Person", Some("*two*"))
    );
    assert_eq!((mine.rooms[0].unread(), mine.rooms[1].unread()), (2, 0));
    assert_eq!(mine.rooms[1].preview, None);
    // One's own posts are read.
    assert_eq!(node.my_rooms(ann).await.unwrap().rooms[0].unread(), 0);

    node.delete_message(ann, room, last.id).await.unwrap();
    let mine = node.my_rooms(ben).await.unwrap();
    assert_eq!(mine.rooms[0].preview.as_ref().unwrap().text, None);
}

#[tokio::test]
async fn a_read_mark_moves_forward_and_not_beyond_the_newest_post() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.room_of(ann).await;
    node.join_room(ben, room).await.unwrap();
    for _ in 0..5 {
        node.says(ann, room, "hi").await;
    }
    let before = node.user_rev(ben).await.unwrap();
    for (seq, mark, changes) in [(3, 3, 1), (2, 3, 1), (3, 3, 1), (99, 5, 2), (-1, 5, 2)] {
        node.mark_read(ben, room, seq).await.unwrap();
        let (access, _) = node.access(ben, room).await.unwrap();
        assert_eq!(access.membership().unwrap().read_seq, mark, "{seq}");
        assert_eq!(node.user_rev(ben).await.unwrap(), before + changes, "{seq}");
    }
    let visitor = node.person("cleo").await;
    node.mark_read(visitor, room, 1).await.unwrap();
}

#[tokio::test]
async fn a_page_opens_at_the_oldest_unread_post_and_lists_who_is_there() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.room_of(ann).await;
    for n in 1..=80 {
        node.says(ann, room, &format!("post {n}")).await;
    }
    let seqs = |page: &app::api::rooms::RoomPage| page.messages.iter().map(|one| one.seq).collect::<Vec<_>>();
    let page = node.room_page(ben, room, None).await.unwrap();
    assert_eq!(page.access, Access::Visitor);
    assert_eq!(seqs(&page), (31..=80).collect::<Vec<_>>());

    node.join_room(ben, room).await.unwrap();
    for n in 81..=160 {
        node.says(ann, room, &format!("post {n}")).await;
    }
    let page = node.room_page(ben, room, None).await.unwrap();
    assert_eq!(seqs(&page), (64..=130).collect::<Vec<_>>());
    let page = node.room_page(ben, room, Some(10)).await.unwrap();
    assert_eq!(seqs(&page), (1..=50).collect::<Vec<_>>());
    let names: Vec<&str> = page.members.iter().map(|one| one.person.name.as_str()).collect();
    assert_eq!(names, ["ann Person", "ben Person"]);
}

#[tokio::test]
async fn nothing_shows_posts_from_before_one_may_see() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.room_of(ann).await;
    let first = node.says(ann, room, "secret").await;
    for _ in 2..=5 {
        node.says(ann, room, "secret").await;
    }
    late_member(&node.store, room, ben, node.clock.now()).await;
    assert_eq!(node.my_rooms(ben).await.unwrap().rooms[0].preview, None);
    node.says(ann, room, "open").await;

    let seqs = |messages: Vec<app::domain::message::Message>| messages.iter().map(|one| one.seq).collect::<Vec<_>>();
    for at in [None, Some(1), Some(6)] {
        assert_eq!(
            seqs(node.room_page(ben, room, at).await.unwrap().messages),
            [6],
            "{at:?}"
        );
    }
    for (side, expected) in [
        (Side::Before(7), vec![6]),
        (Side::Before(6), vec![]),
        (Side::After(0), vec![6]),
    ] {
        assert_eq!(seqs(node.history(ben, room, side).await.unwrap()), expected, "{side:?}");
    }
    let cursor = Cursor { rev: 0, newest: None };
    let Since::Changes { items, .. } = node.since(ben, room, cursor).await.unwrap() else {
        panic!()
    };
    let text = format!("{items:?}");
    assert!(text.contains("open") && !text.contains("secret"), "{text}");
    assert_eq!(node.delete_message(ben, room, first.id).await, Err(AppError::NotFound));
    let newest = Some(first.id);
    // A cursor that names a hidden post learns no more than one that names a post of another room.
    let rev = node.rev(ben, room).await;
    assert_eq!(node.since(ben, room, Cursor { rev, newest }).await, Ok(Since::Reload));
}

/// Somebody who may see posts from number 6 on, which no door makes yet.
async fn late_member(store: &server::store::Store, room: RoomId, user: UserId, at: app::domain::time::Timestamp) {
    let membership = Membership {
        role: Role::Member,
        read_seq: 5,
        visible_from_seq: 6,
    };
    let mut tx = store.write().await.unwrap();
    assert!(tx.insert_member(room, user, membership, at).await.unwrap());
    tx.count_members(room, 1, at).await.unwrap();
    tx.commit().await.unwrap();
}
