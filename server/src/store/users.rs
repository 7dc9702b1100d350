//! Accounts: making them, finding them for sign-in, their passwords and the `rev` of their own log.
use super::error::StoreError;
use super::row::{PersonRow, corrupt, person_columns};
use super::tx::{Tx, on};
use app::domain::code::FriendCode;
use app::domain::id::UserId;
use app::domain::time::Timestamp;
use app::domain::user::{DisplayName, Email, Username, Viewer};
use std::fmt;
use uuid::Uuid;

/// An account to be made.
pub struct NewUser {
    pub id: UserId,
    pub username: Username,
    pub name: DisplayName,
    pub code: FriendCode,
    pub email: Option<Email>,
    /// As a PHC string.
    pub password: String,
    pub is_admin: bool,
    pub at: Timestamp,
}

/// What a password is checked against.
pub struct Credentials {
    pub user: UserId,
    /// As a PHC string.
    pub password: String,
    /// When it was set.
    pub password_at: Timestamp,
}

/// Accounts with one address whose passwords are tried.
pub const MAX_ALIKE: usize = 3;

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

#[derive(sqlx::FromRow)]
struct ViewerRow {
    #[sqlx(flatten)]
    person: PersonRow,
    code: String,
    is_admin: bool,
    password_at: i64,
}

impl Tx {
    /// Makes an account. Errors: [`StoreError::Taken`] for the username and for the friend code.
    pub async fn insert_user(&mut self, new: &NewUser) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO users (id, username, name, code, email, password, password_at, is_admin, rev, \
             created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $7, $7)";
        on!(self, |db| sqlx::query(SQL)
            .bind(new.id.0)
            .bind(new.username.as_str())
            .bind(new.name.as_str())
            .bind(new.code.plain())
            .bind(new.email.as_ref().map(Email::as_str))
            .bind(&new.password)
            .bind(new.at.0)
            .bind(new.is_admin)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// The account of this name.
    pub async fn user_named(&mut self, username: &Username) -> Result<Option<UserId>, StoreError> {
        const SQL: &str = "SELECT id FROM users WHERE username = $1";
        let id: Option<Uuid> = on!(self, |db| sqlx::query_scalar(SQL)
            .bind(username.as_str())
            .fetch_optional(db)
            .await?);
        Ok(id.map(UserId))
    }

    /// What to check the password of this account against.
    pub async fn credentials_of(&mut self, username: &Username) -> Result<Option<Credentials>, StoreError> {
        const SQL: &str = "SELECT id, password, password_at FROM users WHERE username = $1";
        let row: Option<CredentialsRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(username.as_str())
            .fetch_optional(db)
            .await?);
        Ok(row.map(credentials))
    }

    /// The same for the oldest accounts with this address, at most [`MAX_ALIKE`]: several may have given the same one.
    pub async fn credentials_at(&mut self, email: &Email) -> Result<Vec<Credentials>, StoreError> {
        const SQL: &str =
            "SELECT id, password, password_at FROM users WHERE email = $1 ORDER BY created_at, id LIMIT $2";
        let rows: Vec<CredentialsRow> = on!(self, |db| sqlx::query_as(SQL)
            .bind(email.as_str())
            .bind(MAX_ALIKE as i64)
            .fetch_all(db)
            .await?);
        Ok(rows.into_iter().map(credentials).collect())
    }

    /// An account as its own pages see it, and when its password was set.
    pub async fn viewer(&mut self, user: UserId) -> Result<Option<(Viewer, Timestamp)>, StoreError> {
        const SQL: &str = concat!(
            "SELECT ",
            person_columns!(),
            ", u.code AS code, u.is_admin AS is_admin, u.password_at AS password_at FROM users u WHERE u.id = $1"
        );
        let row: Option<ViewerRow> = on!(self, |db| sqlx::query_as(SQL).bind(user.0).fetch_optional(db).await?);
        let Some(row) = row else { return Ok(None) };
        let viewer = Viewer {
            person: row.person.try_into()?,
            code: corrupt("code", user.0, FriendCode::parse(&row.code))?,
            is_admin: row.is_admin,
        };
        Ok(Some((viewer, Timestamp(row.password_at))))
    }

    /// Sets a new password.
    pub async fn set_password(&mut self, user: UserId, password: &str, at: Timestamp) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE users SET password = $2, password_at = $3 WHERE id = $1";
        on!(self, |db| sqlx::query(SQL)
            .bind(user.0)
            .bind(password)
            .bind(at.0)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Stores the same password in a stronger form, unless it was changed in the meantime.
    pub async fn rehash_password(&mut self, user: UserId, old: &str, new: &str) -> Result<(), StoreError> {
        const SQL: &str = "UPDATE users SET password = $3 WHERE id = $1 AND password = $2";
        on!(self, |db| sqlx::query(SQL)
            .bind(user.0)
            .bind(old)
            .bind(new)
            .execute(db)
            .await
            .map(drop)?);
        Ok(())
    }

    /// Whether anybody runs this server.
    pub async fn has_admin(&mut self) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT EXISTS (SELECT 1 FROM users WHERE is_admin)";
        Ok(on!(self, |db| sqlx::query_scalar(SQL).fetch_one(db).await?))
    }

    /// Moves the `rev` of a person's own log and gives the new one. It locks the account: take it after rooms.
    pub async fn bump_user(&mut self, user: UserId, at: Timestamp) -> Result<i64, StoreError> {
        const SQL: &str = "UPDATE users SET rev = rev + 1, changed_at = $2 WHERE id = $1 RETURNING rev";
        Ok(on!(self, |db| sqlx::query_scalar(SQL)
            .bind(user.0)
            .bind(at.0)
            .fetch_one(db)
            .await?))
    }

    /// The `rev` of a person's own log, if there is such a person.
    pub async fn user_rev(&mut self, user: UserId) -> Result<Option<i64>, StoreError> {
        const SQL: &str = "SELECT rev FROM users WHERE id = $1";
        Ok(on!(self, |db| sqlx::query_scalar(SQL)
            .bind(user.0)
            .fetch_optional(db)
            .await?))
    }

    /// The people whose own things changed at `at` or later, and their `rev`.
    pub async fn users_changed_since(&mut self, at: Timestamp) -> Result<Vec<(UserId, i64)>, StoreError> {
        const SQL: &str = "SELECT id, rev FROM users WHERE changed_at >= $1";
        let rows: Vec<(Uuid, i64)> = on!(self, |db| sqlx::query_as(SQL).bind(at.0).fetch_all(db).await?);
        Ok(rows.into_iter().map(|(id, rev)| (UserId(id), rev)).collect())
    }
}

type CredentialsRow = (Uuid, String, i64);

fn credentials((id, password, password_at): CredentialsRow) -> Credentials {
    Credentials {
        user: UserId(id),
        password,
        password_at: Timestamp(password_at),
    }
}
