//! Sessions: an opaque id in a cookie, its hash in the store, and the account behind it.
//! It signs nobody in by itself; see `door`.
use super::{Response, Site, failure};
use crate::chat::Chat;
use crate::clock::Clock;
use crate::realtime::hub::SessionHash;
use crate::store::{Store, StoreError};
use app::domain::id::UserId;
use app::domain::time::Timestamp;
use app::domain::user::Viewer;
use app::error::AppError;
use async_trait::async_trait;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{ACCEPT, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum_login::{AuthManagerLayer, AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend};
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::fmt;
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

/// The session of one request, and who it belongs to.
pub type Auth = AuthSession<Accounts>;

/// How long a session lasts that is kept and not used.
const KEPT: Duration = Duration::days(30);

/// How long any other lasts that is not used; its cookie ends with the browser.
const NOT_KEPT: Duration = Duration::hours(12);

/// Where axum-login keeps who is signed in.
const SIGNED_IN: &str = "signed_in";

/// The layer that finds the session and its account.
pub fn layer(site: &Site) -> AuthManagerLayer<Accounts, Sessions> {
    let is_https = site.public_url.is_https;
    let sessions = Sessions {
        store: site.store.clone(),
        clock: site.clock.clone(),
    };
    let manager = SessionManagerLayer::new(sessions)
        .with_name(if is_https { "__Host-kith" } else { "kith" })
        .with_secure(is_https)
        .with_same_site(SameSite::Lax);
    AuthManagerLayerBuilder::new(Accounts(site.chat.clone()), manager)
        .with_data_key(SIGNED_IN)
        .build()
}

/// What is stored instead of the id.
pub fn hash(id: Id) -> SessionHash {
    Sha256::digest(id.0.to_le_bytes()).into()
}

/// Whether a session outlives the browser. Stands in the session.
#[derive(Clone, Copy)]
pub struct Kept(pub bool);

impl Kept {
    /// Its name in the session.
    pub const KEY: &'static str = "kept";

    /// How the cookie expires.
    pub fn expiry(self) -> Expiry {
        if self.0 {
            Expiry::OnInactivity(KEPT)
        } else {
            Expiry::OnSessionEnd
        }
    }
}

/// When a session was last noted as used. Stands in the session.
pub struct Seen;

impl Seen {
    /// Its name in the session.
    pub const KEY: &'static str = "seen";
}

/// An account as sessions know it.
#[derive(Clone)]
pub struct Account {
    pub viewer: Viewer,
    /// Changes with the password: sessions that carry another end.
    stamp: Vec<u8>,
}

impl Account {
    /// As it was when the password of this stamp was checked.
    pub fn with_stamp(self, stamp: Vec<u8>) -> Self {
        Self { stamp, ..self }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.viewer.id())
    }
}

impl AuthUser for Account {
    type Id = UserId;

    fn id(&self) -> UserId {
        self.viewer.id()
    }

    fn session_auth_hash(&self) -> &[u8] {
        &self.stamp
    }
}

/// Where accounts come from.
#[derive(Clone)]
pub struct Accounts(Chat);

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Accounts")
    }
}

impl AuthnBackend for Accounts {
    type User = Account;
    /// Nobody signs in through this trait: `door` has the address and the typed errors.
    type Credentials = std::convert::Infallible;
    type Error = AppError;

    async fn authenticate(&self, nobody: Self::Credentials) -> std::result::Result<Option<Account>, AppError> {
        match nobody {}
    }

    async fn get_user(&self, user: &UserId) -> std::result::Result<Option<Account>, AppError> {
        let found = self.0.viewer(*user).await.inspect_err(|why| {
            if *why == AppError::Unavailable {
                note_unavailable();
            }
        })?;
        Ok(found.map(|(viewer, stamp)| Account { viewer, stamp }))
    }
}

/// The sessions in our store.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    /// Refuses an id that is in use, and takes another.
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            let (data, user, expires) = self.written(record)?;
            let made = self.store.session_create(hash(record.id), user, &data, expires).await;
            if made.map_err(backend)? {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (data, user, expires) = self.written(record)?;
        // One that ended meanwhile stays ended.
        let saved = self.store.session_save(hash(record.id), user, &data, expires).await;
        saved.map(drop).map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self
            .store
            .session_load(hash(*id), self.clock.now())
            .await
            .map_err(backend)?;
        let Some((data, expires)) = found else {
            return Ok(None);
        };
        let moment = i128::from(expires.0) * 1_000_000;
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?,
            expiry_date: OffsetDateTime::from_unix_timestamp_nanos(moment)
                .map_err(|error| Error::Decode(error.to_string()))?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.session_delete(hash(*id)).await.map_err(backend)
    }
}

impl Sessions {
    /// What is stored of a session: its content, whose it is, and when it ends by our own clock.
    fn written(&self, record: &Record) -> Result<(String, Option<UserId>, Timestamp)> {
        let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        let user = record.data.get(SIGNED_IN).and_then(|data| data.get("user_id"));
        let user = user.and_then(|user| user.as_str()?.parse().ok());
        let is_kept = record.data.get(Kept::KEY).and_then(|kept| kept.as_bool()) == Some(true);
        let lasts = if is_kept { KEPT } else { NOT_KEPT };
        let lasts = i64::try_from(lasts.whole_milliseconds()).unwrap_or(i64::MAX);
        Ok((data, user, self.clock.now().plus(lasts)))
    }
}

fn backend(error: StoreError) -> Error {
    if let StoreError::Unavailable(_) = error {
        note_unavailable();
    }
    Error::Backend(error.to_string())
}

tokio::task_local! {
    /// Whether the database did not answer during this request. The session layer keeps no cause.
    static IS_UNAVAILABLE: Cell<bool>;
}

fn note_unavailable() {
    // Outside of a request there is nobody to be told.
    let _ = IS_UNAVAILABLE.try_with(|cell| cell.set(true));
}

/// The layer around [`layer`]: where that fails because the database does not answer, it says so, in words for a page.
pub async fn unavailable(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_page = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let is_page = is_page.is_some_and(|accept| accept.contains("text/html"));
    let answering = async {
        let response = next.run(request).await;
        (response, IS_UNAVAILABLE.with(Cell::get))
    };
    let (response, is_unavailable) = IS_UNAVAILABLE.scope(Cell::new(false), answering).await;
    match (response.status(), is_unavailable) {
        (StatusCode::INTERNAL_SERVER_ERROR, true) if is_page => {
            let text = AppError::Unavailable.to_string();
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")], text).into_response()
        }
        (StatusCode::INTERNAL_SERVER_ERROR, true) => failure::response(&AppError::Unavailable),
        _ => response,
    }
}
