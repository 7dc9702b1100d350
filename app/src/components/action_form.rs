//! A form that works without script, and without a new page where there is script.
//!
//! Leptos has an `ActionForm` of its own; it is generated anew for every server function, which made a tenth of the WASM.
//! A form needs nothing of that function's types: it sends its fields as they are and hears whether it went well.
use crate::error::AppError;
use gloo_net::http::Request;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::{FromServerFnError, ServerFnUrlError};
use leptos::server_fn::redirect::{REDIRECT_HEADER, call_redirect_hook};
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FormData, HtmlButtonElement, HtmlFormElement, UrlSearchParams};

/// Where a form goes, and what came back.
#[derive(Clone, Copy)]
pub struct FormAction {
    url: &'static str,
    value: RwSignal<Option<Result<(), AppError>>>,
    pending: RwSignal<bool>,
}

impl FormAction {
    /// For the server function `F`. Without script its error comes back in the address of the page.
    pub fn to<F: ServerFn<Error = AppError>>() -> Self {
        Self::new(F::PATH, F::url())
    }

    fn new(path: &str, url: &'static str) -> Self {
        let error = use_context::<ServerActionError>().filter(|error| error.path() == path);
        let value = error.map(|error| Err(ServerFnUrlError::<AppError>::decode_err(error.err())));
        Self {
            url,
            value: RwSignal::new(value),
            pending: RwSignal::new(false),
        }
    }

    /// What the server answered to the last send.
    pub fn value(self) -> Signal<Option<Result<(), AppError>>> {
        self.value.into()
    }

    /// Whether an answer is awaited.
    pub fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    fn send(self, fields: UrlSearchParams) {
        self.pending.set(true);
        spawn_local(async move {
            let answer = post(self.url, fields).await;
            self.pending.try_set(false);
            self.value.try_set(Some(answer));
        });
    }
}

/// `<form method="post">` to a server function. `instead` hears of a send first and may prevent it.
#[component]
pub fn ActionForm(
    action: FormAction,
    #[prop(optional, into)] instead: Option<Callback<SubmitEvent>>,
    children: Children,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        if let Some(instead) = instead {
            instead.run(event.clone());
        }
        if event.default_prevented() {
            return;
        }
        let Some(fields) = fields(&event) else { return };
        event.prevent_default();
        if !action.pending.get_untracked() {
            action.send(fields);
        }
    };
    view! { <form method="post" action=action.url on:submit=submit>{children()}</form> }
}

/// The fields as the browser would send them, with the button that was pressed.
fn fields(event: &SubmitEvent) -> Option<UrlSearchParams> {
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    if let Some(button) = event
        .submitter()
        .and_then(|button| button.dyn_into::<HtmlButtonElement>().ok())
        && !button.name().is_empty()
    {
        data.append_with_str(&button.name(), &button.value()).ok()?;
    }
    UrlSearchParams::new_with_str_sequence_sequence(&JsValue::from(data)).ok()
}

async fn post(url: &str, fields: UrlSearchParams) -> Result<(), AppError> {
    let request = Request::post(url).header("Accept", "application/json").body(fields);
    let response = request
        .map_err(|_| AppError::Malformed)?
        .send()
        .await
        .map_err(|_| AppError::Unreachable)?;
    let headers = response.headers();
    if !response.ok() {
        let text = response.text().await.map_err(|_| AppError::Unreachable)?;
        return Err(AppError::de(text.into()));
    }
    if let Some(to) = headers
        .get("location")
        .filter(|_| headers.get(REDIRECT_HEADER).is_some())
    {
        call_redirect_hook(&to);
    }
    Ok(())
}
