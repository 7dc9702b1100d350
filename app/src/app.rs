//! The application: providers and routes, nothing else.
use crate::pages;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

/// All pages. Every route is `Async` or `InOrder`: out-of-order streaming shows nothing without script.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Kith"/>
        <Router>
            <Routes fallback=pages::not_found::NotFound>
                <Route path=path!("/sign-in") view=pages::sign_in::SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/register") view=pages::register::RegisterPage ssr=SsrMode::Async/>
                <Route path=path!("/setup/:token") view=pages::set_up::SetUpPage ssr=SsrMode::Async/>
                <Route path=path!("/reset/:token") view=pages::reset::ResetPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=pages::frame::Frame ssr=SsrMode::Async>
                    <Route path=path!("") view=pages::home::HomePage/>
                    <Route path=path!("rooms") view=pages::directory::DirectoryPage/>
                    <Route path=path!("rooms/new") view=pages::new_room::NewRoomPage/>
                    <Route path=path!("rooms/:room") view=pages::room::RoomRoute/>
                    <Route path=path!("rooms/:room/:seq") view=pages::room::RoomRoute/>
                    <Route path=path!("me") view=pages::me::MePage/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
