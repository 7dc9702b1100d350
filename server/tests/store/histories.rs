//! The oracle of catching up: a page that was opened once and heard events, some lost, some late, some twice, ends up
//! as a page that is opened now. The page is the one of the browser, `app::live::room_log`.
use super::support::{Node, body, node};
use app::api::messages::Messages;
use app::api::rooms::Rooms;
use app::domain::id::{ConnectionId, RoomId, UserId};
use app::domain::message::Message;
use app::live::room_log::{RoomLog, Step};
use app::protocol::{RoomEvent, ServerFrame, decode};
use futures::FutureExt;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// What somebody does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Post,
    Edit(usize),
    Delete(usize),
    Join,
    Leave,
}

/// What becomes of the event on its way to the page.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Fate {
    Arrives,
    IsLost,
    ComesTwice,
    /// Arrives after the next one.
    IsLate,
    /// The page asks what changed before it hears of this.
    ComesAfterAsking,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Post),
        2 => (0_usize..99).prop_map(Act::Edit),
        1 => (0_usize..99).prop_map(Act::Delete),
        1 => Just(Act::Join),
        1 => Just(Act::Leave),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Arrives),
        1 => Just(Fate::IsLost),
        1 => Just(Fate::ComesTwice),
        1 => Just(Fate::IsLate),
        1 => Just(Fate::ComesAfterAsking),
    ]
}

#[test]
fn a_page_that_followed_shows_what_a_fresh_one_shows() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (node, _database) = runtime.block_on(node());
    let (ann, ben) = runtime.block_on(async { (node.person("ann").await, node.person("ben").await) });
    let mut runner = TestRunner::new(Config {
        cases: 128,
        failure_persistence: None,
        ..Config::default()
    });
    let histories = prop::collection::vec((act(), fate()), 1..40);
    let outcome = runner.run(&histories, |history| {
        runtime.block_on(follow(&node, ann, ben, &history));
        Ok(())
    });
    outcome.unwrap_or_else(|why| panic!("{why}"));
}

async fn follow(node: &Node, ann: UserId, ben: UserId, history: &[(Act, Fate)]) {
    let room = node.room_of(ann).await;
    let mut page = RoomLog::new(node.room_page(ann, room, None).await.unwrap(), ann);
    let seat = node
        .bus
        .seat(ConnectionId(node.clock.uuid()), ann, [0; 32], 0)
        .ok()
        .unwrap();
    assert!(seat.join(room, page.cursor().rev, seat.evictions()));

    let mut posts: Vec<Message> = Vec::new();
    let mut late: Vec<RoomEvent> = Vec::new();
    for (act, fate) in history {
        node.clock.advance(1_000);
        carry_out(node, ann, ben, room, *act, &mut posts).await;
        // Everything is announced before the act returns; an act without effect announces nothing.
        let frames = seat
            .mailbox()
            .take()
            .now_or_never()
            .map(|all| all.frames)
            .unwrap_or_default();
        let events = frames.iter().filter_map(|frame| match decode(frame).unwrap() {
            ServerFrame::Room(event) => Some(event),
            _ => None,
        });
        for event in events {
            match fate {
                Fate::Arrives => {
                    page.apply(event);
                }
                Fate::IsLost => {}
                Fate::ComesTwice => {
                    page.apply(event.clone());
                    page.apply(event);
                }
                Fate::IsLate => {
                    late.push(event);
                    continue;
                }
                Fate::ComesAfterAsking => {
                    catch_up(node, ann, room, &mut page).await;
                    page.apply(event);
                }
            }
            for event in late.drain(..) {
                page.apply(event);
            }
        }
    }
    for event in late {
        page.apply(event);
    }
    // The connection comes back: the page asks once more, as it does after every `Opened`.
    catch_up(node, ann, room, &mut page).await;

    let fresh = RoomLog::new(node.room_page(ann, room, None).await.unwrap(), ann);
    assert_eq!(page.messages(), fresh.messages());
    assert_eq!(page.cursor(), fresh.cursor());
    assert!(!page.has_gap() && !page.has_newer());
    assert_eq!(
        (page.room.last_seq, page.room.members),
        (fresh.room.last_seq, fresh.room.members)
    );
    let ids = |log: &RoomLog| {
        let mut ids: Vec<UserId> = log.members.iter().map(|member| member.person.id).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&page), ids(&fresh));
}

async fn carry_out(node: &Node, ann: UserId, ben: UserId, room: RoomId, act: Act, posts: &mut Vec<Message>) {
    match act {
        Act::Post => posts.push(node.says(ann, room, &format!("post {}", posts.len())).await),
        // Editing what was deleted is refused, and changes nothing.
        Act::Edit(n) if !posts.is_empty() => {
            let message = &posts[n % posts.len()];
            drop(
                node.edit_message(ann, room, message.id, body(&format!("edit {n}")))
                    .await,
            );
        }
        Act::Delete(n) if !posts.is_empty() => {
            drop(node.delete_message(ann, room, posts[n % posts.len()].id).await);
        }
        Act::Join => node.join_room(ben, room).await.unwrap(),
        Act::Leave => node.leave_room(ben, room).await.unwrap(),
        Act::Edit(_) | Act::Delete(_) => {}
    }
}

async fn catch_up(node: &Node, viewer: UserId, room: RoomId, page: &mut RoomLog) {
    loop {
        let since = node.since(viewer, room, page.cursor()).await.unwrap();
        match page.absorb(since) {
            Step::More => {}
            Step::Reload => panic!("a short history never asks for a reload"),
            Step::Done | Step::Gap => return,
        }
    }
}
