//! The three places of the phone.
use super::icon::Icon;
use leptos::prelude::*;
use leptos_router::components::A;

/// At the foot of every page but a room's; hidden on wide screens.
#[component]
pub fn TabBar() -> impl IntoView {
    view! {
        <nav class="tab-bar" aria-label="Places">
            <A href="/" exact=true attr:class="tab"><Icon name="chat"/>"Chats"</A>
            <A href="/rooms" attr:class="tab"><Icon name="hash"/>"Rooms"</A>
            <A href="/me" attr:class="tab"><Icon name="person"/>"Me"</A>
        </nav>
    }
}
