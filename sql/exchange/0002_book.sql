-- Which codebooks this node holds, embedded and added alike, for whoever tells partners and parses
-- none; and which of them each partner has said that it holds.

CREATE TABLE book (
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (name, version)
);
CREATE TABLE peer_book (
    origin TEXT NOT NULL,
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    prefix BLOB NOT NULL,
    told_s BIGINT NOT NULL,
    PRIMARY KEY (origin, name, version)
);
