-- Files that States vouched for; whether a voucher still stands is asked of the records.

DROP TABLE IF EXISTS vouch;
CREATE TABLE vouch (
    note BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    book TEXT NOT NULL,
    version BIGINT NOT NULL,
    file BLOB NOT NULL
);
