-- Files that States vouched for.

-- name: vouch_put  -- A voucher; the same one twice is one.
INSERT INTO vouch (note, kind, subject, book, version, file) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (note) DO NOTHING;

-- name: vouch_list  -- Those that stand: their record is valid and here, and not taken back.
SELECT v.note, v.kind, v.subject, v.book, v.version, v.file, r.ref, r.origin, r.time_s
FROM vouch v JOIN record r ON r.note = v.note
WHERE r.void_rule = '' AND length(r.sealed) > 0 AND NOT EXISTS (
    SELECT 1 FROM record w
    WHERE w.answers = v.note AND w.type = 'withdraw' AND w.origin = r.origin AND w.void_rule = '')
ORDER BY v.kind, v.subject, v.book, v.version, r.origin, r.idx;
