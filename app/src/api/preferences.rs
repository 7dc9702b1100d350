//! How this browser likes its pages. Kept in cookies, so that the first paint is right.
use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the server read from the cookies of this request.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Preferences {
    pub theme: Theme,
    /// Minutes east of UTC, for days and times before the browser's own clock is at hand.
    pub offset: i32,
}

/// Light, dark, or as the system is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// As in the cookie, in forms and in `data-theme`.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Anything unknown is the system's.
    pub fn from_word(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// What a page may say about the response that carries it.
pub trait Cookies: Send + Sync {
    /// Sets a cookie that lasts a year. What it holds is not secret and is checked when read.
    fn set(&self, name: &'static str, value: &str);
    /// This page is about something that is not here: status 404.
    fn not_found(&self);
}

/// Tells the server that this page is about something that is not here; in the browser there is nobody to tell.
pub fn answer_not_found() {
    if let Some(response) = use_context::<std::sync::Arc<dyn Cookies>>() {
        response.not_found();
    }
}

/// Whether this request is a form sent without script: it is answered by a redirect, not by data.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ByForm(pub bool);

/// Whether the server function at hand was called by a form without script.
pub fn is_by_form() -> bool {
    use_context::<ByForm>().unwrap_or_default().0
}

/// Remembers the theme on this device.
#[server]
pub async fn choose_theme(theme: Theme) -> Result<(), AppError> {
    let cookies = use_context::<std::sync::Arc<dyn Cookies>>().ok_or(AppError::Unavailable)?;
    cookies.set("theme", theme.word());
    Ok(())
}

/// What was typed into a form that came back with an error and without script. Never a password.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// The value that this field had; blank when there is none.
    pub fn get(&self, field: &str) -> String {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }
}

/// Where this build's own files are: their names carry a hash of what is in them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Assets {
    pub js: String,
    pub wasm: String,
    pub css: String,
}
