-- The office store: what stays inside the house. Enduring: this file never changes. Every column
-- named sealed holds octets encrypted before they come here.

CREATE TABLE officer (
    name TEXT NOT NULL PRIMARY KEY,
    desks TEXT NOT NULL,
    roles TEXT NOT NULL,
    vkey TEXT NOT NULL,
    state BIGINT NOT NULL,
    added_s BIGINT NOT NULL,
    login BLOB NOT NULL
);

-- Each row's digest covers the one before: a changed row shows.
CREATE TABLE audit (
    n BIGINT NOT NULL PRIMARY KEY,
    at_s BIGINT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest BLOB NOT NULL
);

-- The next entry of each log to be projected into the views.
CREATE TABLE progress (
    origin TEXT NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);

CREATE TABLE draft (
    id TEXT NOT NULL PRIMARY KEY,
    desk TEXT NOT NULL,
    author TEXT NOT NULL,
    state BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    text BLOB,
    created_s BIGINT NOT NULL,
    changed_s BIGINT NOT NULL
);
CREATE INDEX draft_by_desk ON draft (desk, state, changed_s);
CREATE INDEX draft_by_state ON draft (state, changed_s);

CREATE TABLE approval (
    draft TEXT NOT NULL REFERENCES draft (id),
    officer TEXT NOT NULL,
    decision TEXT NOT NULL,
    note BLOB NOT NULL,
    at_s BIGINT NOT NULL,
    until_s BIGINT NOT NULL,
    PRIMARY KEY (draft, officer)
);

-- A node's own statement is filled too, and has no draft.
CREATE TABLE fill (
    draft TEXT NOT NULL PRIMARY KEY,
    ref TEXT NOT NULL UNIQUE,
    at_s BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    note BLOB NOT NULL
);
