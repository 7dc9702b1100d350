//! What the line tells, passed on to the parts; and asking for what was missed.
use super::outbox::Outbox;
use super::room_list::Follow;
use super::room_log::{RoomLog, Step};
use super::socket::{News, Socket};
use super::{Line, Live, browser};
use crate::api::messages::load_since;
use crate::api::rooms::{load_my_rooms, load_room};
use crate::domain::id::{ClientId, Epoch, RoomId};
use crate::domain::message::Message;
use crate::error::AppError;
use crate::protocol::{Change, RoomEvent, ServerFrame, Since, UserChange, UserEvent, VERSION, close};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long an early event waits for the one before it (milliseconds).
const PATIENCE: u32 = 300;

impl Live {
    /// Opens the line; called once, when the page has come to life.
    pub fn connect(self) {
        if let Some(kept) =
            browser::kept(&self.outbox_key()).and_then(|text| serde_json::from_slice(text.as_bytes()).ok())
        {
            self.outbox.set(kept);
            self.outbox.update(Outbox::disconnect);
        }
        Effect::new(move |_| {
            let text = self.outbox.with(|outbox| {
                if outbox.is_empty() {
                    None
                } else {
                    serde_json::to_string(outbox).ok()
                }
            });
            browser::keep(&self.outbox_key(), &text.unwrap_or_default());
        });
        self.socket
            .set_value(Some(Socket::connect(move |news| self.hear(news))));
        on_cleanup(move || {
            self.socket
                .try_update_value(|socket| socket.take().map(|socket| socket.close()));
        });
        self.keep_time();
    }

    fn outbox_key(&self) -> String {
        format!("outbox:{}", self.me)
    }

    fn hear(&self, news: News) {
        match news {
            News::Frame(frame) => self.receive(*frame),
            News::Lost { again_at } => {
                let since = match self.line.try_get_untracked() {
                    Some(Line::Lost { since, .. }) => since,
                    Some(Line::Reconnecting { .. }) => {
                        self.line.try_set(Line::Reconnecting { again_at });
                        return;
                    }
                    _ => browser::now(),
                };
                self.line.try_set(Line::Lost { since, again_at });
                self.outbox.try_update(Outbox::disconnect);
            }
            News::Over(close::SIGNED_OUT) => self.line.set(Line::SignedOut),
            News::Over(close::TOO_MANY) => self.line.set(Line::TooMany),
            News::Over(_) => self.line.set(Line::Outdated),
        }
    }

    fn receive(&self, frame: ServerFrame) {
        match frame {
            ServerFrame::Hello { version, .. } if version != VERSION => self.line.set(Line::Outdated),
            // Somebody else signed in on another tab: what waits here is not theirs to send.
            ServerFrame::Hello { user, .. } if user != self.me => self.end(Line::SignedOut),
            ServerFrame::Hello { epoch, .. } => self.greet(epoch),
            ServerFrame::Room(event) => self.room_changed(event),
            ServerFrame::Filled {
                room,
                from,
                upto,
                items,
            } => self.filled(room, from, upto, items),
            ServerFrame::User(event) => self.follow(event),
            ServerFrame::Accepted { client_id, message } => {
                self.outbox.update(|outbox| outbox.confirm(client_id));
                // Stored on an earlier try whose broadcast this page may have missed.
                self.catch_up(message.room);
            }
            ServerFrame::Refused { client_id, why } => self.refused(client_id, why),
            ServerFrame::Typing { room, user, name } => {
                if user != self.me {
                    self.typing
                        .update(|typing| typing.note(room, user, name, browser::now()));
                }
            }
            ServerFrame::Opened { room, states } => {
                self.pace.update_value(|pace| pace.opened = Some(room));
                self.roster.update(|roster| roster.begin(states));
                self.catch_up(room);
            }
            ServerFrame::Failed { why } => self.failed(&why),
            ServerFrame::Presence { states } => self.roster.update(|roster| roster.apply(states)),
            ServerFrame::Pong | ServerFrame::Leaving { .. } => {}
        }
    }

