//! Which posts a page of a room shows, and the line that stands for the newest one in a list. Pure.
use app::api::messages::Side;
use app::api::rooms::PAGE;
use app::domain::access::Access;
use app::domain::membership::MyRoom;
use app::domain::room::Room;
use std::ops::RangeInclusive;

/// Read posts that are shown before the oldest unread one.
const BEFORE_UNREAD: i64 = PAGE / 3 + 1;

/// Characters of a preview.
const PREVIEW: usize = 80;

/// The posts that a room opens with: around the oldest unread one, else the newest.
pub(super) fn opening(room: &Room, access: &Access) -> RangeInclusive<i64> {
    let first = access.visible_from_seq();
    let last = room.last_seq;
    match access.membership() {
        Some(membership) if membership.read_seq < last => {
            let oldest_unread = first.max(membership.read_seq + 1);
            first.max(oldest_unread - BEFORE_UNREAD)..=last.min(oldest_unread + PAGE - 1)
        }
        _ => first.max(last - PAGE + 1)..=last,
    }
}

/// The page around a post: half before it, half after, and a whole page near either end.
pub(super) fn around(room: &Room, access: &Access, at: i64) -> RangeInclusive<i64> {
    let first = access.visible_from_seq();
    let last = room.last_seq;
    let at = at.min(last).max(first);
    let end = last.min(first.max(at - PAGE / 2) + PAGE - 1);
    first.max(end - PAGE + 1)..=end
}

/// The page beside a post that is known. Beyond the newest post is just after it.
pub(super) fn beside(room: &Room, access: &Access, side: Side) -> RangeInclusive<i64> {
    let first = access.visible_from_seq();
    let last = room.last_seq;
    match side {
        Side::Before(seq) => {
            let end = last.min(seq.saturating_sub(1));
            first.max(end.saturating_sub(PAGE - 1))..=end
        }
        Side::After(seq) => {
            let begin = first.max(seq.saturating_add(1));
            begin..=last.min(begin.saturating_add(PAGE - 1))
        }
    }
}

/// The first line of a text that has something on it, cut to a preview's length.
pub(super) fn preview(text: &str) -> String {
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    if line.chars().count() <= PREVIEW {
        return line.to_owned();
    }
    let cut: String = line.chars().take(PREVIEW - 1).collect();
    format!("{}…", cut.trim_end())
}

/// A line of the list of rooms with its preview cut to length.
pub(super) fn shortened(mut mine: MyRoom) -> MyRoom {
    if let Some(text) = mine.preview.as_mut().and_then(|preview| preview.text.as_mut()) {
        *text = preview(text);
    }
    mine
}

#[cfg(test)]
#[allow(
    clippy::reversed_empty_ranges,
    reason = "an empty page is a range that ends before it begins"
)]
mod tests {
    use super::*;
    use app::domain::id::RoomId;
    use app::domain::membership::{Membership, Role};
    use app::domain::room::{RoomKind, RoomName, Topic};
    use app::domain::time::Timestamp;
    use uuid::Uuid;

    fn room(last_seq: i64) -> Room {
        Room {
            id: RoomId(Uuid::nil()),
            kind: RoomKind::Public,
            name: RoomName::parse("Room").unwrap(),
            topic: Topic::default(),
            members: 1,
            last_seq,
            rev: last_seq,
            active_at: Timestamp(0),
            created_at: Timestamp(0),
        }
    }

    fn member(read_seq: i64, visible_from_seq: i64) -> Access {
        Access::Member(Membership {
            role: Role::Member,
            read_seq,
            visible_from_seq,
        })
    }

    #[test]
    fn a_room_opens_where_one_left_off() {
        for (last, access, expected) in [
            (0, member(0, 1), 1..=0),
            (10, member(10, 1), 1..=10),
            (200, member(200, 1), 151..=200),
            (200, Access::Visitor, 151..=200),
            (200, member(150, 1), 134..=200),
            (200, member(190, 1), 174..=200),
            (200, member(0, 1), 1..=50),
            (200, member(5, 1), 1..=55),
            (200, member(0, 100), 100..=149),
            (200, member(200, 190), 190..=200),
            (5, member(5, 6), 6..=5),
        ] {
            let page = opening(&room(last), &access);
            assert_eq!(page, expected, "{last} {access:?}");
            assert!(page.clone().count() as i64 <= 2 * PAGE);
        }
    }

    #[test]
    fn a_linked_post_stands_in_the_middle_of_its_page() {
        for (last, at, expected) in [
            (200, 100, 75..=124),
            (200, 1, 1..=50),
            (200, 200, 151..=200),
            (200, -5, 1..=50),
            (200, i64::MAX, 151..=200),
            (20, 10, 1..=20),
            (0, 1, 1..=0),
        ] {
            assert_eq!(around(&room(last), &Access::Visitor, at), expected, "{last} {at}");
        }
        assert_eq!(around(&room(200), &member(0, 190), 3), 190..=200);
    }

    #[test]
    fn history_goes_on_beside_what_is_known_and_never_before_what_is_visible() {
        for (side, expected) in [
            (Side::Before(100), 50..=99),
            (Side::Before(12), 10..=11),
            (Side::Before(10), 10..=9),
            (Side::After(100), 101..=150),
            (Side::After(0), 10..=59),
            (Side::After(180), 181..=200),
            (Side::Before(i64::MAX), 151..=200),
        ] {
            assert_eq!(beside(&room(200), &member(0, 10), side), expected, "{side:?}");
        }
        for side in [Side::Before(i64::MIN), Side::After(i64::MAX)] {
            assert!(beside(&room(200), &member(0, 10), side).is_empty(), "{side:?}");
        }
    }

    #[test]
    fn a_preview_is_one_short_line() {
        for (text, expected) in [("hi\nthere", "hi"), ("  \n  a  ", "a"), ("", "")] {
            assert_eq!(preview(text), expected);
        }
        let long = preview(&"ä".repeat(100));
        assert_eq!(long.chars().count(), 80);
        assert!(long.ends_with('…'));
    }
}
