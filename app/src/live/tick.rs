//! What happens by the clock, once a second: typing ends, banners come and go, marks are said, idleness is noticed.
use super::{Line, Live, browser};
use crate::domain::presence::AWAY_AFTER;
use crate::domain::time::Timestamp;
use crate::protocol::ClientFrame;
use gloo_timers::callback::Interval;
use leptos::ev;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

/// A break shorter than this is not told (milliseconds).
const QUIET: i64 = 3_000;

/// Read marks are said at most this often (milliseconds).
const READ_EVERY: i64 = 2_000;

impl Live {
    /// Starts the clock and listens for signs of life.
    pub(super) fn keep_time(self) {
        let now = browser::now();
        self.pace.update_value(|pace| {
            pace.active_at = now;
            pace.day = self.zone.get_untracked().day(now);
        });
        let interval = SendWrapper::new(Interval::new(1_000, move || self.tick()));
        on_cleanup(move || drop(interval));

        let touched = move || self.touch();
        let listeners = [
            window_event_listener(ev::pointerdown, move |_| touched()),
            window_event_listener(ev::keydown, move |_| touched()),
            window_event_listener(ev::wheel, move |_| touched()),
            window_event_listener(ev::online, move |_| self.try_now()),
            window_event_listener(ev::focus, move |_| {
                touched();
                self.try_now();
            }),
        ];
        on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
    }

    fn touch(&self) {
        let was_idle = self.pace.try_update_value(|pace| {
            pace.active_at = browser::now();
            std::mem::replace(&mut pace.is_idle, false)
        });
        if was_idle == Some(true) {
            self.say(ClientFrame::Active);
        }
    }

    fn tick(&self) {
        let now = browser::now();
        // Signals are set only when something changes, since setting them redraws.
        if self.typing.try_update_untracked(|typing| typing.expire(now)) == Some(true) {
            self.typing.notify();
        }
        if self.outbox.try_update_untracked(|outbox| outbox.expire(now)) == Some(true) {
            self.outbox.notify();
        }
        match self.line.get_untracked() {
            Line::Lost { since, again_at } if now.0 - since.0 >= QUIET => {
                self.line.set(Line::Reconnecting { again_at })
            }
            Line::Back { since } if now.0 - since.0 >= QUIET => self.line.set(Line::Online),
            _ => {}
        }
        let idle = self.pace.get_value();
        if !idle.is_idle && now.0 - idle.active_at.0 > AWAY_AFTER && self.say(ClientFrame::Idle) {
            self.pace.update_value(|pace| pace.is_idle = true);
        }
        self.say_read();
        self.try_again(now);
        // At midnight "Today" becomes "Yesterday".
        let day = self.zone.get_untracked().day(now);
        if self.pace.get_value().day != day {
            self.pace.update_value(|pace| pace.day = day);
            self.zone.notify();
        }
        if self.outbox.with_untracked(|outbox| outbox.has_waiting()) {
            self.flush();
        }
    }

    /// Says one mark, unless one was said just now; the next tick says the next.
    pub(super) fn say_read(&self) {
        let now = browser::now();
        if now.0 - self.pace.get_value().read_at.0 < READ_EVERY {
            return;
        }
        let Some((room, seq)) = self
            .unsaid
            .with_value(|unsaid| unsaid.iter().next().map(|(room, seq)| (*room, *seq)))
        else {
            return;
        };
        if self.say(ClientFrame::Read { room, seq }) {
            self.unsaid.update_value(|unsaid| _ = unsaid.remove(&room));
            self.pace.update_value(|pace| {
                pace.read_at = now;
                pace.read = Some((room, seq));
            });
        }
    }

    /// Asks again for what an earlier try did not bring.
    fn try_again(&self, now: Timestamp) {
        let pace = self.pace.get_value();
        if !self.is_online() || now < pace.hold_until {
            return;
        }
        if pace.has_stale_rooms {
            self.reload_rooms();
        }
        let room = self.log.with_untracked(|log| log.as_ref().map(|log| log.id()));
        if let Some(room) = room.filter(|room| pace.opened != Some(*room) && now.0 - pace.opened_at.0 > QUIET) {
            self.look_at(room);
        }
    }
}
