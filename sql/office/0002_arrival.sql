-- When a body was first opened here. No log says it, so a rebuild must not lose it.

CREATE TABLE arrival (
    origin TEXT NOT NULL,
    idx BIGINT NOT NULL,
    received_s BIGINT NOT NULL,
    PRIMARY KEY (origin, idx)
);
