//! One task per socket: what comes in goes to the chat, what waits in the mailbox goes out. The only caller of both.
//! It keeps no history and decides nothing: access is asked of the chat each time.
use super::Site;
use super::posts::{Echo, Posts};
use crate::chat::rate::{Pace, Rate};
use crate::realtime::attendance::Activity;
use crate::realtime::hub::SessionHash;
use crate::realtime::mailbox::Waiting;
use crate::realtime::seat::Seat;
use app::domain::access::Access;
use app::domain::id::{ConnectionId, RoomId};
use app::domain::time::Timestamp;
use app::domain::user::Viewer;
use app::error::AppError;
use app::protocol::{ClientFrame, EXPIRE, MAX_PRESENT, ServerFrame, VERSION, close, decode, encode};
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::{SinkExt, StreamExt};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// A server that stops asks its pages to come back after this many milliseconds, and a random part of [`JITTER`].
const SOONEST: u32 = 500;
const JITTER: u32 = 2_500;

/// How long a reader may take for what lay ready, and for the parting word.
const WRITING: Duration = Duration::from_secs(60);
const PARTING: Duration = Duration::from_secs(5);
const LINGER: Duration = Duration::from_millis(500);

/// A page that said nothing for this long is asked (milliseconds). The browser answers by itself, also for a hidden tab
/// whose timers sleep; what does not answer until [`EXPIRE`] is gone.
const ASK: i64 = 30_000;

/// How long until an access that could not be read is read again.
const AGAIN: Duration = Duration::from_secs(1);

/// How often a join is tried again that an eviction got in the way of.
const TRIES: usize = 5;

/// Who opened the socket.
pub struct Who {
    pub viewer: Viewer,
    pub session: SessionHash,
    /// Whether the page speaks our version.
    pub is_current: bool,
}

/// The code to close with.
struct Over(u16);

/// Speaks with one page until it goes, or has to.
pub async fn run(site: Site, mut socket: WebSocket, who: Who) {
    let over = match Connection::begin(site, &mut socket, who).await {
        Ok(mut connection) => connection.speak(&mut socket).await,
        Err(over) => over,
    };
    part(socket, over.0).await;
}

struct Connection {
    site: Site,
    viewer: Viewer,
    seat: Seat,
    posts: Posts,
    rate: Rate,
    /// The public room that the viewer looks at without being in it: left with the screen.
    visiting: Option<RoomId>,
    /// Rooms whose access is to be read again: kept until that went well.
    unread: BTreeSet<RoomId>,
    heard_at: Timestamp,
}

impl Connection {
    /// Joins all of the viewer's rooms, then says hello.
    async fn begin(site: Site, socket: &mut WebSocket, who: Who) -> Result<Self, Over> {
        let id = ConnectionId(site.clock.uuid());
        let user = who.viewer.id();
        // Stopping and starting servers are told alike: come back.
        let unavailable = |_| Over(close::RESTART);
        let rev = site.chat.user_rev(user).await.map_err(unavailable)?;
        let seat = site.bus.seat(id, user, who.session, rev);
        let seat = seat.map_err(|_| Over(close::TOO_MANY))?;
        let now = site.clock.now();
        // A session that ended while this socket opened found no seat to take away: so it is looked at again, now.
        let session = site.store.session_load(who.session, now).await;
        if session.map_err(|_| Over(close::RESTART))?.is_none() {
            return Err(Over(close::SIGNED_OUT));
        }
        let connection = Self {
            viewer: who.viewer,
            seat,
            posts: Posts::default(),
            rate: Rate::new(Pace::SPEAKING, now),
            visiting: None,
            unread: BTreeSet::new(),
            heard_at: now,
            site,
        };
        connection.join_all().await.map_err(unavailable)?;
        let hello = ServerFrame::Hello {
            version: VERSION,
            epoch: connection.site.chat.epoch(),
            user,
        };
        send(socket, &hello).await?;
        if who.is_current {
            Ok(connection)
        } else {
            Err(Over(close::VERSION))
        }
    }

    async fn join_all(&self) -> Result<(), AppError> {
        for _ in 0..TRIES {
            let evictions = self.seat.evictions();
            let rooms = self.site.chat.room_ids(self.viewer.id()).await?;
            if rooms.iter().all(|(room, rev)| self.seat.join(*room, *rev, evictions)) {
                return Ok(());
            }
            // Some are joined that were left in between.
            rooms.iter().for_each(|(room, _)| self.seat.leave(*room));
        }
        Err(AppError::Unavailable)
    }

