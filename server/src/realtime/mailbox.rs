//! What waits for one socket: frames within bounds, and orders from the hub. It knows neither topics nor sockets.
use super::Text;
use app::domain::id::RoomId;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};
use tokio::sync::Notify;

/// Frames that may wait.
pub const MAX_FRAMES: usize = 256;

/// Bytes that may wait.
pub const MAX_BYTES: usize = 256 * 1024;

/// Whether a frame matters after the moment has passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Worth {
    /// Must arrive, or the page must be told to ask again.
    Lasting,
    /// Typing and presence: not sent to a mailbox that is more than half full.
    Passing,
}

/// The bounds were reached: the reader is too slow.
#[derive(PartialEq, Eq, Debug)]
pub struct Full;

/// One socket's mailbox. Bounded: when it is full, [`Mailbox::put`] says so and the hub closes the socket.
#[derive(Default)]
pub struct Mailbox {
    waiting: Mutex<Waiting>,
    wake: Notify,
}

/// What [`Mailbox::take`] hands over.
#[derive(Default, PartialEq, Debug)]
pub struct Waiting {
    pub frames: Vec<Text>,
    /// Rooms whose access is to be read again, because the person has just joined them on some device.
    pub rejoin: BTreeSet<RoomId>,
    /// The socket is to be closed with this code, after what waits.
    pub close: Option<u16>,
    bytes: usize,
}

impl Mailbox {
    /// Adds a frame, or drops it if it is passing and the mailbox is more than half full.
    pub fn put(&self, frame: &Text, worth: Worth) -> Result<(), Full> {
        let mut waiting = self.lock();
        let (frames, bytes) = (waiting.frames.len() + 1, waiting.bytes + frame.len());
        if worth == Worth::Passing && (frames > MAX_FRAMES / 2 || bytes > MAX_BYTES / 2) {
            return Ok(());
        }
        if frames > MAX_FRAMES || bytes > MAX_BYTES {
            return Err(Full);
        }
        waiting.frames.push(frame.clone());
        waiting.bytes = bytes;
        drop(waiting);
        self.wake.notify_one();
        Ok(())
    }

    /// Asks the socket's task to read its access to a room again.
    pub fn rejoin(&self, room: RoomId) {
        self.lock().rejoin.insert(room);
        self.wake.notify_one();
    }

    /// Asks the socket's task to close; the first reason counts. A reader that is too slow gets nothing more.
    pub fn close(&self, code: u16) {
        let mut waiting = self.lock();
        waiting.close.get_or_insert(code);
        drop(waiting);
        self.wake.notify_one();
    }

    /// Waits until something is here, and takes all of it.
    pub async fn take(&self) -> Waiting {
        loop {
            let all = std::mem::take(&mut *self.lock());
            if all != Waiting::default() {
                return all;
            }
            // A wake-up between the look and this line is kept by `Notify` for us, the only reader.
            self.wake.notified().await;
        }
    }

    /// Waits until the socket is to be closed. Leaves everything in place.
    pub async fn closed(&self) -> u16 {
        loop {
            if let Some(code) = self.lock().close {
                return code;
            }
            self.wake.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::protocol::close;

    #[tokio::test]
    async fn a_mailbox_is_bounded_in_frames_and_bytes() {
        let mailbox = Mailbox::default();
        let small = Text::from("x");
        for _ in 0..MAX_FRAMES {
            assert_eq!(mailbox.put(&small, Worth::Lasting), Ok(()));
        }
        assert_eq!(mailbox.put(&small, Worth::Lasting), Err(Full));
        assert_eq!(mailbox.take().await.frames.len(), MAX_FRAMES);

        let large = Text::from("x".repeat(MAX_BYTES / 2));
        assert_eq!(mailbox.put(&large, Worth::Lasting), Ok(()));
        assert_eq!(mailbox.put(&large, Worth::Lasting), Ok(()));
        assert_eq!(mailbox.put(&small, Worth::Lasting), Err(Full));
    }

    #[tokio::test]
    async fn passing_frames_stay_out_of_a_mailbox_that_fills() {
        let mailbox = Mailbox::default();
        for _ in 0..MAX_FRAMES {
            assert_eq!(mailbox.put(&Text::from("typing"), Worth::Passing), Ok(()));
        }
        assert_eq!(mailbox.take().await.frames.len(), MAX_FRAMES / 2);
    }

    #[tokio::test]
    async fn the_first_reason_to_close_counts() {
        let mailbox = Mailbox::default();
        mailbox.close(close::RESYNC);
        mailbox.close(close::RESTART);
        assert_eq!(mailbox.closed().await, close::RESYNC);
        assert_eq!(mailbox.take().await.close, Some(close::RESYNC));
    }
}
