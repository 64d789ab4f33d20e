-- What officers typed down of a message by voice, fax or SMS. No log holds it: a rebuild loses
-- nothing of it, and whether the record came is asked anew each time it is shown.

CREATE TABLE heard (
    id TEXT NOT NULL PRIMARY KEY,
    ref TEXT NOT NULL,
    desk TEXT NOT NULL,
    officer TEXT NOT NULL,
    at_s BIGINT NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX heard_by_ref ON heard (ref, at_s);
