//! One's own page: who one is here, how to be found, how the pages look, and the way out.
use crate::api::accounts::SignOut;
use crate::components::action_form::{ActionForm, FormAction};
use crate::components::avatar::{Avatar, AvatarSize};
use crate::components::copy_button::CopyButton;
use crate::components::form_error::{FormError, error_of};
use crate::components::icon::Icon;
use crate::components::theme_choice::ThemeChoice;
use crate::components::viewer::use_viewer;
use crate::domain::code::FriendCode;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/me`.
#[component]
pub fn MePage() -> impl IntoView {
    let viewer = use_viewer();
    let person = viewer.person;
    view! {
        <Title text="You · Kith"/>
        <main class="shell__sheet shell__sheet--page">
            <div class="page">
                <h1 class="page__title">"You"</h1>
                <div class="group">
                    <div class="portrait">
                        <Avatar person=person.clone() size=AvatarSize::Huge/>
                        <div>
                            <p class="portrait__name" dir="auto">{person.name.to_string()}</p>
                            <p class="page__text">{format!("@{}", person.username)}</p>
                        </div>
                    </div>
                    {code(viewer.code)}
                </div>
                <section class="page__section">
                    <h2 class="page__heading">"Appearance"</h2>
                    <div class="group">
                        <div class="setting">
                            <p class="setting__name">"Theme"</p>
                            <div class="setting__end"><ThemeChoice/></div>
                        </div>
                    </div>
                </section>
                <section class="page__section">{sign_out()}</section>
            </div>
        </main>
    }
    .into_any()
}

fn code(code: FriendCode) -> AnyView {
    let text = code.to_string();
    view! {
        <div class="setting">
            <div>
                <p class="setting__name">"Your friend code"</p>
                <p class="setting__code" data-testid="friend-code">{text.clone()}</p>
                <p class="setting__hint">"People will be able to find you by this code."</p>
            </div>
            <div class="setting__end"><CopyButton label="Copy" text=text/></div>
        </div>
    }
    .into_any()
}

fn sign_out() -> AnyView {
    let sign_out = FormAction::to::<SignOut>();
    view! {
        <ActionForm action=sign_out>
            <FormError error=error_of(sign_out.value())/>
            <button class="button button--danger" type="submit" disabled=sign_out.pending()>
                <Icon name="leave" class="icon--small icon--directional"/>
                "Sign out"
            </button>
        </ActionForm>
    }
    .into_any()
}
