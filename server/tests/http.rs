//! Accounts, forms and headers, from outside.
#[path = "support/support.rs"]
mod support;

use app::api::rooms::RoomPage;
use app::domain::permission::Denied;
use app::domain::problem::Problem;
use app::domain::time::Timestamp;
use app::domain::user::Username;
use app::error::AppError;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use serde_json::json;
use std::time::Duration;
use support::user::{answer, error};
use support::{PASSWORD, TestApp};

#[tokio::test]
async fn people_register_sign_out_and_sign_in_again() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let id = ann.id().await;
    assert_eq!(ann.call("sign_out", &[]).await.status(), StatusCode::OK);
    assert_eq!(error(ann.call("load_start", &[]).await).await, AppError::SignedOut);
    assert_eq!(ann.sign_in("Ann", PASSWORD).await.status(), StatusCode::OK);
    assert_eq!(ann.id().await, id);
}

#[tokio::test]
async fn signing_in_gives_a_new_session_and_ends_the_old_one() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let before = ann.cookies();
    assert_eq!(ann.sign_in("ann", PASSWORD).await.status(), StatusCode::OK);
    assert_ne!(ann.cookies(), before);
    let request = app.stranger().client.post(format!("{}/api/load_start", app.url));
    let request = request
        .header(COOKIE, before)
        .header(ORIGIN, &app.url)
        .header(ACCEPT, "application/json");
    assert_eq!(error(request.send().await.unwrap()).await, AppError::SignedOut);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_look_the_same() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let stranger = app.stranger();
    let wrong = error(stranger.sign_in("ann", "not-her-password").await).await;
    let unknown = error(stranger.sign_in("nobody", "not-her-password").await).await;
    assert_eq!(wrong, AppError::field("password", Problem::Mismatch));
    assert_eq!(wrong, unknown);
}

#[tokio::test]
async fn sessions_keep_to_their_cookie() {
    let app = TestApp::with(&["--public-url", "https://kith.example"]).await;
    // As through the proxy of that name; here it is the only origin.
    let call = async |function: &str, fields: &[(&str, &str)]| {
        let request = app.stranger().client.post(format!("{}/api/{function}", app.url));
        let request = request.header(ORIGIN, "https://kith.example");
        request
            .header(ACCEPT, "application/json")
            .form(fields)
            .send()
            .await
            .unwrap()
    };
    let fields = [
        ("username", "ann"),
        ("name", "Ann"),
        ("email", ""),
        ("password", PASSWORD),
    ];
    assert_eq!(
        app.stranger().call("register", &fields).await.status(),
        StatusCode::FORBIDDEN
    );
    let response = call("register", &fields).await;
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    for part in [
        "__Host-kith=",
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/",
        "Max-Age=2592000",
    ] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let fields = [("name", "ann"), ("password", PASSWORD)];
    let response = call("sign_in", &fields).await;
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    assert!(!cookie.contains("Max-Age") && !cookie.contains("Expires"), "{cookie}");
}

#[tokio::test]
async fn what_another_site_sends_is_refused() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("referer", "https://evil.example/page"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("x-nothing", "that shows where it comes from"),
    ] {
        let request = ann.client.post(format!("{}/api/sign_out", ann.url)).header(name, value);
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::FORBIDDEN,
            "{name}: {value}"
        );
    }
    ann.id().await;
}

#[tokio::test]
async fn pages_carry_their_policy_and_stay_out_of_caches() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    for page in [ann.get("/rooms").await, app.stranger().get("/sign-in").await] {
        assert_eq!(page.status(), StatusCode::OK);
        let headers = page.headers().clone();
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "style-src 'self';",
        ] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert_eq!(headers[CACHE_CONTROL], "private, no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin");
        assert!(headers.contains_key("permissions-policy") && headers.contains_key("x-request-id"));
        let html = page.text().await.unwrap();
        assert!(html.contains(&format!("nonce=\"{nonce}\"")));
        assert_eq!(
            html.matches("<script").count(),
            html.matches(&format!("nonce=\"{nonce}\"")).count() - links(&html)
        );
        assert!(!html.contains(" style=\"") && !html.contains(" onclick="));
    }
    let health = app.stranger().get("/healthz").await;
    let policy = &health.headers()[CONTENT_SECURITY_POLICY];
    assert_eq!(policy, "default-src 'none'; frame-ancestors 'none'");
}

/// Links that carry the nonce.
fn links(html: &str) -> usize {
    html.split("<link")
        .skip(1)
        .filter(|link| link.split('>').next().unwrap().contains("nonce="))
        .count()
}

