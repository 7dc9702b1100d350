//! The rooms that one is in, newest activity first.
use super::room_link::RoomLink;
use crate::domain::id::RoomId;
use crate::live::use_live;
use leptos::prelude::*;

/// Rows stay when what they show changes, so that the focus and a press that is under way stay too.
#[component]
pub fn RoomList() -> impl IntoView {
    let rooms = use_live().rooms;
    let ids =
        Memo::new(move |_| rooms.with(|rooms| rooms.mine.rooms.iter().map(|mine| mine.room.id).collect::<Vec<_>>()));
    view! {
        <ul>
            <For each=move || ids.get() key=|id| *id let:id>{row(id)}</For>
        </ul>
    }
}

fn row(id: RoomId) -> AnyView {
    let rooms = use_live().rooms;
    let first = rooms.with_untracked(|rooms| rooms.get(id).cloned());
    first
        .map(|first| {
            // A room that was left is shown as it was for the moment until its row goes.
            let mine = Memo::new(move |_| rooms.with(|rooms| rooms.get(id).cloned().unwrap_or_else(|| first.clone())));
            view! { <li><RoomLink mine/></li> }
        })
        .into_any()
}
