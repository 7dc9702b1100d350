//! In place of the composer while one only looks.
use super::action_form::{ActionForm, FormAction};
use crate::api::rooms::JoinRoom;
use crate::domain::id::RoomId;
use leptos::prelude::*;

/// Says that nobody is told, and offers to join.
#[component]
pub fn LookBar(room: RoomId, name: String) -> impl IntoView {
    let join = FormAction::to::<JoinRoom>();
    let failed = move || {
        join.value()
            .get()
            .and_then(Result::err)
            .map(|why| view! { <p class="look__text" role="alert">{why.to_string()}</p> })
    };
    view! {
        <ActionForm action=join attr:class="look">
            <input type="hidden" name="room" value=room.to_string()/>
            <div>
                <p class="look__title">{format!("You are looking at {name}")}</p>
                <p class="look__text">"Nobody is told. If you join, people here can see that you are a member."</p>
                {failed}
            </div>
            <button class="button button--primary" type="submit">"Join room"</button>
        </ActionForm>
    }
}
