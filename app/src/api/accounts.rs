//! Making an account, signing in and out. The forms send plain text, so that every problem is told beside its field.
use crate::error::AppError;
use async_trait::async_trait;
use leptos::prelude::*;

/// What somebody typed to make an account.
#[derive(Clone)]
pub struct NewAccount {
    pub username: String,
    pub name: String,
    /// May be blank.
    pub email: String,
    pub password: String,
}

/// Accounts and the session of one request.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Makes an account and signs it in. Fields: `username`, `name`, `email`, `password`.
    async fn register(&self, account: NewAccount) -> Result<(), AppError>;
    /// Makes the administrator's account with the one-time link that the server printed, and signs it in.
    async fn set_up(&self, token: String, account: NewAccount) -> Result<(), AppError>;
    /// Signs in by username or e-mail. Field: `password`, whatever was wrong.
    /// Without `keep` the session ends with the browser.
    async fn sign_in(&self, name: String, password: String, keep: bool) -> Result<(), AppError>;
    /// Ends the session, also on open sockets.
    async fn sign_out(&self) -> Result<(), AppError>;
    /// Sets a new password with a one-time link and ends all sessions. Field: `password`.
    async fn reset_password(&self, token: String, password: String) -> Result<(), AppError>;
    /// Whether a one-time link can still be used.
    async fn is_open(&self, link: LinkKind, token: String) -> Result<bool, AppError>;
    /// Whether people may make accounts by themselves.
    fn is_registration_open(&self) -> bool;
}

/// What a one-time link is for. Stored as a small number: never renumber.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum LinkKind {
    SetUp,
    Reset,
}

/// Where a signed-in person begins.
pub const HOME: &str = "/";

/// A path on this server to go to after signing in; anything else leads home, so that no link leads astray.
pub fn within(next: &str) -> &str {
    let is_path =
        next.starts_with('/') && !next.starts_with("//") && !next.contains(|c: char| c == '\\' || c.is_control());
    if is_path { next } else { HOME }
}

/// Makes an account and begins.
#[server]
pub async fn register(username: String, name: String, email: String, password: String) -> Result<(), AppError> {
    super::accounts()?
        .register(NewAccount {
            username,
            name,
            email,
            password,
        })
        .await?;
    leptos_axum::redirect(HOME);
    Ok(())
}

/// Makes the first administrator.
#[server]
pub async fn set_up(
    token: String,
    username: String,
    name: String,
    email: String,
    password: String,
) -> Result<(), AppError> {
    super::accounts()?
        .set_up(
            token,
            NewAccount {
                username,
                name,
                email,
                password,
            },
        )
        .await?;
    leptos_axum::redirect(HOME);
    Ok(())
}

/// Signs in and goes to `next`, a path on this server.
#[server]
pub async fn sign_in(
    name: String,
    password: String,
    #[server(default)] keep: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    super::accounts()?.sign_in(name, password, keep == "on").await?;
    leptos_axum::redirect(within(&next));
    Ok(())
}

/// Signs out.
#[server]
pub async fn sign_out() -> Result<(), AppError> {
    super::accounts()?.sign_out().await?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// Sets a new password with a one-time link.
#[server]
pub async fn reset_password(token: String, password: String) -> Result<(), AppError> {
    super::accounts()?.reset_password(token, password).await?;
    leptos_axum::redirect("/sign-in?reset=done");
    Ok(())
}

/// Whether the one-time link on this page can still be used.
#[server]
pub async fn check_link(kind: LinkKind, token: String) -> Result<bool, AppError> {
    super::accounts()?.is_open(kind, token).await
}

/// Whether people may make accounts by themselves.
#[server]
pub async fn registration_is_open() -> Result<bool, AppError> {
    Ok(super::accounts()?.is_registration_open())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_nowhere_else() {
        for (next, to) in [
            ("/rooms", "/rooms"),
            ("", "/"),
            ("https://evil.example", "/"),
            ("//evil.example", "/"),
            ("/\\evil", "/"),
            ("/\t/evil.example", "/"),
            ("/\u{1}/evil.example", "/"),
            ("/\n/evil.example", "/"),
        ] {
            assert_eq!(within(next), to);
        }
    }
}
