//! Copies a text to the clipboard. It needs script and appears with it; without, the text stands there to be selected.
use crate::components::icon::Icon;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// How long the button says what it did.
const SAID_FOR: Duration = Duration::from_secs(2);

/// What became of the last press.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    Not,
    Yes,
    /// There is no clipboard, as on plain http: the text is selected instead.
    ByHand,
}

/// A button called `label` that copies `text`.
#[component]
pub fn CopyButton(label: &'static str, #[prop(into)] text: String) -> impl IntoView {
    let (is_live, set_live) = signal(false);
    Effect::new(move |_| set_live.set(true));
    move || is_live.get().then(|| live(label, text.clone()))
}

fn live(label: &'static str, text: String) -> AnyView {
    let copied = RwSignal::new(Copied::Not);
    let shown = text.clone();
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let done = write(&text).await.is_ok();
            copied.try_set(if done { Copied::Yes } else { Copied::ByHand });
            if done {
                let back = move || {
                    copied.try_set(Copied::Not);
                };
                set_timeout(back, SAID_FOR);
            }
        });
    };
    let is_copied = move || copied.get() == Copied::Yes;
    view! {
        <button class="button button--small" type="button" on:click=copy>
            {move || view! { <Icon name=if is_copied() { "check" } else { "copy" } class="icon--small"/> }}
            {move || if is_copied() { "Copied" } else { label }}
        </button>
        <span class="visually-hidden" aria-live="polite">{move || is_copied().then_some("Copied")}</span>
        {move || (copied.get() == Copied::ByHand).then(|| by_hand(shown.clone()))}
    }
    .into_any()
}

/// The text in a field of its own, selected, so that one key copies it.
fn by_hand(text: String) -> AnyView {
    let input = NodeRef::<Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            // Focus cannot fail on an element that is on the page.
            input.focus().ok();
            input.select();
        }
    });
    view! {
        <span class="field__box">
            <input class="field__input" readonly aria-label="Copy this with your keyboard" value=text node_ref=input/>
        </span>
    }
    .into_any()
}

/// Fails where the browser has no clipboard or does not let the page use it.
async fn write(text: &str) -> Result<(), JsValue> {
    let navigator = window().navigator();
    if js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"))?.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.map(drop)
}
