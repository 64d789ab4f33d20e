-- Drafts, approvals, fills.

-- name: draft_add  -- A new draft.
INSERT INTO draft (id, desk, author, state, sealed, text, created_s, changed_s)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING RETURNING id;

-- name: draft_change  -- Text and state, of a draft that stands in $2.
UPDATE draft SET state = $3, sealed = $4, text = $5, changed_s = $6
WHERE id = $1 AND state = $2 RETURNING id;

-- name: draft_move  -- State alone.
UPDATE draft SET state = $3, changed_s = $4 WHERE id = $1 AND state = $2 RETURNING id;

-- name: draft_get  -- One draft.
SELECT id, desk, author, state, sealed, text, created_s, changed_s FROM draft WHERE id = $1;

-- name: draft_list  -- A desk's drafts in a state, newest first.
SELECT id, desk, author, state, sealed, text, created_s, changed_s FROM draft
WHERE desk = $1 AND state = $2 ORDER BY changed_s DESC, id LIMIT $4 OFFSET $3;

-- name: draft_count  -- How many.
SELECT COUNT(*) FROM draft WHERE desk = $1 AND state = $2;

-- name: draft_in  -- Drafts of all desks in a state, oldest first.
SELECT id, desk, author, state, sealed, text, created_s, changed_s FROM draft
WHERE state = $1 ORDER BY changed_s, id;

-- name: draft_erase  -- A draft.
DELETE FROM draft WHERE id = $1;

-- name: approval_add  -- What an officer decided, once.
INSERT INTO approval (draft, officer, decision, note, at_s, until_s) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (draft, officer) DO NOTHING RETURNING draft;

-- name: approval_list  -- What was decided on a draft.
SELECT draft, officer, decision, note, at_s, until_s FROM approval WHERE draft = $1
ORDER BY at_s, officer;

-- name: approval_drop  -- The draft changed, or goes.
DELETE FROM approval WHERE draft = $1;

-- name: fill_add  -- Ref and time of a draft, once.
INSERT INTO fill (draft, ref, at_s, sealed, note) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING RETURNING ref;

-- name: fill_sign  -- The keeper's note, once.
UPDATE fill SET note = $2 WHERE draft = $1 AND LENGTH(note) = 0 RETURNING ref;

-- name: fill_get  -- One fill.
SELECT draft, ref, at_s, sealed, note FROM fill WHERE draft = $1;

-- name: fill_list  -- All fills.
SELECT draft, ref, at_s, sealed, note FROM fill ORDER BY ref;

-- name: fill_drop  -- The keeper refused, or all is logged.
DELETE FROM fill WHERE draft = $1;
