//! Where one writes. It is a form that works without script; with script Enter sends and the message is on screen at once.
use super::action_form::{ActionForm, FormAction};
use super::form_error::error_of;
use super::icon::Icon;
use super::textarea_text::textarea_text;
use crate::api::messages::PostMessage;
use crate::api::preferences::Typed;
use crate::domain::id::RoomId;
use crate::domain::message::{MAX_BODY, MessageBody};
use crate::live::{Line, browser, use_live};
use leptos::ev::{self, KeyboardEvent, SubmitEvent};
use leptos::html::Textarea;
use leptos::prelude::*;

/// The counter appears when this many bytes are left.
const NEARLY: usize = 1_024;

/// The form at the foot of a room. What is written is kept for this tab until it is sent.
#[component]
pub fn Composer(room: RoomId, name: String) -> impl IntoView {
    let live = use_live();
    let action = FormAction::to::<PostMessage>();
    let input = NodeRef::<Textarea>::new();
    let length = RwSignal::new(0_usize);
    let form_id = live
        .log
        .with_untracked(|log| log.as_ref().map(|log| log.form_id.to_string()));
    let typed = textarea_text(use_context::<Typed>().unwrap_or_default().get("body"));
    let error = error_of(action.value());

    let key = browser::draft_key(live.me, room);
    let draft_key = key.clone();
    Effect::new(move |_| {
        let Some(input) = input.get() else { return };
        // The draft of this tab comes back, and what was typed before the script arrived goes on from it.
        if let Some(draft) = browser::kept(&draft_key).filter(|draft| *draft != input.value()) {
            input.set_value(&(draft + &input.value()));
        }
        length.set(input.value().len());
        if !browser::is_touch() && browser::is_nothing_focused() {
            let _ = input.focus();
        }
    });
    // Whoever types without having chosen a field means to write a message.
    Effect::new(move |_| {
        let typed = window_event_listener(ev::keydown, move |event| {
            if browser::is_text_outside_fields(&event)
                && let Some(Some(input)) = input.try_get_untracked()
            {
                let _ = input.focus();
            }
        });
        on_cleanup(move || typed.remove());
    });
    let keep = Callback::new(move |text: String| browser::keep(&key, &text));
    let send = move || {
        let Some(input) = input.get_untracked() else { return };
        if let Ok(body) = MessageBody::parse(&input.value()) {
            live.send(room, body);
            input.set_value("");
            length.set(0);
            keep.run(String::new());
        }
        let _ = input.focus();
    };
    let on_input = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let text = input.value();
        length.set(text.len());
        if !text.trim().is_empty() {
            live.writes(room);
        }
        keep.run(text);
    };
    let on_key = move |event: KeyboardEvent| {
        if browser::is_plain_enter(&event) {
            event.prevent_default();
            send();
        }
    };
    let on_submit = Callback::new(move |event: SubmitEvent| {
        event.prevent_default();
        send();
    });
    let too_long = move || length.get() > MAX_BODY;
    let count = move || {
        let left = MAX_BODY as i64 - length.get() as i64;
        (left < NEARLY as i64).then(|| view! { <span class="composer__count" role="status">{left}</span> })
    };
    let failed = move || {
        error
            .get()
            .map(|why| view! { <p class="composer__error" role="alert">{why.to_string()}</p> })
    };
    let class = move || match (too_long(), live.line.get()) {
        (true, _) => "composer composer--too-long",
        (false, Line::Reconnecting { .. }) => "composer composer--offline",
        (false, _) => "composer",
    };
    view! {
        <ActionForm
            action=action
            instead=on_submit
            attr:class=class
            attr:data-testid="composer"
        >
            <input type="hidden" name="room" value=room.to_string()/>
            <input type="hidden" name="client_id" value=form_id/>
            <div class="composer__card">
                <textarea
                    class="composer__input"
                    name="body"
                    rows="1"
                    dir="auto"
                    placeholder=format!("Message {name}")
                    aria-label="Message"
                    required
                    node_ref=input
                    on:input=on_input
                    on:keydown=on_key
                >
                    {typed}
                </textarea>
                <div class="composer__toolbar">
                    <span class="composer__end">
                        {count}
                        <button class="icon-button icon-button--send" type="submit" aria-label="Send" title="Send" disabled=too_long>
                            <Icon name="send" class="icon--directional"/>
                        </button>
                    </span>
                </div>
            </div>
            {failed}
        </ActionForm>
    }
}
