// keeper/vault.h - everything the keeper holds, and the folder it lies in.
//
// Holds: keyring, register, community file, own manifest, state and spent drafts; the making of a
// new one (by `elchi init`) and the opening of an existing one.
// Knows nothing of: sockets and frames (keeper/service.h).
// Source: DESIGN sections 5.5, 8 and 9.
//
//   keyring          named secrets under the passphrase (crypto/keyring.h)
//   register         the text of the register in force
//   community        the community file it was given; absent before
//   manifest         its own newest key manifest; absent before founding
//   state.0 state.1  keeper/state.h; left out of every backup
//   spent            keeper/spent.h
#ifndef KEEPER_VAULT_H
#define KEEPER_VAULT_H
#include "access/register_check.h"
#include "community/community.h"
#include "community/manifest.h"
#include "crypto/keyring.h"
#include "keeper/spent.h"
#include "keeper/state.h"

// Secrets by name: "log", "witness", "mirror", "node", the desks' words, "encryption/1",
// "tls/courier", "tls/door", "office/DESK".
struct vault {
    struct world *world; // borrowed
    char folder[3900];
    struct arena lasting; // register, community, manifest, names
    struct keyring keyring;
    struct str origin;
    struct state_code state_code;
    struct note_key keys[KEYS_ROLE_COUNT]; // public halves; zeroed name where absent
    struct approver_register approvers;
    bool has_community;
    struct community community;
    bool has_manifest;
    struct manifest manifest;
    struct keeper_state state;
    struct spent spent;
    bool has_challenge;
    struct challenge challenge;
    bool broken; // a durable step failed: nothing more may be signed by this process
};

struct vault_new {
    struct str origin;
    struct state_code state;
    bool desks[DESK_COUNT];          // which get an issuer key
    struct str register_text;        // version 1
    const struct secret *passphrase; // borrowed
    struct keyring_cost cost;
};
// Makes the folder's files; refuses when a keyring stands there. The state file says "unfounded".
//   errors  ERR_CONFLICT  a keeper's folder already
bool vault_make(struct world *w, const char *folder, const struct vault_new *how,
                struct err *err) MUST_USE;
// Opens a folder; `v` is large, the caller keeps it on the heap (memory_new).
//   errors  ERR_DENIED (the passphrase), ERR_NOT_FOUND, ERR_TAMPERED, ERR_IO
bool vault_open(struct vault *v, struct world *w, const char *folder,
                const struct secret *passphrase, struct err *err) MUST_USE;
void vault_close(struct vault *v);
// The public side, for a key manifest: keys by role, recipient, TLS pin. Roots are the caller's.
bool vault_public(const struct vault *v, struct arena *a, struct keys_record *ret,
                  struct err *err) MUST_USE;

const struct secret *vault_secret(const struct vault *v, const char *name); // NULL: none
// The clock, never behind what it said before.
struct moment vault_now(struct vault *v);
// Replaces one of the small files and rereads what the vault holds of it.
bool vault_put_register(struct vault *v, struct bytes text, struct err *err) MUST_USE;
bool vault_put_community(struct vault *v, struct bytes file, struct err *err) MUST_USE;
bool vault_put_manifest(struct vault *v, struct bytes note, struct err *err) MUST_USE;
#endif
