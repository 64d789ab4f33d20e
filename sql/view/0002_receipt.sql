-- Receipts, derived from logs: what other nodes said they hold, and what ours said.

DROP TABLE IF EXISTS receipt;
CREATE TABLE receipt (
    origin TEXT NOT NULL,
    idx BIGINT NOT NULL,
    note BLOB NOT NULL,
    by_state TEXT NOT NULL,
    state TEXT NOT NULL,
    time_s BIGINT NOT NULL,
    held BIGINT NOT NULL,
    all_count BIGINT NOT NULL,
    PRIMARY KEY (origin, idx)
);
CREATE INDEX receipt_by_note ON receipt (note);
