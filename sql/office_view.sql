-- The derived records and receipts.

-- name: record_new  -- The next number.
SELECT COALESCE(MAX(number), 0) + 1 FROM record;

-- name: record_add  -- A record, once.
INSERT INTO record (number, ref, note, origin, idx, direction, type, from_desk, to_desk, time_s,
    precedence, tlp,
    exercise, desk, answers, root, void_rule, state, due_s, sealed, body, received_s)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
    $20, $21, $22) ON CONFLICT DO NOTHING RETURNING number;

-- name: record_change  -- What may change.
UPDATE record SET state = $2, due_s = $3, void_rule = $4 WHERE note = $1 RETURNING number;

-- name: record_erase  -- The text goes, the row stays.
UPDATE record SET sealed = $2 WHERE note = $1 RETURNING number;

-- name: record_get  -- By the digest of the note.
SELECT number, ref, note, origin, idx, direction, type, from_desk, to_desk, time_s, precedence, tlp,
    exercise, desk, answers, root, void_rule, state, due_s, sealed, body, received_s
FROM record WHERE note = $1;

-- name: record_at  -- By its place.
SELECT number, ref, note, origin, idx, direction, type, from_desk, to_desk, time_s, precedence, tlp,
    exercise, desk, answers, root, void_rule, state, due_s, sealed, body, received_s
FROM record WHERE origin = $1 AND idx = $2;

-- name: record_by_ref  -- By reference, oldest first.
SELECT number, ref, note, origin, idx, direction, type, from_desk, to_desk, time_s, precedence, tlp,
    exercise, desk, answers, root, void_rule, state, due_s, sealed, body, received_s
FROM record WHERE ref = $1 ORDER BY number;

-- name: record_dialogue  -- A dialogue.
SELECT number, ref, note, origin, idx, direction, type, from_desk, to_desk, time_s, precedence, tlp,
    exercise, desk, answers, root, void_rule, state, due_s, sealed, body, received_s
FROM record WHERE root = $1 ORDER BY time_s, number;

-- name: record_answering  -- What answers a note.
SELECT number, ref, note, origin, idx, direction, type, from_desk, to_desk, time_s, precedence, tlp,
    exercise, desk, answers, root, void_rule, state, due_s, sealed, body, received_s
FROM record WHERE answers = $1 ORDER BY time_s, number;

-- name: record_page  -- A page of a folder, newest first; an empty type or state means any.
SELECT number, ref, note, origin, idx, direction, type, from_desk, to_desk, time_s, precedence, tlp,
    exercise, desk, answers, root, void_rule, state, due_s, sealed, body, received_s
FROM record WHERE desk = $1 AND direction = $2
AND (received_s, number) < ($5, $6)
AND ($3 = '' OR type = $3) AND ($4 = '' OR state = $4)
ORDER BY received_s DESC, number DESC LIMIT $7;

-- name: record_count  -- How many of a folder are in a state; an empty state means any.
SELECT COUNT(*) FROM record WHERE desk = $1 AND direction = $2 AND ($3 = '' OR state = $3);

-- name: record_overdue  -- Past their due time; an empty desk means all.
SELECT number, ref, note, origin, idx, direction, type, from_desk, to_desk, time_s, precedence, tlp,
    exercise, desk, answers, root, void_rule, state, due_s, sealed, body, received_s
FROM record WHERE due_s > 0 AND due_s < $2 AND ($1 = '' OR desk = $1)
ORDER BY due_s, number LIMIT $3;

-- name: receipt_put  -- A receipt, once.
INSERT INTO receipt (origin, idx, note, by_state, state, time_s, held, all_count)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (origin, idx) DO NOTHING;

-- name: receipt_list  -- Those of one record.
SELECT origin, idx, note, by_state, state, time_s, held, all_count FROM receipt
WHERE note = $1 ORDER BY origin, idx;
