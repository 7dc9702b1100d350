//! Where a signed-in person begins. On phones the list of rooms stands here instead.
use crate::components::icon::Icon;
use crate::components::room_list::RoomList;
use crate::components::viewer::use_viewer;
use crate::domain::id::RoomId;
use crate::live::use_live;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/`.
#[component]
pub fn HomePage() -> impl IntoView {
    let person = use_viewer().person;
    let lobby = use_live().rooms.with_untracked(|rooms| rooms.mine.lobby);
    view! {
        <Title text="Kith"/>
        <main class="shell__sheet">
            <section class="chats">
                <header class="chats__head"><Icon name="kith" class="icon--large"/><h1 class="chats__title">"Chats"</h1></header>
                <RoomList/>
            </section>
            <div class="backdrop">
                <section class="welcome glass">
                    <h1 class="welcome__title">"Welcome, " <bdi>{person.name.to_string()}</bdi></h1>
                    <p class="welcome__text">"Pick a room on the left, or start here:"</p>
                    <ul class="welcome__steps">
                        <li class="welcome__step welcome__step--done">
                            <Icon name="check-circle" class="icon--large"/>
                            <div><b>"Your account is ready"</b><p>{format!("Signed in as @{}", person.username)}</p></div>
                        </li>
                        {steps(lobby)}
                    </ul>
                </section>
            </div>
        </main>
    }
    .into_any()
}

fn steps(lobby: RoomId) -> AnyView {
    view! {
        <li class="welcome__step">
            <Icon name="search" class="icon--large"/>
            <div><b>"Find a room"</b><p>"Everybody here can read and join the public ones"</p></div>
            <a class="button button--primary button--small" href="/rooms">"Browse rooms"</a>
        </li>
        <li class="welcome__step">
            <Icon name="chat" class="icon--large icon--directional"/>
            <div><b>"Say hello in the Lobby"</b><p>"Everybody on this server is in it"</p></div>
            <a class="button button--small" href=format!("/rooms/{lobby}")>"Open the Lobby"</a>
        </li>
    }
    .into_any()
}
