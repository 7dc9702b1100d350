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

/// Sets a cookie that lasts a year. What it holds is not secret and is checked when read.
pub trait Cookies: Send + Sync {
    fn set(&self, name: &'static str, value: &str);
}

/// Remembers the theme on this device.
#[server]
pub async fn choose_theme(theme: Theme) -> Result<(), AppError> {
    let cookies = use_context::<std::sync::Arc<dyn Cookies>>().ok_or(AppError::Unavailable)?;
    cookies.set("theme", theme.word());
    Ok(())
}
