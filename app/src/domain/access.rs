//! How a viewer reaches a room. Without an [`Access`] there is no room: it answers like one that does not exist.
use super::membership::Membership;
use serde::{Deserialize, Serialize};

/// The proof that a viewer may look into a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Access {
    /// Is in it.
    Member(Membership),
    /// Looks at a public room without being in it.
    Visitor,
}

impl Access {
    pub fn membership(&self) -> Option<&Membership> {
        match self {
            Self::Member(membership) => Some(membership),
            Self::Visitor => None,
        }
    }

    /// The first post that may be seen.
    pub fn visible_from_seq(&self) -> i64 {
        self.membership().map_or(1, |membership| membership.visible_from_seq)
    }
}
