-- Stage, batch, serials, community, settings.

-- name: stage_put  -- A sealed entry.
INSERT INTO stage (number, entry, note, blind, body, draft, ref)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: stage_list  -- Sealed entries in order.
SELECT number, entry, note, blind, body, draft, ref FROM stage WHERE number > $1
ORDER BY number LIMIT $2;

-- name: stage_count  -- How many wait.
SELECT COUNT(*) FROM stage;

-- name: stage_clear  -- Those that are logged now.
DELETE FROM stage WHERE number <= $1;

-- name: batch_get  -- The batch with the keeper.
SELECT first, entries, last_number, leaves, checkpoint FROM batch WHERE one = 1;

-- name: batch_put  -- A batch goes to the keeper.
INSERT INTO batch (one, first, entries, last_number, leaves, checkpoint)
VALUES (1, $1, $2, $3, $4, $5);

-- name: batch_sign  -- The keeper's note came back.
UPDATE batch SET checkpoint = $1 WHERE one = 1 RETURNING first;

-- name: batch_drop  -- No batch is with the keeper.
DELETE FROM batch;

-- name: serial_take  -- The next serial of a pair, unless one is pending or all are used.
INSERT INTO serial (pair, last, pending) VALUES ($1, 1, 1)
ON CONFLICT (pair) DO UPDATE SET last = serial.last + 1, pending = 1
WHERE serial.pending = 0 AND serial.last < $2 RETURNING last;

-- name: serial_settle  -- The pending serial was used ($3 = 0) or is free again ($3 = 1).
UPDATE serial SET last = last - $3, pending = 0 WHERE pair = $1 AND last = $2 AND pending = 1
RETURNING last;

-- name: serial_raise  -- A log shows a higher one.
INSERT INTO serial (pair, last, pending) VALUES ($1, $2, 0)
ON CONFLICT (pair) DO UPDATE SET last = excluded.last, pending = 0
WHERE excluded.last > serial.last;

-- name: serial_get  -- The last one.
SELECT last, pending FROM serial WHERE pair = $1;

-- name: community_new  -- The next number.
SELECT COALESCE(MAX(number), 0) + 1 FROM community;

-- name: community_put  -- A community file is applied.
INSERT INTO community (number, hash, applied_s, text) VALUES ($1, $2, $3, $4);

-- name: community_list  -- Applied files, newest first.
SELECT hash, applied_s, text FROM community ORDER BY number DESC LIMIT $1;

-- name: setting_put  -- A setting.
INSERT INTO setting (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: setting_get  -- One setting.
SELECT value FROM setting WHERE name = $1;

-- name: setting_drop  -- No such setting any more.
DELETE FROM setting WHERE name = $1;

-- name: setting_list  -- Settings whose name begins with $1.
SELECT name, value FROM setting WHERE SUBSTR(name, 1, LENGTH($1)) = $1 ORDER BY name;
