//! Light, dark or as the system is. The choice is a cookie, so that the server paints right at once.
use super::action_form::{ActionForm, FormAction};
use crate::api::preferences::{ChooseTheme, Preferences, Theme};
use crate::components::form_error::{FormError, error_of};
use crate::components::icon::Icon;
use leptos::prelude::*;

const CHOICES: [(Theme, &str, &str); 3] = [
    (Theme::System, "half", "System"),
    (Theme::Light, "sun", "Light"),
    (Theme::Dark, "moon", "Dark"),
];

/// Three buttons of one form. With script the page changes before the server has answered.
#[component]
pub fn ThemeChoice() -> impl IntoView {
    let choose = FormAction::to::<ChooseTheme>();
    let before = use_context::<Preferences>().unwrap_or_default().theme;
    let (chosen, set_chosen) = signal(before);
    // The page may have changed since it came from the server.
    Effect::new(move |_| set_chosen.set(painted().unwrap_or(before)));
    view! {
        <ActionForm action=choose>
            <FormError error=error_of(choose.value())/>
            <div class="segmented" role="group" aria-label="Theme">
                {CHOICES
                    .map(|(theme, icon, word)| {
                        view! {
                            <button
                                class="segmented__option"
                                type="submit"
                                name="theme"
                                value=theme.word()
                                aria-pressed=move || (chosen.get() == theme).to_string()
                                on:click=move |_| {
                                    set_chosen.set(theme);
                                    paint(theme);
                                }
                            >
                                <Icon name=icon class="icon--small"/>
                                {word}
                            </button>
                        }
                    })}
            </div>
        </ActionForm>
    }
}

/// The theme that the page has now.
fn painted() -> Option<Theme> {
    let word = document().document_element()?.get_attribute("data-theme")?;
    Some(Theme::from_word(&word))
}

fn paint(theme: Theme) {
    if let Some(page) = document().document_element() {
        // The name of the attribute is a valid one: this cannot fail.
        page.set_attribute("data-theme", theme.word()).ok();
    }
}
