//! Whether a person is here.
use serde::{Deserialize, Serialize};

/// Idle for this long is away (milliseconds).
pub const AWAY_AFTER: i64 = 5 * 60_000;

/// A person's presence over all their devices: the most present one counts, hence the order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Presence {
    #[default]
    Offline,
    Away,
    Online,
}

impl Presence {
    /// The word that pages show and screen readers say; also the ending of the CSS class.
    pub fn word(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Away => "away",
            Self::Online => "online",
        }
    }
}
