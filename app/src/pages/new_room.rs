//! Opening a public room.
use crate::api::rooms::CreateRoom;
use crate::components::action_form::{ActionForm, FormAction};
use crate::components::field::{Field, FieldKind};
use crate::components::form_error::{FormError, error_of, problem};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/rooms/new`.
#[component]
pub fn NewRoomPage() -> impl IntoView {
    let create = FormAction::to::<CreateRoom>();
    let error = error_of(create.value());
    view! {
        <Title text="New public room · Kith"/>
        <main class="shell__sheet shell__sheet--page">
            <div class="page">
                <ActionForm action=create attr:class="dialog dialog--page" attr:novalidate="">
                    <header class="dialog__head">
                        <div>
                            <h1 class="dialog__title">"New public room"</h1>
                            <p class="dialog__lead">"A place everybody here can find."</p>
                        </div>
                    </header>
                    <div class="dialog__body">
                        <FormError error=error beside=&["name", "topic"]/>
                        <Field label="Name" name="name" hint="An emoji at the start becomes its picture."
                            error=problem(error, "name")/>
                        <Field label="What is it about?" name="topic" kind=FieldKind::Remark
                            hint="It is shown in the list of rooms." error=problem(error, "topic")/>
                    </div>
                    <footer class="dialog__foot">
                        <span class="page__text">"You become its owner."</span>
                        <a class="button button--quiet" href="/rooms">"Cancel"</a>
                        <button class="button button--primary" type="submit" disabled=create.pending()>
                            "Create room"
                        </button>
                    </footer>
                </ActionForm>
            </div>
        </main>
    }
    .into_any()
}
