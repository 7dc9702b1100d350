//! A room in the list: one line beside the room, a card with its newest post on phones.
use super::local_time::{LocalTime, TimeStyle};
use super::tile::{Tile, TileSize, title};
use crate::domain::membership::MyRoom;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Bold and dotted while something is unread.
#[component]
pub fn RoomLink(mine: Memo<MyRoom>) -> impl IntoView {
    let id = mine.with_untracked(|mine| mine.room.id);
    let href = format!("/rooms/{id}");
    let path = use_location().pathname;
    let here = href.clone();
    let current = move || path.with(|path| path.starts_with(&here)).then_some("page");
    let name = Memo::new(move |_| mine.with(|mine| mine.room.name.to_string()));
    let unread = Memo::new(move |_| mine.with(MyRoom::unread));
    let class = move || {
        if unread.get() > 0 {
            "room-link room-link--unread"
        } else {
            "room-link"
        }
    };
    let active = Memo::new(move |_| mine.with(|mine| mine.room.active_at));
    view! {
        <a href=href class=class data-testid="room-link" title=name aria-current=current>
            {move || view! { <Tile id name=name.get() size=TileSize::Small/> }}
            <span class="room-link__name truncate" dir="auto">{move || mine.with(|mine| title(&mine.room.name))}</span>
            {move || view! { <LocalTime at=active.get() style=TimeStyle::Short class="room-link__time"/> }}
            <span class="room-link__preview truncate" dir="auto">{move || mine.with(preview)}</span>
            {move || badge(unread.get())}
        </a>
    }
}

fn preview(mine: &MyRoom) -> String {
    let Some(preview) = &mine.preview else {
        return "No messages yet".into();
    };
    let author = preview.author.as_str().split_whitespace().next().unwrap_or_default();
    format!("{author}: {}", preview.text.as_deref().unwrap_or("deleted a message"))
}

fn badge(unread: i64) -> Option<AnyView> {
    let words = match unread {
        0 => return None,
        1 => "1 unread message".to_owned(),
        n => format!("{n} unread messages"),
    };
    Some(view! { <span class="badge badge--dot"><span class="visually-hidden">{words}</span></span> }.into_any())
}
