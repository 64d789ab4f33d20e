-- Derived from logs and bodies: dropped and rebuilt at will. Change it freely; a node that finds
-- another text here than its views were built by rebuilds them.

DROP TABLE IF EXISTS record;
CREATE TABLE record (
    number BIGINT NOT NULL PRIMARY KEY,
    ref TEXT NOT NULL,
    note BLOB NOT NULL UNIQUE,
    origin TEXT NOT NULL,
    idx BIGINT NOT NULL,
    direction BIGINT NOT NULL,
    type TEXT NOT NULL,
    from_desk TEXT NOT NULL,
    to_desk TEXT NOT NULL,
    time_s BIGINT NOT NULL,
    precedence BIGINT NOT NULL,
    tlp TEXT NOT NULL,
    exercise BIGINT NOT NULL,
    desk TEXT NOT NULL,
    answers BLOB,
    root BLOB NOT NULL,
    void_rule TEXT NOT NULL,
    state TEXT NOT NULL,
    due_s BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    body BLOB,
    received_s BIGINT NOT NULL,
    UNIQUE (origin, idx)
);
CREATE INDEX record_by_ref ON record (ref);
CREATE INDEX record_by_root ON record (root, time_s);
CREATE INDEX record_by_answers ON record (answers);
CREATE INDEX record_by_desk ON record (desk, direction, received_s, number);
CREATE INDEX record_by_state ON record (desk, direction, state);
CREATE INDEX record_by_due ON record (due_s);
