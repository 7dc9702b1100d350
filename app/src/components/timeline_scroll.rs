//! Where the reader is in the timeline: follows new messages at the newest, never moves what is being read elsewhere,
//! fetches history before its edge is reached, and tells what has been seen.
use crate::api::messages::{Side, load_history};
use crate::domain::id::RoomId;
use crate::live::rows::Row;
use crate::live::{Live, browser, use_live};
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// This near the newest message (pixels) the reader follows what arrives.
const AT_BOTTOM: i32 = 120;

/// History is fetched when this much (pixels) is left above or below.
const PREFETCH: i32 = 800;

/// The scroll position of one timeline.
#[derive(Clone, Copy)]
pub struct Scroll {
    live: Live,
    room: RoomId,
    target: Option<i64>,
    view: NodeRef<Div>,
    is_at_bottom: RwSignal<bool>,
    /// The newest post when the reader was last at the bottom.
    followed: RwSignal<i64>,
    is_loading: RwSignal<bool>,
    has_started: StoredValue<bool>,
    /// The `data-seq` and the top (pixels) of the first row in view.
    anchor: StoredValue<Option<(String, f64)>>,
}

impl Scroll {
    /// For the timeline in `view`.
    pub fn new(room: RoomId, target: Option<i64>, view: NodeRef<Div>) -> Self {
        let live = use_live();
        let last = live
            .log
            .with_untracked(|log| log.as_ref().map_or(0, |log| log.room.last_seq));
        Self {
            live,
            room,
            target,
            view,
            is_at_bottom: RwSignal::new(true),
            followed: RwSignal::new(last),
            is_loading: RwSignal::new(false),
            has_started: StoredValue::new(false),
            anchor: StoredValue::new(None),
        }
    }

    /// Starts where the reader should be, then reacts to every change of the list.
    pub fn follow(self, list: Memo<Vec<Row>>) {
        let live = self.live;
        Effect::new(move |before: Option<usize>| {
            let pending = list.with(|rows| rows.iter().filter(|row| matches!(row, Row::Pending { .. })).count());
            let was_at_bottom = self.is_at_bottom.get_untracked();
            request_animation_frame(move || match before {
                None => {
                    self.start();
                    self.moved();
                }
                Some(before) if pending > before => self.to_latest(),
                Some(_) => {
                    if was_at_bottom {
                        self.to_bottom()
                    } else {
                        self.hold()
                    }
                    self.moved();
                }
            });
            pending
        });
        let focused = window_event_listener(ev::focus, move |_| self.tell_seen());
        let shown = window_event_listener(ev::visibilitychange, move |_| self.tell_seen());
        on_cleanup(move || {
            focused.remove();
            shown.remove();
        });
        Effect::new(move |_| {
            let last = live.log.with(|log| log.as_ref().map_or(0, |log| log.room.last_seq));
            if self.is_at_bottom.get() {
                self.followed.set(last);
            }
        });
    }

    /// The words of the button that leads to the newest message, while one is elsewhere.
    pub fn jump(self) -> Option<String> {
        let (last, has_newer) = self.live.log.with(|log| {
            log.as_ref()
                .map_or((0, false), |log| (log.room.last_seq, log.has_newer()))
        });
        if self.is_at_bottom.get() && !has_newer {
            return None;
        }
        Some(match last - self.followed.get() {
            ..=0 => "Jump to latest".into(),
            1 => "1 new message".into(),
            n => format!("{n} new messages"),
        })
    }

    /// Whether history is being joined: what comes then is not news.
    pub fn is_loading(self) -> bool {
        self.is_loading.get()
    }

    /// Goes to the newest message, loading it when it is not in the window.
    pub fn to_latest(self) {
        if !self.has_newer() {
            self.to_bottom();
            return self.moved();
        }
        spawn_local(async move {
            if self.live.load_latest(self.room).await {
                request_animation_frame(move || {
                    self.to_bottom();
                    self.moved();
                });
            }
        });
    }

    fn has_newer(self) -> bool {
        let log = self
            .live
            .log
            .try_with_untracked(|log| log.as_ref().is_some_and(|log| log.has_newer()));
        log.unwrap_or(false)
    }