#[tokio::test]
async fn problems_are_told_beside_their_fields_with_script() {
    let app = TestApp::start().await;
    app.user("ann").await;
    let fields = [
        ("username", "Ann"),
        ("name", " "),
        ("email", "no-address"),
        ("password", "short"),
    ];
    let told = error(app.stranger().call("register", &fields).await).await;
    assert_eq!(told.problem("name"), Some(&Problem::Blank));
    assert_eq!(told.problem("password"), Some(&Problem::TooShort { least: 8 }));
    assert!(matches!(told.problem("email"), Some(Problem::Form { .. })));
    let fields = [
        ("username", "Ann"),
        ("name", "Ann"),
        ("email", ""),
        ("password", PASSWORD),
    ];
    let told = error(app.stranger().call("register", &fields).await).await;
    assert_eq!(told.problem("username"), Some(&Problem::Taken));
}

#[tokio::test]
async fn problems_are_told_beside_their_fields_without_script() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let fields = [
        ("username", "q"),
        ("name", "Quentin Typed"),
        ("email", ""),
        ("password", "short77"),
    ];
    let response = stranger.submit("/register", "register", &fields).await;
    assert_eq!(response.status(), StatusCode::FOUND);
    let place = response.headers()[LOCATION].to_str().unwrap().to_owned();
    assert!(place.contains("/register?") && place.contains("__err="), "{place}");
    assert!(!place.contains("Quentin") && !place.contains("short77"));
    let flash = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(
        flash.contains("flash=") && flash.contains("HttpOnly") && flash.contains("Max-Age=60"),
        "{flash}"
    );
    assert!(!flash.contains("short77"));

    let path = place.strip_prefix(&app.url).unwrap();
    let page = stranger.get(path).await;
    assert!(page.headers()[SET_COOKIE].to_str().unwrap().contains("flash=; "));
    let html = page.text().await.unwrap();
    assert!(html.contains(&Problem::TooShort { least: 8 }.to_string()));
    assert!(html.contains("Quentin Typed"));
    assert!(!html.contains("short77"));
    let again = stranger.get(path).await.text().await.unwrap();
    assert!(!again.contains("Quentin Typed"));
}

#[tokio::test]
async fn forms_work_without_script() {
    let app = TestApp::start().await;
    let ann = app.stranger();
    let fields = [
        ("username", "ann"),
        ("name", "Ann"),
        ("email", ""),
        ("password", PASSWORD),
    ];
    let response = ann.submit("/register", "register", &fields).await;
    assert_eq!(
        (response.status(), &response.headers()[LOCATION]),
        (StatusCode::FOUND, &"/".parse().unwrap())
    );
    let lobby = ann.lobby().await;
    let page = format!("/rooms/{lobby}");
    let form: RoomPage = ann.room(lobby).await;
    let room = lobby.to_string();
    let client_id = form.form_id.to_string();
    let fields = [
        ("room", &*room),
        ("client_id", &*client_id),
        ("body", "Hello without script"),
    ];
    for _ in 0..2 {
        let response = ann.submit(&page, "post_message", &fields).await;
        assert_eq!(response.status(), StatusCode::FOUND);
        assert_eq!(response.headers()[LOCATION], page.as_str());
    }
    let html = ann.get(&page).await.text().await.unwrap();
    assert!(html.contains("Hello without script"));
    assert_eq!(ann.room(lobby).await.messages.len(), 1, "sent twice, stored once");
}

#[tokio::test]
async fn signed_out_people_are_led_to_the_sign_in_page_and_back() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let place = |response: reqwest::Response| response.headers()[LOCATION].to_str().unwrap().to_owned();
    let stranger = app.stranger();
    let response = stranger.get("/rooms?x=1").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(place(response), "/sign-in?next=%2Frooms%3Fx%3D1");
    assert_eq!(stranger.get("/sign-in").await.status(), StatusCode::OK);
    assert_eq!(place(ann.get("/sign-in").await), "/");
    assert_eq!(place(ann.get("/register").await), "/");
    let fields = [("name", "ann"), ("password", PASSWORD), ("next", "/rooms")];
    assert_eq!(place(stranger.submit("/sign-in", "sign_in", &fields).await), "/rooms");
    let fields = [
        ("name", "ann"),
        ("password", PASSWORD),
        ("next", "https://evil.example"),
    ];
    assert_eq!(place(app.stranger().submit("/sign-in", "sign_in", &fields).await), "/");
}

