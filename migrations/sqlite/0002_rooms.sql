-- `last_seq` numbers posts, `rev` numbers changes; both move under the lock of this row only.
CREATE TABLE rooms (
    id BLOB NOT NULL CONSTRAINT rooms_pk PRIMARY KEY,
    kind SMALLINT NOT NULL,
    name TEXT NOT NULL,
    topic TEXT NOT NULL,
    members BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    active_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    created_by BLOB CONSTRAINT rooms_created_by REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    is_lobby BOOLEAN NOT NULL
);
CREATE INDEX rooms_listed ON rooms (kind, active_at DESC, id);
CREATE INDEX rooms_changed_at ON rooms (changed_at);
CREATE INDEX rooms_created_by ON rooms (created_by);
CREATE UNIQUE INDEX rooms_lobby ON rooms (is_lobby) WHERE is_lobby;

CREATE TABLE members (
    room BLOB NOT NULL CONSTRAINT members_room REFERENCES rooms (id) ON DELETE CASCADE,
    user_id BLOB NOT NULL CONSTRAINT members_user REFERENCES users (id) ON DELETE CASCADE,
    role SMALLINT NOT NULL,
    read_seq BIGINT NOT NULL,
    visible_from_seq BIGINT NOT NULL,
    joined_at BIGINT NOT NULL,
    CONSTRAINT members_pk PRIMARY KEY (room, user_id)
) WITHOUT ROWID;
CREATE INDEX members_user ON members (user_id);

-- `key` is for the full-text index, which needs an integer. `rev` is of the newest change to the row, so a post, an
-- edit or a deletion needs no row in `changes`. No `body`: it was deleted.
CREATE TABLE messages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL CONSTRAINT messages_id UNIQUE,
    room BLOB NOT NULL CONSTRAINT messages_room REFERENCES rooms (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL,
    rev BIGINT NOT NULL,
    author BLOB NOT NULL CONSTRAINT messages_author REFERENCES users (id),
    client_id BLOB NOT NULL,
    body TEXT,
    posted_at BIGINT NOT NULL,
    edited_at BIGINT,
    CONSTRAINT messages_seq UNIQUE (room, seq),
    CONSTRAINT messages_client_id UNIQUE (room, author, client_id)
);
CREATE INDEX messages_rev ON messages (room, rev);

-- What changed in a room besides its messages, and among a person's own things. `log` is the id of either.
CREATE TABLE changes (
    log BLOB NOT NULL,
    rev BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    subject BLOB NOT NULL,
    CONSTRAINT changes_pk PRIMARY KEY (log, rev)
) WITHOUT ROWID;

-- Rights that ended: every node reads these each second and closes what they had opened.
-- `session` ended, or `user_id` left `room`.
CREATE TABLE revocations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    user_id BLOB,
    session BLOB,
    room BLOB
);
CREATE INDEX revocations_at ON revocations (at);
