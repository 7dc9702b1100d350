//! One-time links: the one that makes the first administrator, and those that set a new password.
use super::Chat;
use crate::clock::Clock;
use crate::store::{Hash, Store, StoreError};
use app::api::accounts::LinkKind;
use app::domain::id::UserId;
use app::domain::problem::Problem;
use app::domain::user::{Password, Username};
use app::error::AppError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// How long a reset link can be used (milliseconds).
const RESET: i64 = 3_600_000;

/// A link's token as it is stored: whoever reads the table cannot use it.
#[derive(Clone, Copy)]
pub(super) struct Token(pub(super) Hash);

impl Token {
    pub(super) fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// A new one of 256 bits, beside the text that goes into the link.
    fn new(clock: &Clock) -> (Self, String) {
        let text = URL_SAFE_NO_PAD.encode(clock.random::<32>());
        (Self::of(&text), text)
    }
}

/// Makes a link with which this person sets a new password within the hour; none if nobody is called so. It needs no
/// running server. Earlier links of theirs can no longer be used.
pub async fn reset_link(store: &Store, clock: &Clock, username: &Username) -> Result<Option<String>, StoreError> {
    let mut tx = store.write().await?;
    let Some(user) = tx.user_named(username).await? else {
        return Ok(None);
    };
    let (token, text) = Token::new(clock);
    tx.delete_links_of(user).await?;
    let expires = clock.now().plus(RESET);
    tx.insert_link(token.0, LinkKind::Reset, Some(user), Some(expires))
        .await?;
    tx.commit().await?;
    Ok(Some(text))
}

impl Chat {
    /// Makes the link that makes the administrator, if there is none yet. It replaces the one of an earlier start.
    pub async fn set_up_link(&self) -> Result<Option<String>, AppError> {
        let mut tx = self.store.write().await?;
        tx.delete_links(LinkKind::SetUp).await?;
        let mut made = None;
        if !tx.has_admin().await? {
            let (token, text) = Token::new(&self.clock);
            tx.insert_link(token.0, LinkKind::SetUp, None, None).await?;
            made = Some(text);
        }
        tx.commit().await?;
        Ok(made)
    }

    /// Whether a link can still be used.
    pub async fn is_link_open(&self, kind: LinkKind, token: &str) -> Result<bool, AppError> {
        let mut tx = self.store.read().await?;
        let link = tx.link(Token::of(token).0, kind, self.clock.now()).await?;
        Ok(link.is_some())
    }

    /// Sets a new password and ends all sessions of the account, also on open sockets; gives whose it was. A link that
    /// cannot be used is `NotFound`. Field: `password`; the link is not used up when that is refused.
    pub async fn redeem_reset(&self, token: &str, password: &str) -> Result<UserId, AppError> {
        let token = Token::of(token);
        let mut tx = self.store.read().await?;
        let link = tx.link(token.0, LinkKind::Reset, self.clock.now()).await?;
        let user = link.and_then(|link| link.user).ok_or(AppError::NotFound)?;
        let (viewer, _) = tx.viewer(user).await?.ok_or(AppError::NotFound)?;
        drop(tx);
        let refused = |problem| AppError::field("password", problem);
        let password = Password::parse(password).map_err(refused)?;
        let person = viewer.person;
        let own = vec![person.username.into(), person.name.into()];
        if self.passwords.is_common(password.clone(), own).await? {
            return Err(refused(Problem::TooCommon));
        }
        let password = self.passwords.hash(password).await?;
        let chat = self.clone();
        self.whole(async move { chat.reset(token, &password).await }).await
    }

    async fn reset(&self, token: Token, password: &str) -> Result<UserId, AppError> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let link = tx.take_link(token.0, LinkKind::Reset, now).await?;
        let user = link.and_then(|link| link.user).ok_or(AppError::NotFound)?;
        tx.set_password(user, password, now).await?;
        tx.delete_links_of(user).await?;
        tx.end_sessions(user, now).await?;
        tx.commit().await?;

        self.bus.end_user(user);
        Ok(user)
    }
}
