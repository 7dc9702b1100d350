//! Accounts, bound to the session of one request: who passes gets a new session, and whoever goes is gone everywhere.
use super::Site;
use super::address::ClientAddress;
use super::session::{self, Account, Auth, Kept, Seen};
use crate::config::Registration;
use crate::error::broken;
use app::api::accounts::{Accounts, LinkKind, NewAccount};
use app::domain::id::UserId;
use app::domain::permission::Denied;
use app::error::AppError;
use async_trait::async_trait;
use axum_login::AuthnBackend;

/// See [`Accounts`].
pub struct Door {
    site: Site,
    auth: Auth,
    address: ClientAddress,
}

impl Door {
    /// The door for one request.
    pub fn new(site: Site, auth: Auth, address: ClientAddress) -> Self {
        Self { site, auth, address }
    }

    /// The account that was made just now.
    async fn account(&self, user: UserId) -> Result<Account, AppError> {
        let account = self.auth.backend.get_user(&user).await?;
        account.ok_or_else(|| broken("an account is gone that was just there"))
    }

    /// A new session for this person, under a new id; one that there was ends.
    async fn enter(&self, account: Account, kept: Kept) -> Result<(), AppError> {
        let mut auth = self.auth.clone();
        if let Some(id) = auth.session.id() {
            self.site.bus.end_session(session::hash(id));
        }
        // axum-login makes a new id only for those who were signed out; ours is new in any case.
        auth.session.cycle_id().await.map_err(broken)?;
        auth.login(&account).await.map_err(broken)?;
        auth.session.insert(Kept::KEY, kept.0).await.map_err(broken)?;
        let now = self.site.clock.now();
        auth.session.insert(Seen::KEY, now.0).await.map_err(broken)?;
        auth.session.set_expiry(Some(kept.expiry()));
        Ok(())
    }
}

#[async_trait]
impl Accounts for Door {
    async fn register(&self, account: NewAccount) -> Result<(), AppError> {
        if !self.is_registration_open() {
            return Err(Denied::RegistrationClosed.into());
        }
        let chat = &self.site.chat;
        let user = chat.admit(self.address.0, chat.create_account(account)).await?;
        self.enter(self.account(user).await?, Kept(true)).await
    }

    async fn set_up(&self, token: String, account: NewAccount) -> Result<(), AppError> {
        let chat = &self.site.chat;
        let made = chat.redeem_set_up(&token, account);
        let user = chat.admit(self.address.0, made).await?;
        self.enter(self.account(user).await?, Kept(true)).await
    }

    async fn sign_in(&self, name: String, password: String, keep: bool) -> Result<(), AppError> {
        let verified = self.site.chat.check_password(&name, &password, self.address.0).await?;
        // A password that was set meanwhile ends this session with its first request.
        let account = self.account(verified.user).await?.with_stamp(verified.stamp);
        self.enter(account, Kept(keep)).await
    }

    async fn sign_out(&self) -> Result<(), AppError> {
        let mut auth = self.auth.clone();
        let id = auth.session.id();
        auth.logout().await.map_err(broken)?;
        // After the session is gone: a socket that opens in between finds none.
        if let Some(id) = id {
            self.site.bus.end_session(session::hash(id));
        }
        Ok(())
    }

    async fn reset_password(&self, token: String, password: String) -> Result<(), AppError> {
        let chat = &self.site.chat;
        let user = chat.admit(self.address.0, chat.redeem_reset(&token, &password)).await?;
        self.site.bus.end_user(user);
        Ok(())
    }

    async fn is_open(&self, link: LinkKind, token: String) -> Result<bool, AppError> {
        self.site.chat.is_link_open(link, &token).await
    }

    fn is_registration_open(&self) -> bool {
        self.site.registration == Registration::Open
    }
}
