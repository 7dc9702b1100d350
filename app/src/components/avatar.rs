//! A person at a glance: initials on their own hue, and how present they are. People are round, rooms are square.
use crate::domain::presence::Presence;
use crate::domain::user::Person;
use leptos::prelude::*;

/// How large a person is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AvatarSize {
    /// In a line of text.
    Small,
    /// Beside a message.
    #[default]
    Medium,
    /// In a list on phones.
    Large,
    /// On the person's own page.
    Huge,
}

impl AvatarSize {
    fn classes(self) -> &'static str {
        match self {
            Self::Small => "avatar avatar--small",
            Self::Medium => "avatar",
            Self::Large => "avatar avatar--large",
            Self::Huge => "avatar avatar--huge",
        }
    }
}

/// The initials are for the eye only: the name always stands beside them. Presence is also said as a word.
#[component]
pub fn Avatar(
    person: Person,
    #[prop(default = AvatarSize::Medium)] size: AvatarSize,
    #[prop(optional, into)] presence: Option<Signal<Presence>>,
) -> impl IntoView {
    let dot = presence.map(|presence| {
        let word = move || presence.get().word();
        view! {
            <span class=move || format!("avatar__presence avatar__presence--{}", word())>
                <span class="visually-hidden">{word}</span>
            </span>
        }
    });
    view! {
        <span class=size.classes() data-hue=person.id.hue().to_string()>
            <span aria-hidden="true">{initials(&person)}</span>
            {dot}
        </span>
    }
}

/// A name without letters, such as a single emoji, falls back to the username.
fn initials(person: &Person) -> String {
    let initials = person.initials();
    if initials.is_empty() {
        person
            .username
            .as_str()
            .chars()
            .take(1)
            .flat_map(char::to_uppercase)
            .collect()
    } else {
        initials
    }
}