#[tokio::test]
async fn what_is_not_here_is_not_found() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let nowhere = "00000000-0000-7000-8000-000000000000";
    for path in ["/no/such/page", &format!("/rooms/{nowhere}"), "/pkg/kith.old.js"] {
        assert_eq!(ann.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let answer = ann.ask("load_room", json!({ "room": nowhere, "at": null })).await;
    assert_eq!(error(answer).await, AppError::NotFound);
    assert_eq!(
        error(ann.ask("load_room", json!({ "room": "x" })).await).await,
        AppError::Malformed
    );
}

#[tokio::test]
async fn supervisors_and_files_need_no_session() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        let response = app.stranger().get(path).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(!response.headers().contains_key(SET_COOKIE));
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let large = "x".repeat(70 * 1024);
    let response = ann.call("create_room", &[("name", &large)]).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn closed_registration_is_closed() {
    let app = TestApp::with(&["--registration", "closed"]).await;
    let stranger = app.stranger();
    assert!(!answer::<bool>(stranger.call("registration_is_open", &[]).await).await);
    let fields = [
        ("username", "ann"),
        ("name", "Ann"),
        ("email", ""),
        ("password", PASSWORD),
    ];
    let told = error(stranger.call("register", &fields).await).await;
    assert_eq!(told, AppError::Denied(Denied::RegistrationClosed));
}

#[tokio::test]
async fn the_set_up_link_makes_one_administrator() {
    let app = TestApp::with(&["--registration", "closed"]).await;
    let token = app.app.chat.set_up_link().await.unwrap().unwrap();
    let check = |token: &str| {
        [
            ("kind".to_owned(), "SetUp".to_owned()),
            ("token".to_owned(), token.to_owned()),
        ]
    };
    let stranger = app.stranger();
    let is_open = async |token: &str| {
        let fields = check(token);
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        answer::<bool>(stranger.call("check_link", &fields).await).await
    };
    assert!(is_open(&token).await);
    assert!(!is_open("guessed").await);
    let fields = [
        ("token", token.as_str()),
        ("username", "root"),
        ("name", "Root"),
        ("email", ""),
        ("password", PASSWORD),
    ];
    let admin = app.stranger();
    assert_eq!(admin.call("set_up", &fields).await.status(), StatusCode::OK);
    assert!(admin.start().await.viewer.is_admin);
    assert!(!is_open(&token).await);
    assert_eq!(
        error(app.stranger().call("set_up", &fields).await).await,
        AppError::NotFound
    );
    assert_eq!(app.app.chat.set_up_link().await.unwrap(), None);
}

#[tokio::test]
async fn a_reset_link_works_once_and_ends_all_sessions() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    let token = app.reset_link("ann").await;
    let new = "another-quiet-river";
    let fields = [("token", token.as_str()), ("password", new)];
    let tries = (0..20).map(|_| {
        let stranger = app.stranger();
        async move { stranger.call("reset_password", &fields).await.status() }
    });
    let tries = futures::future::join_all(tries).await;
    assert_eq!(
        tries.iter().filter(|status| **status == StatusCode::OK).count(),
        1,
        "{tries:?}"
    );
    assert_eq!(error(ann.call("load_start", &[]).await).await, AppError::SignedOut);
    assert_ne!(ann.sign_in("ann", PASSWORD).await.status(), StatusCode::OK);
    assert_eq!(app.stranger().sign_in("ann", new).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn who_writes_too_fast_by_forms_is_asked_to_slow_down() {
    let app = TestApp::start().await;
    let (ann, ben) = (app.user("ann").await, app.user("ben").await);
    let lobby = ann.lobby().await.to_string();
    // Joining a room that one is in does nothing, and is a write all the same.
    let fields = [("room", lobby.as_str())];
    let mut refused = None;
    for _ in 0..200 {
        let response = ann.call("join_room", &fields).await;
        if response.status() != StatusCode::OK {
            refused = Some(error(response).await);
            break;
        }
    }
    assert!(
        matches!(refused, Some(AppError::SlowDown { seconds: 1.. })),
        "{refused:?}"
    );
    assert_eq!(ben.call("join_room", &fields).await.status(), StatusCode::OK);
    assert_eq!(ann.get("/").await.status(), StatusCode::OK, "reading goes on");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_told_as_such() {
    let app = TestApp::start().await;
    let ann = app.user("ann").await;
    app.app.store.close().await;
    assert_eq!(error(ann.call("load_start", &[]).await).await, AppError::Unavailable);
    let page = ann.get("/").await;
    assert_eq!(page.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.text().await.unwrap(), AppError::Unavailable.to_string());
    assert_eq!(ann.get("/readyz").await.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_sign_in_that_is_under_way_does_not_survive_a_new_password() {
    let app = TestApp::start().await;
    let id = app.user("ann").await.id().await;
    let ann = Username::parse("ann").unwrap();
    let old = app.app.store.read().await.unwrap().credentials_of(&ann).await;
    let old = old.unwrap().unwrap().password;
    let set = async |password: &str, at| {
        let mut tx = app.app.store.write().await.unwrap();
        tx.set_password(id, password, Timestamp(at)).await.unwrap();
        tx.commit().await.unwrap();
    };
    // The moments go over the whole time that a sign-in takes.
    for moment in 0..20 {
        set(&old, 2 * moment).await;
        let stranger = app.stranger();
        let setting = async {
            tokio::time::sleep(Duration::from_millis(3 * moment as u64)).await;
            set("another", 2 * moment + 1).await;
        };
        tokio::join!(stranger.sign_in("ann", PASSWORD), setting);
        let told = error(stranger.call("load_start", &[]).await).await;
        assert_eq!(told, AppError::SignedOut, "after {moment}");
    }
}
