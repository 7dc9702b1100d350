//! The very first account, made with the link that the server printed when it started.
use crate::api::accounts::{LinkKind, SetUp, check_link};
use crate::api::resource::blocking;
use crate::components::action_form::{ActionForm, FormAction};
use crate::components::auth_frame::AuthFrame;
use crate::components::form_error::error_of;
use crate::components::icon::Icon;
use crate::pages::register::account_fields;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/setup/:token`.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.with(|params| params.get("token")).unwrap_or_default();
    let set_up = FormAction::to::<SetUp>();
    let open = blocking(token, |token| check_link(LinkKind::SetUp, token));
    let card = move || {
        let token = token();
        Suspend::new(async move {
            match open.await {
                Ok(false) => expired(),
                // When the server cannot say, the form is shown: it tells the same when it is sent.
                _ => form(set_up, token),
            }
        })
    };
    view! {
        <Title text="Set up · Kith"/>
        <AuthFrame>
            <Suspense>{card}</Suspense>
        </AuthFrame>
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

fn expired() -> AnyView {
    view! {
        <div class="landing">
            <span class="landing__icon landing__icon--caution"><Icon name="clock" class="icon--large"/></span>
            <h1 class="auth__title">"This link no longer works"</h1>
            <p class="auth__lead">
                "It was used, or it is too old. Restart the server: as long as nobody runs it, it prints a new one."
            </p>
            <div class="landing__actions">
                <a class="button button--wide" href="/sign-in">"Sign in"</a>
            </div>
        </div>
    }
    .into_any()
}
