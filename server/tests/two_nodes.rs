//! Two nodes on one database, joined by a link: what happens on one is heard on the other.
#[path = "support/support.rs"]
mod support;

use app::domain::time::Timestamp;
use app::protocol::{Change, ClientFrame, ServerFrame, UserChange, close};
use server::realtime::link::{Link, Packet, Wire, pair};
use std::time::Duration;
use support::{Database, TestApp};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Two nodes with this between them.
async fn nodes((a, b): (Wire, Wire)) -> (TestApp, TestApp) {
    let database = Database::new().await;
    let twin = Database {
        url: database.url.clone(),
        folder: tempfile::tempdir().unwrap(),
    };
    let a = TestApp::on(database, &[], Some(a)).await;
    let b = TestApp::on(twin, &[], Some(b)).await;
    (a, b)
}

/// A wire that loses everything.
fn broken() -> (Wire, Wire) {
    struct Deaf(#[allow(dead_code, reason = "it keeps the channel open")] mpsc::Sender<Packet>);
    impl Link for Deaf {
        fn forward(&self, _: &Packet) {}
    }
    let wire = || {
        let (keep, packets) = mpsc::channel(1);
        Wire {
            link: Box::new(Deaf(keep)),
            packets,
        }
    };
    (wire(), wire())
}

#[tokio::test]
async fn a_post_on_one_node_is_heard_on_the_other() {
    let (a, b) = nodes(pair()).await;
    let (ann, ben) = (a.user("ann").await, b.user("ben").await);
    let lobby = ann.lobby().await;
    assert_eq!(ben.lobby().await, lobby);
    let (mut anns, mut bens) = (ann.socket().await, ben.socket().await);
    for seq in 1..=20 {
        let (from, to) = if seq % 2 == 0 {
            (&mut anns, &mut bens)
        } else {
            (&mut bens, &mut anns)
        };
        from.post(lobby, "Over there").await;
        assert_eq!(to.hear_post(lobby).await.seq, seq);
        assert_eq!(from.hear_post(lobby).await.seq, seq);
    }
    anns.say(ClientFrame::Typing { room: lobby }).await;
    bens.hear_of(|frame| matches!(frame, ServerFrame::Typing { .. }).then_some(()))
        .await;
}

#[tokio::test]
async fn sessions_and_memberships_end_on_all_nodes_within_a_second() {
    for wires in [pair(), broken()] {
        let (a, b) = nodes(wires).await;
        let ann = a.user("ann").await;
        let there = ann.at(&b.url);
        let room = ann.create_room("Garden").await;
        let mut socket = there.socket().await;
        ann.leave(room).await;
        // One second for the poll, and a little for the machine.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let ben = a.user("ben").await;
        ben.join(room).await;
        let mut bens = ben.at(&b.url).socket().await;
        bens.post(room, "Among ourselves").await;
        bens.hear_post(room).await;
        let heard = socket.hear_all().await;
        let is_post = |frame: &ServerFrame| match frame {
            ServerFrame::Room(event) => event.room == room && matches!(event.change, Change::Message(_)),
            _ => false,
        };
        assert!(!heard.iter().any(is_post), "{heard:?}");
        ann.call("sign_out", &[]).await;
        let code = timeout(Duration::from_millis(1_500), socket.closed()).await.unwrap();
        assert_eq!(code, close::SIGNED_OUT);
    }
}

#[tokio::test]
async fn what_the_link_loses_is_filled_within_five_seconds() {
    let (a, b) = nodes(broken()).await;
    let (ann, ben) = (a.user("ann").await, b.user("ben").await);
    let lobby = ann.lobby().await;
    let (mut anns, mut bens) = (ann.socket().await, ben.socket().await);
    for _ in 0..3 {
        anns.post(lobby, "Lost on the way").await;
        anns.hear_post(lobby).await;
    }
    let filling = async {
        let mut seqs = Vec::new();
        while !seqs.contains(&3) {
            let items = bens
                .hear_of(|frame| match frame {
                    ServerFrame::Filled { room, items, .. } if room == lobby => Some(items),
                    _ => None,
                })
                .await;
            seqs.extend(items.into_iter().filter_map(|item| match item {
                Change::Message(message) => Some(message.seq),
                _ => None,
            }));
        }
        seqs
    };
    let mut seqs = timeout(Duration::from_secs(7), filling).await.expect("filled in time");
    seqs.sort();
    seqs.dedup();
    assert_eq!(seqs, [1, 2, 3]);

    // And goes on from there, each once.
    let sent = bens.post(lobby, "Here again").await;
    assert_eq!(bens.hear_post(lobby).await.client_id, sent);
}

#[tokio::test]
async fn ones_own_things_that_the_link_loses_are_told_too() {
    let (a, b) = nodes(broken()).await;
    let ann = a.user("ann").await;
    let mut there = ann.at(&b.url).socket().await;
    let room = ann.create_room("Garden").await;
    let told = there.hear_of(|frame| match frame {
        ServerFrame::User(event) => Some(event.change),
        _ => None,
    });
    let change = timeout(Duration::from_secs(7), told).await.expect("told in time");
    assert_eq!(change, UserChange::Stale);

    // And the new room is followed from there.
    let mut other = ann.at(&b.url).socket().await;
    let is_post = |frame: &ServerFrame| matches!(frame, ServerFrame::Room(event) if event.room == room);
    let saying = async {
        loop {
            other.post(room, "Here").await;
            other.hear_post(room).await;
            if there.hear_all().await.iter().any(is_post) {
                return;
            }
        }
    };
    timeout(Duration::from_secs(3), saying).await.expect("heard");
}

#[tokio::test]
async fn what_one_node_missed_is_told_on_that_node_only() {
    struct Dropping(#[allow(dead_code, reason = "it keeps the channel open")] Box<dyn Link>);
    impl Link for Dropping {
        fn forward(&self, _: &Packet) {}
    }
    let (one, other) = pair();
    let deaf = Wire {
        link: Box::new(Dropping(one.link)),
        packets: one.packets,
    };
    let (a, b) = nodes((deaf, other)).await;
    let ann = a.user("ann").await;
    let lobby = ann.lobby().await;
    let (mut here, mut there) = (ann.socket().await, ann.at(&b.url).socket().await);
    ann.create_room("Garden").await;
    let stale = |frame| match frame {
        ServerFrame::User(event) => (event.change == UserChange::Stale).then_some(()),
        _ => None,
    };
    timeout(Duration::from_secs(7), there.hear_of(stale))
        .await
        .expect("told in time");
    // What is forwarded after it is heard after it.
    there.post(lobby, "After").await;
    let is_last = |frame: &ServerFrame| matches!(frame, ServerFrame::Room(event) if event.room == lobby && matches!(event.change, Change::Message(_)));
    loop {
        let frame = here.hear().await;
        assert_eq!(stale(frame.clone()), None);
        if is_last(&frame) {
            return;
        }
    }
}

#[tokio::test]
async fn a_session_that_ends_by_time_closes_its_sockets() {
    let database = Database::new().await;
    let twin = Database {
        url: database.url.clone(),
        folder: tempfile::tempdir().unwrap(),
    };
    let a = TestApp::on(database, &[], None).await;
    let ann = a.user("ann").await;
    let id = ann.id().await;
    let mut socket = ann.socket().await;
    let cookies = ann.cookies();
    let session = cookies.split_once('=').unwrap().1.parse().unwrap();
    let session = server::http::session::hash(session);
    let saved = a.app.store.session_save(session, Some(id), "{}", Timestamp(1)).await;
    assert!(saved.unwrap());
    // A node cleans up when it starts, and hourly.
    let _b = TestApp::on(twin, &[], None).await;
    assert_eq!(socket.closed().await, close::SIGNED_OUT);
}
