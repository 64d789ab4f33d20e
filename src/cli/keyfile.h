// cli/keyfile.h - the key file of one person: a root holder or an officer.
//
// Holds: a keyring file (crypto/keyring.h) with the key's name and seed, and for a root also the
// seed of the next one, so that it is pre-committed and never seen.
// Knows nothing of: nodes. These files live on their holders' machines.
// Source: DESIGN 5.5 and 8.
//
// Secrets by name: "key/name" (ORIGIN/root or ORIGIN/officer/NAME), "key/seed", "key/next".
#ifndef CLI_KEYFILE_H
#define CLI_KEYFILE_H
#include "crypto/keyring.h"
#include "log/note.h"

struct keyfile {
    struct str name; // in the arena it was read into
    struct secret seed;
    struct note_key key;
    bool has_next;
    struct digest next; // SHA-256 of the next root's vkey text
};
// Makes a new file that must not exist. `with_next` for roots.
bool keyfile_new(struct world *w, const char *path, struct str name, bool with_next,
                 const struct secret *passphrase, struct keyring_cost cost,
                 struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND, ERR_DENIED (the passphrase), ERR_MALFORMED, ERR_TAMPERED
bool keyfile_open(struct world *w, const char *path, const struct secret *passphrase,
                  struct arena *a, struct keyfile *ret_owned, struct err *err) MUST_USE;
void keyfile_close(struct keyfile *k);
#endif
