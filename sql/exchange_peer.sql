-- Peers and the heads they hold.

-- name: peer_put  -- What is agreed with a peer; the history of calls stays.
INSERT INTO peer (origin, functions, endpoint, contact_ms, failures, next_try_ms)
VALUES ($1, $2, $3, 0, 0, 0)
ON CONFLICT (origin) DO UPDATE SET functions = excluded.functions, endpoint = excluded.endpoint;

-- name: peer_get  -- One peer.
SELECT origin, functions, endpoint, contact_ms, failures, next_try_ms FROM peer WHERE origin = $1;

-- name: peer_list  -- All peers.
SELECT origin, functions, endpoint, contact_ms, failures, next_try_ms FROM peer ORDER BY origin;

-- name: peer_drop_heads  -- What a peer held.
DELETE FROM peer_head WHERE origin = $1;

-- name: peer_drop  -- A peer.
DELETE FROM peer WHERE origin = $1;

-- name: peer_reached  -- A call went well.
UPDATE peer SET contact_ms = $2, failures = 0, next_try_ms = $3 WHERE origin = $1 RETURNING origin;

-- name: peer_missed  -- A call failed.
UPDATE peer SET failures = failures + 1, next_try_ms = $2 WHERE origin = $1 RETURNING origin;

-- name: head_put  -- What a peer is known to hold of a log.
INSERT INTO peer_head (origin, log, size, root_prefix, cosigs_sent) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (origin, log) DO UPDATE SET size = excluded.size, root_prefix = excluded.root_prefix,
    cosigs_sent = excluded.cosigs_sent;

-- name: head_get  -- The same, read.
SELECT log, size, root_prefix, cosigs_sent FROM peer_head WHERE origin = $1 AND log = $2;

-- name: head_list  -- All of one peer.
SELECT log, size, root_prefix, cosigs_sent FROM peer_head WHERE origin = $1 ORDER BY log;
