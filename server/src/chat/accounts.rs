//! Accounts: making them and checking passwords. Who is signed in where is the HTTP layer's.
use super::Chat;
use super::entry::enter;
use super::links::Token;
use super::password::Verdict;
use super::throttle::{Throttle, Wait};
use crate::error::broken;
use crate::store::{NewUser, StoreError, Taken};
use app::api::accounts::{LinkKind, NewAccount};
use app::domain::code::FriendCode;
use app::domain::id::UserId;
use app::domain::membership::{Membership, Role};
use app::domain::problem::Problem;
use app::domain::user::{DisplayName, Email, Password, Username};
use app::error::{AppError, Fields};
use std::net::IpAddr;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

/// Friend codes that are tried before giving up: each is one of 2^40.
const TRIES: usize = 5;

/// An account whose fields are all right.
struct Checked {
    username: Username,
    name: DisplayName,
    email: Option<Email>,
    /// As a PHC string.
    password: String,
}

/// By what right an account is made.
#[derive(Clone, Copy)]
enum Right {
    /// Whoever asks may have one.
    Anybody,
    /// The set-up link of this token makes the administrator.
    SetUp(Token),
}

impl Chat {
    /// Makes an account, which is in the Lobby from the start. Fields: `username`, `name`, `email`, `password`.
    /// Whether people may do this by themselves is asked at the door.
    pub async fn create_account(&self, account: NewAccount) -> Result<UserId, AppError> {
        let checked = self.check(&account).await?;
        self.make(checked, Right::Anybody).await
    }

    /// Makes the administrator's account with the set-up link. The link is used up only if that succeeds.
    pub async fn redeem_set_up(&self, token: &str, account: NewAccount) -> Result<UserId, AppError> {
        let token = Token::of(token);
        let link = self
            .store
            .read()
            .await?
            .link(token.0, LinkKind::SetUp, self.clock.now())
            .await?;
        link.ok_or(AppError::NotFound)?;
        let checked = self.check(&account).await?;
        self.make(checked, Right::SetUp(token)).await
    }

    /// Whose account this is, by username or e-mail address. Field: `password`, whatever was wrong; an account that does
    /// not exist takes the same time as a wrong password.
    pub async fn check_password(&self, name: &str, password: &str, address: IpAddr) -> Result<UserId, AppError> {
        let pause = {
            let mut throttle = self.throttle();
            let attempt = throttle.attempt(name, address, self.clock.now());
            attempt.map_err(|Wait { seconds }| AppError::SlowDown { seconds })?
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let mut tx = self.store.read().await?;
        let credentials = if let Ok(username) = Username::parse(name) {
            tx.credentials_of(&username).await?
        } else if let Ok(email) = Email::parse(name) {
            tx.credentials_at(&email).await?
        } else {
            None
        };
        // Verifying takes its time, and connections are few.
        drop(tx);
        let wrong = || AppError::field("password", Problem::Mismatch);
        let password = Password::parse(password).map_err(|_| wrong())?;
        let stored = credentials.as_ref().map(|credentials| credentials.password.clone());
        let verdict = self.passwords.verify(password, stored).await?;
        let Some(credentials) = credentials else {
            return Err(wrong());
        };
        match verdict {
            Verdict::Wrong => return Err(wrong()),
            Verdict::Right => (),
            Verdict::Outdated(stronger) => {
                let mut tx = self.store.write().await?;
                tx.rehash_password(credentials.user, &credentials.password, &stronger)
                    .await?;
                tx.commit().await?;
            }
        }
        self.throttle().succeeded(name, address);
        Ok(credentials.user)
    }

    /// Collects what is wrong with all fields, and hashes the password if nothing is.
    async fn check(&self, account: &NewAccount) -> Result<Checked, AppError> {
        let mut fields = Fields::default();
        let mut username = fields.check("username", Username::parse(&account.username));
        if let Some(parsed) = &username
            && self.store.read().await?.user_named(parsed).await?.is_some()
        {
            username = fields.check("username", Err(Problem::Taken));
        }
        let name = fields.check("name", DisplayName::parse(&account.name));
        let email = match account.email.trim() {
            "" => Some(None),
            email => fields.check("email", Email::parse(email).map(Some)),
        };
        let mut password = fields.check("password", Password::parse(&account.password));
        if let Some(parsed) = &password {
            let own = [&account.username, &account.name, &account.email];
            let own = own.map(|word| word.trim().to_owned());
            if self.passwords.is_common(parsed.clone(), own.into()).await? {
                password = fields.check("password", Err(Problem::TooCommon));
            }
        }
        let (Some(username), Some(name), Some(email), Some(password)) = (username, name, email, password) else {
            return Err(fields.into_error());
        };
        Ok(Checked {
            username,
            name,
            email,
            password: self.passwords.hash(password).await?,
        })
    }

    async fn make(&self, checked: Checked, right: Right) -> Result<UserId, AppError> {
        let chat = self.clone();
        self.whole(async move {
            for _ in 0..TRIES {
                match chat.try_make(&checked, right).await? {
                    Ok(user) => return Ok(user),
                    Err(Taken::Username) => return Err(AppError::field("username", Problem::Taken)),
                    Err(Taken::Code) => (),
                }
            }
            Err(broken("no free friend code was found"))
        })
        .await
    }

    async fn try_make(&self, checked: &Checked, right: Right) -> Result<Result<UserId, Taken>, AppError> {
        let now = self.clock.now();
        let user = UserId(self.clock.uuid());
        let mut tx = self.store.write().await?;
        let mut is_admin = false;
        if let Right::SetUp(token) = right {
            let link = tx.take_link(token.0, LinkKind::SetUp, now).await?;
            link.ok_or(AppError::NotFound)?;
            is_admin = true;
        }
        // Before the account, since two that want the same name wait for each other's rows.
        tx.lock_rooms(&[self.lobby]).await?;
        // Nodes that started together may have made a link each: the lock lets one through.
        if is_admin && tx.has_admin().await? {
            return Err(AppError::NotFound);
        }
        let made = tx
            .insert_user(&NewUser {
                id: user,
                username: checked.username.clone(),
                name: checked.name.clone(),
                code: FriendCode::from_bits(u64::from_be_bytes(self.clock.random())),
                email: checked.email.clone(),
                password: checked.password.clone(),
                is_admin,
                at: now,
            })
            .await;
        match made {
            Err(StoreError::Taken(what)) => return Ok(Err(what)),
            made => made?,
        }
        let lobby = tx.room_itself(self.lobby).await?.ok_or_else(|| broken("no Lobby"))?;
        let member = Membership {
            role: Role::Member,
            read_seq: lobby.last_seq,
            visible_from_seq: 1,
        };
        let entered = enter(&mut tx, lobby.id, user, member, now).await?;
        tx.commit().await?;

        self.announce(entered);
        Ok(Ok(user))
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
