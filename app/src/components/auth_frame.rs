//! The pages before somebody is signed in: the sign, enlarged, and a card where its two discs meet.
use crate::components::icon::Icon;
use leptos::prelude::*;

/// The frame; what is on the card comes from the page.
#[component]
pub fn AuthFrame(children: Children) -> impl IntoView {
    view! {
        <div class="backdrop backdrop--window">
            <div class="auth">
                <header class="auth__top">
                    <span class="brand">
                        <Icon name="kith" class="icon--large"/>
                        "Kith"
                    </span>
                </header>
                <main class="auth__card glass">{children()}</main>
                <p class="auth__foot">"Run on your own machine. No ads, no tracking."</p>
            </div>
        </div>
    }
}
