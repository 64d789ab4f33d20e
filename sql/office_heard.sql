-- What was heard by voice, fax or SMS.

-- name: heard_add  -- The same message, once.
INSERT INTO heard (id, ref, desk, officer, at_s, sealed) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING RETURNING id;

-- name: heard_get  -- One of them.
SELECT id, ref, desk, officer, at_s, sealed FROM heard WHERE id = $1;

-- name: heard_list  -- All, newest first.
SELECT id, ref, desk, officer, at_s, sealed FROM heard ORDER BY at_s DESC, id;

-- name: heard_by_ref  -- Of one reference, oldest first.
SELECT id, ref, desk, officer, at_s, sealed FROM heard WHERE ref = $1 ORDER BY at_s, id;

-- name: heard_count  -- How many.
SELECT COUNT(*) FROM heard;

-- name: heard_drop  -- One goes.
DELETE FROM heard WHERE id = $1 RETURNING id;

-- name: heard_drop_ref  -- A desk's, of one reference.
DELETE FROM heard WHERE ref = $1 AND desk = $2;
