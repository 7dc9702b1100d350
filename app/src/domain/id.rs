//! Identifiers: newtypes over [`Uuid`], so that no two kinds can be mixed up. They are made elsewhere.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )*};
}

id! {
    /// A person's account.
    UserId;
    /// A room of any kind.
    RoomId;
    /// A message, the same on every node and in every backup.
    MessageId;
    /// One open socket.
    ConnectionId;
    /// Chosen by the sender: a message sent twice under one `ClientId` is stored once.
    ClientId;
    /// The age of the data: changes when a backup is restored.
    Epoch;
}

impl UserId {
    /// The hue (1 to 12) that colours a person's initials and name.
    pub fn hue(self) -> u8 {
        hue(self.0)
    }
}

impl RoomId {
    /// The hue (1 to 12) that colours a room's tile.
    pub fn hue(self) -> u8 {
        hue(self.0)
    }
}

/// The last byte of a UUIDv7 is random, so hues spread evenly.
fn hue(id: Uuid) -> u8 {
    id.as_bytes()[15] % 12 + 1
}
