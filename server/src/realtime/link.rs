//! The wire to the other nodes: what crosses it, and the two ends. It may lose packets: each node compares itself with
//! the database every few seconds.
use super::hub::SessionHash;
use app::domain::id::{RoomId, UserId};
use app::domain::user::DisplayName;
use app::protocol::{RoomEvent, UserEvent};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

/// Raised when packets change so that an older node cannot follow. Packets of another version are ignored.
pub const VERSION: u32 = 1;

/// What one node tells the others.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Packet {
    Room(RoomEvent),
    User(UserId, UserEvent),
    Typing {
        room: RoomId,
        user: UserId,
        name: DisplayName,
    },
    Evict {
        user: UserId,
        room: RoomId,
    },
    EndSession(SessionHash),
    EndUser(UserId),
}

/// Sends to all other nodes. It must neither wait nor fail: what cannot be sent is lost.
pub trait Link: Send + Sync {
    fn forward(&self, packet: &Packet);
}

/// Both directions of a wire, as handed to a node when it starts.
pub struct Wire {
    pub link: Box<dyn Link>,
    /// What the other nodes sent.
    pub packets: mpsc::Receiver<Packet>,
}

/// A packet as bytes, with its version.
pub fn encode(packet: &Packet) -> Vec<u8> {
    serde_json::to_vec(&(VERSION, packet)).expect("packets hold nothing that JSON cannot")
}

/// A packet from bytes; none if it is of another version.
pub fn decode(bytes: &[u8]) -> Option<Packet> {
    let (VERSION, packet) = serde_json::from_slice::<(u32, Packet)>(bytes).ok()? else {
        return None;
    };
    Some(packet)
}

/// Joins two nodes in one process.
pub fn pair() -> (Wire, Wire) {
    // When a channel is full the packet is lost, as it may be on any link.
    let ((to_a, from_b), (to_b, from_a)) = (mpsc::channel(1_024), mpsc::channel(1_024));
    let a = Wire {
        link: Box::new(Channel(to_b)),
        packets: from_b,
    };
    let b = Wire {
        link: Box::new(Channel(to_a)),
        packets: from_a,
    };
    (a, b)
}

struct Channel(mpsc::Sender<Packet>);

impl Link for Channel {
    fn forward(&self, packet: &Packet) {
        // Through bytes and back, so that what crosses here would cross any wire.
        if let Some(packet) = decode(&encode(packet)) {
            let _ = self.0.try_send(packet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_packet_of_another_version_is_ignored() {
        let packet = Packet::EndUser(UserId(Uuid::nil()));
        assert_eq!(decode(&encode(&packet)), Some(packet.clone()));
        assert_eq!(decode(&serde_json::to_vec(&(VERSION + 1, packet)).unwrap()), None);
        assert_eq!(decode(b"[1,\"Nonsense\"]"), None);
    }
}
