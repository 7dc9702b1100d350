//! The public rooms of this server, newest activity first.
use crate::api::resource::blocking;
use crate::api::rooms::{Directory, DirectoryKey, JoinRoom, Listed, load_directory};
use crate::components::action_form::{ActionForm, FormAction};
use crate::components::form_error::{FormError, error_of};
use crate::components::icon::Icon;
use crate::components::local_time::{LocalTime, TimeStyle};
use crate::components::tile::{Tile, TileSize, title};
use crate::domain::room::Room;
use crate::domain::time::Timestamp;
use crate::error::AppError;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

type Join = FormAction;

/// `/rooms`, with `?after=` for the pages after the first.
#[component]
pub fn DirectoryPage() -> impl IntoView {
    let query = use_query_map();
    let after = move || query.with(|query| query.get("after")).as_deref().and_then(read_key);
    let directory = blocking(after, load_directory);
    let join = FormAction::to::<JoinRoom>();
    let list = move || {
        let is_later = after().is_some();
        Suspend::new(async move { arrange(directory.await, is_later, join) })
    };
    view! {
        <Title text="Public rooms · Kith"/>
        <main class="shell__sheet shell__sheet--page">
            <div class="page">
                <header class="page__head">
                    <div>
                        <h1 class="page__title">"Public rooms"</h1>
                        <p class="page__lead">"Everybody here can find these."</p>
                    </div>
                    <a class="button button--primary" href="/rooms/new">
                        <Icon name="plus" class="icon--small"/>
                        "New room"
                    </a>
                </header>
                <FormError error=error_of(join.value())/>
                <Transition>{list}</Transition>
            </div>
        </main>
    }
    .into_any()
}

fn arrange(directory: Result<Directory, AppError>, is_later: bool, join: Join) -> AnyView {
    let directory = match directory {
        Ok(directory) => directory,
        Err(error) => return nothing("The rooms did not come", error.to_string()),
    };
    if directory.rooms.is_empty() {
        return nothing("No more rooms", "There are none after these.".into());
    }
    let (joined, others): (Vec<_>, Vec<_>) = directory.rooms.into_iter().partition(|listed| listed.is_member);
    let first = is_later.then(|| view! { <a class="button" href="/rooms">"Back to the first rooms"</a> });
    let more = directory.next.map(|key| {
        view! { <a class="button" href=format!("/rooms?after={}", write_key(key))>"Show more"</a> }
    });
    view! {
        {section("Not joined yet", others, join)}
        {section("You are in", joined, join)}
        <p class="directory__more">{first}{more}</p>
    }
    .into_any()
}

fn section(title: &'static str, rooms: Vec<Listed>, join: Join) -> Option<AnyView> {
    let count = rooms.len();
    let rows = rooms.into_iter().map(|listed| row(listed, join)).collect_view();
    let section = view! {
        <section class="directory">
            <h2 class="page__heading">{title} <span class="badge">{count}</span></h2>
            <div class="group">
                <ul>{rows}</ul>
            </div>
        </section>
    };
    (count > 0).then(|| section.into_any())
}

fn row(listed: Listed, join: Join) -> AnyView {
    let room = listed.room;
    let facts = facts(&room);
    let actions = if listed.is_member {
        open(&room)
    } else {
        look_or_join(&room, join)
    };
    view! {
        <li class="directory__room" data-testid="directory-room">
            <Tile id=room.id name=room.name.as_str() size=TileSize::Large/>
            <div>
                <p class="directory__name">
                    <a class="truncate" dir="auto" href=format!("/rooms/{}", room.id)>{title(&room.name)}</a>
                </p>
                <p class="directory__topic truncate" dir="auto">{room.topic.as_str().to_owned()}</p>
                {facts}
            </div>
            <div class="directory__actions">{actions}</div>
        </li>
    }
    .into_any()
}

fn facts(room: &Room) -> AnyView {
    let people = match room.members {
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    };
    let activity = (room.last_seq > 0).then(|| {
        let at = room.active_at;
        view! { "last message " <LocalTime at=at style=TimeStyle::Short/> }
    });
    let quiet = (room.last_seq == 0).then_some("no messages yet");
    view! {
        <p class="directory__facts">
            <span>{people}</span>
            <span>{activity}{quiet}</span>
        </p>
    }
    .into_any()
}

fn open(room: &Room) -> AnyView {
    view! {
        <a class="button button--quiet button--small" href=format!("/rooms/{}", room.id)>
            "Open"
            {of(room)}
        </a>
    }
    .into_any()
}

fn look_or_join(room: &Room, join: Join) -> AnyView {
    let (id, name) = (room.id.to_string(), of(room));
    view! {
        <a class="button button--quiet button--small" href=format!("/rooms/{}", room.id)>"Look" {of(room)}</a>
        <ActionForm action=join>
            <input type="hidden" name="room" value=id/>
            <button class="button button--small" type="submit" disabled=join.pending()>"Join" {name}</button>
        </ActionForm>
    }
    .into_any()
}

/// The same word stands in every row: this says which room it is about.
fn of(room: &Room) -> impl IntoView + use<> {
    view! { <span class="visually-hidden">{format!(" {}", title(&room.name))}</span> }
}

fn nothing(title: &'static str, text: String) -> AnyView {
    view! {
        <div class="empty">
            <svg class="empty__picture" viewBox="0 0 120 80" aria-hidden="true">
                <circle class="wash" cx="46" cy="40" r="30"></circle>
                <circle class="line" cx="46" cy="40" r="30"></circle>
                <circle class="soft" cx="76" cy="40" r="30"></circle>
            </svg>
            <h2 class="empty__title">{title}</h2>
            <p class="empty__text">{text}</p>
            <div class="empty__actions">
                // From the server, also when the browser is on this page already.
                <a class="button" href="/rooms" rel="external">"Show all rooms"</a>
            </div>
        </div>
    }
    .into_any()
}

/// `<milliseconds>_<room>`.
fn write_key(key: DirectoryKey) -> String {
    format!("{}_{}", key.active_at.0, key.room)
}

/// Anything else is the first page.
fn read_key(text: &str) -> Option<DirectoryKey> {
    let (at, room) = text.split_once('_')?;
    Some(DirectoryKey {
        active_at: Timestamp(at.parse().ok()?),
        room: room.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::RoomId;

    #[test]
    fn the_place_of_the_next_page_reads_back() {
        let key = DirectoryKey {
            active_at: Timestamp(951_782_400_000),
            room: RoomId(uuid::Uuid::from_u128(7)),
        };
        assert_eq!(read_key(&write_key(key)), Some(key));
        assert_eq!(read_key("7"), None);
    }
}
