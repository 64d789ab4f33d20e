-- Blobs, who may fetch them, offers and wants.

-- name: blob_get  -- How much of a blob is there.
SELECT size, have, complete FROM blob_head WHERE hash = $1;

-- name: blob_start  -- A blob of which nothing is there yet.
INSERT INTO blob_head (hash, size, have, complete) VALUES ($1, $2, 0, 0);

-- name: blob_grow  -- How much is there now, if it was $2.
UPDATE blob_head SET have = $3, complete = $4 WHERE hash = $1 AND have = $2 RETURNING size;

-- name: blob_chunk_put  -- A chunk, new or filled up.
INSERT INTO blob_chunk (hash, n, octets) VALUES ($1, $2, $3)
ON CONFLICT (hash, n) DO UPDATE SET octets = excluded.octets;

-- name: blob_chunk_get  -- One chunk.
SELECT octets FROM blob_chunk WHERE hash = $1 AND n = $2;

-- name: blob_chunks  -- Chunks from $2 up to and with $3.
SELECT n, octets FROM blob_chunk WHERE hash = $1 AND n >= $2 AND n <= $3 ORDER BY n;

-- name: blob_erase_chunks  -- The octets of a blob.
DELETE FROM blob_chunk WHERE hash = $1;

-- name: blob_erase_head  -- That there was a blob.
DELETE FROM blob_head WHERE hash = $1;

-- name: blob_erase_readers  -- Who might fetch it.
DELETE FROM blob_reader WHERE hash = $1;

-- name: blob_erase_offers  -- For whom it was held.
DELETE FROM offer WHERE hash = $1;

-- name: reader_add  -- An origin may fetch a blob.
INSERT INTO blob_reader (origin, hash) VALUES ($1, $2) ON CONFLICT (origin, hash) DO NOTHING;

-- name: reader_may  -- May it?
SELECT 1 FROM blob_reader WHERE origin = $1 AND hash = $2;

-- name: reader_bytes  -- Octets an origin may fetch.
SELECT CAST(COALESCE(SUM(have), 0) AS BIGINT) FROM blob_reader
JOIN blob_head ON blob_head.hash = blob_reader.hash WHERE origin = $1;

-- name: offer_put  -- A blob held for a peer.
INSERT INTO offer (reader, hash, log, idx, size, precedence) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (reader, hash) DO UPDATE SET precedence = excluded.precedence
WHERE excluded.precedence > offer.precedence;

-- name: offer_drop  -- It was fetched.
DELETE FROM offer WHERE reader = $1 AND hash = $2;

-- name: offer_list  -- What waits for one peer.
SELECT reader, hash, log, idx, size, precedence FROM offer WHERE reader = $1
ORDER BY precedence DESC, log, idx, hash LIMIT $2;

-- name: want_put  -- A blob needed here.
INSERT INTO want (hash, log, idx, size, precedence, from_author, tries)
VALUES ($1, $2, $3, $4, $5, $6, 0)
ON CONFLICT (hash, log, idx) DO UPDATE SET
    precedence = CASE WHEN excluded.precedence > want.precedence
        THEN excluded.precedence ELSE want.precedence END,
    from_author = CASE WHEN excluded.from_author > want.from_author
        THEN excluded.from_author ELSE want.from_author END;

-- name: want_tried  -- Asked for once more.
UPDATE want SET tries = tries + 1 WHERE hash = $1;

-- name: want_drop  -- It came, or nobody has it.
DELETE FROM want WHERE hash = $1;

-- name: want_list  -- What is needed, most urgent first.
SELECT hash, log, idx, size, precedence, from_author, tries FROM want
ORDER BY precedence DESC, tries, log, idx, hash LIMIT $1;

-- name: want_of  -- What one record still needs.
SELECT hash, log, idx, size, precedence, from_author, tries FROM want
WHERE log = $1 AND idx = $2 ORDER BY hash;

-- name: want_by_hash  -- The records that need this blob.
SELECT hash, log, idx, size, precedence, from_author, tries FROM want
WHERE hash = $1 ORDER BY log, idx;

-- name: want_in  -- What a log's records still need, most urgent first.
SELECT hash, log, idx, size, precedence, from_author, tries FROM want
WHERE log = $1 AND from_author >= $2 ORDER BY precedence DESC, tries, idx, hash LIMIT $3;

-- name: offer_get  -- What waits for one peer under one hash.
SELECT reader, hash, log, idx, size, precedence FROM offer WHERE reader = $1 AND hash = $2;

-- name: offer_count  -- For how many peers a blob waits.
SELECT COUNT(*) FROM offer WHERE hash = $1;

-- name: offer_bytes  -- Octets carried here for one log's State.
SELECT COALESCE(SUM(size), 0) FROM offer WHERE log = $1;
