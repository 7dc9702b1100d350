//! A line of text that somebody types: its label, its input, and below them what is wrong or a hint.
//! What is in the input belongs to the browser: no signal writes into it.
use crate::api::preferences::Typed;
use crate::components::icon::Icon;
use crate::domain::problem::Problem;
use leptos::prelude::*;

/// What is asked for; it decides what browsers offer to fill in, and which keyboard phones show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FieldKind {
    /// Anything on one line.
    #[default]
    Line,
    /// One's own name.
    Name,
    /// A new username, after its `@`.
    Username,
    /// A username or an address, to sign in.
    SignIn,
    /// An address; it may be left out.
    Email,
    /// A few words on one line; they may be left out.
    Remark,
}

impl FieldKind {
    fn autocomplete(self) -> &'static str {
        match self {
            Self::Line | Self::Remark => "off",
            Self::Name => "name",
            Self::Username | Self::SignIn => "username",
            Self::Email => "email",
        }
    }

    fn is_optional(self) -> bool {
        matches!(self, Self::Email | Self::Remark)
    }

    /// Names that machines compare: no capital at the start, no spelling.
    fn is_plain(self) -> bool {
        matches!(self, Self::Username | Self::SignIn | Self::Email)
    }
}

/// One field of a form. The input's name is also its id.
#[component]
pub fn Field(
    label: &'static str,
    name: &'static str,
    #[prop(default = FieldKind::Line)] kind: FieldKind,
    #[prop(optional)] hint: &'static str,
    #[prop(into)] error: Signal<Option<Problem>>,
) -> impl IntoView {
    let typed = use_context::<Typed>().unwrap_or_default().get(name);
    let plain = kind.is_plain();
    let affix =
        (kind == FieldKind::Username).then(|| view! { <span class="field__affix" aria-hidden="true">"@"</span> });
    let note = kind
        .is_optional()
        .then(|| view! { <span class="field__optional">"optional"</span> });
    let below = move || {
        problem_line(name, error).or_else(|| {
            (!hint.is_empty()).then(|| view! { <p class="field__hint" id=format!("{name}-hint")>{hint}</p> }.into_any())
        })
    };
    view! {
        <div class="field" class:field--invalid=move || error.with(Option::is_some)>
            <span class="field__label"><label for=name>{label}</label>{note}</span>
            <span class="field__box">
                {affix}
                <input
                    class="field__input"
                    id=name
                    name=name
                    type=if kind == FieldKind::Email { "email" } else { "text" }
                    value=typed
                    dir=if plain { "ltr" } else { "auto" }
                    autocomplete=kind.autocomplete()
                    autocapitalize=plain.then_some("none")
                    spellcheck=plain.then_some("false")
                    aria-required=(!kind.is_optional()).then_some("true")
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=describe(name, hint, error)
                />
            </span>
            {below}
        </div>
    }
}

/// What is wrong, in words, as the input's description.
pub(crate) fn problem_line(name: &'static str, error: Signal<Option<Problem>>) -> Option<AnyView> {
    error.get().map(|problem| {
        view! {
            <p class="field__error" id=format!("{name}-error")>
                <Icon name="alert" class="icon--small"/>
                <span>{problem.to_string()}</span>
            </p>
        }
        .into_any()
    })
}

/// The id of what describes the input now: the problem, else the hint.
pub(crate) fn describe(
    name: &'static str,
    hint: &'static str,
    error: Signal<Option<Problem>>,
) -> Signal<Option<String>> {
    Signal::derive(move || {
        if error.with(Option::is_some) {
            Some(format!("{name}-error"))
        } else {
            (!hint.is_empty()).then(|| format!("{name}-hint"))
        }
    })
}
