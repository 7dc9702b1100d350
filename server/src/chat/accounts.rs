//! Accounts: making them and checking passwords. Who is signed in where is the HTTP layer's.
use super::Chat;
use super::entry::enter;
use super::links::Token;
use super::password::Verdict;
use super::throttle::{Throttle, Wait};
use crate::error::broken;
use crate::store::{Credentials, MAX_ALIKE, NewUser, StoreError, Taken};
use app::api::accounts::{LinkKind, NewAccount};
use app::domain::code::FriendCode;
use app::domain::id::UserId;
use app::domain::membership::{Membership, Role};
use app::domain::problem::Problem;
use app::domain::time::Timestamp;
use app::domain::user::{DisplayName, Email, Password, Username};
use app::error::{AppError, Fields};
use std::fmt;
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

/// Whose password it was.
#[derive(Clone, PartialEq, Eq)]
pub struct Verified {
    pub user: UserId,
    /// Of the password that was checked, as in [`Chat::viewer`]: a session that carries it ends when another is set.
    pub stamp: Vec<u8>,
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({})", self.user)
    }
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

    /// Runs what makes an account or sets a password, unless too much of that came from this address. What fails by the
    /// server's own fault does not count.
    pub async fn admit<T>(
        &self,
        address: IpAddr,
        work: impl Future<Output = Result<T, AppError>>,
    ) -> Result<T, AppError> {
        let entered = self.throttle().enter(address, self.clock.now());
        entered.map_err(|Wait { seconds }| AppError::SlowDown { seconds })?;
        let done = work.await;
        if done.as_ref().is_err_and(is_ours) {
            self.throttle().entered_in_vain(address);
        }
        done
    }

    /// Whose account this is, by username or e-mail address. Field: `password`, whatever was wrong; an account that does
    /// not exist takes the same time as a wrong password.
    pub async fn check_password(&self, name: &str, password: &str, address: IpAddr) -> Result<Verified, AppError> {
        let pause = {
            let mut throttle = self.throttle();
            let attempt = throttle.attempt(name, address, self.clock.now());
            attempt.map_err(|Wait { seconds }| AppError::SlowDown { seconds })?
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let verified = self.verify(name, password).await;
        match &verified {
            Ok(_) => self.throttle().succeeded(name, address),
            Err(why) if is_ours(why) => self.throttle().was_in_vain(name, address),
            Err(_) => (),
        }
        verified
    }

    async fn verify(&self, name: &str, password: &str) -> Result<Verified, AppError> {
        let wrong = || AppError::field("password", Problem::Mismatch);
        let password = Password::parse(password).map_err(|_| wrong())?;
        let mut right = None;
        for candidate in self.candidates(name).await? {
            let stored = candidate.as_ref().map(|credentials| credentials.password.clone());
            let verdict = self.passwords.verify(password.clone(), stored).await?;
            // The others are checked all the same, so that the time does not tell how many there are.
            if let Some(credentials) = candidate.filter(|_| right.is_none() && verdict != Verdict::Wrong) {
                right = Some((credentials, verdict));
            }
        }
        let (credentials, verdict) = right.ok_or_else(wrong)?;
        if let Verdict::Outdated(stronger) = verdict {
            let mut tx = self.store.write().await?;
            tx.rehash_password(credentials.user, &credentials.password, &stronger)
                .await?;
            tx.commit().await?;
        }
        Ok(Verified {
            user: credentials.user,
            stamp: stamp(credentials.password_at),
        })
    }

    /// Against what a password is to be checked: always as many, whoever exists. One address may stand beside several
    /// accounts, so that nobody locks its owner out by giving it first.
    async fn candidates(&self, name: &str) -> Result<Vec<Option<Credentials>>, AppError> {
        // Given back before verifying, which takes its time: connections are few.
        let mut tx = self.store.read().await?;
        if let Ok(username) = Username::parse(name) {
            return Ok(vec![tx.credentials_of(&username).await?]);
        }
        let Ok(email) = Email::parse(name) else {
            return Ok(vec![None]);
        };
        let mut all: Vec<_> = tx.credentials_at(&email).await?.into_iter().map(Some).collect();
        all.resize_with(MAX_ALIKE, || None);
        Ok(all)
    }

    /// Collects what is wrong with all fields, and looks closely at the password and hashes it only if nothing is.
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
        let password = fields.check("password", Password::parse(&account.password));
        let (Some(username), Some(name), Some(email), Some(password)) = (username, name, email, password) else {
            return Err(fields.into_error());
        };
        let address = email.clone().map(String::from).unwrap_or_default();
        let own = vec![username.to_string(), name.to_string(), address];
        if self.passwords.is_common(password.clone(), own).await? {
            return Err(AppError::field("password", Problem::TooCommon));
        }
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

/// What changes with the password: a session that carries another stamp ends.
pub(super) fn stamp(password_at: Timestamp) -> Vec<u8> {
    password_at.0.to_be_bytes().to_vec()
}

/// Whether the server failed, and not who asked.
fn is_ours(why: &AppError) -> bool {
    matches!(why, AppError::Unavailable | AppError::Broken { .. })
}
