//! A new password, with a one-time link from whoever runs the server.
use crate::api::accounts::{LinkKind, ResetPassword, check_link};
use crate::api::resource::blocking;
use crate::components::action_form::{ActionForm, FormAction};
use crate::components::auth_frame::AuthFrame;
use crate::components::form_error::{FormError, error_of, problem};
use crate::components::icon::Icon;
use crate::components::password_field::{PasswordField, PasswordKind};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/reset/:token`.
#[component]
pub fn ResetPage() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.with(|params| params.get("token")).unwrap_or_default();
    let reset = FormAction::to::<ResetPassword>();
    let open = blocking(token, |token| check_link(LinkKind::Reset, token));
    let card = move || {
        let token = token();
        Suspend::new(async move {
            match open.await {
                Ok(false) => expired(),
                // When the server cannot say, the form is shown: it tells the same when it is sent.
                _ => form(reset, token),
            }
        })
    };
    view! {
        <Title text="Choose a new password · Kith"/>
        <AuthFrame>
            <Suspense>{card}</Suspense>
        </AuthFrame>
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

fn expired() -> AnyView {
    view! {
        <div class="landing">
            <span class="landing__icon landing__icon--caution"><Icon name="clock" class="icon--large"/></span>
            <h1 class="auth__title">"This link no longer works"</h1>
            <p class="auth__lead">
                "It was used, or it is too old. Nothing has changed. Ask whoever runs this server for a new one."
            </p>
            <div class="landing__actions">
                <a class="button button--wide" href="/sign-in">"Sign in"</a>
            </div>
        </div>
    }
    .into_any()
}
