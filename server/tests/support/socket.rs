//! A page's socket, seen from outside.
use super::PATIENCE;
use super::user::TestUser;
use app::domain::id::{ClientId, RoomId};
use app::domain::message::{Draft, Message, MessageBody};
use app::protocol::{Change, ClientFrame, ServerFrame, VERSION, decode, encode};
use futures::{SinkExt, StreamExt};
use server::clock::Clock;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// An open socket.
pub struct TestSocket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

/// Opens a socket as the page at `origin` would, or gives the status of the refusal.
pub async fn try_open(user: &TestUser, version: u32, origin: &str) -> Result<TestSocket, u16> {
    let address = format!("{}/ws?v={version}", user.url.replace("http", "ws"));
    let mut request = address.into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("cookie", user.cookies().parse().unwrap());
    headers.insert("origin", origin.parse().unwrap());
    match connect_async(request).await {
        Ok((socket, _)) => Ok(TestSocket(socket)),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

impl TestSocket {
    /// Opens it and hears the hello.
    pub async fn open(user: &TestUser) -> Self {
        let mut socket = Self::silent(user).await;
        let hello = socket.hear().await;
        assert!(
            matches!(hello, ServerFrame::Hello { version: VERSION, .. }),
            "{hello:?}"
        );
        socket
    }

    /// Opens it and hears nothing yet.
    pub async fn silent(user: &TestUser) -> Self {
        try_open(user, VERSION, &user.url).await.unwrap()
    }

    /// Says a frame.
    pub async fn say(&mut self, frame: ClientFrame) {
        self.say_text(encode(&frame)).await;
    }

    /// Says whatever this is.
    pub async fn say_text(&mut self, text: String) {
        self.0.send(Frame::Text(text.into())).await.unwrap();
    }

    /// The next frame.
    pub async fn hear(&mut self) -> ServerFrame {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("a frame") {
                Some(Ok(Frame::Text(text))) => return decode(&text).unwrap(),
                Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => (),
                other => panic!("no frame but {other:?}"),
            }
        }
    }

    /// The first frame of which something is wanted; those before it are dropped.
    pub async fn hear_of<T>(&mut self, wanted: impl Fn(ServerFrame) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.hear().await) {
                return found;
            }
        }
    }

    /// The next message that is posted in a room.
    pub async fn hear_post(&mut self, room: RoomId) -> Message {
        self.hear_of(|frame| match frame {
            ServerFrame::Room(event) if event.room == room => match event.change {
                Change::Message(message) => Some(message),
                _ => None,
            },
            _ => None,
        })
        .await
    }

    /// Everything that comes before the answer to a ping, which is said now.
    pub async fn hear_all(&mut self) -> Vec<ServerFrame> {
        self.say(ClientFrame::Ping).await;
        let mut all = Vec::new();
        loop {
            match self.hear().await {
                ServerFrame::Pong => return all,
                frame => all.push(frame),
            }
        }
    }

    /// Posts, and gives the id under which it did.
    pub async fn post(&mut self, room: RoomId, text: &str) -> ClientId {
        let draft = draft(room, text);
        let client_id = draft.client_id;
        self.say(ClientFrame::Post(draft)).await;
        client_id
    }

    /// Looks at a room, and waits until its events come.
    pub async fn look_at(&mut self, room: RoomId) {
        self.say(ClientFrame::Open { room }).await;
        self.hear_of(|frame| match frame {
            ServerFrame::Opened { room: opened, .. } if opened == room => Some(()),
            ServerFrame::Failed { why } => panic!("{why:?}"),
            _ => None,
        })
        .await;
    }

    /// The code with which the server closes; frames before it are dropped.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("an end") {
                Some(Ok(Frame::Close(Some(reason)))) => return reason.code.into(),
                Some(Ok(_)) => (),
                other => panic!("no reason but {other:?}"),
            }
        }
    }
}

/// A message with a new client id.
pub fn draft(room: RoomId, text: &str) -> Draft {
    Draft {
        room,
        client_id: ClientId(Clock::System.uuid()),
        body: MessageBody::parse(text).unwrap(),
    }
}
