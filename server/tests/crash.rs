//! The promise that counts: what was acknowledged is there, whenever the process dies.
#[path = "support/support.rs"]
mod support;

use app::api::messages::Side;
use app::domain::id::{ClientId, RoomId};
use app::domain::message::Message;
use app::protocol::{Change, ServerFrame, decode};
use futures::StreamExt;
use serde_json::json;
use server::clock::Clock;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use support::Database;
use support::socket::TestSocket;
use support::user::{TestUser, answer};
use tokio_tungstenite::tungstenite::Message as Frame;

const ROUNDS: u64 = 20;

/// The real program, in a process of its own.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    /// Starts it, and waits until it says where it listens.
    fn start(database: &Database) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kith"))
            .args(["--address", "127.0.0.1:0", "--log-format", "json", "--log", "info"])
            .args(["--database-url", &database.url, "--data"])
            .arg(database.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let serving = lines.find_map(|line| line.unwrap().split_once(r#""url":"#).map(|(_, rest)| rest.to_owned()));
        let url = serving.expect("it serves").split('"').nth(1).unwrap().to_owned();
        // Nobody reads on: the pipe must not fill up, and must not break.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }

    /// `kill -9`.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_the_death_of_the_process() {
    let database = Database::new().await;
    let mut process = Process::start(&database);
    let mut ann = TestUser::new(&process.url);
    ann.register("ann").await;
    let room = ann.create_room("Garden").await;
    let mut acknowledged = BTreeSet::new();
    for round in 0..ROUNDS {
        let random = u64::from(u16::from_be_bytes(Clock::System.random()));
        let moment = Duration::from_millis(20 + random % 280);
        let posting = post_until_it_dies(&ann, room, round);
        let killing = async {
            tokio::time::sleep(moment).await;
            process.kill();
        };
        acknowledged.extend(tokio::join!(posting, killing).0);

        process = Process::start(&database);
        ann = ann.at(&process.url);
        let stored = all(&ann, room).await;
        let seqs: Vec<i64> = stored.iter().map(|message| message.seq).collect();
        assert_eq!(
            seqs,
            (1..=seqs.len() as i64).collect::<Vec<_>>(),
            "round {round}: contiguous"
        );
        let ids: BTreeSet<ClientId> = stored.iter().map(|message| message.client_id).collect();
        assert_eq!(ids.len(), stored.len(), "round {round}: each once");
        let lost: Vec<_> = acknowledged.difference(&ids).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?} of {}", acknowledged.len());
    }
    assert!(
        acknowledged.len() > ROUNDS as usize,
        "{} were acknowledged",
        acknowledged.len()
    );
    process.kill();
}

/// Posts from several pages as fast as they are allowed; gives what was acknowledged before the line broke.
async fn post_until_it_dies(ann: &TestUser, room: RoomId, round: u64) -> BTreeSet<ClientId> {
    let pages = (0..4).map(|page| async move {
        let mut acknowledged = BTreeSet::new();
        let mut socket = TestSocket::silent(ann).await;
        for count in 0..50 {
            let draft = support::socket::draft(room, &format!("{round} {page} {count}"));
            let frame = app::protocol::encode(&app::protocol::ClientFrame::Post(draft));
            if futures::SinkExt::send(&mut socket.0, Frame::Text(frame.into()))
                .await
                .is_err()
            {
                break;
            }
        }
        while let Some(Ok(frame)) = socket.0.next().await {
            let Frame::Text(text) = frame else { continue };
            if let Ok(ServerFrame::Room(event)) = decode(&text)
                && let Change::Message(message) = event.change
            {
                acknowledged.insert(message.client_id);
            }
        }
        acknowledged
    });
    futures::future::join_all(pages).await.into_iter().flatten().collect()
}

/// The whole history, oldest first.
async fn all(ann: &TestUser, room: RoomId) -> Vec<Message> {
    let mut all: Vec<Message> = Vec::new();
    loop {
        let last = all.last().map_or(0, |message| message.seq);
        let arguments = json!({ "room": room, "side": Side::After(last) });
        let page: Vec<Message> = answer(ann.ask("load_history", arguments).await).await;
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}
