//! A server without its HTTP edge, on a fresh database.
use app::api::accounts::NewAccount;
use app::api::messages::{Messages, Posted};
use app::api::rooms::Rooms;
use app::domain::id::{ClientId, RoomId, UserId};
use app::domain::message::{Draft, Message, MessageBody};
use app::domain::time::Timestamp;
use app::error::AppError;
use server::chat::Chat;
use server::clock::Clock;
use server::realtime::bus::Bus;
use server::store::Store;
use sqlx::{AssertSqlSafe, Connection};
use std::ops::Deref;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

pub const PASSWORD: &str = "quiet-river-lantern";

/// A node. It dereferences to its use-cases.
pub struct Node {
    pub chat: Chat,
    pub store: Store,
    pub bus: Bus,
    pub clock: Clock,
    _stop: DropGuard,
}

impl Deref for Node {
    type Target = Chat;
    fn deref(&self) -> &Chat {
        &self.chat
    }
}

/// A database that only one test uses.
pub struct Database {
    url: String,
    _folder: TempDir,
}

impl Database {
    pub async fn fresh() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match std::env::var_os("TEST_DATABASE_URL") {
            None => format!("sqlite:{}", folder.path().join("kith.db").display()),
            Some(url) => fresh_schema(url.to_str().unwrap()).await,
        };
        Self { url, _folder: folder }
    }

    /// Starts a node on it.
    pub async fn node(&self) -> Node {
        let clock = Clock::manual(Timestamp(1_800_000_000_000));
        let store = Store::connect(&self.url, 4, clock.clone()).await.unwrap();
        let bus = Bus::new(clock.clone(), None);
        let stop = CancellationToken::new();
        let tracker = TaskTracker::new();
        let chat = Chat::start(store.clone(), bus.clone(), clock.clone(), &tracker, &stop);
        Node {
            chat: chat.await.unwrap(),
            store,
            bus,
            clock,
            _stop: stop.drop_guard(),
        }
    }
}

async fn fresh_schema(url: &str) -> String {
    let schema = format!("test_{}", Clock::System.uuid().simple());
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    let statement = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options[search_path]={schema}")
}

/// A node on a fresh database. The database goes when the first of the two does, so keep both.
pub async fn node() -> (Node, Database) {
    let database = Database::fresh().await;
    (database.node().await, database)
}

pub fn account(username: &str) -> NewAccount {
    NewAccount {
        username: username.into(),
        name: format!("{username} Person"),
        email: String::new(),
        password: PASSWORD.into(),
    }
}

impl Node {
    pub async fn person(&self, username: &str) -> UserId {
        self.create_account(account(username)).await.unwrap()
    }

    pub async fn room_of(&self, owner: UserId) -> RoomId {
        let room = self.create_room(owner, "Garden".into(), String::new()).await;
        room.unwrap().id
    }

    pub fn draft(&self, room: RoomId, text: &str) -> Draft {
        Draft {
            room,
            client_id: ClientId(self.clock.uuid()),
            body: body(text),
        }
    }

    pub async fn says(&self, who: UserId, room: RoomId, text: &str) -> Message {
        match self.post_message(who, self.draft(room, text)).await {
            Ok(Posted::Now(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    pub async fn rev(&self, viewer: UserId, room: RoomId) -> i64 {
        self.access(viewer, room).await.unwrap().1.rev
    }
}

pub fn body(text: &str) -> MessageBody {
    MessageBody::parse(text).unwrap()
}

/// What is wrong with this field.
pub fn problem(error: &AppError, field: &str) -> String {
    error.problem(field).map(ToString::to_string).unwrap_or_default()
}
