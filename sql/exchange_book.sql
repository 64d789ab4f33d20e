-- Codebooks and renderings added here, which books are held, and which by peers.

-- name: codebook_put  -- A file, once.
INSERT INTO codebook (hash, octets) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING;

-- name: codebook_get  -- One file.
SELECT octets FROM codebook WHERE hash = $1;

-- name: codebook_list  -- All files.
SELECT hash, octets FROM codebook ORDER BY hash;

-- name: codebook_drop  -- A file goes.
DELETE FROM codebook WHERE hash = $1 RETURNING hash;

-- name: book_clear  -- Which books are held is said anew.
DELETE FROM book;

-- name: book_put  -- A book held here.
INSERT INTO book (name, version, hash) VALUES ($1, $2, $3);

-- name: book_list  -- Books held here.
SELECT name, version, hash FROM book ORDER BY name, version;

-- name: peer_book_clear  -- Which books a peer holds is said anew.
DELETE FROM peer_book WHERE origin = $1;

-- name: peer_book_put  -- A book that a peer holds.
INSERT INTO peer_book (origin, name, version, prefix, told_s) VALUES ($1, $2, $3, $4, $5);

-- name: peer_book_later  -- Has the peer said something since?
SELECT name FROM peer_book WHERE origin = $1 AND told_s > $2 LIMIT 1;

-- name: peer_book_list  -- Books that a peer holds.
SELECT name, version, prefix FROM peer_book WHERE origin = $1 ORDER BY name, version;
