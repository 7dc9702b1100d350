//! Posting, editing, deleting.
use super::support::{body, node};
use app::api::messages::{Messages, Posted, Side};
use app::api::rooms::Rooms;
use app::domain::id::{ClientId, MessageId, RoomId};
use app::domain::message::Content;
use app::domain::permission::Denied;
use app::error::AppError;
use futures::future::join_all;
use std::collections::BTreeSet;
use uuid::Uuid;

#[tokio::test]
async fn fifty_people_who_post_at_once_get_numbers_without_gaps() {
    let (node, _database) = node().await;
    let ann = node.person("ann").await;
    let rooms = [node.room_of(ann).await, node.room_of(ann).await];
    let posts = join_all((0..50).map(|n| {
        let node = &node;
        async move {
            let mut mine = Vec::new();
            for m in 0..10 {
                mine.push(node.says(ann, rooms[n % 2], &format!("{n} {m}")).await);
            }
            mine
        }
    }))
    .await;
    for room in rooms {
        let mut of_room: Vec<_> = posts.iter().flatten().filter(|one| one.room == room).collect();
        of_room.sort_by_key(|one| one.seq);
        let numbers = |first: i64| (first..first + 250).collect::<Vec<_>>();
        assert_eq!(of_room.iter().map(|one| one.seq).collect::<Vec<_>>(), numbers(1));
        // The first change was the owner's coming in.
        assert_eq!(of_room.iter().map(|one| one.rev).collect::<Vec<_>>(), numbers(2));
        let (access, now) = node.access(ann, room).await.unwrap();
        assert_eq!((now.last_seq, now.rev), (250, 251));
        assert_eq!(access.membership().unwrap().read_seq, 250);
        let stored = node.history(ann, room, Side::Before(251)).await.unwrap();
        assert!(stored.iter().eq(of_room[200..].iter().copied()));
    }
    // Each sees their own in the order in which they were sent.
    assert!(posts.iter().all(|mine| mine.is_sorted_by_key(|one| one.seq)));
}

#[tokio::test]
async fn a_post_that_is_sent_again_is_stored_once() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.room_of(ann).await;
    node.join_room(ben, room).await.unwrap();
    let draft = node.draft(room, "*once*");
    let posted = join_all((0..20).map(|_| node.post_message(ann, draft.clone()))).await;
    let (mut now, mut before) = (Vec::new(), BTreeSet::new());
    for one in posted {
        match one.unwrap() {
            Posted::Now(message) => now.push(message),
            Posted::Before(message) => {
                assert!(matches!(&message.content, Content::Text { rich: Some(_), .. }));
                before.insert(message.id);
            }
        }
    }
    assert_eq!(now.len(), 1);
    assert!(before.into_iter().eq([now[0].id]));
    assert_eq!(
        node.post_message(ann, draft.clone()).await,
        Ok(Posted::Before(now[0].clone()))
    );
    // Ids are each sender's own: another's post under the same one is another post.
    assert!(matches!(node.post_message(ben, draft).await, Ok(Posted::Now(other)) if other.seq == 2));
}

#[tokio::test]
async fn only_members_post_and_nobody_posts_nowhere() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.room_of(ann).await;
    let nowhere = RoomId(Uuid::from_u128(9));
    let (good, visitor, lost) = tokio::join!(
        node.post_message(ann, node.draft(room, "hi")),
        node.post_message(ben, node.draft(room, "hi")),
        node.post_message(ann, node.draft(nowhere, "hi")),
    );
    assert!(matches!(good, Ok(Posted::Now(message)) if message.seq == 1));
    assert_eq!(visitor, Err(Denied::NotMember.into()));
    assert_eq!(lost, Err(AppError::NotFound));
}

#[tokio::test]
async fn a_message_is_edited_and_deleted_by_its_author_and_keeps_its_place() {
    let (node, _database) = node().await;
    let (ann, ben) = (node.person("ann").await, node.person("ben").await);
    let room = node.room_of(ann).await;
    node.join_room(ben, room).await.unwrap();
    let first = node.says(ann, room, "frist").await;
    node.says(ann, room, "second").await;
    node.clock.advance(60_000);

    let edit = |who, text| node.edit_message(who, room, first.id, body(text));
    assert_eq!(edit(ben, "mine").await, Err(Denied::NotAuthor.into()));
    let edited = edit(ann, "*first*").await.unwrap();
    assert_eq!((edited.seq, edited.rev), (1, 5));
    assert_eq!(edited.edited_at, Some(node.clock.now()));
    assert_eq!(edited.posted_at, first.posted_at);
    assert!(matches!(&edited.content, Content::Text { rich: Some(_), .. }));
    // Nothing changed, so nothing is announced.
    assert_eq!(edit(ann, "*first*").await.unwrap().rev, 5);

    assert_eq!(
        node.delete_message(ben, room, first.id).await,
        Err(Denied::NotAuthor.into())
    );
    let deleted = node.delete_message(ann, room, first.id).await.unwrap();
    assert_eq!((deleted.seq, deleted.rev, &deleted.content), (1, 6, &Content::Deleted));
    assert_eq!(edit(ann, "again").await, Err(Denied::Deleted.into()));
    assert_eq!(node.history(ann, room, Side::After(0)).await.unwrap()[0], deleted);

    let unknown = MessageId(Uuid::from_u128(9));
    assert_eq!(node.delete_message(ann, room, unknown).await, Err(AppError::NotFound));
    let elsewhere = node.room_of(ann).await;
    assert_eq!(
        node.delete_message(ann, elsewhere, first.id).await,
        Err(AppError::NotFound)
    );
}

#[tokio::test]
async fn any_text_comes_back_as_it_was_typed() {
    let (node, _database) = node().await;
    let ann = node.person("ann").await;
    let room = node.room_of(ann).await;
    for text in [
        "\"quoted\" \\ back",
        "ليلى 😀\u{1f1e8}",
        "tab\tand\nline",
        "{\"a\":[1]}",
        "'; DROP TABLE users;--",
        &"ä".repeat(8_192),
    ] {
        let posted = node.says(ann, room, text).await;
        let stored = node.history(ann, room, Side::Before(i64::MAX)).await.unwrap();
        assert_eq!(stored.last(), Some(&posted));
        assert_eq!(posted.content.body().map(|body| body.as_str()), Some(text));
    }
}

#[tokio::test]
async fn two_nodes_give_numbers_in_one_room_without_gaps() {
    let database = super::support::Database::fresh().await;
    let (one, two) = (database.node().await, database.node().await);
    let ann = one.person("ann").await;
    let room = one.room_of(ann).await;
    let again = ClientId(Uuid::from_u128(1));
    let posts = join_all((0..40).map(|n| {
        let node = if n % 2 == 0 { &one } else { &two };
        let mut draft = node.draft(room, "hi");
        if n < 2 {
            draft.client_id = again;
        }
        node.post_message(ann, draft)
    }))
    .await;
    let stored = posts.iter().filter(|one| matches!(one, Ok(Posted::Now(_)))).count();
    assert_eq!((stored, posts.iter().filter(|one| one.is_err()).count()), (39, 0));
    let (_, now) = two.access(ann, room).await.unwrap();
    assert_eq!((now.last_seq, now.rev), (39, 40));
}