    /// The line is open and all rooms are joined: now ask what was missed, and say what waits.
    fn greet(&self, epoch: Epoch) {
        let was_told = matches!(self.line.get_untracked(), Line::Reconnecting { .. });
        self.line.set(if was_told {
            Line::Back { since: browser::now() }
        } else {
            Line::Online
        });
        self.pace.update_value(|pace| pace.is_idle = false);
        let is_other_data = self.rooms.with_untracked(|rooms| rooms.mine.epoch != epoch);
        self.reload_rooms();
        if let Some(room) = self.log.with_untracked(|log| log.as_ref().map(|log| log.id())) {
            if is_other_data {
                self.reload_room(room);
            }
            self.look_at(room);
        }
        self.flush();
    }

    fn room_changed(&self, event: RoomEvent) {
        if let Change::Message(message) = &event.change {
            if message.author.id == self.me {
                self.outbox.update(|outbox| outbox.confirm(message.client_id));
            }
            let (room, author) = (message.room, message.author.id);
            if self.typing.with_untracked(|typing| typing.line(room).is_some()) {
                self.typing.update(|typing| typing.stop(room, author));
            }
        }
        self.rooms
            .update(|rooms| rooms.apply(event.room, &event.change, self.me));
        self.step(event.room, |log| log.apply(event));
    }

    fn filled(&self, room: RoomId, from: i64, upto: i64, items: Vec<Change>) {
        self.rooms
            .update(|rooms| items.iter().for_each(|item| rooms.apply(room, item, self.me)));
        for item in &items {
            if let Change::Message(message) = item {
                self.outbox.update(|outbox| outbox.confirm(message.client_id));
            }
        }
        self.step(room, |log| log.fill(from, upto, items));
    }

    fn follow(&self, event: UserEvent) {
        let left = match event.change {
            UserChange::Left(room) if self.is_on_screen(room) => Some(room),
            _ => None,
        };
        if self.rooms.try_update(|rooms| rooms.follow(event)) == Some(Follow::Reload) {
            self.reload_rooms();
        }
        if let Some(room) = left {
            // Left on another device: this page looks on as a visitor, if it may.
            self.reload_room(room);
            self.look_at(room);
        }
    }

    /// A frame was not carried out. The mark that was said last may be the one; saying a mark twice does no harm.
    fn failed(&self, why: &AppError) {
        self.hold(why);
        if let Some((room, seq)) = self.pace.get_value().read {
            self.unsaid.update_value(|unsaid| _ = unsaid.entry(room).or_insert(seq));
        }
    }

    fn hold(&self, why: &AppError) {
        if let AppError::SlowDown { seconds } = why {
            let until = browser::now().plus(i64::from(*seconds) * 1_000);
            self.pace.update_value(|pace| pace.hold_until = until);
        }
    }

    /// The line is over for good.
    fn end(&self, line: Line) {
        self.line.set(line);
        self.socket
            .update_value(|socket| socket.take().into_iter().for_each(|socket| socket.close()));
    }

    fn refused(&self, client_id: ClientId, why: AppError) {
        self.hold(&why);
        self.outbox.update(|outbox| outbox.refuse(client_id, why));
    }

    fn is_on_screen(&self, room: RoomId) -> bool {
        self.log
            .try_with_untracked(|log| log.as_ref().is_some_and(|log| log.id() == room))
            .unwrap_or(false)
    }

    /// Moves the log on screen, if it is of this room, and does what it needs next.
    fn step(&self, room: RoomId, change: impl FnOnce(&mut RoomLog) -> Step) {
        if !self.is_on_screen(room) {
            return;
        }
        let step = self.log.try_update(|log| log.as_mut().map(change)).flatten();
        match step {
            None | Some(Step::Done) => {}
            Some(Step::Gap) => {
                let live = *self;
                spawn_local(async move {
                    TimeoutFuture::new(PATIENCE).await;
                    let has_gap = live
                        .log
                        .try_with_untracked(|log| log.as_ref().is_some_and(|log| log.has_gap()));
                    if has_gap == Some(true) {
                        live.catch_up(room);
                    }
                });
            }
            Some(Step::More) => self.catch_up(room),
            Some(Step::Reload) => self.reload_room(room),
        }
    }

