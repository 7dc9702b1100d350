-- The server's own facts: for now its epoch, which changes when a backup is restored.
CREATE TABLE meta (
    key TEXT NOT NULL CONSTRAINT meta_pk PRIMARY KEY,
    value TEXT NOT NULL
);

-- `rev` numbers the changes of a person's own things; `changed_at` says when it last moved.
-- E-mail addresses are not unique: that an address is in use must not show.
CREATE TABLE users (
    id BLOB NOT NULL CONSTRAINT users_pk PRIMARY KEY,
    username TEXT NOT NULL CONSTRAINT users_username UNIQUE,
    name TEXT NOT NULL,
    code CHAR(8) NOT NULL CONSTRAINT users_code UNIQUE,
    email TEXT,
    password TEXT NOT NULL,
    password_at BIGINT NOT NULL,
    is_admin BOOLEAN NOT NULL,
    rev BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX users_email ON users (email);
CREATE INDEX users_changed_at ON users (changed_at);

-- `hash` is of the id in the cookie: whoever reads this table cannot sign in with it.
CREATE TABLE sessions (
    hash BLOB NOT NULL CONSTRAINT sessions_pk PRIMARY KEY,
    user_id BLOB CONSTRAINT sessions_user REFERENCES users (id) ON DELETE CASCADE,
    data TEXT NOT NULL,
    expires BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires);

-- One-time links: redeeming one deletes it. No `expires`: it has no end.
CREATE TABLE links (
    hash BLOB NOT NULL CONSTRAINT links_pk PRIMARY KEY,
    kind SMALLINT NOT NULL,
    user_id BLOB CONSTRAINT links_user REFERENCES users (id) ON DELETE CASCADE,
    expires BIGINT
) WITHOUT ROWID;
CREATE INDEX links_user ON links (user_id);
CREATE INDEX links_expires ON links (expires);
