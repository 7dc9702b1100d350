//! Signing in, by username or e-mail.
use crate::api::accounts::{SignIn, registration_is_open};
use crate::api::resource::blocking;
use crate::components::action_form::{ActionForm, FormAction};
use crate::components::auth_frame::AuthFrame;
use crate::components::field::{Field, FieldKind};
use crate::components::form_error::{FormError, error_of, problem};
use crate::components::icon::Icon;
use crate::components::password_field::{PasswordField, PasswordKind};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/sign-in`, with `?next=` for where to go afterwards and `?reset=done` after a new password.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let asks = move |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let open = blocking(|| (), |()| registration_is_open());
    let offer = move || Suspend::new(async move { matches!(open.await, Ok(true)).then(register_offer) });
    view! {
        <Title text="Sign in · Kith"/>
        <AuthFrame>
            <h1 class="auth__title">"Welcome back"</h1>
            <p class="auth__lead">"Sign in to Kith."</p>
            {form(asks("next"), asks("reset") == "done")}
            <Suspense>{offer}</Suspense>
        </AuthFrame>
    }
    .into_any()
}

fn form(next: String, was_reset: bool) -> AnyView {
    let sign_in = FormAction::to::<SignIn>();
    let error = error_of(sign_in.value());
    view! {
        <ActionForm action=sign_in attr:class="auth__form" attr:novalidate="">
            {was_reset.then(reset_is_done)}
            <FormError error=error beside=&["name", "password"]/>
            <input type="hidden" name="next" value=next/>
            <Field label="Username or e-mail" name="name" kind=FieldKind::SignIn error=problem(error, "name")/>
            <PasswordField label="Password" kind=PasswordKind::Current error=problem(error, "password")/>
            <label class="auth__check">
                <input type="checkbox" name="keep" checked/>
                "Keep me signed in on this device"
            </label>
            <button class="button button--primary button--wide" type="submit" disabled=sign_in.pending()>
                "Sign in"
            </button>
        </ActionForm>
    }
    .into_any()
}

fn reset_is_done() -> AnyView {
    view! {
        <div class="banner banner--back banner--inline" role="status">
            <Icon name="check-circle"/>
            <p>"Your new password is set. Sign in with it."</p>
        </div>
    }
    .into_any()
}

fn register_offer() -> AnyView {
    view! {
        <p class="auth__else">
            "New here? "
            <a class="button button--link" href="/register">"Create an account"</a>
        </p>
    }
    .into_any()
}
