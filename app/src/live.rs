//! What a page knows right now. `Live` is the only source of what pages show: resources seed it, the socket moves it.
//!
//! The parts are plain structs with tests ([`room_log`], [`room_list`], [`outbox`], [`roster`], [`typing`]);
//! this file holds them in signals and passes frames on.

pub mod browser;
pub mod outbox;
mod receive;
pub mod room_list;
pub mod room_log;
pub mod roster;
pub mod rows;
pub mod socket;
mod tick;
pub mod typing;
pub mod zone;

use crate::api::rooms::{RoomPage, Start};
use crate::domain::id::{ClientId, RoomId, UserId};
use crate::domain::message::MessageBody;
use crate::domain::time::Timestamp;
use crate::protocol::ClientFrame;
use leptos::prelude::*;
use outbox::Outbox;
use room_list::RoomList;
use room_log::RoomLog;
use roster::Roster;
use socket::Socket;
use std::collections::BTreeMap;
use typing::Typing;
use zone::Zone;

/// The state of the line to the server, as people are told about it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Line {
    /// Not open yet; nobody is told.
    Starting,
    Online,
    /// Broken, but so recently that nobody is told.
    Lost {
        since: Timestamp,
        again_at: Timestamp,
    },
    /// Broken for more than three seconds.
    Reconnecting {
        again_at: Timestamp,
    },
    /// Whole again, after people were told that it broke.
    Back {
        since: Timestamp,
    },
    /// The server speaks a newer version: the page must be loaded again.
    Outdated,
    SignedOut,
    /// Too many pages are open.
    TooMany,
}

/// A handle to everything live, in context.
#[derive(Clone, Copy)]
pub struct Live {
    pub me: UserId,
    pub rooms: RwSignal<RoomList>,
    /// The room on screen.
    pub log: RwSignal<Option<RoomLog>>,
    pub outbox: RwSignal<Outbox>,
    pub roster: RwSignal<Roster>,
    pub typing: RwSignal<Typing>,
    pub line: RwSignal<Line>,
    pub zone: RwSignal<Zone>,
    socket: StoredValue<Option<Socket>>,
    pace: StoredValue<Pace>,
    /// Read marks that have not been said.
    unsaid: StoredValue<BTreeMap<RoomId, i64>>,
}

/// When things were last said, so that they are not said too often.
#[derive(Clone, Copy)]
struct Pace {
    typing_at: Timestamp,
    read_at: Timestamp,
    /// The mark that was said last; said again if the server had no time for it.
    read: Option<(RoomId, i64)>,
    active_at: Timestamp,
    is_idle: bool,
    /// The server asked for patience until then.
    hold_until: Timestamp,
    /// The room whose changes are being asked for, and whether to ask again after that.
    catching_up: Option<(RoomId, bool)>,
    /// The room that the server has confirmed to be on screen.
    opened: Option<RoomId>,
    opened_at: Timestamp,
    has_stale_rooms: bool,
    day: i64,
}

/// The live state of this page. Only components inside the frame may ask.
pub fn use_live() -> Live {
    use_context().expect("the frame provides the live state")
}

impl Live {
    /// The state as the server described it, for server and browser alike.
    pub fn new(start: Start) -> Self {
        let never = Timestamp(0);
        Self {
            me: start.viewer.id(),
            zone: RwSignal::new(Zone::Fixed(start.preferences.offset)),
            rooms: RwSignal::new(RoomList::new(start.mine)),
            log: RwSignal::new(None),
            outbox: RwSignal::default(),
            roster: RwSignal::default(),
            typing: RwSignal::default(),
            line: RwSignal::new(Line::Starting),
            socket: StoredValue::new(None),
            pace: StoredValue::new(Pace {
                typing_at: never,
                read_at: never,
                read: None,
                active_at: never,
                is_idle: false,
                hold_until: never,
                catching_up: None,
                opened: None,
                opened_at: never,
                has_stale_rooms: false,
                day: 0,
            }),
            unsaid: StoredValue::default(),
        }
    }

    /// Puts a room on screen, as it was loaded. The same room again keeps its "new" line.
    pub fn enter(&self, page: RoomPage) {
        self.roster.update(|roster| roster.begin(page.presence.iter().copied()));
        self.log.update(|log| match log {
            Some(log) if log.id() == page.room.id => log.renew(page),
            log => *log = Some(RoomLog::new(page, self.me)),
        });
    }

    /// Tells the server which room is on screen; its answer brings what changed meanwhile.
    pub fn look_at(&self, room: RoomId) {
        self.pace.update_value(|pace| {
            pace.opened = None;
            pace.opened_at = browser::now();
        });
        self.say(ClientFrame::Open { room });
    }

    /// No room is on screen.
    pub fn look_away(&self) {
        self.log.try_set(None);
        self.say(ClientFrame::Close);
    }

    /// Writes a message: it is on screen at once, and sent as soon as there is a line.
    pub fn send(&self, room: RoomId, body: MessageBody) -> ClientId {
        let client_id = browser::new_client_id();
        self.outbox
            .update(|outbox| outbox.push(room, client_id, body, browser::now()));
        // What is typed next is a new message: others hear of it at once.
        self.pace.update_value(|pace| pace.typing_at = Timestamp(0));
        self.flush();
        client_id
    }

    /// Tries a failed message again.
    pub fn retry(&self, client_id: ClientId) {
        self.outbox.update(|outbox| outbox.retry(client_id, browser::now()));
        self.flush();
    }

    /// Drops a message that was not sent.
    pub fn discard(&self, client_id: ClientId) {
        self.outbox.update(|outbox| outbox.confirm(client_id));
    }

    /// The viewer is writing; said at most every three seconds.
    pub fn writes(&self, room: RoomId) {
        let now = browser::now();
        if now.0 - self.pace.get_value().typing_at.0 >= crate::protocol::TYPING {
            self.pace.update_value(|pace| pace.typing_at = now);
            self.say(ClientFrame::Typing { room });
        }
    }

    /// Posts up to `seq` were on screen while somebody was looking.
    pub fn has_seen(&self, room: RoomId, seq: i64) {
        let read = self
            .rooms
            .with_untracked(|rooms| rooms.get(room).map(|mine| mine.membership.read_seq));
        if read.is_some_and(|read| seq > read) {
            self.rooms.update(|rooms| rooms.read(room, seq));
            self.unsaid.update_value(|unsaid| unsaid.extend([(room, seq)]));
            self.say_read();
        }
    }

    /// Tries to connect now instead of waiting.
    pub fn try_now(&self) {
        self.socket.try_update_value(|socket| socket.as_mut().map(Socket::wake));
    }

    /// Whether frames can be said.
    pub fn is_online(&self) -> bool {
        matches!(self.line.try_get_untracked(), Some(Line::Online | Line::Back { .. }))
    }

    fn say(&self, frame: ClientFrame) -> bool {
        self.is_online()
            && self
                .socket
                .try_update_value(|socket| socket.as_mut().is_some_and(|socket| socket.say(frame)))
                .unwrap_or(false)
    }

    /// Says everything that waits, in order.
    fn flush(&self) {
        if !self.is_online() || browser::now() < self.pace.get_value().hold_until {
            return;
        }
        let drafts = self.outbox.try_update(Outbox::take_waiting).unwrap_or_default();
        for draft in drafts {
            let client_id = draft.client_id;
            if !self.say(ClientFrame::Post(draft)) {
                self.outbox
                    .update(|outbox| outbox.refuse(client_id, crate::error::AppError::Unavailable));
            }
        }
    }
}
