//! A page behind a one-time link: the form while the link works, and the way on when it does not.
use super::auth_frame::AuthFrame;
use super::icon::Icon;
use crate::api::accounts::{LinkKind, check_link};
use crate::api::resource::blocking;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// Checks the token in the address. `form` is drawn with it; `expired` says what to do instead.
#[component]
pub fn LinkFrame(kind: LinkKind, form: Callback<String, AnyView>, expired: &'static str) -> impl IntoView {
    let params = use_params_map();
    let token = move || params.with(|params| params.get("token")).unwrap_or_default();
    let open = blocking(token, move |token| check_link(kind, token));
    let card = move || {
        let token = token();
        Suspend::new(async move {
            match open.await {
                Ok(false) => no_longer(expired),
                // When the server cannot say, the form is shown: it tells the same when it is sent.
                _ => form.run(token),
            }
        })
    };
    view! {
        <AuthFrame>
            <Suspense>{card}</Suspense>
        </AuthFrame>
    }
    .into_any()
}

fn no_longer(expired: &'static str) -> AnyView {
    view! {
        <div class="landing">
            <span class="landing__icon landing__icon--caution"><Icon name="clock" class="icon--large"/></span>
            <h1 class="auth__title">"This link no longer works"</h1>
            <p class="auth__lead">{expired}</p>
            <div class="landing__actions">
                <a class="button button--wide" href="/sign-in">"Sign in"</a>
            </div>
        </div>
    }
    .into_any()
}
