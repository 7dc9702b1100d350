//! What pages are told live, and what they are refused, over real sockets.
#[path = "support/support.rs"]
mod support;

use app::domain::permission::Denied;
use app::domain::presence::Presence;
use app::error::AppError;
use app::protocol::{ClientFrame, MAX_FRAME, ServerFrame, UserChange, VERSION, close};
use futures::SinkExt;
use std::time::Duration;
use support::socket::{TestSocket, draft, try_open};
use support::{TestApp, eventually};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message as Frame;

#[tokio::test]
async fn a_post_is_heard_by_the_others_and_is_its_own_acknowledgement() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let lobby = ann.lobby().await;
    let (mut anns, mut bens) = (ann.socket().await, ben.socket().await);
    let client_id = anns.post(lobby, "Hello").await;
    for socket in [&mut anns, &mut bens] {
        let message = socket.hear_post(lobby).await;
        assert_eq!((message.client_id, message.seq), (client_id, 1));
        assert_eq!(message.content.body().unwrap().as_str(), "Hello");
    }
}

#[tokio::test]
async fn posts_of_one_page_keep_their_order() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let lobby = ann.lobby().await;
    let mut socket = ann.socket().await;
    let mut sent = Vec::new();
    for count in 0..30 {
        sent.push(socket.post(lobby, &format!("number {count}")).await);
    }
    for (seq, client_id) in (1..).zip(sent) {
        let message = socket.hear_post(lobby).await;
        assert_eq!((message.seq, message.client_id), (seq, client_id));
    }
}

#[tokio::test]
async fn a_post_that_is_sent_twice_is_stored_once() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let lobby = ann.lobby().await;
    let mut socket = ann.socket().await;
    let draft = draft(lobby, "Once");
    socket.say(ClientFrame::Post(draft.clone())).await;
    let first = socket.hear_post(lobby).await;
    socket.say(ClientFrame::Post(draft.clone())).await;
    let again = socket
        .hear_of(|frame| match frame {
            ServerFrame::Accepted { client_id, message } if client_id == draft.client_id => Some(message),
            ServerFrame::Room(_) => panic!("announced twice"),
            _ => None,
        })
        .await;
    assert_eq!(again, first);
    assert_eq!(ann.room(lobby).await.messages.len(), 1);
}

#[tokio::test]
async fn a_socket_that_closes_does_not_take_back_its_post() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let lobby = ann.lobby().await;
    let mut socket = ann.socket().await;
    for count in 0..10 {
        socket.post(lobby, &format!("number {count}")).await;
    }
    socket.0.close(None).await.unwrap();
    drop(socket);
    let room = || async { ann.room(lobby).await.messages.len() == 10 };
    eventually("all ten are stored", room).await;
}

#[tokio::test]
async fn only_our_own_pages_open_sockets_and_only_for_people_who_are_signed_in() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    assert_eq!(try_open(&ann, VERSION, "https://evil.example").await.err(), Some(403));
    assert_eq!(try_open(&app.stranger(), VERSION, &app.url).await.err(), Some(401));
    assert!(try_open(&ann, VERSION, &app.url).await.is_ok());
}

#[tokio::test]
async fn an_old_page_is_told_that_it_is_old() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let mut socket = try_open(&ann, VERSION + 1, &app.url).await.ok().unwrap();
    assert!(matches!(
        socket.hear().await,
        ServerFrame::Hello { version: VERSION, .. }
    ));
    assert_eq!(socket.closed().await, close::VERSION);
}

#[tokio::test]
async fn the_ninth_socket_of_a_person_is_refused() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let mut sockets = Vec::new();
    for _ in 0..8 {
        sockets.push(ann.socket().await);
    }
    let mut ninth = TestSocket::silent(&ann).await;
    assert_eq!(ninth.closed().await, close::TOO_MANY);
    drop(sockets);
    eventually("the eight are gone", || async { app.app.bus.connections() == 0 }).await;
    ann.socket().await;
}

#[tokio::test]
async fn frames_that_cannot_be_read_end_the_socket() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let lobby = ann.lobby().await;
    let blank = format!(r#"{{"Post":{{"room":"{lobby}","client_id":"{lobby}","body":" "}}}}"#);
    let large = format!("\"{}\"", "x".repeat(MAX_FRAME));
    for bad in ["Nonsense".to_owned(), r#"{"Open":{"room":"x"}}"#.into(), blank, large] {
        let mut socket = ann.socket().await;
        socket.say_text(bad).await;
        let why = socket
            .hear_of(|frame| match frame {
                ServerFrame::Failed { why } => Some(why),
                _ => None,
            })
            .await;
        assert_eq!(why, AppError::Malformed);
        assert_eq!(socket.closed().await, close::MALFORMED);
    }
    let mut socket = ann.socket().await;
    socket.0.send(Frame::Binary(vec![1, 2, 3].into())).await.unwrap();
    assert_eq!(socket.closed().await, close::MALFORMED);
}