    /// Called when the reader scrolled, or the list changed beneath.
    pub fn moved(self) {
        let Some(Some(view)) = self.view.try_get_untracked() else {
            return;
        };
        // In a reversed box the newest end is 0 and history lies below it.
        let from_bottom = -view.scroll_top();
        let from_top = view.scroll_height() - view.client_height() - from_bottom;
        let is_at_bottom = from_bottom < AT_BOTTOM && !self.has_newer();
        if is_at_bottom {
            self.live.trim(self.room);
        }
        if self.is_at_bottom.get_untracked() != is_at_bottom {
            self.is_at_bottom.set(is_at_bottom);
        }
        let ends = self.live.log.try_with_untracked(|log| {
            let log = log.as_ref()?;
            let (first, last) = (log.messages().first()?.seq, log.messages().last()?.seq);
            Some((log.has_older().then_some(first), log.has_newer().then_some(last)))
        });
        if let Some(Some((older, newer))) = ends {
            match (
                older.filter(|_| from_top < PREFETCH),
                newer.filter(|_| from_bottom < PREFETCH),
            ) {
                (Some(first), _) => self.load(Side::Before(first)),
                (None, Some(last)) => self.load(Side::After(last)),
                (None, None) => {}
            }
        }
        self.note_anchor(&view);
        self.tell_seen();
    }

    fn load(self, side: Side) {
        if self.is_loading.get_untracked() {
            return;
        }
        self.is_loading.set(true);
        spawn_local(async move {
            let page = load_history(self.room, side).await;
            if let Ok(page) = page {
                self.live.add_history(self.room, page);
            }
            // Not before the rows are there and what is read stands still again.
            let finish = move || _ = self.is_loading.try_set(false);
            request_animation_frame(move || request_animation_frame(finish));
        });
    }

    /// The first row in view and its place: what is being read.
    fn note_anchor(self, view: &Element) {
        let top = view.get_bounding_client_rect().top();
        let row = posts(view)
            .into_iter()
            .find(|row| row.get_bounding_client_rect().bottom() > top);
        let anchor = row.and_then(|row| Some((row.get_attribute("data-seq")?, row.get_bounding_client_rect().top())));
        self.anchor.set_value(anchor);
    }

    /// Puts what is being read where it was, whatever came above or below it.
    fn hold(self) {
        let (Some(Some(view)), Some((seq, before))) = (self.view.try_get_untracked(), self.anchor.get_value()) else {
            return;
        };
        if let Ok(Some(row)) = view.query_selector(&format!("[data-seq='{seq}']")) {
            view.scroll_by_with_x_and_y(0.0, row.get_bounding_client_rect().top() - before);
        }
    }

    /// The address names a post; or there is something new, which then stands a third down; or one starts at the newest.
    fn start(self) {
        let Some(Some(view)) = self.view.try_get_untracked() else {
            return;
        };
        let find = |what: &str| view.query_selector(what).ok().flatten();
        let named = self.target.and_then(|seq| find(&format!("[data-seq='{seq}']")));
        if let Some(element) = named.or_else(|| find(".unread-line")) {
            let from_top = element.get_bounding_client_rect().top() - view.get_bounding_client_rect().top();
            let wanted = view.scroll_top() + from_top as i32 - view.client_height() / 3;
            view.set_scroll_top(wanted.min(0));
        }
        self.has_started.set_value(true);
    }

    fn to_bottom(self) {
        if let Some(Some(view)) = self.view.try_get_untracked() {
            view.set_scroll_top(0);
        }
    }

    /// Read is only what was on screen while somebody was looking.
    fn tell_seen(self) {
        let Some(Some(view)) = self.view.try_get_untracked() else {
            return;
        };
        if !browser::is_looked_at() || !self.has_started.try_get_value().unwrap_or(false) {
            return;
        }
        let foot = view.get_bounding_client_rect().bottom();
        let mut seen = posts(&view)
            .into_iter()
            .rev()
            .filter(|row| row.get_bounding_client_rect().top() < foot);
        if let Some(seq) = seen.next().and_then(|row| row.get_attribute("data-seq")?.parse().ok()) {
            self.live.has_seen(self.room, seq);
        }
    }
}

/// The stored posts in the timeline, in order.
fn posts(view: &Element) -> Vec<Element> {
    let Ok(rows) = view.query_selector_all("[data-seq]") else {
        return Vec::new();
    };
    (0..rows.length())
        .filter_map(|index| rows.get(index)?.dyn_into().ok())
        .collect()
}
