-- Officers, audit, cursors.

-- name: officer_put  -- An officer's account; when it was added stays.
INSERT INTO officer (name, desks, roles, vkey, state, added_s, login)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (name) DO UPDATE SET desks = excluded.desks, roles = excluded.roles,
    vkey = excluded.vkey, state = excluded.state, login = excluded.login;

-- name: officer_get  -- One officer.
SELECT name, desks, roles, vkey, state, added_s, login FROM officer WHERE name = $1;

-- name: officer_list  -- All officers.
SELECT name, desks, roles, vkey, state, added_s, login FROM officer ORDER BY name;

-- name: audit_last  -- The end of the chain.
SELECT n, digest FROM audit ORDER BY n DESC LIMIT 1;

-- name: audit_add  -- One row more.
INSERT INTO audit (n, at_s, who, what, subject, digest) VALUES ($1, $2, $3, $4, $5, $6);

-- name: audit_list  -- Below $1, newest first.
SELECT n, at_s, who, what, subject, digest FROM audit WHERE n < $1 ORDER BY n DESC LIMIT $2;

-- name: audit_walk  -- The chain from its first row.
SELECT n, at_s, who, what, subject, digest FROM audit ORDER BY n;

-- name: cursor_get  -- The next entry to project.
SELECT next FROM progress WHERE origin = $1;

-- name: cursor_put  -- Never back.
INSERT INTO progress (origin, next) VALUES ($1, $2)
ON CONFLICT (origin) DO UPDATE SET next = excluded.next WHERE excluded.next >= progress.next
RETURNING next;

-- name: cursor_reset  -- All from the first entry again.
DELETE FROM progress;
