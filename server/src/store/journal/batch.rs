//! The statements of a batch. Besides full-text search this is the only place where the engines' SQL differs: a list goes
//! to SQLite as one JSON text (`json_each`), to PostgreSQL as arrays (`unnest`).
use super::{Head, Key, Post};
use crate::store::error::StoreError;
use crate::store::row::{
    MembershipRow, MessageRow, PersonRow, kind, membership_columns, message_columns, person_columns,
};
use crate::store::tx::Tx;
use app::domain::access::Access;
use app::domain::id::{RoomId, UserId};
use app::domain::message::Message;
use app::domain::time::Timestamp;
use app::domain::user::Person;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct AuthorRow {
    room_id: Uuid,
    kind: i16,
    #[sqlx(flatten)]
    person: PersonRow,
    #[sqlx(flatten)]
    membership: MembershipRow,
}

/// The counters of these rooms, which are locked.
pub(super) async fn heads(tx: &mut Tx, rooms: &[RoomId]) -> Result<HashMap<RoomId, Head>, StoreError> {
    const SQLITE: &str = "SELECT r.id, r.last_seq, r.rev FROM json_each($1) w CROSS JOIN rooms r \
         WHERE r.id = unhex(w.value)";
    const POSTGRES: &str = "SELECT id, last_seq, rev FROM rooms WHERE id = ANY($1)";
    let rows: Vec<(Uuid, i64, i64)> = match tx {
        Tx::Sqlite(tx) => {
            let rooms = json(rooms.iter().map(|room| hex(room.0)));
            sqlx::query_as(SQLITE).bind(rooms).fetch_all(&mut **tx).await?
        }
        Tx::Postgres(tx) => {
            let rooms: Vec<Uuid> = rooms.iter().map(|room| room.0).collect();
            sqlx::query_as(POSTGRES).bind(rooms).fetch_all(&mut **tx).await?
        }
    };
    Ok(rows
        .into_iter()
        .map(|(room, last_seq, rev)| (RoomId(room), Head { last_seq, rev }))
        .collect())
}