    async fn speak(&mut self, socket: &mut WebSocket) -> Over {
        let stop = self.site.stop.clone();
        let mut again = interval(AGAIN);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silence = Box::pin(sleep(Duration::from_millis(ASK as u64)));
        loop {
            let turn = tokio::select! {
                _ = stop.cancelled() => self.say_goodbye(socket).await,
                waiting = self.seat.mailbox().take() => self.write(socket, waiting).await,
                incoming = socket.next() => self.hear(socket, incoming).await,
                _ = again.tick(), if !self.unread.is_empty() => {
                    self.rejoin_all().await;
                    Ok(())
                }
                _ = &mut silence => {
                    let quiet = self.site.clock.now().0 - self.heard_at.0;
                    let (next, asked) = match quiet {
                        EXPIRE.. => return Over(close::SILENT),
                        ASK.. => (EXPIRE - quiet, socket.send(Message::Ping(Bytes::new())).await),
                        _ => (ASK - quiet, Ok(())),
                    };
                    silence.set(sleep(Duration::from_millis(next as u64)));
                    asked.map_err(|_| Over(0))
                }
            };
            if let Err(over) = turn {
                return over;
            }
        }
    }

    /// Everything that waits goes out in one go.
    async fn write(&mut self, socket: &mut WebSocket, waiting: Waiting) -> Result<(), Over> {
        let writing = async {
            for frame in waiting.frames {
                socket.feed(Message::Text(frame)).await?;
            }
            socket.flush().await
        };
        tokio::select! {
            written = timeout(WRITING, writing) => match written {
                Ok(Ok(())) => (),
                Ok(Err(_)) | Err(_) => return Err(Over(close::RESYNC)),
            },
            // The mailbox is full while this reader is stuck: no use in waiting for it.
            code = self.seat.mailbox().closed() => return Err(Over(code)),
        }
        if let Some(code) = waiting.close {
            return Err(Over(code));
        }
        self.unread.extend(waiting.rejoin);
        self.rejoin_all().await;
        Ok(())
    }

    async fn hear(
        &mut self,
        socket: &mut WebSocket,
        incoming: Option<Result<Message, axum::Error>>,
    ) -> Result<(), Over> {
        self.heard_at = self.site.clock.now();
        let frame = match incoming {
            None | Some(Ok(Message::Close(_))) => return Err(Over(0)),
            // The library has answered the ping.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Text(text))) => decode::<ClientFrame>(&text),
            // Bytes, something too large, or a line that broke.
            Some(Ok(Message::Binary(_)) | Err(_)) => Err(AppError::Malformed),
        };
        match frame {
            Ok(frame) => {
                if let Some(answer) = self.obey(frame).await {
                    send(socket, &answer).await?;
                }
                Ok(())
            }
            Err(why) => {
                send(socket, &ServerFrame::Failed { why }).await?;
                Err(Over(close::MALFORMED))
            }
        }
    }

    /// Carries out a frame, and gives its answer, if it has one.
    async fn obey(&mut self, frame: ClientFrame) -> Option<ServerFrame> {
        if frame == ClientFrame::Ping {
            return Some(ServerFrame::Pong);
        }
        if let Err(seconds) = self.rate.take(self.heard_at) {
            let why = AppError::SlowDown { seconds };
            return Some(match frame {
                ClientFrame::Post(draft) => ServerFrame::Refused {
                    client_id: draft.client_id,
                    why,
                },
                _ => ServerFrame::Failed { why },
            });
        }
        let (chat, user) = (&self.site.chat, self.viewer.id());
        let done = match frame {
            ClientFrame::Post(draft) => {
                let client_id = draft.client_id;
                let echo = if self.seat.hears(draft.room) {
                    Echo::Heard
                } else {
                    Echo::Unheard
                };
                let pushed = self.posts.push(&self.site, user, self.seat.mailbox(), draft, echo);
                return pushed.err().map(|why| ServerFrame::Refused { client_id, why });
            }
            ClientFrame::Typing { room } => chat.typing(&self.viewer.person, room).await,
            ClientFrame::Read { room, seq } => chat.mark_read(user, room, seq).await,
            ClientFrame::Open { room } => {
                let opened = self.open(room).await;
                return Some(opened.unwrap_or_else(|why| ServerFrame::Failed { why }));
            }
            ClientFrame::Close => {
                self.seat.unwatch();
                self.stop_visiting();
                Ok(())
            }
            ClientFrame::Idle => {
                self.seat.act(Activity::Idle);
                Ok(())
            }
            ClientFrame::Active => {
                self.seat.act(Activity::Active);
                Ok(())
            }
            ClientFrame::Ping => Ok(()),
        };
        done.err().map(|why| ServerFrame::Failed { why })
    }

