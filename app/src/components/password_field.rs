//! A password: it can be shown, and a new one is measured while it is typed. Both need script and appear with it.
//! Nothing typed here is ever kept or sent back.
use crate::components::field::{describe, problem_line};
use crate::components::icon::Icon;
use crate::domain::problem::Problem;
use leptos::html::Input;
use leptos::prelude::*;

/// The fewest characters of a password, as in [`crate::domain::user::Password`].
const LEAST: u32 = 8;

/// What a new password needs, where nothing measures it yet.
const HINT: &str = "At least 8 characters. Three or four words are best.";

/// Whether the password exists already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasswordKind {
    /// To be recognised by.
    Current,
    /// To be made up now.
    New,
}

/// A field named `password`. It is always empty when the page comes from the server.
#[component]
pub fn PasswordField(
    label: &'static str,
    kind: PasswordKind,
    #[prop(into)] error: Signal<Option<Problem>>,
) -> impl IntoView {
    let hint = if kind == PasswordKind::New { HINT } else { "" };
    let input = NodeRef::<Input>::new();
    let (is_live, set_live) = signal(false);
    let (is_shown, set_shown) = signal(false);
    let (length, set_length) = signal(0);
    let measure = move || {
        let count = input.get_untracked().map(|input| input.value().chars().count());
        set_length.set(count.unwrap_or(0) as u32);
    };
    Effect::new(move |_| {
        set_live.set(true);
        measure();
    });
    view! {
        <div class="field" class:field--invalid=move || error.with(Option::is_some)>
            <span class="field__label"><label for="password">{label}</label></span>
            <span class="field__box">
                <input
                    class="field__input"
                    id="password"
                    name="password"
                    type=move || if is_shown.get() { "text" } else { "password" }
                    autocomplete=if kind == PasswordKind::New { "new-password" } else { "current-password" }
                    aria-required="true"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=describe("password", hint, error)
                    on:input=move |_| measure()
                    node_ref=input
                />
                {move || is_live.get().then(|| eye(is_shown, set_shown))}
            </span>
            {move || problem_line("password", error)}
            {move || (kind == PasswordKind::New).then(|| strength(length.get(), error))}
        </div>
    }
}

fn eye(is_shown: ReadSignal<bool>, set_shown: WriteSignal<bool>) -> impl IntoView {
    view! {
        <button
            class="icon-button"
            type="button"
            aria-label="Show password"
            title="Show password"
            aria-pressed=move || is_shown.get().to_string()
            on:click=move |_| set_shown.update(|shown| *shown = !*shown)
        >
            <Icon name="eye"/>
        </button>
    }
}

/// The hint while nothing is typed; then four steps and a word.
fn strength(length: u32, error: Signal<Option<Problem>>) -> Option<AnyView> {
    if length == 0 {
        let hint = view! { <p class="field__hint" id="password-hint">{HINT}</p> };
        return error.with(Option::is_none).then(|| hint.into_any());
    }
    let met = steps(length);
    let is_short = length < LEAST;
    let step = |step: u32| {
        let is_met = step <= met;
        view! { <i class:is-met=is_met></i> }
    };
    let view = view! {
        <p class="strength" class:strength--short=is_short id="password-hint" role="status">
            {[1, 2, 3, 4].map(step)}
            <span>{words(length)}</span>
        </p>
    };
    Some(view.into_any())
}

/// Length is what counts: the rules of this server ask for nothing else.
fn steps(length: u32) -> u32 {
    match length {
        0..LEAST => 1,
        LEAST..12 => 2,
        12..24 => 3,
        _ => 4,
    }
}

fn words(length: u32) -> String {
    match length {
        0..LEAST => format!("Too short: {} more", LEAST - length),
        LEAST..12 => "Fair".into(),
        _ => format!("Good: {length} characters"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_is_stronger() {
        for (length, met, said) in [
            (1, 1, "Too short: 7 more"),
            (8, 2, "Fair"),
            (19, 3, "Good: 19 characters"),
            (40, 4, "Good: 40 characters"),
        ] {
            assert_eq!((steps(length), words(length).as_str()), (met, said));
        }
    }
}
