//! A room in the list: one line beside the room, a card with its newest post on phones.
use super::local_time::{LocalTime, TimeStyle};
use super::tile::{Tile, TileSize};
use crate::domain::membership::MyRoom;
use leptos::prelude::*;
use leptos_router::components::A;

/// Bold and dotted while something is unread.
#[component]
pub fn RoomLink(mine: MyRoom) -> impl IntoView {
    let unread = mine.unread();
    let class = if unread > 0 {
        "room-link room-link--unread"
    } else {
        "room-link"
    };
    let room = mine.room;
    let (name, label) = (room.name.to_string(), room.name.to_string());
    let title = name.clone();
    let href = format!("/rooms/{}", room.id);
    let preview = mine.preview.as_ref().map(|preview| {
        let author = preview.author.as_str().split_whitespace().next().unwrap_or_default();
        format!("{author}: {}", preview.text.as_deref().unwrap_or("deleted a message"))
    });
    let badge = (unread > 0).then(|| {
        let words = if unread == 1 {
            "1 unread message".to_owned()
        } else {
            format!("{unread} unread messages")
        };
        view! { <span class="badge badge--dot"><span class="visually-hidden">{words}</span></span> }
    });
    view! {
        <A href=href attr:class=class attr:data-testid="room-link" attr:title=title>
            <Tile id=room.id name size=TileSize::Small/>
            <span class="room-link__name truncate" dir="auto">{label}</span>
            <LocalTime at=room.active_at style=TimeStyle::Short class="room-link__time"/>
            <span class="room-link__preview truncate" dir="auto">{preview.unwrap_or_else(|| "No messages yet".into())}</span>
            {badge}
        </A>
    }
}
