//! Hydrates the pages in the browser. It holds no logic of its own.
#![recursion_limit = "256"]
use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the server's HTML; called by the script tag that `app::shell` writes.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
