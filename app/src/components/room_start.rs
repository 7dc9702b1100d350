//! Where a room begins; all there is to see in an empty one.
use super::tile::{Tile, TileSize, title};
use crate::live::use_live;
use leptos::prelude::*;

/// Name, topic, and what to do next when nobody has written.
#[component]
pub fn RoomStart() -> impl IntoView {
    let live = use_live();
    let room = live.log.with_untracked(|log| log.as_ref().map(|log| log.room.clone()));
    room.map(|room| {
        let name = room.name.to_string();
        let topic = room.topic.as_str().to_owned();
        let is_empty = move || {
            live.log
                .with(|log| log.as_ref().is_some_and(|log| log.room.last_seq == 0))
        };
        let hint = move || {
            if is_empty() {
                "Nobody has written yet. Say hello: the first message stays here for everybody who comes later."
            } else {
                "This is where the room begins."
            }
        };
        view! {
            <li class="room-start">
                <Tile id=room.id name size=TileSize::Huge/>
                <h2 class="room-start__title" dir="auto">{title(&room.name)}</h2>
                <p class="room-start__text" dir="auto">{topic}</p>
                <p class="room-start__text">{hint}</p>
            </li>
        }
    })
}
