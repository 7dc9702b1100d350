//! One file per route: it loads data and arranges components; it owns no rules.

pub mod directory;
pub mod frame;
pub mod home;
pub mod me;
pub mod new_room;
pub mod not_found;
pub mod register;
pub mod reset;
pub mod room;
pub mod set_up;
pub mod sign_in;
