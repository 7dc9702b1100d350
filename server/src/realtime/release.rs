//! Lets a room's events out in the order of their revs: early ones wait, late and repeated ones are dropped.
//! It does not fill gaps itself; it is told what filled them.
use app::domain::id::RoomId;
use std::collections::{BTreeMap, HashMap};

/// Early events that a room may hold. Those furthest ahead are dropped first: filling brings them again.
pub const MAX_HELD: usize = 256;

/// The marks of all rooms that were heard of lately. `T` is what is let out.
pub struct Release<T> {
    rooms: HashMap<RoomId, Mark<T>>,
}

struct Mark<T> {
    /// Everything up to here is out.
    released: i64,
    held: BTreeMap<i64, T>,
    /// Heard of since the last sweep.
    is_recent: bool,
}

impl<T> Default for Release<T> {
    fn default() -> Self {
        Self { rooms: HashMap::new() }
    }
}

impl<T> Release<T> {
    /// Takes an event and gives what may go out now, in order. The first event of an unknown room sets its mark.
    pub fn accept(&mut self, room: RoomId, rev: i64, event: T) -> Vec<T> {
        let mark = self.mark(room, rev - 1);
        mark.is_recent = true;
        if rev <= mark.released {
            return Vec::new();
        }
        if rev == mark.released + 1 && mark.held.is_empty() {
            mark.released = rev;
            return vec![event];
        }
        mark.held.entry(rev).or_insert(event);
        if mark.held.len() > MAX_HELD {
            mark.held.pop_last();
        }
        mark.flow()
    }

    /// Somebody begins to listen and has read the room as of `rev`. A mark that exists stays where it is: an event
    /// between it and `rev` may be on its way, and those who listened before need it.
    pub fn open(&mut self, room: RoomId, rev: i64) {
        self.mark(room, rev).is_recent = true;
    }

    /// Like [`Release::open`] where nobody listened before: nothing before `rev` is needed here any more.
    pub fn renew(&mut self, room: RoomId, rev: i64) {
        self.open(room, rev);
        // Nobody hears what is let go by this.
        drop(self.fill(room, rev));
    }

    /// Everything up to `upto` was told in another way. `None` if it was out already; else what may go out after it.
    pub fn fill(&mut self, room: RoomId, upto: i64) -> Option<Vec<T>> {
        let mark = self.rooms.get_mut(&room).filter(|mark| mark.released < upto)?;
        mark.released = upto;
        mark.held = mark.held.split_off(&(upto + 1));
        Some(mark.flow())
    }

    /// How far a room is out.
    pub fn released(&self, room: RoomId) -> Option<i64> {
        self.rooms.get(&room).map(|mark| mark.released)
    }

    /// Forgets rooms that are not `wanted` and were not heard of since the sweep before.
    pub fn sweep(&mut self, wanted: impl Fn(RoomId) -> bool) {
        self.rooms
            .retain(|room, mark| std::mem::take(&mut mark.is_recent) || wanted(*room));
    }

    /// All rooms that have a mark.
    pub fn all(&self) -> impl Iterator<Item = (RoomId, i64)> + '_ {
        self.rooms.iter().map(|(room, mark)| (*room, mark.released))
    }

    fn mark(&mut self, room: RoomId, released: i64) -> &mut Mark<T> {
        self.rooms.entry(room).or_insert_with(|| Mark {
            released,
            held: BTreeMap::new(),
            is_recent: true,
        })
    }

    /// What is held lies ahead of the mark, with a gap before it.
    #[cfg(test)]
    pub fn check_invariants(&self) {
        for mark in self.rooms.values() {
            assert!(mark.held.len() <= MAX_HELD);
            assert!(mark.held.keys().all(|rev| *rev > mark.released + 1));
        }
    }
}

impl<T> Mark<T> {
    fn flow(&mut self) -> Vec<T> {
        let mut out = Vec::new();
        while let Some(event) = self.held.remove(&(self.released + 1)) {
            self.released += 1;
            out.push(event);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const ROOM: RoomId = RoomId(Uuid::nil());

    #[test]
    fn early_events_wait_and_late_ones_are_dropped() {
        let mut release = Release::default();
        release.open(ROOM, 4);
        for (rev, out) in [(6, vec![]), (4, vec![]), (5, vec![5, 6]), (5, vec![]), (7, vec![7])] {
            assert_eq!(release.accept(ROOM, rev, rev), out);
            release.check_invariants();
        }
    }

    #[test]
    fn filling_moves_the_mark_and_lets_go_what_waited() {
        let mut release = Release::default();
        release.open(ROOM, 1);
        assert_eq!(release.accept(ROOM, 3, 3), Vec::<i32>::new());
        assert_eq!(release.accept(ROOM, 5, 5), Vec::<i32>::new());
        assert_eq!(release.fill(ROOM, 4), Some(vec![5]));
        assert_eq!(release.fill(ROOM, 5), None);
        assert_eq!(release.released(ROOM), Some(5));
        assert_eq!(release.fill(RoomId(Uuid::from_u128(1)), 9), None);
    }

    #[test]
    fn a_newcomer_does_not_take_an_event_from_the_others() {
        let mut release = Release::default();
        release.open(ROOM, 4);
        release.open(ROOM, 5);
        assert_eq!(release.accept(ROOM, 5, 5), vec![5]);
    }

    #[test]
    fn what_nobody_heard_is_not_waited_for() {
        let mut release = Release::default();
        release.open(ROOM, 4);
        release.renew(ROOM, 7);
        assert_eq!(release.accept(ROOM, 8, 8), vec![8]);
        release.renew(ROOM, 3);
        assert_eq!(release.released(ROOM), Some(8));
    }

    #[test]
    fn forgotten_are_rooms_that_nobody_wants_any_more() {
        let mut release = Release::<()>::default();
        release.open(ROOM, 4);
        release.sweep(|_| false);
        assert_eq!(release.all().count(), 1);
        release.sweep(|_| true);
        assert_eq!(release.all().count(), 1);
        release.sweep(|_| false);
        assert_eq!(release.all().count(), 0);
    }

    proptest! {
        #[test]
        fn whatever_the_order_each_goes_out_once_and_in_order(order in Just((1..100i64).collect::<Vec<_>>()).prop_shuffle()) {
            let mut release = Release::default();
            release.open(ROOM, 0);
            let mut out = Vec::new();
            for rev in order {
                out.extend(release.accept(ROOM, rev, rev));
                release.check_invariants();
            }
            prop_assert_eq!(out, (1..100).collect::<Vec<_>>());
        }
    }
}
