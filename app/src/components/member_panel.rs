//! Who is in the room, beside it on wide screens, over it on narrow ones.
use super::action_form::{ActionForm, FormAction};
use super::avatar::{Avatar, AvatarSize};
use super::icon::Icon;
use crate::api::rooms::LeaveRoom;
use crate::domain::access::Access;
use crate::domain::id::RoomId;
use crate::domain::membership::{Member, Role};
use crate::domain::presence::Presence;
use crate::live::use_live;
use leptos::prelude::*;

/// Members, present ones first, and the way out.
#[component]
pub fn MemberPanel(
    room: RoomId,
    #[prop(into)] is_open: Signal<bool>,
    /// The address of this page without its query.
    here: String,
) -> impl IntoView {
    let live = use_live();
    let leave = FormAction::to::<LeaveRoom>();
    let members = Memo::new(move |_| {
        let mut members = live
            .log
            .with(|log| log.as_ref().map(|log| log.members.clone()).unwrap_or_default());
        live.roster.with(|roster| {
            members.sort_by_cached_key(|member| {
                let is_gone = roster.get(member.person.id) == Presence::Offline;
                (is_gone, member.person.name.as_str().to_lowercase(), member.person.id)
            });
        });
        members
    });
    let count = Memo::new(move |_| live.log.with(|log| log.as_ref().map_or(0, |log| log.room.members)));
    let may_leave = Memo::new(move |_| {
        let is_lobby = live.rooms.with(|rooms| rooms.mine.lobby == room);
        !is_lobby
            && live
                .log
                .with(|log| log.as_ref().is_some_and(|log| matches!(log.access, Access::Member(_))))
    });
    view! {
        <aside class="panel" class:panel--open=is_open aria-label="Room details">
            <header class="panel__head">
                <h2>"Details"</h2>
                <a class="icon-button panel__close" href=here aria-label="Close details" title="Close details">
                    <Icon name="close"/>
                </a>
            </header>
            <section class="panel__section">
                <h3 class="panel__title">"What to expect"</h3>
                <div class="pinned"><p>"Public. Everybody on this server can read and join."</p></div>
            </section>
            <section class="panel__section">
                <h3 class="panel__title">{move || format!("People · {}", count.get())}</h3>
                <ul>
                    <For each=move || members.get() key=|member| (member.person.id, member.role.to_number()) let:member>
                        <MemberLine member/>
                    </For>
                </ul>
            </section>
            <Show when=move || may_leave.get()>
                <section class="panel__section">
                    <ActionForm action=leave>
                        <input type="hidden" name="room" value=room.to_string()/>
                        {move || leave.value().get().and_then(Result::err).map(|why| view! { <p class="message__note message__note--failed" role="alert">{why.to_string()}</p> })}
                        <button class="button button--danger" type="submit"><Icon name="leave" class="icon--small"/>"Leave room"</button>
                    </ActionForm>
                </section>
            </Show>
        </aside>
    }
}

#[component]
fn MemberLine(member: Member) -> impl IntoView {
    let live = use_live();
    let id = member.person.id;
    let presence = Signal::derive(move || live.roster.with(|roster| roster.get(id)));
    let name = member.person.name.to_string();
    let role = match member.role {
        _ if id == live.me => "You",
        Role::Owner => "Owner",
        Role::Member => "",
    };
    view! {
        <li class="member" class:member--offline=move || presence.get() == Presence::Offline data-testid="member">
            <Avatar person=member.person size=AvatarSize::Small presence=presence/>
            <span class="member__name truncate" dir="auto" title=name.clone()>{name.clone()}</span>
            <span class="member__role">{role}</span>
        </li>
    }
}
