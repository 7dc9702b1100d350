//! A whole server for a test, on a port and a database of its own, and people who use it from outside.
#![allow(dead_code, reason = "each test program uses a part of this")]
pub mod socket;
pub mod user;

use app::domain::user::Username;
use clap::Parser;
use server::App;
use server::clock::Clock;
use server::config::Config;
use server::realtime::link::Wire;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::future::Future;
use std::time::Duration;
use tempfile::TempDir;
use user::TestUser;

/// Nothing that a test waits for takes longer than this.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A password that is long enough and on no list.
pub const PASSWORD: &str = "quiet-river-lantern";

/// A running server.
pub struct TestApp {
    pub app: App,
    pub url: String,
    pub database: Database,
}

/// A database that nobody else uses: a file, or a schema in `$TEST_DATABASE_URL`.
pub struct Database {
    pub url: String,
    pub folder: TempDir,
}

impl Database {
    /// An empty one.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        #[allow(clippy::disallowed_methods, reason = "tests have no configuration but this")]
        let url = match std::env::var("TEST_DATABASE_URL") {
            Ok(url) => schema_in(&url).await,
            Err(_) => format!("sqlite:{}", folder.path().join("kith.db").display()),
        };
        Self { url, folder }
    }
}

async fn schema_in(url: &str) -> String {
    let name = format!("test_{}", Clock::System.uuid().simple());
    let mut connection = PgConnection::connect(url).await.unwrap();
    let sql = AssertSqlSafe(format!("CREATE SCHEMA {name}"));
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options[search_path]={name}")
}

/// The configuration that these flags make, on a free port.
pub fn config(database: &Database, flags: &[&str]) -> Config {
    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        config: Config,
    }
    let folder = database.folder.path().display().to_string();
    let ours = [
        "kith",
        "--address",
        "127.0.0.1:0",
        "--database-url",
        &database.url,
        "--data",
        &folder,
    ];
    Flags::parse_from(ours.iter().chain(flags)).config
}

impl TestApp {
    /// A server as it is without any configuration.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A server with these flags.
    pub async fn with(flags: &[&str]) -> Self {
        Self::on(Database::new().await, flags, None).await
    }

    /// A node on this database, joined to another by a wire.
    pub async fn on(database: Database, flags: &[&str], wire: Option<Wire>) -> Self {
        let app = App::join(config(&database, flags), Clock::System, wire).await.unwrap();
        let url = format!("http://{}", app.address);
        Self { app, url, database }
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> TestUser {
        TestUser::new(&self.url)
    }

    /// Somebody with a new account, signed in.
    pub async fn user(&self, name: &str) -> TestUser {
        let user = self.stranger();
        user.register(name).await;
        user
    }

    /// A token with which this person sets a new password.
    pub async fn reset_link(&self, name: &str) -> String {
        let name = Username::parse(name).unwrap();
        let token = server::chat::reset_link(&self.app.store, &Clock::System, &name).await;
        token.unwrap().unwrap()
    }

    /// Stops it and keeps the database.
    pub async fn stop(self) -> Database {
        self.app.stop().await;
        self.database
    }
}

/// Waits until this holds.
pub async fn eventually<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let trying = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, trying)
        .await
        .unwrap_or_else(|_| panic!("never: {what}"));
}
