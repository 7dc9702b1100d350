//! A message on its way: in its place at once, without a time until the server has it.
use super::avatar::{Avatar, AvatarSize};
use super::icon::Icon;
use super::message_body::MessageBody;
use super::viewer::use_viewer;
use crate::live::outbox::{Pending, Sending};
use crate::live::use_live;
use leptos::prelude::*;

/// Waiting, sent, or failed with Retry and Delete.
#[component]
pub fn PendingRow(pending: Pending, is_first: bool) -> impl IntoView {
    let live = use_live();
    let person = use_viewer().person;
    let id = pending.draft.client_id;
    let class = match pending.state {
        Sending::Failed(_) => "message message--failed",
        _ => "message message--pending",
    };
    let hue = person.id.hue().to_string();
    let name = person.name.to_string();
    let head = is_first.then(
        || view! { <header class="message__head"><b class="message__author truncate" dir="auto">{name}</b></header> },
    );
    let avatar = is_first.then(|| view! { <Avatar person=person size=AvatarSize::Medium/> });
    let (note, side) = match pending.state {
        Sending::Failed(why) => {
            let note = view! {
                <p class="message__note" role="alert">
                    <Icon name="alert" class="icon--small"/>
                    {format!("Not sent. {why}")}
                    <button class="button button--link" type="button" on:click=move |_| live.retry(id)>"Retry"</button>
                    <button class="button button--link" type="button" on:click=move |_| live.discard(id)>"Delete"</button>
                </p>
            };
            (Some(note), None)
        }
        state => {
            let words = if state == Sending::Sent {
                "Sending…"
            } else {
                "When you are back"
            };
            (
                None,
                Some(
                    view! { <div class="message__side"><Icon name="clock" class="icon--small"/><span>{words}</span></div> },
                ),
            )
        }
    };
    view! {
        <li class=class class:message--first=is_first data-hue=hue data-testid="message" data-pending="">
            <div class="message__gutter">{avatar}</div>
            <div class="message__main">
                {head} <MessageBody body=pending.draft.body rich=None is_edited=false/> {note}
            </div>
            {side}
        </li>
    }
}
