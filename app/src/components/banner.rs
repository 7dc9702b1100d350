//! What people are told about the line to the server: above the timeline, never over it.
use super::icon::Icon;
use crate::live::{Line, browser, use_live};
use leptos::prelude::*;

/// Nothing while all is well; a break is told after three seconds.
#[component]
pub fn Banner() -> impl IntoView {
    let live = use_live();
    let reload = move |_| drop(window().location().reload());
    let shown = move || match live.line.get() {
        Line::Starting | Line::Online | Line::Lost { .. } => None,
        Line::Reconnecting { .. } if !browser::is_online() => {
            let waiting = live.outbox.with(|outbox| outbox.waiting());
            let then = match waiting {
                0 => "You can read and write.".to_owned(),
                1 => "You can read and write; 1 message will be sent when you are back.".to_owned(),
                n => format!("You can read and write; {n} messages will be sent when you are back."),
            };
            Some(banner("offline", "offline", "You are offline.", then, ().into_any()))
        }
        Line::Reconnecting { .. } => {
            let button = view! { <button class="button button--small" type="button" on:click=move |_| live.try_now()>"Try now"</button> };
            Some(banner(
                "reconnecting",
                "retry",
                "Reconnecting…",
                "What you write is sent as soon as the server answers.".into(),
                button.into_any(),
            ))
        }
        Line::Back { .. } => Some(banner(
            "back",
            "check-circle",
            "Back online.",
            "Nothing was lost.".into(),
            ().into_any(),
        )),
        Line::Outdated => {
            let button = view! { <button class="button button--small" type="button" on:click=reload>"Reload"</button> };
            Some(banner(
                "error",
                "alert",
                "This page is older than the server.",
                "Your drafts are kept.".into(),
                button.into_any(),
            ))
        }
        Line::SignedOut => {
            let link = view! { <a class="button button--small" href="/sign-in" rel="external">"Sign in"</a> };
            Some(banner(
                "error",
                "alert",
                "You were signed out.",
                "Sign in to go on.".into(),
                link.into_any(),
            ))
        }
        Line::TooMany => {
            let button = view! { <button class="button button--small" type="button" on:click=reload>"Reload"</button> };
            Some(banner(
                "error",
                "alert",
                "Too many pages are open.",
                "Close another one, then reload this one.".into(),
                button.into_any(),
            ))
        }
    };
    view! { <div class="banner-place" role="status">{shown}</div> }
}

fn banner(kind: &'static str, icon: &'static str, what: &'static str, then: String, action: AnyView) -> AnyView {
    view! {
        <div class=format!("banner banner--{kind}") data-testid="banner">
            <Icon name=icon/>
            <p><b>{what}</b>" "{then}</p>
            {action}
        </div>
    }
    .into_any()
}
