//! A moment in the reader's own time: UTC for machines, local for people.
use crate::domain::time::Timestamp;
use crate::live::use_live;
use crate::live::zone::Zone;
use leptos::prelude::*;

/// How a moment is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimeStyle {
    /// `HH:MM`.
    Clock,
    /// The time today, the date before that.
    Short,
}

/// `<time>`, with date and time in full as its title.
#[component]
pub fn LocalTime(at: Timestamp, style: TimeStyle, #[prop(optional)] class: &'static str) -> impl IntoView {
    let zone = use_live().zone;
    let text = move || match style {
        TimeStyle::Clock => zone.get().clock(at),
        TimeStyle::Short => zone.get().short(at),
    };
    let full = move || Zone::full(zone.get(), at);
    view! { <time class=class datetime=at.to_string() title=full>{text}</time> }
}
