//! Changing what one's own message says, in its place.
use super::action_form::{ActionForm, FormAction};
use super::form_error::error_of;
use super::textarea_text::textarea_text;
use crate::api::messages::EditMessage;
use crate::domain::message::Message;
use crate::live::browser;
use leptos::ev::KeyboardEvent;
use leptos::html::Textarea;
use leptos::prelude::*;

/// A form in place of the text. `on_close` is told when it was given up or stored.
#[component]
pub fn MessageEdit(message: Message, on_close: Callback<()>) -> impl IntoView {
    let action = FormAction::to::<EditMessage>();
    let input = NodeRef::<Textarea>::new();
    let text = message
        .content
        .body()
        .map(|body| textarea_text(body.as_str().to_owned()));
    let room = message.room;
    let back = format!("/rooms/{room}/{}", message.seq);
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let end = input.value().encode_utf16().count() as u32;
            let _ = input.focus();
            let _ = input.set_selection_range(end, end);
        }
    });
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            on_close.run(());
        }
    });
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" if !browser::is_composing(&event) => on_close.run(()),
        "Enter" if browser::is_plain_enter(&event) => {
            event.prevent_default();
            if let Some(form) = input.get_untracked().and_then(|input| input.form()) {
                let _ = form.request_submit();
            }
        }
        _ => {}
    };
    let error = error_of(action.value());
    let failed = move || {
        error
            .get()
            .map(|why| view! { <p class="message__note message__note--failed" role="alert">{why.to_string()}</p> })
    };
    view! {
        <ActionForm action=action attr:class="message-edit">
            <input type="hidden" name="room" value=room.to_string()/>
            <input type="hidden" name="message" value=message.id.to_string()/>
            <textarea class="message-edit__input" name="body" aria-label="Edit message" rows="1" node_ref=input on:keydown=on_key>
                {text}
            </textarea>
            {failed}
            <div class="message-edit__actions">
                <button class="button button--primary button--small" type="submit">"Save"</button>
                <a
                    class="button button--small"
                    href=back
                    on:click=move |event| {
                        event.prevent_default();
                        on_close.run(());
                    }
                >
                    "Cancel"
                </a>
            </div>
        </ActionForm>
    }
}