#[tokio::test]
async fn a_slow_reader_is_told_to_ask_again_and_the_others_go_on() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let lobby = ann.lobby().await;
    let (mut slow, mut quick) = (ben.socket().await, ann.socket().await);
    // More than any buffer between the two holds, at the pace that is allowed: by many voices.
    let body = "x".repeat(16_000);
    let mut seq = 0;
    'voices: for voice in 0..60 {
        let voice = app.user(&format!("voice{voice}")).await;
        let mut socket = voice.socket().await;
        for _ in 0..50 {
            socket.post(lobby, &body).await;
        }
        for _ in 0..50 {
            seq += 1;
            assert_eq!(quick.hear_post(lobby).await.seq, seq);
            if app.app.bus.connections() == 2 {
                break 'voices;
            }
        }
        drop(socket);
        eventually("the voice is gone", || async { app.app.bus.connections() <= 2 }).await;
    }
    assert_eq!(slow.closed().await, close::RESYNC);
    let sent = quick.post(lobby, "Still here").await;
    assert_eq!(quick.hear_of(|frame| own(frame, "Still here")).await, sent);
}

#[tokio::test]
async fn who_speaks_too_fast_is_asked_to_slow_down() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let lobby = ann.lobby().await;
    let mut socket = ann.socket().await;
    for _ in 0..70 {
        socket.say(ClientFrame::Active).await;
    }
    let slowed = socket.hear_all().await;
    let slow = |frame: &ServerFrame| {
        matches!(
            frame,
            ServerFrame::Failed {
                why: AppError::SlowDown { seconds: 1.. }
            }
        )
    };
    assert!(slowed.iter().filter(|frame| slow(frame)).count() >= 5, "{slowed:?}");
    let draft = draft(lobby, "Too fast");
    let sent = draft.client_id;
    socket.say(ClientFrame::Post(draft)).await;
    let refused = |frame| match frame {
        ServerFrame::Refused { client_id, why } => Some((client_id, why)),
        _ => None,
    };
    let (client_id, why) = socket.hear_of(refused).await;
    assert_eq!(client_id, sent);
    assert!(matches!(why, AppError::SlowDown { .. }));
    for _ in 0..100 {
        socket.say(ClientFrame::Ping).await;
    }
    assert_eq!(socket.hear_all().await, []);
}

#[tokio::test]
async fn signing_out_ends_the_sockets_of_that_session_within_a_second() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let other = app.stranger();
    assert_eq!(other.sign_in("ann", support::PASSWORD).await.status(), 200);
    let (mut here, mut there) = (ann.socket().await, other.socket().await);
    ann.call("sign_out", &[]).await;
    let code = timeout(Duration::from_secs(1), here.closed()).await.unwrap();
    assert_eq!(code, close::SIGNED_OUT);
    assert_eq!(there.hear_all().await, []);
}

#[tokio::test]
async fn a_new_password_ends_all_sockets_within_a_second() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let mut socket = ann.socket().await;
    let token = app.reset_link("ann").await;
    let fields = [("token", token.as_str()), ("password", "another-quiet-river")];
    assert_eq!(app.stranger().call("reset_password", &fields).await.status(), 200);
    let code = timeout(Duration::from_secs(1), socket.closed()).await.unwrap();
    assert_eq!(code, close::SIGNED_OUT);
    assert_eq!(try_open(&ann, VERSION, &app.url).await.err(), Some(401));
}

#[tokio::test]
async fn a_visitor_reads_along_and_cannot_post() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let room = ann.create_room("Garden").await;
    let (mut anns, mut bens) = (ann.socket().await, ben.socket().await);
    anns.post(room, "Before").await;
    anns.hear_post(room).await;
    assert_eq!(bens.hear_all().await, [], "rooms that are not on screen are not heard");
    bens.look_at(room).await;
    anns.post(room, "Seen").await;
    assert_eq!(bens.hear_post(room).await.seq, 2);
    let sent = bens.post(room, "May I?").await;
    let why = bens
        .hear_of(|frame| match frame {
            ServerFrame::Refused { client_id, why } if client_id == sent => Some(why),
            _ => None,
        })
        .await;
    assert_eq!(why, AppError::Denied(Denied::NotMember));
    bens.say(ClientFrame::Close).await;
    bens.hear_all().await;
    anns.post(room, "Unseen").await;
    anns.hear_post(room).await;
    assert_eq!(bens.hear_all().await, []);
}

