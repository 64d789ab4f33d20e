-- The exchange store: what nodes pass to one another. Enduring: this file never changes; a later
-- one adds to it. Moments are seconds (_s) or milliseconds (_ms) since 1970, UTC. A statement ends
-- with ; at a line's end.

-- Numbers that must never come twice, even when the row that held one is gone.
CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
INSERT INTO counter (name, last) VALUES ('cosig', 0), ('stage', 0);

-- One row per log. size, root and edge are of the entries held; signed_size is the checkpoint's.
CREATE TABLE log (
    id BIGINT NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    own BIGINT NOT NULL,
    size BIGINT NOT NULL,
    root BLOB NOT NULL,
    edge BLOB NOT NULL,
    signed_size BIGINT NOT NULL,
    checkpoint BLOB NOT NULL,
    CHECK (signed_size <= size)
);

-- No index but the key: random wide keys are what costs when a log grows.
CREATE TABLE entry (
    log BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (log, idx)
);

-- Hash tiles of C2SP tlog-tiles, 32 octets a hash; the last one of a level grows in place.
CREATE TABLE tile (
    log BIGINT NOT NULL,
    level BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (log, level, number)
);

CREATE TABLE cosig (
    number BIGINT NOT NULL PRIMARY KEY,
    log BIGINT NOT NULL REFERENCES log (id),
    size BIGINT NOT NULL,
    key_name TEXT NOT NULL,
    key_id BIGINT NOT NULL,
    time_s BIGINT NOT NULL,
    line BLOB NOT NULL,
    UNIQUE (log, size, key_name, key_id)
);
CREATE INDEX cosig_by_number ON cosig (log, number);
CREATE INDEX cosig_by_key ON cosig (log, key_name, key_id, size);

-- idx is null while a manifest is only known out of band.
CREATE TABLE manifest (
    log BIGINT NOT NULL REFERENCES log (id),
    version BIGINT NOT NULL,
    idx BIGINT,
    note BLOB NOT NULL,
    PRIMARY KEY (log, version)
);

CREATE TABLE evidence (
    digest BLOB NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL,
    octets BLOB NOT NULL,
    found_s BIGINT NOT NULL
);

CREATE TABLE blob_head (
    hash BLOB NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    have BIGINT NOT NULL,
    complete BIGINT NOT NULL,
    CHECK (have <= size)
);
CREATE TABLE blob_chunk (
    hash BLOB NOT NULL REFERENCES blob_head (hash),
    n BIGINT NOT NULL,
    octets BLOB NOT NULL,
    PRIMARY KEY (hash, n)
);
CREATE TABLE blob_reader (
    origin TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (origin, hash)
);
CREATE INDEX blob_reader_by_hash ON blob_reader (hash);

-- Blobs held here for a peer, and blobs needed here. Under the index of their record.
CREATE TABLE offer (
    reader TEXT NOT NULL,
    hash BLOB NOT NULL,
    log BIGINT NOT NULL REFERENCES log (id),
    idx BIGINT NOT NULL,
    size BIGINT NOT NULL,
    precedence BIGINT NOT NULL,
    PRIMARY KEY (reader, hash)
);
CREATE INDEX offer_by_hash ON offer (hash);
CREATE TABLE want (
    hash BLOB NOT NULL,
    log BIGINT NOT NULL REFERENCES log (id),
    idx BIGINT NOT NULL,
    size BIGINT NOT NULL,
    precedence BIGINT NOT NULL,
    from_author BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (hash, log, idx)
);
CREATE INDEX want_by_rank ON want (precedence, tries, log, idx);
CREATE INDEX want_by_record ON want (log, idx);

CREATE TABLE peer (
    origin TEXT NOT NULL PRIMARY KEY,
    functions TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    contact_ms BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    next_try_ms BIGINT NOT NULL
);
CREATE TABLE peer_head (
    origin TEXT NOT NULL REFERENCES peer (origin),
    log BIGINT NOT NULL REFERENCES log (id),
    size BIGINT NOT NULL,
    root_prefix BLOB NOT NULL,
    cosigs_sent BIGINT NOT NULL,
    PRIMARY KEY (origin, log)
);

-- Sealed and not yet logged. A node's own statements have no draft; key manifests have no ref.
CREATE TABLE stage (
    number BIGINT NOT NULL PRIMARY KEY,
    entry BLOB NOT NULL,
    note BLOB NOT NULL,
    blind BLOB NOT NULL,
    body BLOB,
    draft TEXT UNIQUE,
    ref TEXT UNIQUE
);
-- At most one batch is with the keeper.
CREATE TABLE batch (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    first BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    leaves BLOB NOT NULL,
    checkpoint BLOB NOT NULL
);
CREATE TABLE serial (
    pair TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL,
    pending BIGINT NOT NULL
);

CREATE TABLE community (
    number BIGINT NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL,
    applied_s BIGINT NOT NULL,
    text BLOB NOT NULL
);
CREATE TABLE codebook (
    hash BLOB NOT NULL PRIMARY KEY,
    octets BLOB NOT NULL
);
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
);
