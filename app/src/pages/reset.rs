//! A new password, with a one-time link from whoever runs the server.
use crate::api::accounts::{LinkKind, ResetPassword};
use crate::components::action_form::{ActionForm, FormAction};
use crate::components::form_error::{FormError, error_of, problem};
use crate::components::link_frame::LinkFrame;
use crate::components::password_field::{PasswordField, PasswordKind};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/reset/:token`.
#[component]
pub fn ResetPage() -> impl IntoView {
    let action = FormAction::to::<ResetPassword>();
    let form = Callback::new(move |token| form(action, token));
    view! {
        <Title text="Choose a new password · Kith"/>
        <LinkFrame kind=LinkKind::Reset form expired="It was used, or it is too old. Nothing has changed. Ask whoever runs this server for a new one."/>
    }
    .into_any()
}

fn form(reset: FormAction, token: String) -> AnyView {
    let error = error_of(reset.value());
    view! {
        <h1 class="auth__title">"Choose a new password"</h1>
        <p class="auth__lead">"All your devices will be signed out."</p>
        <ActionForm action=reset attr:class="auth__form" attr:novalidate="">
            <FormError error=error beside=&["password"]/>
            <input type="hidden" name="token" value=token/>
            <PasswordField label="New password" kind=PasswordKind::New error=problem(error, "password")/>
            <button class="button button--primary button--wide" type="submit" disabled=reset.pending()>
                "Save password"
            </button>
        </ActionForm>
    }
    .into_any()
}
