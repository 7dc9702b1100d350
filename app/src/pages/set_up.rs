//! The very first account, made with the link that the server printed when it started.
use crate::api::accounts::{LinkKind, SetUp};
use crate::components::action_form::{ActionForm, FormAction};
use crate::components::form_error::error_of;
use crate::components::link_frame::LinkFrame;
use crate::pages::register::account_fields;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/setup/:token`.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let action = FormAction::to::<SetUp>();
    let form = Callback::new(move |token| form(action, token));
    view! {
        <Title text="Set up · Kith"/>
        <LinkFrame kind=LinkKind::SetUp form expired="It was used, or it is too old. Restart the server: as long as nobody runs it, it prints a new one."/>
    }
    .into_any()
}

fn form(set_up: FormAction, token: String) -> AnyView {
    let error = error_of(set_up.value());
    view! {
        <h1 class="auth__title">"Create your account"</h1>
        <p class="auth__lead">"You will run this server."</p>
        <ActionForm action=set_up attr:class="auth__form" attr:novalidate="">
            <input type="hidden" name="token" value=token/>
            {account_fields(error)}
            <button class="button button--primary button--wide" type="submit" disabled=set_up.pending()>
                "Create account"
            </button>
        </ActionForm>
    }
    .into_any()
}
