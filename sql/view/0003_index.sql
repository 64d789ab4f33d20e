-- What the projection looks up while it goes: used serials, who names a blob, receipts still due.

DROP TABLE IF EXISTS used_serial;
CREATE TABLE used_serial (
    origin TEXT NOT NULL,
    series TEXT NOT NULL,
    serial BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    year BIGINT NOT NULL,
    PRIMARY KEY (origin, series, serial, idx)
);
DROP TABLE IF EXISTS attached;
CREATE TABLE attached (
    blob BLOB NOT NULL,
    note BLOB NOT NULL,
    PRIMARY KEY (blob, note)
);
DROP TABLE IF EXISTS receipt_due;
CREATE TABLE receipt_due (
    origin TEXT NOT NULL,
    idx BIGINT NOT NULL,
    PRIMARY KEY (origin, idx)
);
