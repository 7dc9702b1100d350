//! One line of the timeline that somebody wrote.
use super::avatar::{Avatar, AvatarSize};
use super::icon::Icon;
use super::local_time::{LocalTime, TimeStyle};
use super::message_body::MessageBody;
use super::message_edit::MessageEdit;
use crate::api::messages::{DeleteMessage, delete_message};
use crate::domain::message::{Content, Message};
use crate::error::AppError;
use crate::live::{browser, use_live};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// A stored message. The first of its group has picture, name and time.
#[component]
pub fn MessageRow(
    message: Message,
    is_first: bool,
    /// The address names it.
    is_target: bool,
    /// The address asks to edit it.
    is_asked: bool,
) -> impl IntoView {
    let is_mine = message.author.id == use_live().me;
    let is_deleted = message.content == Content::Deleted;
    let editing = RwSignal::new(is_asked && is_mine && !is_deleted);
    let (navigate, room, seq) = (use_navigate(), message.room, message.seq);
    let close = Callback::new(move |()| {
        editing.try_set(false);
        if is_asked {
            let here = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&format!("/rooms/{room}/{seq}"), here);
        }
        browser::focus_post(seq);
    });
    let failed = RwSignal::new(None::<AppError>);

    let class = format!(
        "message{}{}{}",
        if is_first { " message--first" } else { "" },
        if is_deleted { " message--deleted" } else { "" },
        if is_target { " message--found" } else { "" },
    );
    let hue = message.author.id.hue().to_string();
    let shown = message.clone();
    let content = move || match (&shown.content, editing.get()) {
        (_, true) => view! { <MessageEdit message=shown.clone() on_close=close/> }.into_any(),
        (Content::Text { body, rich }, _) => {
            view! { <MessageBody body=body.clone() rich=rich.clone() is_edited=shown.edited_at.is_some()/> }.into_any()
        }
        (Content::Deleted, _) => {
            view! { <p class="message__note"><Icon name="trash" class="icon--small"/>"This message was deleted"</p> }
                .into_any()
        }
    };
    let note = move || {
        failed
            .get()
            .map(|why| view! { <p class="message__note message__note--failed" role="alert">{why.to_string()}</p> })
    };
    let actions = (is_mine && !is_deleted).then(|| actions(&message, editing, failed));
    view! {
        <li class=class data-hue=hue data-seq=message.seq.to_string() id=format!("m{}", message.seq) tabindex="-1" data-testid="message">
            <Gutter message=message.clone() is_first=is_first/>
            <div class="message__main">{is_first.then(|| head(&message))} {content} {note}</div>
            {actions}
        </li>
    }
}

#[component]
fn Gutter(message: Message, is_first: bool) -> impl IntoView {
    let inner = if is_first {
        view! { <Avatar person=message.author size=AvatarSize::Medium/> }.into_any()
    } else {
        view! { <LocalTime at=message.posted_at style=TimeStyle::Clock/> }.into_any()
    };
    view! { <div class="message__gutter">{inner}</div> }
}

fn head(message: &Message) -> AnyView {
    let (name, at) = (message.author.name.to_string(), message.posted_at);
    let link = format!("/rooms/{}/{}", message.room, message.seq);
    view! {
        <header class="message__head">
            <b class="message__author truncate" dir="auto">{name}</b>
            <a class="message__link" href=link><LocalTime at=at style=TimeStyle::Clock class="message__time"/></a>
        </header>
    }
    .into_any()
}

/// Edit and Delete work as a link and a form without script.
fn actions(message: &Message, editing: RwSignal<bool>, failed: RwSignal<Option<AppError>>) -> AnyView {
    let (room, id, seq) = (message.room, message.id, message.seq);
    let edit = format!("/rooms/{room}/{0}?edit={0}", message.seq);
    let delete = move |event: SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            match delete_message(room, id).await {
                Ok(()) => browser::focus_post(seq),
                Err(why) => drop(failed.try_set(Some(why))),
            }
        });
    };
    view! {
        <div class="action-bar">
            <a
                class="icon-button icon-button--small"
                href=edit
                role="button"
                aria-label="Edit"
                title="Edit"
                on:click=move |event| {
                    event.prevent_default();
                    editing.set(true);
                }
            >
                <Icon name="pencil"/>
            </a>
            <form method="post" action=DeleteMessage::url() on:submit=delete>
                <input type="hidden" name="room" value=room.to_string()/>
                <input type="hidden" name="message" value=id.to_string()/>
                <button class="icon-button icon-button--small" type="submit" aria-label="Delete" title="Delete">
                    <Icon name="trash"/>
                </button>
            </form>
        </div>
    }
    .into_any()
}
