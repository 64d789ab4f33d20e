-- Logs, entries, tiles.

-- name: log_new  -- The next free id of a log.
SELECT COALESCE(MAX(id), 0) + 1 FROM log;

-- name: log_add  -- An empty log.
INSERT INTO log (id, origin, own, size, root, edge, signed_size, checkpoint)
VALUES ($1, $2, $3, 0, $4, $5, 0, $6);

-- name: log_get  -- One log by id.
SELECT id, origin, own, size, root, edge, signed_size, checkpoint FROM log WHERE id = $1;

-- name: log_find  -- One log by origin.
SELECT id, origin, own, size, root, edge, signed_size, checkpoint FROM log WHERE origin = $1;

-- name: log_list  -- All logs in the order they were added.
SELECT id, origin, own, size, root, edge, signed_size, checkpoint FROM log ORDER BY id;

-- name: log_grow  -- The head after an append or a cut, if it stands where the caller read it.
UPDATE log SET size = $3, root = $4, edge = $5 WHERE id = $1 AND size = $2 RETURNING id;

-- name: log_sign  -- The newest signed checkpoint, of a size that is held.
UPDATE log SET signed_size = $2, checkpoint = $3
WHERE id = $1 AND signed_size <= $2 AND size >= $2 RETURNING id;

-- name: entry_add  -- One entry at the end of a log.
INSERT INTO entry (log, idx, body) VALUES ($1, $2, $3);

-- name: entry_get  -- One entry.
SELECT body FROM entry WHERE log = $1 AND idx = $2;

-- name: entry_range  -- Entries from $2 up to, not with, $3.
SELECT idx, body FROM entry WHERE log = $1 AND idx >= $2 AND idx < $3 ORDER BY idx;

-- name: entry_cut  -- Takes back entries from $2 on.
DELETE FROM entry WHERE log = $1 AND idx >= $2;

-- name: tile_get  -- The hashes of a tile.
SELECT hashes FROM tile WHERE log = $1 AND level = $2 AND number = $3;

-- name: tile_put  -- A tile, new or grown.
INSERT INTO tile (log, level, number, hashes) VALUES ($1, $2, $3, $4)
ON CONFLICT (log, level, number) DO UPDATE SET hashes = excluded.hashes;

-- name: tile_cut  -- Takes back tiles of a level from $3 on.
DELETE FROM tile WHERE log = $1 AND level = $2 AND number >= $3;
