//! There is no such page, or none for this viewer.
use leptos::prelude::*;
use leptos_meta::Title;

/// Every address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not here · Kith"/>
        <main class="empty empty--window">
            <svg class="empty__picture" viewBox="0 0 120 80" aria-hidden="true">
                <circle class="wash" cx="52" cy="36" r="24"></circle>
                <circle class="line" cx="52" cy="36" r="24"></circle>
                <path class="line" d="m70 54 18 18"></path>
                <path class="soft" d="M42 36h20"></path>
            </svg>
            <h1 class="empty__title">"This page is not here"</h1>
            <p class="empty__text">"The address may be mistyped, or what was here is gone or not for you to see."</p>
            <div class="empty__actions">
                <a class="button button--primary" href="/">"Go to your chats"</a>
            </div>
        </main>
    }
    .into_any()
}
