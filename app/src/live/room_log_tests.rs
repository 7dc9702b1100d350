//! The log is right when following events gives the same as loading the room afresh.
use super::*;
use crate::domain::id::MessageId;
use crate::domain::membership::Role;
use crate::domain::message::{Content, MessageBody};
use crate::domain::room::{RoomKind, RoomName, Topic};
use crate::domain::time::Timestamp;
use crate::domain::user::{DisplayName, Person, Username};
use uuid::Uuid;

const ANN: UserId = UserId(Uuid::from_u128(1));

fn person(id: UserId) -> Person {
    Person {
        id,
        username: Username::parse("ann").unwrap(),
        name: DisplayName::parse("Ann").unwrap(),
    }
}

fn message(seq: i64, rev: i64) -> Message {
    Message {
        id: MessageId(Uuid::from_u128(seq as u128)),
        room: RoomId(Uuid::nil()),
        client_id: ClientId(Uuid::from_u128(seq as u128)),
        seq,
        rev,
        author: person(ANN),
        content: Content::plain(MessageBody::parse(&format!("m{seq} r{rev}")).unwrap()),
        posted_at: Timestamp(seq),
        edited_at: None,
    }
}

fn log(first: i64, last: i64, last_seq: i64, read_seq: i64) -> RoomLog {
    RoomLog::new(
        RoomPage {
            room: Room {
                id: RoomId(Uuid::nil()),
                kind: RoomKind::Public,
                name: RoomName::parse("Lobby").unwrap(),
                topic: Topic::default(),
                members: 1,
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
            messages: (first..=last).map(|seq| message(seq, seq)).collect(),
            members: vec![Member {
                person: person(ANN),
                role: Role::Member,
            }],
            presence: vec![],
            form_id: ClientId(Uuid::nil()),
        },
        ANN,
    )
}

fn posted(seq: i64, rev: i64) -> RoomEvent {
    RoomEvent {
        room: RoomId(Uuid::nil()),
        rev,
        change: Change::Message(message(seq, rev)),
    }
}

fn seqs(log: &RoomLog) -> Vec<i64> {
    log.messages().iter().map(|message| message.seq).collect()
}

#[test]
fn events_in_order_append_and_repeats_change_nothing() {
    let mut log = log(1, 3, 3, 3);
    assert_eq!(log.apply(posted(4, 4)), Step::Done);
    assert_eq!(log.apply(posted(4, 4)), Step::Done);
    assert_eq!(seqs(&log), [1, 2, 3, 4]);
    assert_eq!(log.cursor().rev, 4);
}

#[test]
fn an_early_event_waits_for_the_one_before_it() {
    let mut log = log(1, 3, 3, 3);
    assert_eq!(log.apply(posted(5, 5)), Step::Gap);
    assert_eq!(seqs(&log), [1, 2, 3]);
    assert_eq!(log.apply(posted(4, 4)), Step::Done);
    assert_eq!(seqs(&log), [1, 2, 3, 4, 5]);
}

#[test]
fn an_answer_closes_the_gap_and_frees_what_waited() {
    let mut log = log(1, 3, 3, 3);
    assert_eq!(log.apply(posted(6, 7)), Step::Gap);
    let items = vec![
        Change::Message(message(2, 4)),
        Change::Message(message(4, 5)),
        Change::Message(message(5, 6)),
    ];
    let step = log.absorb(Since::Changes {
        upto: 6,
        items,
        more: false,
    });
    assert_eq!(step, Step::Done);
    assert_eq!(seqs(&log), [1, 2, 3, 4, 5, 6]);
    assert_eq!(log.messages()[1].rev, 4);
    assert_eq!(log.absorb(Since::Reload), Step::Reload);
}

#[test]
fn what_is_filled_in_reaches_only_pages_that_stand_there() {
    let mut log = log(1, 3, 3, 3);
    let items = || vec![Change::Message(message(4, 4)), Change::Message(message(5, 5))];
    assert_eq!(log.fill(4, 5, items()), Step::Gap);
    assert_eq!(log.fill(2, 5, items()), Step::Done);
    assert_eq!(seqs(&log), [1, 2, 3, 4, 5]);
}

#[test]
fn an_older_state_never_replaces_a_newer_one() {
    let mut log = log(1, 3, 3, 3);
    log.apply(posted(2, 4));
    log.apply(posted(2, 2));
    assert_eq!(log.messages()[1].rev, 4);
    log.fill(1, 3, vec![Change::Message(message(2, 2))]);
    assert_eq!(log.messages()[1].rev, 4);
}

#[test]
fn posts_outside_the_window_only_move_the_counters() {
    let mut log = log(1, 3, 9, 9);
    assert!(log.has_newer());
    assert_eq!(log.apply(posted(10, 10)), Step::Done);
    assert_eq!(seqs(&log), [1, 2, 3]);
    assert_eq!(log.room.last_seq, 10);
    log.add_history((4..=10).map(|seq| message(seq, seq)).collect());
    assert!(!log.has_newer());
    log.apply(posted(11, 11));
    assert_eq!(log.messages().last().map(|m| m.seq), Some(11));
}

#[test]
fn history_joins_only_where_it_touches() {
    let mut log = log(50, 60, 60, 60);
    assert!(log.has_older());
    log.add_history((10..=20).map(|seq| message(seq, seq)).collect());
    assert_eq!(log.messages().len(), 11);
    log.add_history((1..=49).map(|seq| message(seq, seq)).collect());
    assert_eq!(log.messages().len(), 60);
    assert!(!log.has_older());
}

#[test]
fn an_empty_room_takes_its_first_post() {
    let mut log = log(1, 0, 0, 0);
    assert_eq!(log.divider, None);
    log.apply(posted(1, 1));
    assert_eq!(seqs(&log), [1]);
}

#[test]
fn the_line_stands_above_the_first_unread_post() {
    assert_eq!(log(1, 9, 9, 4).divider, Some(Divider { seq: 5, count: 5 }));
    assert_eq!(log(1, 9, 9, 9).divider, None);
}

#[test]
fn leaving_makes_a_visitor_and_coming_back_a_member() {
    let mut log = log(1, 3, 3, 3);
    log.apply(RoomEvent {
        room: log.id(),
        rev: 4,
        change: Change::MemberGone(ANN),
    });
    assert_eq!((log.access, log.room.members), (Access::Visitor, 0));
    let member = Member {
        person: person(ANN),
        role: Role::Member,
    };
    log.apply(RoomEvent {
        room: log.id(),
        rev: 5,
        change: Change::Member(member),
    });
    assert!(log.access.membership().is_some());
    assert_eq!(log.room.members, 1);
}
