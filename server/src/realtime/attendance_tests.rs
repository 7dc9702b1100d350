//! What [`Attendance`] promises, by pure calls.
use super::*;
use proptest::prelude::*;
use uuid::Uuid;

const ROOM: RoomId = RoomId(Uuid::nil());
const START: Timestamp = Timestamp(1_000_000);

fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

fn connection(number: u128) -> ConnectionId {
    ConnectionId(Uuid::from_u128(number))
}

impl Attendance {
    fn check_invariants(&self) {
        for (connection, room) in &self.watching {
            assert!(self.screens[room].watchers.contains(connection));
        }
        for screen in self.screens.values() {
            assert!(!screen.watchers.is_empty());
            assert!(screen.newcomers.is_subset(&screen.members));
        }
        for (user, person) in &self.people {
            assert!(
                !person.connections.is_empty() || self.changed.contains(user),
                "nobody stays for ever"
            );
        }
    }

    fn told(&mut self, now: Timestamp) -> Vec<(UserId, Presence)> {
        self.tick(now).into_iter().flat_map(|(.., states)| states).collect()
    }
}

fn watched() -> Attendance {
    let mut attendance = Attendance::default();
    attendance.watch(connection(99), ROOM, [user(1), user(2)]);
    attendance
}

#[test]
fn only_the_first_connection_of_a_person_is_told() {
    let mut attendance = watched();
    attendance.join(user(1), connection(1));
    assert_eq!(attendance.told(START), [(user(1), Presence::Online)]);
    attendance.join(user(1), connection(2));
    attendance.leave(user(1), connection(1), START);
    assert_eq!(attendance.told(START), []);
}

#[test]
fn who_comes_back_within_the_grace_never_left() {
    let mut attendance = watched();
    attendance.join(user(1), connection(1));
    attendance.tick(START);
    attendance.leave(user(1), connection(1), START);
    assert_eq!(attendance.told(START.plus(GRACE - 1)), []);
    assert_eq!(attendance.of(user(1)), Presence::Online);
    attendance.join(user(1), connection(2));
    assert_eq!(attendance.told(START.plus(GRACE)), []);
    attendance.leave(user(1), connection(2), START);
    assert_eq!(attendance.told(START.plus(GRACE)), [(user(1), Presence::Offline)]);
    assert_eq!(attendance.told(START.plus(2 * GRACE)), []);
}

#[test]
fn the_most_present_device_counts() {
    let mut attendance = watched();
    attendance.join(user(1), connection(1));
    attendance.join(user(1), connection(2));
    attendance.tick(START);
    attendance.act(user(1), connection(1), Activity::Idle);
    assert_eq!(attendance.told(START), []);
    attendance.act(user(1), connection(2), Activity::Idle);
    assert_eq!(attendance.told(START), [(user(1), Presence::Away)]);
}

#[test]
fn watchers_hear_of_members_only_and_of_new_ones_too() {
    let mut attendance = watched();
    attendance.join(user(3), connection(3));
    assert_eq!(attendance.told(START), []);
    attendance.add_member(ROOM, user(3));
    assert_eq!(attendance.told(START), [(user(3), Presence::Online)]);
    attendance.remove_member(ROOM, user(3));
    attendance.act(user(3), connection(3), Activity::Idle);
    assert_eq!(attendance.told(START), []);
}

proptest! {
    #[test]
    fn nothing_is_left_behind(steps in prop::collection::vec((0..5u8, 1..4u128, 1..4u128), 0..80)) {
        let mut attendance = Attendance::default();
        for (at, (step, person, device)) in (0..).zip(steps) {
            let device = connection(person * 10 + device);
            let now = START.plus(at * 1_000);
            match step {
                0 => attendance.join(user(person), device),
                1 => attendance.leave(user(person), device, now),
                2 => attendance.watch(device, ROOM, [user(1), user(2)]),
                3 => attendance.unwatch(device),
                _ => drop(attendance.tick(now)),
            }
            attendance.check_invariants();
        }
    }
}
