//! Making an account by oneself, where the server allows it.
use crate::api::accounts::{Register, registration_is_open};
use crate::api::resource::blocking;
use crate::components::action_form::{ActionForm, FormAction};
use crate::components::auth_frame::AuthFrame;
use crate::components::field::{Field, FieldKind};
use crate::components::form_error::{FormError, error_of, problem};
use crate::components::icon::Icon;
use crate::components::password_field::{PasswordField, PasswordKind};
use crate::error::AppError;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/register`.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let register = FormAction::to::<Register>();
    let open = blocking(|| (), |()| registration_is_open());
    let card = move || {
        Suspend::new(async move {
            match open.await {
                Ok(false) => closed(),
                // When the server cannot say, the form is shown: it tells the same when it is sent.
                _ => form(register),
            }
        })
    };
    view! {
        <Title text="Create your account · Kith"/>
        <AuthFrame>
            <Suspense>{card}</Suspense>
        </AuthFrame>
    }
    .into_any()
}

fn form(register: FormAction) -> AnyView {
    let error = error_of(register.value());
    view! {
        <h1 class="auth__title">"Create your account"</h1>
        <p class="auth__lead">"A name and a password are enough."</p>
        <ActionForm action=register attr:class="auth__form" attr:novalidate="">
            {account_fields(error)}
            <button class="button button--primary button--wide" type="submit" disabled=register.pending()>
                "Create account"
            </button>
        </ActionForm>
        <p class="auth__else">
            "Already a member? "
            <a class="button button--link" href="/sign-in">"Sign in"</a>
        </p>
    }
    .into_any()
}

/// What every new account is asked for, with the form's error above.
pub(super) fn account_fields(error: Signal<Option<AppError>>) -> AnyView {
    view! {
        <FormError error=error beside=&["name", "username", "email", "password"]/>
        <Field label="Your name" name="name" kind=FieldKind::Name error=problem(error, "name")/>
        <Field
            label="Username"
            name="username"
            kind=FieldKind::Username
            hint="People can find you by this. Letters, digits, dots and dashes."
            error=problem(error, "username")
        />
        <Field label="E-mail" name="email" kind=FieldKind::Email error=problem(error, "email")/>
        <PasswordField label="Password" kind=PasswordKind::New error=problem(error, "password")/>
    }
    .into_any()
}

fn closed() -> AnyView {
    view! {
        <div class="landing">
            <span class="landing__icon"><Icon name="lock" class="icon--large"/></span>
            <h1 class="auth__title">"No new accounts here"</h1>
            <p class="auth__lead">"Whoever runs this server makes the accounts. Ask them for one."</p>
            <div class="landing__actions">
                <a class="button button--primary button--wide" href="/sign-in">"Sign in"</a>
            </div>
        </div>
    }
    .into_any()
}
