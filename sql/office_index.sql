-- What the projection looks up while it goes.

-- name: serial_used_put  -- A serial stands at this index.
INSERT INTO used_serial (origin, series, serial, idx, year) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (origin, series, serial, idx) DO NOTHING;

-- name: serial_used_list  -- Where one serial stands, in log order.
SELECT serial, idx, year FROM used_serial WHERE origin = $1 AND series = $2 AND serial = $3
ORDER BY idx;

-- name: serial_used_after  -- A series from a serial on.
SELECT serial, idx, year FROM used_serial WHERE origin = $1 AND series = $2 AND serial > $3
ORDER BY serial, idx LIMIT $4;

-- name: attached_put  -- A note names this blob.
INSERT INTO attached (blob, note) VALUES ($1, $2) ON CONFLICT (blob, note) DO NOTHING;

-- name: attached_list  -- Whose notes name a blob.
SELECT note FROM attached WHERE blob = $1 ORDER BY note;

-- name: due_put  -- A receipt may be due for what stands there.
INSERT INTO receipt_due (origin, idx) VALUES ($1, $2) ON CONFLICT (origin, idx) DO NOTHING;

-- name: due_drop  -- It was given, or is not due after all.
DELETE FROM receipt_due WHERE origin = $1 AND idx = $2;

-- name: due_list  -- In the order of logs and indexes, of one log.
SELECT idx FROM receipt_due WHERE origin = $1 ORDER BY idx LIMIT $2;

-- name: dialogue_join  -- Two dialogues turn out to be one.
UPDATE record SET root = $2 WHERE root = $1;

-- name: arrival_put  -- The first arrival stays.
INSERT INTO arrival (origin, idx, received_s) VALUES ($1, $2, $3)
ON CONFLICT (origin, idx) DO NOTHING;

-- name: arrival_get  -- When it came.
SELECT received_s FROM arrival WHERE origin = $1 AND idx = $2;

-- name: record_drop  -- What stands at an index is judged anew.
DELETE FROM record WHERE origin = $1 AND idx = $2;
