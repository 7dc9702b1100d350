//! Who is here: states first, then differences. Pure.
use crate::domain::id::UserId;
use crate::domain::presence::Presence;
use std::collections::HashMap;

/// The presence of the people on screen.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Roster(HashMap<UserId, Presence>);

impl Roster {
    /// Begins anew: whoever is not named is offline.
    pub fn begin(&mut self, states: impl IntoIterator<Item = (UserId, Presence)>) {
        self.0 = states.into_iter().collect();
    }

    /// Follows differences.
    pub fn apply(&mut self, states: impl IntoIterator<Item = (UserId, Presence)>) {
        self.0.extend(states);
    }

    /// Unknown is offline.
    pub fn get(&self, user: UserId) -> Presence {
        self.0.get(&user).copied().unwrap_or_default()
    }
}
