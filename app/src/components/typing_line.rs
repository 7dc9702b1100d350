//! Who is writing: always the same height, so that nothing jumps.
use crate::domain::id::RoomId;
use crate::live::use_live;
use leptos::prelude::*;

/// One line below the timeline.
#[component]
pub fn TypingLine(room: RoomId) -> impl IntoView {
    let typing = use_live().typing;
    let line = move || {
        typing.with(|typing| typing.line(room)).map(|line| {
            view! {
                <span class="typing__dots" aria-hidden="true"><i></i><i></i><i></i></span>
                <span>{line}</span>
            }
        })
    };
    view! { <p class="typing" aria-live="polite" data-testid="typing">{line}</p> }
}
