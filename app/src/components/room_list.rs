//! The rooms that one is in, newest activity first.
use super::room_link::RoomLink;
use crate::domain::membership::MyRoom;
use crate::live::use_live;
use leptos::prelude::*;

/// A row is drawn anew when anything that it shows changes.
#[component]
pub fn RoomList() -> impl IntoView {
    let live = use_live();
    let key = |mine: &MyRoom| {
        let preview = mine
            .preview
            .as_ref()
            .map(|preview| (preview.message, preview.text.clone()));
        (
            mine.room.id,
            mine.room.last_seq,
            mine.unread(),
            preview,
            mine.room.name.to_string(),
        )
    };
    view! {
        <ul>
            <For each=move || live.rooms.get().mine.rooms key=key let:mine>
                <li><RoomLink mine/></li>
            </For>
        </ul>
    }
}
