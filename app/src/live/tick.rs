//! What happens by the clock, once a second: typing ends, banners come and go, marks are said, idleness is noticed.
use super::{Line, Live, browser};
use crate::domain::presence::AWAY_AFTER;
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
        self.pace.update_value(|pace| pace.active_at = browser::now());
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
        if self.outbox.with_untracked(|outbox| outbox.has_waiting()) {
            self.flush();
        }
    }

    /// Says the newest mark, unless one was said just now; the next tick tries again.
    pub(super) fn say_read(&self) {
        let (pace, now) = (self.pace.get_value(), browser::now());
        let Some((room, seq)) = pace.unsaid_read else { return };
        if now.0 - pace.read_at.0 >= READ_EVERY && self.say(ClientFrame::Read { room, seq }) {
            self.pace.update_value(|pace| {
                pace.read_at = now;
                pace.unsaid_read = None;
            });
        }
    }
}
