//! The only file that touches the browser's WebSocket: connect, back off, keep alive. It knows frames, not rooms.
use super::browser;
use crate::domain::time::Timestamp;
use crate::protocol::{ClientFrame, HEARTBEAT, ServerFrame, VERSION, close, decode, encode};
use futures::channel::mpsc;
use futures::future::{AbortHandle, abortable};
use futures::{FutureExt, SinkExt, StreamExt, select};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, WebSocketError};
use gloo_timers::future::{IntervalStream, TimeoutFuture};
use leptos::prelude::window;
use wasm_bindgen_futures::spawn_local;

/// Frames that wait for the browser to send them. When full, `say` answers false and the caller keeps what matters.
const QUEUE: usize = 256;

/// A ping is answered within this time, or the line is dead (milliseconds).
const PATIENCE: i64 = 10_000;

/// Where the back-off ends (milliseconds).
const LONGEST_WAIT: f64 = 20_000.0;

/// Our end of the line to the server.
pub struct Socket {
    frames: mpsc::Sender<ClientFrame>,
    wake: mpsc::Sender<()>,
    abort: AbortHandle,
}

/// What the line tells.
pub enum News {
    Frame(Box<ServerFrame>),
    /// It broke and is tried again at that time.
    Lost {
        again_at: Timestamp,
    },
    /// It ended for good, with this close code.
    Over(u16),
}

impl Socket {
    /// Opens the line and keeps it open until [`Socket::close`].
    pub fn connect(hear: impl Fn(News) + 'static) -> Self {
        let (frames, outgoing) = mpsc::channel(QUEUE);
        let (wake, woken) = mpsc::channel(1);
        let (task, abort) = abortable(run(hear, outgoing, woken));
        spawn_local(task.map(drop));
        Self { frames, wake, abort }
    }

    /// Queues a frame; false when it does not fit.
    pub fn say(&mut self, frame: ClientFrame) -> bool {
        self.frames.try_send(frame).is_ok()
    }

    /// Tries again now: the network is back, or somebody looks at the page.
    pub fn wake(&mut self) {
        // A full channel means that a waking is under way already.
        let _ = self.wake.try_send(());
    }

    /// Ends the line.
    pub fn close(&self) {
        self.abort.abort();
    }
}

/// How one connection ended.
struct End {
    code: u16,
    /// The server asked to come back after this many milliseconds.
    after: Option<u32>,
    was_up: bool,
}

async fn run(hear: impl Fn(News), mut outgoing: mpsc::Receiver<ClientFrame>, mut woken: mpsc::Receiver<()>) {
    let mut attempt = 0;
    loop {
        let end = talk(&hear, &mut outgoing).await;
        if matches!(end.code, close::SIGNED_OUT | close::TOO_MANY | close::VERSION) {
            return hear(News::Over(end.code));
        }
        attempt = if end.was_up { 0 } else { attempt + 1 };
        let wait = end.after.unwrap_or_else(|| back_off(attempt));
        hear(News::Lost {
            again_at: browser::now().plus(wait.into()),
        });
        // What was queued is not sent late: the outbox says posts again, the rest has passed.
        while outgoing.try_recv().is_ok() {}
        while woken.try_recv().is_ok() {}
        select! {
            () = TimeoutFuture::new(wait).fuse() => {}
            _ = woken.next() => {}
        }
    }
}

async fn talk(hear: &impl Fn(News), outgoing: &mut mpsc::Receiver<ClientFrame>) -> End {
    let mut end = End {
        code: 1006,
        after: None,
        was_up: false,
    };
    let Ok(socket) = WebSocket::open(&address()) else {
        return end;
    };
    let (mut sink, stream) = socket.split();
    let mut stream = stream.fuse();
    let mut beat = IntervalStream::new(5_000).fuse();
    let (mut heard, mut said) = (browser::now(), browser::now());
    let mut pinged = Timestamp(0);
    loop {
        select! {
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    heard = browser::now();
                    let Ok(frame) = decode::<ServerFrame>(&text) else { continue };
                    match &frame {
                        ServerFrame::Hello { .. } => end.was_up = true,
                        ServerFrame::Leaving { after } => end.after = Some(*after),
                        _ => {}
                    }
                    hear(News::Frame(Box::new(frame)));
                }
                Some(Ok(Message::Bytes(_))) => {}
                Some(Err(WebSocketError::ConnectionClose(event))) => {
                    end.code = event.code;
                    return end;
                }
                _ => return end,
            },
            frame = outgoing.next() => match frame {
                Some(frame) => {
                    said = browser::now();
                    if sink.send(Message::Text(encode(&frame))).await.is_err() {
                        return end;
                    }
                }
                None => return end,
            },
            _ = beat.next() => {
                let now = browser::now();
                // Browsers let the timers of a hidden tab run once a minute: only an unanswered ping means a dead line.
                if heard < pinged && now.0 - pinged.0 > PATIENCE {
                    return end;
                }
                if now.0 - heard.0.min(said.0) > HEARTBEAT {
                    (said, pinged) = (now, now);
                    if sink.send(Message::Text(encode(&ClientFrame::Ping))).await.is_err() {
                        return end;
                    }
                }
            }
        }
    }
}

fn address() -> String {
    let location = window().location();
    let scheme = if location.protocol().as_deref() == Ok("https:") {
        "wss"
    } else {
        "ws"
    };
    format!("{scheme}://{}/ws?v={VERSION}", location.host().unwrap_or_default())
}

/// Doubles from half a second, with jitter so that not all pages come back at once (milliseconds).
fn back_off(attempt: u32) -> u32 {
    let longest = (500.0 * f64::from(1_u32 << attempt.min(6))).min(LONGEST_WAIT);
    (longest * (0.5 + 0.5 * js_sys::Math::random())) as u32
}