    /// Asks what changed since this page last heard of the room on screen.
    fn catch_up(&self, room: RoomId) {
        if !self.is_on_screen(room) {
            return;
        }
        if self
            .pace
            .get_value()
            .catching_up
            .is_some_and(|(asked, _)| asked == room)
        {
            self.pace.update_value(|pace| pace.catching_up = Some((room, true)));
            return;
        }
        let Some(cursor) = self.log.with_untracked(|log| log.as_ref().map(|log| log.cursor())) else {
            return;
        };
        self.pace.update_value(|pace| pace.catching_up = Some((room, false)));
        let live = *self;
        spawn_local(async move {
            let answer = load_since(room, cursor).await;
            let again = live.pace.try_update_value(|pace| match pace.catching_up {
                Some((asked, again)) if asked == room => {
                    pace.catching_up = None;
                    again
                }
                _ => false,
            });
            match answer {
                Ok(since) => {
                    live.confirm_stored(&since);
                    live.step(room, |log| log.absorb(since));
                }
                Err(AppError::NotFound) if live.is_on_screen(room) => drop(live.log.try_set(None)),
                Err(_) => {
                    // The next tick but two looks at the room again, and so asks again.
                    live.pace.try_update_value(|pace| pace.opened = None);
                }
            }
            if again == Some(true) {
                live.catch_up(room);
            }
        });
    }

    fn confirm_stored(&self, since: &Since) {
        let Since::Changes { items, .. } = since else { return };
        for item in items {
            if let Change::Message(message) = item {
                self.outbox.update(|outbox| outbox.confirm(message.client_id));
            }
        }
    }

    /// The reader is at the newest post and does not need the oldest ones of a long window.
    pub fn trim(&self, room: RoomId) {
        if self.is_on_screen(room)
            && self
                .log
                .with_untracked(|log| log.as_ref().is_some_and(|log| log.is_long()))
        {
            self.log
                .update(|log| log.as_mut().into_iter().for_each(|log| log.trim()));
        }
    }

    /// Joins a page of history to the room on screen.
    pub fn add_history(&self, room: RoomId, page: Vec<Message>) {
        self.log.try_update(|log| {
            if let Some(log) = log.as_mut().filter(|log| log.id() == room) {
                log.add_history(page);
            }
        });
    }

    /// Loads the room on screen anew, where the reader left off.
    fn reload_room(&self, room: RoomId) {
        let live = *self;
        spawn_local(async move {
            live.load(room, None).await;
        });
    }

    /// Loads the newest posts of the room on screen; true when they are there.
    pub async fn load_latest(self, room: RoomId) -> bool {
        let last = self
            .log
            .try_with_untracked(|log| log.as_ref().map(|log| log.room.last_seq));
        self.load(room, last.flatten()).await
    }

    async fn load(self, room: RoomId, at: Option<i64>) -> bool {
        let page = load_room(room, at).await;
        match page {
            Ok(page) if self.is_on_screen(room) => {
                self.enter(page);
                // What was announced while the page was on its way.
                self.catch_up(room);
                true
            }
            _ => false,
        }
    }

    pub(super) fn reload_rooms(&self) {
        self.pace.update_value(|pace| pace.has_stale_rooms = false);
        let live = *self;
        spawn_local(async move {
            let renewed = match load_my_rooms().await {
                Ok(mine) => live.rooms.try_update(|rooms| rooms.renew(mine)),
                Err(_) => Some(Follow::Reload),
            };
            if renewed == Some(Follow::Reload) {
                live.pace.try_update_value(|pace| pace.has_stale_rooms = true);
            }
        });
    }
}
