//! Which room this is.
use super::icon::Icon;
use super::tile::{Tile, TileSize, title};
use crate::domain::id::RoomId;
use crate::live::use_live;
use leptos::prelude::*;

/// Name, topic, the way back on phones, and the way to the details where they are not beside the room.
#[component]
pub fn RoomHeader(
    room: RoomId,
    /// The address of this page without its query.
    here: String,
) -> impl IntoView {
    let log = use_live().log;
    let whole = log.with_untracked(|log| log.as_ref().map(|log| log.room.name.to_string()).unwrap_or_default());
    let name = Memo::new(move |_| log.with(|log| log.as_ref().map(|log| title(&log.room.name)).unwrap_or_default()));
    let line = Memo::new(move |_| {
        log.with(|log| {
            let Some(log) = log else { return String::new() };
            let people = if log.room.members == 1 {
                "1 person".to_owned()
            } else {
                format!("{} people", log.room.members)
            };
            if log.room.topic.as_str().is_empty() {
                people
            } else {
                format!("{people} · {}", log.room.topic.as_str())
            }
        })
    });
    view! {
        <header class="room-header">
            <a class="icon-button room-header__back" href="/" aria-label="Back to chats" title="Back to chats">
                <Icon name="chevron-left" class="icon--directional"/>
            </a>
            <Tile id=room name=whole size=TileSize::Medium/>
            <div class="room-header__text">
                <h1 class="room-header__name truncate" dir="auto">{name}</h1>
                <p class="room-header__topic truncate" dir="auto">{line}</p>
            </div>
            <div class="room-header__actions">
                <a class="icon-button room-header__details" href=format!("{here}?details=1") aria-label="Room details" title="Room details">
                    <Icon name="panel"/>
                </a>
            </div>
        </header>
    }
}
