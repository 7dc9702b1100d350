//! Somebody who uses the server from outside: a browser's cookies and headers, with and without script.
use super::PASSWORD;
use super::socket::TestSocket;
use app::api::rooms::{MyRooms, RoomPage, Start};
use app::domain::id::{RoomId, UserId};
use app::error::AppError;
use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::{ACCEPT, LOCATION, ORIGIN, REFERER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

/// One browser.
#[derive(Clone)]
pub struct TestUser {
    pub client: Client,
    pub url: String,
    jar: Arc<Jar>,
}

impl TestUser {
    /// A browser that has never been here.
    pub fn new(url: &str) -> Self {
        let jar = Arc::new(Jar::default());
        let client = Client::builder()
            .cookie_provider(jar.clone())
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            client,
            url: url.into(),
            jar,
        }
    }

    /// Another browser with the same cookies, on another node.
    pub fn at(&self, url: &str) -> Self {
        let other = Self::new(url);
        let (from, to) = (self.url.parse().unwrap(), url.parse().unwrap());
        if let Some(cookies) = self.jar.cookies(&from) {
            for cookie in cookies.to_str().unwrap().split("; ") {
                other.jar.add_cookie_str(cookie, &to);
            }
        }
        other
    }

    /// The cookies as a request carries them.
    pub fn cookies(&self) -> String {
        let cookies = self.jar.cookies(&self.url.parse().unwrap());
        cookies.map_or_else(String::new, |cookies| cookies.to_str().unwrap().to_owned())
    }

    /// A page.
    pub async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.url));
        request.header(ACCEPT, "text/html").send().await.unwrap()
    }

    /// A server function as the page's script calls it, with a form's fields.
    pub async fn call(&self, function: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}/api/{function}", self.url));
        let request = request.header(ORIGIN, &self.url).header(ACCEPT, "application/json");
        request.form(fields).send().await.unwrap()
    }

    /// A server function as the page's script calls it, with JSON.
    pub async fn ask(&self, function: &str, arguments: Value) -> Response {
        let request = self.client.post(format!("{}/api/{function}", self.url));
        let request = request.header(ORIGIN, &self.url).header(ACCEPT, "application/json");
        request.json(&arguments).send().await.unwrap()
    }

    /// A form on the page `from`, sent without script.
    pub async fn submit(&self, from: &str, function: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}/api/{function}", self.url));
        let request = request
            .header(ORIGIN, &self.url)
            .header(REFERER, format!("{}{from}", self.url))
            .header(ACCEPT, "text/html,application/xhtml+xml");
        request.form(fields).send().await.unwrap()
    }

    /// Makes an account and is signed in.
    pub async fn register(&self, name: &str) {
        let fields = [
            ("username", name),
            ("name", name),
            ("email", ""),
            ("password", PASSWORD),
        ];
        let response = self.call("register", &fields).await;
        assert_eq!(response.status(), StatusCode::OK, "{}", response.text().await.unwrap());
    }

    /// Signs in.
    pub async fn sign_in(&self, name: &str, password: &str) -> Response {
        let fields = [("name", name), ("password", password), ("keep", "on")];
        self.call("sign_in", &fields).await
    }

    /// What every page begins with.
    pub async fn start(&self) -> Start {
        answer(self.call("load_start", &[]).await).await
    }

    /// The viewer's rooms.
    pub async fn rooms(&self) -> MyRooms {
        answer(self.call("load_my_rooms", &[]).await).await
    }

    /// Who this is.
    pub async fn id(&self) -> UserId {
        self.start().await.viewer.id()
    }

    /// The room that everybody is in.
    pub async fn lobby(&self) -> RoomId {
        self.rooms().await.lobby
    }

    /// Opens a public room.
    pub async fn create_room(&self, name: &str) -> RoomId {
        let response = self.call("create_room", &[("name", name)]).await;
        assert_eq!(response.status(), StatusCode::OK);
        let place = response.headers()[LOCATION].to_str().unwrap();
        place.rsplit('/').next().unwrap().parse().unwrap()
    }

    /// Joins a public room.
    pub async fn join(&self, room: RoomId) {
        let response = self.call("join_room", &[("room", &room.to_string())]).await;
        assert_eq!(response.status(), StatusCode::OK);
    }

    /// Leaves a room.
    pub async fn leave(&self, room: RoomId) {
        let response = self.call("leave_room", &[("room", &room.to_string())]).await;
        assert_eq!(response.status(), StatusCode::OK);
    }

    /// One room with its newest posts.
    pub async fn room(&self, room: RoomId) -> RoomPage {
        answer(self.ask("load_room", json!({ "room": room, "at": null })).await).await
    }

    /// A socket that has said hello.
    pub async fn socket(&self) -> TestSocket {
        TestSocket::open(self).await
    }
}

/// What a server function gave.
pub async fn answer<T: DeserializeOwned>(response: Response) -> T {
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

/// What a server function refused with. The status says the same.
pub async fn error(response: Response) -> AppError {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let error: AppError = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text}"));
    assert_eq!(status, error.status());
    error
}
