//! The rooms that one is in, and oneself.
use super::avatar::{Avatar, AvatarSize};
use super::icon::Icon;
use super::room_list::RoomList;
use super::viewer::use_viewer;
use crate::domain::presence::Presence;
use crate::live::use_live;
use leptos::prelude::*;
use leptos_router::components::A;

/// Beside every page on wide screens; phones have the first page and the tab bar instead.
#[component]
pub fn Sidebar() -> impl IntoView {
    let live = use_live();
    let person = use_viewer().person;
    let (name, username) = (person.name.to_string(), format!("@{}", person.username));
    let presence = Signal::derive(move || {
        if live.line.get() == crate::live::Line::Starting {
            Presence::Offline
        } else {
            Presence::Online
        }
    });
    view! {
        <nav class="sidebar" aria-label="Rooms">
            <div class="sidebar__head">
                <Icon name="kith" class="icon--large"/>
                <span class="sidebar__title truncate">"Kith"</span>
            </div>
            <div class="sidebar__rooms">
                <h2 class="sidebar__section">
                    "Public rooms"
                    <A href="/rooms" exact=true attr:class="icon-button" attr:aria-label="Browse public rooms" attr:title="Browse public rooms">
                        <Icon name="plus"/>
                    </A>
                </h2>
                <RoomList/>
            </div>
            <div class="profile-bar">
                <A href="/me" attr:class="profile-bar__me" attr:aria-label="My page">
                    <Avatar person=person.clone() size=AvatarSize::Medium presence=presence/>
                    <span class="profile-bar__text">
                        <span class="profile-bar__name truncate" dir="auto">{name}</span>
                        <span class="profile-bar__status truncate">{username}</span>
                    </span>
                </A>
            </div>
        </nav>
    }
}
