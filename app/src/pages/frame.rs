//! What stays while a signed-in person goes from page to page: the sidebar, the live state, the one connection.
use crate::api::resource::blocking;
use crate::api::rooms::{Start, load_start};
use crate::components::sidebar::Sidebar;
use crate::components::tab_bar::TabBar;
use crate::components::viewer::CurrentViewer;
use crate::error::AppError;
use crate::live::zone::Zone;
use crate::live::{Live, browser};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

/// Loads who is signed in and their rooms, then shows the page inside.
#[component]
pub fn Frame() -> impl IntoView {
    let start = blocking(|| (), |()| load_start());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match start.await {
                    Ok(start) => view! { <Pages start/> }.into_any(),
                    Err(why) => view! { <NoStart why/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Pages(start: Start) -> impl IntoView {
    provide_context(CurrentViewer(start.viewer.clone()));
    provide_context(start.preferences.clone());
    let live = Live::new(start);
    provide_context(live);
    Effect::new(move |_| {
        live.connect();
        live.zone.set(Zone::Browser);
        remember_offset();
    });
    let path = use_location().pathname;
    let is_room = move || path.with(|path| path.starts_with("/rooms/") && path != "/rooms/new");
    view! {
        <div class="shell">
            <Sidebar/>
            <Outlet/>
            <Show when=move || !is_room()><TabBar/></Show>
        </div>
    }
}

#[component]
fn NoStart(why: AppError) -> impl IntoView {
    view! {
        <main class="empty">
            <h1 class="empty__title">"This page did not load"</h1>
            <p class="empty__text">{why.to_string()}</p>
            <div class="empty__actions"><a class="button button--primary" href="/" rel="external">"Try again"</a></div>
        </main>
    }
}

/// So that the server's next page has the reader's days and times right.
fn remember_offset() {
    if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
        let offset = browser::offset(browser::now());
        let _ = document.set_cookie(&format!("offset={offset}; path=/; max-age=31536000; samesite=lax"));
    }
}
