//! A drawing from the one sprite. It carries no meaning of its own: whoever uses it says the word.
use leptos::prelude::*;

/// The symbol `name` of `/icons.svg`, with more classes such as `icon--small` where it needs another size.
#[component]
pub fn Icon(name: &'static str, #[prop(optional)] class: &'static str) -> impl IntoView {
    let classes = if class.is_empty() {
        "icon".to_owned()
    } else {
        format!("icon {class}")
    };
    view! {
        <svg class=classes aria-hidden="true">
            <use href=format!("/icons.svg#{name}")></use>
        </svg>
    }
}
