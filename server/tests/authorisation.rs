//! Who may do what, through every door there is. A door that is missing here fails the test.
#[path = "support/support.rs"]
mod support;

use app::domain::id::RoomId;
use app::protocol::{ClientFrame, ServerFrame};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::TestApp;
use support::socket::{TestSocket, draft};
use support::user::TestUser;

/// Who asks, in the order of the columns below.
const WHO: [&str; 6] = ["anonymous", "stranger", "member", "owner", "ex-member", "admin"];

/// Every server function, how it is called, and the status that each of [`WHO`] gets.
/// `ROOM` is the owner's room, `MINE` the member's own message in it, `NEW` a new id.
/// The administrator of the server is no member: that office opens no room.
const FUNCTIONS: &[(&str, Call, [u16; 6])] = &[
    ("registration_is_open", Form(&[]), [200; 6]),
    ("check_link", Form(&[("kind", "Reset"), ("token", "x")]), [200; 6]),
    ("choose_theme", Form(&[("theme", "dark")]), [200; 6]),
    (
        "set_up",
        Form(&[
            ("token", "x"),
            ("username", "zoe"),
            ("name", "Zoe"),
            ("email", ""),
            ("password", "quiet-river-lantern"),
        ]),
        [404; 6],
    ),
    (
        "reset_password",
        Form(&[("token", "x"), ("password", "quiet-river-lantern")]),
        [404; 6],
    ),
    (
        "register",
        Form(&[("username", "x"), ("name", ""), ("email", ""), ("password", "")]),
        [422; 6],
    ),
    (
        "sign_in",
        Form(&[("name", "NEW"), ("password", "wrong-password")]),
        [422; 6],
    ),
    ("load_start", Form(&[]), [401, 200, 200, 200, 200, 200]),
    ("load_my_rooms", Form(&[]), [401, 200, 200, 200, 200, 200]),
    (
        "load_directory",
        Json(r#"{"after":null}"#),
        [401, 200, 200, 200, 200, 200],
    ),
    (
        "load_room",
        Json(r#"{"room":"ROOM","at":null}"#),
        [401, 200, 200, 200, 200, 200],
    ),
    (
        "load_history",
        Json(r#"{"room":"ROOM","side":{"Before":9}}"#),
        [401, 200, 200, 200, 200, 200],
    ),
    (
        "load_since",
        Json(r#"{"room":"ROOM","cursor":{"rev":0,"newest":null}}"#),
        [401, 200, 200, 200, 200, 200],
    ),
    (
        "post_message",
        Form(&[("room", "ROOM"), ("client_id", "NEW"), ("body", "Hello")]),
        [401, 403, 200, 200, 403, 403],
    ),
    (
        "edit_message",
        Form(&[("room", "ROOM"), ("message", "MINE"), ("body", "Changed")]),
        [401, 403, 200, 403, 403, 403],
    ),
    (
        "delete_message",
        Form(&[("room", "ROOM"), ("message", "MINE")]),
        [401, 403, 200, 403, 403, 403],
    ),
    ("create_room", Form(&[("name", " ")]), [401, 422, 422, 422, 422, 422]),
    ("leave_room", Form(&[("room", "LOBBY")]), [401, 403, 403, 403, 403, 403]),
    ("join_room", Form(&[("room", "NEW")]), [401, 404, 404, 404, 404, 404]),
    ("sign_out", Form(&[]), [200; 6]),
];

/// Pages and routes: what a GET answers.
const ROUTES: &[(&str, [u16; 6])] = &[
    ("/healthz", [200; 6]),
    ("/readyz", [200; 6]),
    ("/sign-in", [200, 303, 303, 303, 303, 303]),
    ("/register", [200, 303, 303, 303, 303, 303]),
    ("/setup/x", [200; 6]),
    ("/reset/x", [200; 6]),
    ("/", [303, 200, 200, 200, 200, 200]),
    ("/rooms", [303, 200, 200, 200, 200, 200]),
    ("/rooms/new", [303, 200, 200, 200, 200, 200]),
    ("/rooms/ROOM", [303, 200, 200, 200, 200, 200]),
    ("/rooms/ROOM/1", [303, 200, 200, 200, 200, 200]),
    ("/rooms/NEW", [303, 404, 404, 404, 404, 404]),
    ("/me", [303, 200, 200, 200, 200, 200]),
    ("/no/such/page", [303, 404, 404, 404, 404, 404]),
    ("/ws", [400, 400, 400, 400, 400, 400]),
];

#[derive(Clone, Copy)]
enum Call {
    Form(&'static [(&'static str, &'static str)]),
    Json(&'static str),
}
use Call::{Form, Json};

struct World {
    app: TestApp,
    people: [TestUser; 6],
    room: RoomId,
    lobby: RoomId,
    mine: String,
}

async fn world() -> World {
    let app = TestApp::start().await;
    let token = app.app.chat.set_up_link().await.unwrap().unwrap();
    let fields = [
        ("token", &*token),
        ("username", "root"),
        ("name", "Root"),
        ("email", ""),
        ("password", support::PASSWORD),
    ];
    let admin = app.stranger();
    assert_eq!(admin.call("set_up", &fields).await.status(), 200);
    let (stranger, member) = (app.user("stranger").await, app.user("member").await);
    let (owner, former) = (app.user("owner").await, app.user("former").await);
    let room = owner.create_room("Garden").await;
    member.join(room).await;
    former.join(room).await;
    let mut socket = member.socket().await;
    socket.post(room, "Mine").await;
    let mine = socket.hear_post(room).await.id.to_string();
    former.leave(room).await;
    let lobby = owner.lobby().await;
    let people = [app.stranger(), stranger, member, owner, former, admin];
    World {
        app,
        people,
        room,
        lobby,
        mine,
    }
}

impl World {
    fn fill(&self, text: &str) -> String {
        text.replace("ROOM", &self.room.to_string())
            .replace("LOBBY", &self.lobby.to_string())
            .replace("MINE", &self.mine)
            .replace("NEW", &server::clock::Clock::System.uuid().to_string())
    }

    async fn call(&self, who: &TestUser, name: &str, call: Call) -> u16 {
        let response = match call {
            Json(text) => {
                who.ask(name, serde_json::from_str::<Value>(&self.fill(text)).unwrap())
                    .await
            }
            Form(fields) => {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, self.fill(value))).collect();
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                who.call(name, &fields).await
            }
        };
        response.status().as_u16()
    }
}

#[tokio::test]
async fn every_server_function_knows_who_may() {
    let world = world().await;
    for (name, call, expected) in FUNCTIONS {
        // The member comes last: what they may delete is needed by the others.
        for at in [0, 1, 3, 4, 5, 2] {
            let status = world.call(&world.people[at], name, *call).await;
            assert_eq!(status, expected[at], "{name} by {}", WHO[at]);
        }
    }
}

#[tokio::test]
async fn no_server_function_is_missing_from_the_table() {
    // The list of functions is filled when routes are made.
    let _app = TestApp::start().await;
    let there: BTreeSet<String> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.trim_start_matches("/api/").to_owned())
        .collect();
    let named: BTreeSet<String> = FUNCTIONS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(there, named);
}

#[tokio::test]
async fn every_route_knows_who_may() {
    let world = world().await;
    for (path, expected) in ROUTES {
        for (at, who) in world.people.iter().enumerate() {
            let status = who.get(&world.fill(path)).await.status().as_u16();
            assert_eq!(status, expected[at], "{path} by {}", WHO[at]);
        }
    }
    let pages: BTreeSet<String> = leptos_axum::generate_route_list(app::App)
        .iter()
        .map(|listing| listing.path().to_owned())
        .collect();
    let named = |page: &str| {
        let alike = |path: &str| {
            let (a, b): (Vec<_>, Vec<_>) = (page.split('/').collect(), path.split('/').collect());
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| *a == b || a.starts_with(['{', ':']))
        };
        ROUTES.iter().any(|(path, _)| alike(path))
    };
    let missing: Vec<_> = pages.iter().filter(|page| !named(page)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test]
async fn every_frame_knows_who_may() {
    let world = world().await;
    let (room, nowhere) = (world.room, RoomId(server::clock::Clock::System.uuid()));
    // Whether the frame is carried out: for a stranger, a member, the owner, who left, the administrator.
    type Row = (&'static str, fn(RoomId) -> ClientFrame, [bool; 5], [bool; 5]);
    let open: Row = ("Open", |room| ClientFrame::Open { room }, [true; 5], [false; 5]);
    let members = [false, true, true, false, false];
    let post: Row = (
        "Post",
        |room| ClientFrame::Post(draft(room, "Hello")),
        members,
        [false; 5],
    );
    let typing: Row = ("Typing", |room| ClientFrame::Typing { room }, members, [false; 5]);
    // A visitor has no read mark: there is nothing to move, and nothing to refuse.
    let read: Row = ("Read", |room| ClientFrame::Read { room, seq: 1 }, [true; 5], [false; 5]);
    let harmless: [Row; 4] = [
        ("Close", |_| ClientFrame::Close, [true; 5], [true; 5]),
        ("Idle", |_| ClientFrame::Idle, [true; 5], [true; 5]),
        ("Active", |_| ClientFrame::Active, [true; 5], [true; 5]),
        ("Ping", |_| ClientFrame::Ping, [true; 5], [true; 5]),
    ];
    for (at, who) in world.people[1..].iter().enumerate() {
        let mut socket = who.socket().await;
        for (name, frame, here, there) in [open, post, typing, read].into_iter().chain(harmless) {
            for (room, expected) in [(room, here[at]), (nowhere, there[at])] {
                let done = is_done(&mut socket, frame(room)).await;
                assert_eq!(done, expected, "{name} by {} in {room}", WHO[at + 1]);
            }
        }
    }
    drop(world.app);
}

/// Says a frame; false if it was refused. A post is answered by its own task, later than a ping.
async fn is_done(socket: &mut TestSocket, frame: ClientFrame) -> bool {
    let posted = match &frame {
        ClientFrame::Post(draft) => Some(draft.client_id),
        _ => None,
    };
    socket.say(frame).await;
    if let Some(sent) = posted {
        return socket
            .hear_of(|frame| match frame {
                ServerFrame::Refused { client_id, .. } if client_id == sent => Some(false),
                ServerFrame::Accepted { client_id, .. } if client_id == sent => Some(true),
                ServerFrame::Room(event) => match event.change {
                    app::protocol::Change::Message(message) if message.client_id == sent => Some(true),
                    _ => None,
                },
                _ => None,
            })
            .await;
    }
    let answers = socket.hear_all().await;
    !answers.iter().any(|frame| matches!(frame, ServerFrame::Failed { .. }))
}

#[tokio::test]
async fn what_one_may_not_see_answers_like_what_does_not_exist() {
    let world = world().await;
    let nowhere = world.fill("NEW");
    let ask = |room: String| {
        let who = &world.people[1];
        async move {
            let response = who.ask("load_room", json!({ "room": room, "at": null })).await;
            (response.status(), response.text().await.unwrap())
        }
    };
    assert_eq!(ask(nowhere.clone()).await, ask(world.fill("NEW")).await);
    assert_eq!(ask(nowhere).await.0, 404);
}