    /// A room comes on screen: its events, and how present its members are unless they are too many.
    async fn open(&mut self, room: RoomId) -> Result<ServerFrame, AppError> {
        if self.visiting != Some(room) {
            self.stop_visiting();
        }
        let members = self.join(room).await?;
        if members > MAX_PRESENT {
            self.seat.unwatch();
            return Ok(ServerFrame::Opened {
                room,
                states: Vec::new(),
            });
        }
        let members = self.site.chat.member_ids(room).await?;
        let states = self.seat.watch(room, &members);
        Ok(ServerFrame::Opened { room, states })
    }

    /// Reads the access to a room and hears it from now on. Gives the number of its members.
    async fn join(&mut self, room: RoomId) -> Result<i64, AppError> {
        for _ in 0..TRIES {
            let evictions = self.seat.evictions();
            let (access, state) = self.site.chat.access(self.viewer.id(), room).await?;
            if !self.seat.join(room, state.rev, evictions) {
                continue;
            }
            match access {
                Access::Visitor => {
                    if self.visiting != Some(room) {
                        self.stop_visiting();
                    }
                    self.visiting = Some(room);
                }
                Access::Member(_) if self.visiting == Some(room) => self.visiting = None,
                Access::Member(_) => (),
            }
            return Ok(state.members);
        }
        Err(AppError::Unavailable)
    }

    /// Hears those rooms again that the viewer is in. What the database could not answer is asked again.
    async fn rejoin_all(&mut self) {
        for room in std::mem::take(&mut self.unread) {
            if self.rejoin(room).await.is_err() {
                self.unread.insert(room);
            }
        }
    }

    /// Hears a room from now on if the viewer is in it. Who is not has to open it.
    async fn rejoin(&mut self, room: RoomId) -> Result<(), AppError> {
        if self.seat.hears(room) && self.visiting != Some(room) {
            return Ok(());
        }
        for _ in 0..TRIES {
            let evictions = self.seat.evictions();
            let (access, state) = match self.site.chat.access(self.viewer.id(), room).await {
                Err(AppError::NotFound) => return Ok(()),
                found => found?,
            };
            if !matches!(access, Access::Member(_)) {
                return Ok(());
            }
            if self.seat.join(room, state.rev, evictions) {
                self.visiting.take_if(|visited| *visited == room);
                return Ok(());
            }
        }
        Err(AppError::Unavailable)
    }

    fn stop_visiting(&mut self) {
        if let Some(room) = self.visiting.take() {
            self.seat.leave(room);
        }
    }

    /// The server stops.
    async fn say_goodbye(&mut self, socket: &mut WebSocket) -> Result<(), Over> {
        let after = SOONEST + u32::from_be_bytes(self.site.clock.random()) % JITTER;
        send(socket, &ServerFrame::Leaving { after }).await?;
        Err(Over(close::RESTART))
    }
}

async fn send(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), Over> {
    let text = encode(frame).into();
    match timeout(PARTING, socket.send(Message::Text(text))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Over(close::RESYNC)),
    }
}

/// Says why, and waits a moment until it was heard: a socket that is dropped with words unread tells nothing.
async fn part(mut socket: WebSocket, code: u16) {
    if code != 0 {
        let reason = CloseFrame {
            code,
            reason: "".into(),
        };
        if !matches!(
            timeout(PARTING, socket.send(Message::Close(Some(reason)))).await,
            Ok(Ok(()))
        ) {
            return;
        }
    }
    let hearing = async {
        while let Some(Ok(_)) = socket.next().await {}
        // A frame that is too large stays unread, and closing over it would take our words back.
        if code == close::MALFORMED {
            sleep(LINGER).await;
        }
    };
    // Whoever does not answer in time is not waited for.
    let _ = timeout(LINGER, hearing).await;
}