/// Who the authors are, and how each reaches the room of their post.
pub(super) async fn authors(
    tx: &mut Tx,
    posts: &[Post],
) -> Result<HashMap<(RoomId, UserId), (Person, Option<Access>)>, StoreError> {
    const SQLITE: &str = concat!(
        "SELECT r.id AS room_id, r.kind AS kind, ",
        person_columns!(),
        ", ",
        membership_columns!(),
        " FROM json_each($1) w CROSS JOIN rooms r CROSS JOIN users u \
         LEFT JOIN members m ON m.room = r.id AND m.user_id = u.id \
         WHERE r.id = unhex(w.value ->> 0) AND u.id = unhex(w.value ->> 1)"
    );
    const POSTGRES: &str = concat!(
        "SELECT r.id AS room_id, r.kind AS kind, ",
        person_columns!(),
        ", ",
        membership_columns!(),
        " FROM unnest($1::uuid[], $2::uuid[]) AS w (room, author) \
         JOIN rooms r ON r.id = w.room JOIN users u ON u.id = w.author \
         LEFT JOIN members m ON m.room = r.id AND m.user_id = u.id"
    );
    let mut pairs: Vec<(Uuid, Uuid)> = posts.iter().map(|post| (post.room.0, post.author.0)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let rows: Vec<AuthorRow> = match tx {
        Tx::Sqlite(tx) => {
            let pairs = json(pairs.iter().map(|(room, author)| (hex(*room), hex(*author))));
            sqlx::query_as(SQLITE).bind(pairs).fetch_all(&mut **tx).await?
        }
        Tx::Postgres(tx) => {
            let (rooms, authors): (Vec<Uuid>, Vec<Uuid>) = pairs.into_iter().unzip();
            sqlx::query_as(POSTGRES)
                .bind(rooms)
                .bind(authors)
                .fetch_all(&mut **tx)
                .await?
        }
    };
    rows.into_iter()
        .map(|row| {
            let access = row.membership.access(kind(row.kind)?)?;
            let person: Person = row.person.try_into()?;
            Ok(((RoomId(row.room_id), person.id), (person, access)))
        })
        .collect()
}

/// What was stored before under the same author, room and `client_id`.
pub(super) async fn before(tx: &mut Tx, posts: &[Post]) -> Result<HashMap<Key, Message>, StoreError> {
    const SQLITE: &str = concat!(
        "SELECT ",
        message_columns!(),
        " FROM json_each($1) w CROSS JOIN messages g CROSS JOIN users u \
         WHERE g.room = unhex(w.value ->> 0) AND g.author = unhex(w.value ->> 1) \
         AND g.client_id = unhex(w.value ->> 2) AND u.id = g.author"
    );
    const POSTGRES: &str = concat!(
        "SELECT ",
        message_columns!(),
        " FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS w (room, author, client_id) \
         JOIN messages g ON g.room = w.room AND g.author = w.author AND g.client_id = w.client_id \
         JOIN users u ON u.id = g.author"
    );
    let rows: Vec<MessageRow> = match tx {
        Tx::Sqlite(tx) => {
            let keys = json(
                posts
                    .iter()
                    .map(|post| (hex(post.room.0), hex(post.author.0), hex(post.client_id.0))),
            );
            sqlx::query_as(SQLITE).bind(keys).fetch_all(&mut **tx).await?
        }
        Tx::Postgres(tx) => {
            let column = |of: fn(&Post) -> Uuid| posts.iter().map(of).collect::<Vec<Uuid>>();
            sqlx::query_as(POSTGRES)
                .bind(column(|post| post.room.0))
                .bind(column(|post| post.author.0))
                .bind(column(|post| post.client_id.0))
                .fetch_all(&mut **tx)
                .await?
        }
    };
    rows.into_iter()
        .map(|row| {
            let message = Message::try_from(row)?;
            Ok(((message.room, message.author.id, message.client_id), message))
        })
        .collect()
}

/// Writes the posts.
pub(super) async fn insert(tx: &mut Tx, messages: &[&Message]) -> Result<(), StoreError> {
    const SQLITE: &str = "INSERT INTO messages (id, room, seq, rev, author, client_id, body, posted_at) \
         SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, unhex(value ->> 4), \
         unhex(value ->> 5), value ->> 6, value ->> 7 FROM json_each($1)";
    const POSTGRES: &str = "INSERT INTO messages (id, room, seq, rev, author, client_id, body, posted_at) \
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::uuid[], $6::uuid[], \
         $7::text[], $8::bigint[])";
    let body = |message: &Message| message.content.body().map(|body| body.as_str().to_owned());
    match tx {
        Tx::Sqlite(tx) => {
            let rows = json(messages.iter().map(|message| {
                (
                    hex(message.id.0),
                    hex(message.room.0),
                    message.seq,
                    message.rev,
                    hex(message.author.id.0),
                    hex(message.client_id.0),
                    body(message),
                    message.posted_at.0,
                )
            }));
            sqlx::query(SQLITE).bind(rows).execute(&mut **tx).await?;
        }
        Tx::Postgres(tx) => {
            let ids = |of: fn(&Message) -> Uuid| messages.iter().map(|message| of(message)).collect::<Vec<Uuid>>();
            let numbers = |of: fn(&Message) -> i64| messages.iter().map(|message| of(message)).collect::<Vec<i64>>();
            sqlx::query(POSTGRES)
                .bind(ids(|message| message.id.0))
                .bind(ids(|message| message.room.0))
                .bind(numbers(|message| message.seq))
                .bind(numbers(|message| message.rev))
                .bind(ids(|message| message.author.id.0))
                .bind(ids(|message| message.client_id.0))
                .bind(messages.iter().map(|message| body(message)).collect::<Vec<_>>())
                .bind(numbers(|message| message.posted_at.0))
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

/// Moves the counters of each room once, to those of its last post.
pub(super) async fn move_heads(tx: &mut Tx, messages: &[&Message], now: Timestamp) -> Result<(), StoreError> {
    const SQLITE: &str = "UPDATE rooms SET last_seq = w.value ->> 1, rev = w.value ->> 2, active_at = $2, \
         changed_at = $2 FROM json_each($1) w WHERE rooms.id = unhex(w.value ->> 0)";
    const POSTGRES: &str = "UPDATE rooms SET last_seq = w.seq, rev = w.rev, active_at = $4, changed_at = $4 \
         FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS w (room, seq, rev) WHERE rooms.id = w.room";
    let last: BTreeMap<Uuid, (i64, i64)> = messages
        .iter()
        .map(|message| (message.room.0, (message.seq, message.rev)))
        .collect();
    match tx {
        Tx::Sqlite(tx) => {
            let rows = json(last.iter().map(|(room, (seq, rev))| (hex(*room), seq, rev)));
            sqlx::query(SQLITE).bind(rows).bind(now.0).execute(&mut **tx).await?;
        }
        Tx::Postgres(tx) => {
            sqlx::query(POSTGRES)
                .bind(last.keys().copied().collect::<Vec<_>>())
                .bind(last.values().map(|(seq, _)| *seq).collect::<Vec<_>>())
                .bind(last.values().map(|(_, rev)| *rev).collect::<Vec<_>>())
                .bind(now.0)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

/// Everybody has read what they wrote.
pub(super) async fn move_marks(tx: &mut Tx, messages: &[&Message]) -> Result<(), StoreError> {
    const SQLITE: &str = "UPDATE members SET read_seq = w.value ->> 2 FROM json_each($1) w \
         WHERE members.room = unhex(w.value ->> 0) AND members.user_id = unhex(w.value ->> 1) \
         AND members.read_seq < (w.value ->> 2)";
    const POSTGRES: &str = "UPDATE members SET read_seq = w.seq \
         FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS w (room, author, seq) \
         WHERE members.room = w.room AND members.user_id = w.author AND members.read_seq < w.seq";
    let last: BTreeMap<(Uuid, Uuid), i64> = messages
        .iter()
        .map(|message| ((message.room.0, message.author.id.0), message.seq))
        .collect();
    match tx {
        Tx::Sqlite(tx) => {
            let rows = json(last.iter().map(|((room, author), seq)| (hex(*room), hex(*author), seq)));
            sqlx::query(SQLITE).bind(rows).execute(&mut **tx).await?;
        }
        Tx::Postgres(tx) => {
            let (rooms, authors): (Vec<Uuid>, Vec<Uuid>) = last.keys().copied().unzip();
            sqlx::query(POSTGRES)
                .bind(rooms)
                .bind(authors)
                .bind(last.into_values().collect::<Vec<_>>())
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

/// As SQLite's `unhex` reads it: JSON has no bytes.
fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

fn json<T: serde::Serialize>(rows: impl Iterator<Item = T>) -> String {
    serde_json::to_string(&rows.collect::<Vec<_>>()).expect("ids, numbers and texts are JSON")
}
