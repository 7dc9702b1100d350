//! The few things that only the browser knows: its clock, whether it is looked at, its storage.
//! Called from effects and event handlers alone, which do not run on the server.
use crate::domain::id::{ClientId, RoomId, UserId};
use crate::domain::time::Timestamp;
use leptos::prelude::{document, set_timeout, window};
use std::time::Duration;
use uuid::Builder;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, Storage, VisibilityState};

/// The browser's clock.
pub fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as i64)
}

/// A new random id (UUID version 4). `randomUUID` exists only on secure pages, this everywhere.
pub fn new_client_id() -> ClientId {
    let mut bytes = [0; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    ClientId(Builder::from_random_bytes(bytes).into_uuid())
}

/// Whether somebody can be reading: the tab is in front and the window has the focus.
pub fn is_looked_at() -> bool {
    document().visibility_state() == VisibilityState::Visible && document().has_focus().unwrap_or(false)
}

/// Whether the browser believes that it has a network.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Whether fingers are the main pointer: then Enter makes a new line.
pub fn is_touch() -> bool {
    let query = window().match_media("(pointer: coarse)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

/// Whether this key is Enter alone, meant to send. While an input method composes, Enter chooses a candidate;
/// Safari says so only by the key code 229 (UI Events, section 7.3.1).
pub fn is_plain_enter(event: &KeyboardEvent) -> bool {
    event.key() == "Enter" && !event.shift_key() && !is_composing(event) && !is_touch()
}

/// Whether the key belongs to an input method.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}

/// Whether the focus is nowhere in particular.
pub fn is_nothing_focused() -> bool {
    document()
        .active_element()
        .is_none_or(|element| element.tag_name() == "BODY")
}

/// Whether this key begins a text while no field has the focus: a character without Ctrl, Alt or Cmd, but not a space,
/// which scrolls and presses buttons.
pub fn is_text_outside_fields(event: &KeyboardEvent) -> bool {
    let is_character = event.key().chars().count() == 1 && event.key() != " ";
    let is_plain = !event.ctrl_key() && !event.alt_key() && !event.meta_key();
    let field = document()
        .active_element()
        .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
    is_character && is_plain && !field
}

/// Gives the focus to the row of a post once the page has settled, unless something has taken it.
pub fn focus_post(seq: i64) {
    let give = move || {
        let row = document().query_selector(&format!("[data-seq='{seq}']")).ok().flatten();
        if let Some(row) = row
            .and_then(|row| row.dyn_into::<HtmlElement>().ok())
            .filter(|_| is_nothing_focused())
        {
            let _ = row.focus();
        }
    };
    set_timeout(give, Duration::from_millis(150));
}

/// How many minutes local time is ahead of UTC at that moment.
pub fn offset(at: Timestamp) -> i32 {
    -js_sys::Date::new(&(at.0 as f64).into()).get_timezone_offset() as i32
}

/// What this tab kept under `key`; it lives as long as the tab, reloads included.
pub fn kept(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps text for this tab; nothing is kept where the browser forbids it.
pub fn keep(key: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = if text.is_empty() {
            storage.remove_item(key)
        } else {
            storage.set_item(key, text)
        };
    }
}

/// The key of what a person wrote in a room and did not send. The next person on this tab has other keys.
pub fn draft_key(viewer: UserId, room: RoomId) -> String {
    format!("draft:{viewer}:{room}")
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
