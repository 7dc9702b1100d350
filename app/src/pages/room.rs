//! A room: its conversation, and who is in it.
use crate::api::preferences::answer_not_found;
use crate::api::resource::blocking;
use crate::api::rooms::load_room;
use crate::components::banner::Banner;
use crate::components::composer::Composer;
use crate::components::look_bar::LookBar;
use crate::components::member_panel::MemberPanel;
use crate::components::room_header::RoomHeader;
use crate::components::tile::title;
use crate::components::timeline::Timeline;
use crate::domain::id::RoomId;
use crate::error::AppError;
use crate::live::use_live;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// `/rooms/{id}` and `/rooms/{id}/{seq}`: the room where the reader left off, or at one post.
#[component]
pub fn RoomRoute() -> impl IntoView {
    let params = use_params_map();
    let place = Memo::new(move |_| {
        let params = params.get();
        let seq = params.get("seq").and_then(|seq| seq.parse::<i64>().ok());
        let room = params.get("room").and_then(|room| room.parse::<RoomId>().ok());
        (room, seq)
    });
    // Keyed by the place: the old room and everything it derives leave the page together. Inside one reactive view
    // the old room would stay on screen while the next one loads, with its signals already gone.
    view! {
        <For each=move || [place.get()] key=|place| *place let((room, seq))>
            <RoomAt room seq/>
        </For>
    }
}

#[component]
fn RoomAt(room: Option<RoomId>, seq: Option<i64>) -> impl IntoView {
    let live = use_live();
    let page = blocking(
        || (),
        move |()| async move {
            match room {
                Some(room) => load_room(room, seq).await,
                None => Err(AppError::NotFound),
            }
        },
    );
    on_cleanup(move || live.look_away());
    view! {
        <Suspense fallback=|| view! { <main class="shell__sheet" aria-busy="true"></main> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => {
                        let room = page.room.id;
                        live.enter(page);
                        view! { <RoomPane room target=seq/> }.into_any()
                    }
                    Err(why) => view! { <NoRoom why/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn RoomPane(room: RoomId, target: Option<i64>) -> impl IntoView {
    let live = use_live();
    let query = use_query_map();
    let is_open = Signal::derive(move || query.with(|query| query.get("details").is_some()));
    let is_there = Memo::new(move |_| live.log.with(|log| log.as_ref().is_some_and(|log| log.id() == room)));
    let is_member = Memo::new(move |_| {
        live.log
            .with(|log| log.as_ref().is_some_and(|log| log.access.membership().is_some()))
    });
    let name = live
        .log
        .with_untracked(|log| log.as_ref().map(|log| title(&log.room.name)).unwrap_or_default());
    Effect::new(move |_| live.look_at(room));
    let here = target.map_or(format!("/rooms/{room}"), |seq| format!("/rooms/{room}/{seq}"));
    let pane = move || {
        let (name, here) = (name.clone(), here.clone());
        let foot = {
            let name = name.clone();
            move || {
                let name = name.clone();
                if is_member.get() {
                    view! { <Composer room name/> }.into_any()
                } else {
                    view! { <LookBar room name/> }.into_any()
                }
            }
        };
        view! {
            <Title text=format!("{name} · Kith")/>
            <main class="shell__sheet shell__sheet--with-panel">
                <section class="room" aria-label=name>
                    <RoomHeader room here=here.clone()/>
                    <Banner/>
                    <Timeline room target/>
                    {foot}
                </section>
                <MemberPanel room is_open here/>
            </main>
        }
    };
    move || {
        if is_there.get() {
            pane().into_any()
        } else {
            view! { <NoRoom why=AppError::NotFound/> }.into_any()
        }
    }
}

#[component]
fn NoRoom(why: AppError) -> impl IntoView {
    if why == AppError::NotFound {
        answer_not_found();
    }
    let (title, href, action) = match why {
        AppError::NotFound => ("There is no such room", "/rooms", "Browse public rooms"),
        AppError::SignedOut => ("You were signed out", "/sign-in", "Sign in"),
        _ => ("The room did not load", "/rooms", "Browse public rooms"),
    };
    view! {
        <Title text=format!("{title} · Kith")/>
        <main class="shell__sheet">
            <div class="empty">
                <h1 class="empty__title">{title}</h1>
                <p class="empty__text">{why.to_string()}</p>
                <div class="empty__actions"><a class="button button--primary" href=href>{action}</a></div>
            </div>
        </main>
    }
}
