//! What stands above what.
use super::*;
use crate::api::rooms::RoomPage;
use crate::domain::access::Access;
use crate::domain::id::{RoomId, UserId};
use crate::domain::membership::{Membership, Role};
use crate::domain::message::{Content, Draft, MessageBody};
use crate::domain::room::{Room, RoomKind, RoomName, Topic};
use crate::domain::time::Timestamp;
use crate::domain::user::{DisplayName, Person, Username};
use uuid::Uuid;

const MINUTE: i64 = 60_000;
const ANN: UserId = UserId(Uuid::from_u128(1));
const BEN: UserId = UserId(Uuid::from_u128(2));

fn body(text: &str) -> MessageBody {
    MessageBody::parse(text).unwrap()
}

fn log(posts: &[(UserId, i64)], first: i64, read_seq: i64) -> RoomLog {
    let room = RoomId(Uuid::nil());
    let messages: Vec<Message> = posts
        .iter()
        .zip(first..)
        .map(|((author, at), seq)| Message {
            id: MessageId(Uuid::from_u128(seq as u128)),
            room,
            client_id: ClientId(Uuid::from_u128(seq as u128)),
            seq,
            rev: seq,
            author: Person {
                id: *author,
                username: Username::parse("xx").unwrap(),
                name: DisplayName::parse("X").unwrap(),
            },
            content: Content::plain(body("hi")),
            posted_at: Timestamp(*at),
            edited_at: None,
        })
        .collect();
    let last_seq = messages.last().map_or(0, |message| message.seq);
    let page = RoomPage {
        room: Room {
            id: room,
            kind: RoomKind::Public,
            name: RoomName::parse("Lobby").unwrap(),
            topic: Topic::default(),
            members: 2,
            last_seq,
            rev: last_seq,
            active_at: Timestamp(0),
            created_at: Timestamp(0),
        },
        access: Access::Member(Membership {
            role: Role::Member,
            read_seq,
            visible_from_seq: 1,
        }),
        messages,
        members: vec![],
        presence: vec![],
        form_id: ClientId(Uuid::nil()),
    };
    RoomLog::new(page, ANN)
}

/// `S` start, `D` day, `N` the "new" line, a capital for the first of a group and a small letter for what follows.
fn drawn(log: &RoomLog, pending: &[Pending]) -> String {
    let sign = |row: Row| match row {
        Row::Start => 'S',
        Row::Day(_) => 'D',
        Row::New(_) => 'N',
        Row::Message { is_first: true, .. } => 'M',
        Row::Message { .. } => 'm',
        Row::Pending { is_first: true, .. } => 'P',
        Row::Pending { .. } => 'p',
    };
    rows(log, pending.iter(), Zone::Fixed(0))
        .into_iter()
        .map(sign)
        .collect()
}

#[test]
fn posts_stand_in_groups_by_author_time_and_day() {
    let day = 24 * 60 * MINUTE;
    for (posts, expected) in [
        (vec![], "S"),
        (
            vec![(ANN, 0), (ANN, MINUTE), (BEN, 2 * MINUTE), (ANN, 3 * MINUTE)],
            "SDMmMM",
        ),
        (vec![(ANN, 0), (ANN, 4 * MINUTE), (ANN, 9 * MINUTE)], "SDMmM"),
        (vec![(ANN, day - MINUTE), (ANN, day)], "SDMDM"),
    ] {
        assert_eq!(drawn(&log(&posts, 1, 99), &[]), expected);
    }
}

#[test]
fn the_new_line_begins_a_group_and_history_hides_the_start() {
    let posts = [(BEN, 0), (BEN, MINUTE), (BEN, 2 * MINUTE)];
    assert_eq!(drawn(&log(&posts, 1, 1), &[]), "SDMNMm");
    assert_eq!(drawn(&log(&posts, 7, 99), &[]), "DMmm");
}

#[test]
fn what_is_on_its_way_stands_last_and_under_ones_own_head() {
    let pending = |number: u128| Pending {
        draft: Draft {
            room: RoomId(Uuid::nil()),
            client_id: ClientId(Uuid::from_u128(number)),
            body: body("soon"),
        },
        state: Sending::Waiting,
        written_at: Timestamp(0),
    };
    let both = [pending(1), pending(2)];
    assert_eq!(drawn(&log(&[(ANN, 0)], 1, 1), &both), "SDMpp");
    assert_eq!(drawn(&log(&[(BEN, 0)], 1, 1), &both), "SDMPp");
    assert_eq!(drawn(&log(&[], 1, 0), &both), "SPp");
}

#[test]
fn a_row_that_changes_is_another_row() {
    let row = |rev: i64| {
        let mut log = log(&[(ANN, 0)], 1, 1);
        let mut message = log.messages()[0].clone();
        message.rev = rev;
        log.add_history(vec![]);
        Row::Message {
            message,
            is_first: true,
        }
        .key()
    };
    assert_eq!(row(1), row(1));
    assert_ne!(row(1), row(2));
}
