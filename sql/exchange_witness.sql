-- Cosignatures, manifests, evidence.

-- name: counter_next  -- The next number of a counter; never given twice.
UPDATE counter SET last = last + 1 WHERE name = $1 RETURNING last;

-- name: cosig_add  -- A line of a key that had none at this size.
INSERT INTO cosig (number, log, size, key_name, key_id, time_s, line)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: cosig_find  -- Is there a line of this key at this size?
SELECT number, time_s FROM cosig WHERE log = $1 AND size = $2 AND key_name = $3 AND key_id = $4;

-- name: cosig_earlier  -- Of one key at one size the earliest time stays.
UPDATE cosig SET time_s = $2, line = $3 WHERE number = $1;

-- name: cosig_thin  -- Older sizes go once a newer line of the key and $2 newer sizes are held.
DELETE FROM cosig WHERE log = $1 AND size < (
    SELECT MIN(size) FROM (
        SELECT DISTINCT size FROM cosig WHERE log = $1 ORDER BY size DESC LIMIT $2) AS kept)
AND EXISTS (SELECT 1 FROM cosig AS newer WHERE newer.log = cosig.log
    AND newer.key_name = cosig.key_name AND newer.key_id = cosig.key_id
    AND newer.size > cosig.size);

-- name: cosig_at  -- All lines of one checkpoint.
SELECT number, log, size, key_name, key_id, time_s, line FROM cosig
WHERE log = $1 AND size = $2 ORDER BY key_name, key_id;

-- name: cosig_size  -- The smallest cosigned size from $2 on.
SELECT size FROM cosig WHERE log = $1 AND size >= $2 ORDER BY size LIMIT 1;

-- name: cosig_newest  -- The line of the largest size of each key.
SELECT number, log, size, key_name, key_id, time_s, line FROM cosig
WHERE log = $1 AND NOT EXISTS (SELECT 1 FROM cosig AS newer WHERE newer.log = cosig.log
    AND newer.key_name = cosig.key_name AND newer.key_id = cosig.key_id
    AND newer.size > cosig.size)
ORDER BY key_name, key_id;

-- name: cosig_since  -- Lines put after a number.
SELECT number, log, size, key_name, key_id, time_s, line FROM cosig
WHERE log = $1 AND number > $2 ORDER BY number LIMIT $3;

-- name: manifest_add  -- A manifest whose version is not held yet.
INSERT INTO manifest (log, version, idx, note) VALUES ($1, $2, $3, $4);

-- name: manifest_get  -- One manifest.
SELECT log, version, idx, note FROM manifest WHERE log = $1 AND version = $2;

-- name: manifest_place  -- The index of one that was known out of band only.
UPDATE manifest SET idx = $3 WHERE log = $1 AND version = $2 AND idx IS NULL;

-- name: manifest_list  -- A chain in order.
SELECT log, version, idx, note FROM manifest WHERE log = $1 AND version > $2
ORDER BY version LIMIT $3;

-- name: manifest_newest  -- The highest version held.
SELECT COALESCE(MAX(version), 0) FROM manifest WHERE log = $1;

-- name: evidence_add  -- Evidence, once.
INSERT INTO evidence (digest, origin, octets, found_s) VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO NOTHING RETURNING found_s;

-- name: evidence_list  -- Evidence above a digest.
SELECT digest, origin, octets, found_s FROM evidence WHERE digest > $1 ORDER BY digest LIMIT $2;

-- name: manifest_forget  -- One known out of band only gives way to the log's.
DELETE FROM manifest WHERE log = $1 AND version = $2 AND idx IS NULL;
