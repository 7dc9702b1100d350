//! What went wrong with a form as a whole. What is wrong with one field stands beside that field.
use crate::components::icon::Icon;
use crate::domain::problem::Problem;
use crate::error::AppError;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The line at the top of a form. After a send that failed, the first field with a problem gets the focus.
#[component]
pub fn FormError(
    #[prop(into)] error: Signal<Option<AppError>>,
    /// The fields that tell their own problem: a single one is not told twice.
    #[prop(optional)]
    beside: &'static [&'static str],
) -> impl IntoView {
    let line = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |before: Option<()>| {
        let failed = error.with(Option::is_some);
        if before.is_some() && failed {
            // The fields are marked in the same turn; they have their marks by the next frame.
            request_animation_frame(move || focus_first_invalid(line));
        }
    });
    let said = move || error.get().and_then(|error| at_the_top(&error, beside));
    view! {
        <div class="form-error" role="alert" node_ref=line>
            {move || said().map(|text| view! {
                <div class="banner banner--error banner--inline">
                    <Icon name="alert"/>
                    <p>{text}</p>
                </div>
            })}
        </div>
    }
}

/// What the server answered to the last send, if it was an error. With script off it comes back in the address.
pub fn error_of(answer: Signal<Option<Result<(), AppError>>>) -> Signal<Option<AppError>> {
    Signal::derive(move || answer.with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().err().cloned())))
}

/// What is wrong with one field.
pub fn problem(error: Signal<Option<AppError>>, field: &'static str) -> Signal<Option<Problem>> {
    Signal::derive(move || error.with(|error| error.as_ref().and_then(|error| error.problem(field).cloned())))
}

fn at_the_top(error: &AppError, beside: &[&str]) -> Option<String> {
    match error {
        AppError::Invalid(all) if all.len() == 1 && beside.contains(&all[0].field.as_str()) => None,
        error => Some(error.to_string()),
    }
}

fn focus_first_invalid(line: NodeRef<leptos::html::Div>) {
    let form = line
        .try_get_untracked()
        .flatten()
        .and_then(|line| line.closest("form").ok().flatten());
    let field = form.and_then(|form| form.query_selector("[aria-invalid='true']").ok().flatten());
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Focus cannot fail on an element that is on the page.
        field.focus().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_problem_is_told_once() {
        let one = AppError::field("name", Problem::Blank);
        assert_eq!(at_the_top(&one, &["name"]), None);
        assert_eq!(at_the_top(&one, &[]), Some("Please fill this in.".into()));
        let AppError::Invalid(mut all) = one else { return };
        all.push(all[0].clone());
        let said = at_the_top(&AppError::Invalid(all), &["name"]);
        assert_eq!(said, Some("2 things need another look.".into()));
        assert!(at_the_top(&AppError::Unreachable, &["name"]).is_some());
    }
}
