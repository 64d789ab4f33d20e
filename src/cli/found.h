// cli/found.h - the steps of founding a node, for `elchi init` whole and in halves.
//
// Holds: the node's folder, the manifest to be signed, the first register; and the demonstration,
// where one command plays roots, officers and administrator.
// Knows nothing of: options on a command line.
// Source: FORMATS section 2 ("Order at founding"), DESIGN section 8.
#ifndef CLI_FOUND_H
#define CLI_FOUND_H
#include "access/register.h"
#include "cli/command.h"
#include "cli/config.h"
#include "community/fingerprint.h"
#include "crypto/keyring.h"
#include "record/keys.h"

struct found_plan {
    struct str origin;
    struct state_code state;
    unsigned desks; // bit d set: enum desk d gets an issuer key
    bool demo;
    struct str register_text;
    struct config config; // its folder is the node's
};
struct found_roots {
    struct note_key roots[MANIFEST_ROOTS_MAX];
    struct digest next[MANIFEST_ROOTS_MAX];
    size_t count, next_count;
    unsigned threshold;
};
// A path that means the same wherever the program starts; empty stays empty.
bool found_absolute(struct arena *a, const char *path, struct str *ret, struct err *err) MUST_USE;
// "technical,judicial" and "drafter,releaser": words joined by commas.
bool found_desks(struct str words, unsigned *ret, struct err *err) MUST_USE;
bool found_roles(struct str words, unsigned *ret, struct err *err) MUST_USE;
// NAME:VKEY:DESKS:ROLES; borrows from `given`.
bool found_officer(const char *given, struct officer *ret, struct err *err) MUST_USE;
// The first register: administrators change it together, releases take `approvals` officers.
bool found_register(struct arena *a, struct str origin, const struct officer *officers,
                    size_t count, unsigned approvals, struct str *ret, struct err *err) MUST_USE;
// Folder, configuration and keeper; refuses a folder that holds a node.
bool found_folder(struct cli *cli, const struct found_plan *p, const struct secret *passphrase,
                  struct keyring_cost cost, struct err *err) MUST_USE;
// The text of key manifest version 1 for the roots to sign.
bool found_request(struct cli *cli, const struct found_plan *p, const struct found_roots *roots,
                   const struct secret *passphrase, struct str *ret, struct err *err) MUST_USE;
// Starts keeper and clerk and appends entry 0; keeps the manifest beside the node as `manifest`.
bool found_append(struct cli *cli, struct bytes manifest, struct err *err) MUST_USE;
// All at once, marked "demo": three roots (two sign), officers anna and bert, passphrases in files.
bool found_demo(struct cli *cli, struct found_plan *p, struct err *err) MUST_USE;
#endif