#[tokio::test]
async fn joining_is_followed_at_once_on_every_device_and_leaving_too() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let room = ann.create_room("Garden").await;
    let (mut anns, mut bens) = (ann.socket().await, ben.socket().await);
    ben.join(room).await;
    let joined = |frame| match frame {
        ServerFrame::User(event) => {
            matches!(event.change, UserChange::Joined(mine) if mine.room.id == room).then_some(())
        }
        _ => None,
    };
    bens.hear_of(joined).await;
    bens.hear_all().await;
    anns.post(room, "Welcome").await;
    assert_eq!(bens.hear_post(room).await.content.body().unwrap().as_str(), "Welcome");
    let sent = bens.post(room, "Thanks").await;
    assert_eq!(anns.hear_of(|frame| own(frame, "Thanks")).await, sent);

    bens.look_at(room).await;
    ben.leave(room).await;
    let left = |frame| match frame {
        ServerFrame::User(event) => (event.change == UserChange::Left(room)).then_some(()),
        _ => None,
    };
    bens.hear_of(left).await;
    anns.post(room, "Gone?").await;
    anns.hear_of(|frame| own(frame, "Gone?")).await;
    assert!(
        !bens
            .hear_all()
            .await
            .iter()
            .any(|frame| matches!(frame, ServerFrame::Room(event) if event.room == room))
    );
}

fn own(frame: ServerFrame, text: &str) -> Option<app::domain::id::ClientId> {
    match frame {
        ServerFrame::Room(event) => match event.change {
            app::protocol::Change::Message(message) => {
                let is_it = message.content.body().is_some_and(|body| body.as_str() == text);
                is_it.then_some(message.client_id)
            }
            _ => None,
        },
        _ => None,
    }
}

#[tokio::test]
async fn presence_comes_with_the_room_and_then_as_differences() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let (lobby, anns_id, bens_id) = (ann.lobby().await, ann.id().await, ben.id().await);
    let mut anns = ann.socket().await;
    anns.say(ClientFrame::Open { room: lobby }).await;
    let states = anns
        .hear_of(|frame| match frame {
            ServerFrame::Opened { states, .. } => Some(states),
            _ => None,
        })
        .await;
    assert_eq!(states, [(anns_id, Presence::Online)]);
    let becomes = |presence| {
        move |frame| match frame {
            ServerFrame::Presence { states } => states.contains(&(bens_id, presence)).then_some(()),
            _ => None,
        }
    };
    let mut bens = ben.socket().await;
    anns.hear_of(becomes(Presence::Online)).await;
    bens.say(ClientFrame::Idle).await;
    anns.hear_of(becomes(Presence::Away)).await;
    bens.say(ClientFrame::Active).await;
    anns.hear_of(becomes(Presence::Online)).await;
    drop(bens);
    anns.hear_of(becomes(Presence::Offline)).await;
}

#[tokio::test]
async fn typing_is_told_to_the_others_only() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let (lobby, anns_id) = (ann.lobby().await, ann.id().await);
    let (mut anns, mut bens) = (ann.socket().await, ben.socket().await);
    anns.say(ClientFrame::Typing { room: lobby }).await;
    let typing = |frame| match frame {
        ServerFrame::Typing { room, user, .. } => Some((room, user)),
        _ => None,
    };
    assert_eq!(bens.hear_of(typing).await, (lobby, anns_id));
    assert_eq!(anns.hear_all().await, []);
}

#[tokio::test]
async fn reading_on_one_device_is_told_to_the_other() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let lobby = ann.lobby().await;
    let mut anns = ann.socket().await;
    let (mut here, mut there) = (ben.socket().await, ben.socket().await);
    anns.post(lobby, "Read me").await;
    let seq = here.hear_post(lobby).await.seq;
    here.say(ClientFrame::Read { room: lobby, seq }).await;
    let read = |frame| match frame {
        ServerFrame::User(event) => Some(event.change),
        _ => None,
    };
    assert_eq!(there.hear_of(read).await, UserChange::Read { room: lobby, seq });
    let mine = ben.rooms().await.rooms;
    assert_eq!(mine.iter().find(|one| one.room.id == lobby).unwrap().unread(), 0);
}

