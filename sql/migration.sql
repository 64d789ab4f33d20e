-- Which schema a database has: written by migrate.c alone.

-- name: migration_table  -- The table of applied migrations, made before the first one.
CREATE TABLE IF NOT EXISTS migration (
    schema_name TEXT NOT NULL,
    number BIGINT NOT NULL,
    file TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    applied_ms BIGINT NOT NULL,
    PRIMARY KEY (schema_name, number)
);

-- name: migration_list  -- All that was applied to a schema, in order.
SELECT number, sha256, file FROM migration WHERE schema_name = $1 ORDER BY number;

-- name: migration_other  -- Is there an enduring schema of another name than $1?
SELECT schema_name FROM migration WHERE schema_name <> $1 AND schema_name <> 'view' LIMIT 1;

-- name: migration_put  -- Records one as applied.
INSERT INTO migration (schema_name, number, file, sha256, applied_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (schema_name, number) DO UPDATE SET file = excluded.file, sha256 = excluded.sha256,
    applied_ms = excluded.applied_ms;

-- name: migration_forget  -- Forgets the views that were built: they are about to be dropped.
DELETE FROM migration WHERE schema_name = $1;