#[tokio::test]
async fn a_server_that_stops_says_when_to_come_back() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let mut socket = ann.socket().await;
    let stopping = app.stop();
    let hearing = async {
        let leaving = |frame| match frame {
            ServerFrame::Leaving { after } => Some(after),
            _ => None,
        };
        let after = socket.hear_of(leaving).await;
        assert!((500..3_000).contains(&after), "{after}");
        assert_eq!(socket.closed().await, close::RESTART);
    };
    let both = async { tokio::join!(stopping, hearing) };
    timeout(Duration::from_secs(5), both)
        .await
        .expect("nobody is waited for in vain");
}

#[tokio::test]
async fn what_was_accepted_is_stored_when_the_server_stops() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let lobby = ann.lobby().await;
    let mut socket = ann.socket().await;
    for count in 0..20 {
        socket.post(lobby, &format!("number {count}")).await;
    }
    // The last one was taken in when the answer to what follows it is here.
    socket.hear_all().await;
    let database = app.stop().await;
    let app = TestApp::on(database, &[], None).await;
    assert_eq!(ann.at(&app.url).room(lobby).await.messages.len(), 20);
}

/// Says things in a room until the other hears one.
async fn say_until_heard(from: &mut TestSocket, room: app::domain::id::RoomId, to: &mut TestSocket) {
    let is_it = |frame: &ServerFrame| matches!(frame, ServerFrame::Room(event) if event.room == room);
    let saying = async {
        loop {
            from.post(room, "Do you hear me?").await;
            from.hear_post(room).await;
            if to.hear_all().await.iter().any(is_it) {
                return;
            }
        }
    };
    timeout(support::PATIENCE, saying).await.expect("heard");
}

#[tokio::test]
async fn late_news_of_leaving_does_not_silence_who_is_in_the_room() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let lobby = ann.lobby().await;
    let (mut anns, mut bens) = (ann.socket().await, ben.socket().await);
    app.app.bus.evict(ben.id().await, lobby);
    say_until_heard(&mut anns, lobby, &mut bens).await;
}

#[tokio::test]
async fn who_is_in_no_room_hears_only_the_one_on_screen() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let (garden, kitchen) = (ann.create_room("Garden").await, ann.create_room("Kitchen").await);
    let (mut anns, mut bens) = (ann.socket().await, ben.socket().await);
    bens.look_at(kitchen).await;
    // As when ben had joined the garden elsewhere, and left it again before this is read.
    app.app.bus.evict(ben.id().await, garden);
    say_until_heard(&mut anns, kitchen, &mut bens).await;
    anns.post(garden, "Among ourselves").await;
    anns.hear_post(garden).await;
    assert_eq!(bens.hear_all().await, []);
    bens.say(ClientFrame::Close).await;
    bens.hear_all().await;
    anns.post(kitchen, "Gone?").await;
    anns.hear_post(kitchen).await;
    assert_eq!(bens.hear_all().await, []);
}

#[tokio::test]
async fn a_room_that_could_not_be_joined_again_is_tried_until_it_can() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let lobby = ann.lobby().await;
    let (mut anns, mut bens) = (ann.socket().await, ben.socket().await);
    let bens_id = ben.id().await;
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(app.app.store.read().await.unwrap());
    }
    app.app.bus.evict(bens_id, lobby);
    // Longer than anybody waits for a connection to the database.
    assert!(timeout(Duration::from_secs(6), bens.hear()).await.is_err());
    drop(held);
    say_until_heard(&mut anns, lobby, &mut bens).await;
}

#[tokio::test]
async fn a_body_that_doubles_on_the_wire_comes_through_every_door() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let lobby = ann.lobby().await;
    let mut socket = ann.socket().await;
    for text in ["\"".repeat(16 * 1024), "\\".repeat(16 * 1024), "`\"` ".repeat(4 * 1024)] {
        socket.post(lobby, &text).await;
        let heard = socket.hear_post(lobby).await;
        assert_eq!(heard.content.body().unwrap().as_str(), text.trim_end());
        let client_id = draft(lobby, "x").client_id.to_string();
        let fields = [
            ("room", &*lobby.to_string()),
            ("client_id", &*client_id),
            ("body", &*text),
        ];
        assert_eq!(ann.call("post_message", &fields).await.status(), 200);
        socket.hear_post(lobby).await;
    }
}
