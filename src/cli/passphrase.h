// cli/passphrase.h - where a passphrase comes from: a file, a descriptor, or a person.
//
// Holds: reading one line into locked memory, without echo when a person types it.
// Knows nothing of: what it opens.
#ifndef CLI_PASSPHRASE_H
#define CLI_PASSPHRASE_H
#include "crypto/secret.h"

// `file`: a path; "fd:N" for a descriptor; empty or NULL: asked for on the terminal with `prompt`.
// The first line counts, without its end.
//   errors  ERR_NOT_FOUND (the file), ERR_USAGE (no terminal to ask on, or an empty passphrase)
bool passphrase_get(const char *file, const char *prompt, struct secret *ret_owned,
                    struct err *err) MUST_USE;
// Asks twice; for a new one.
bool passphrase_new(const char *file, const char *prompt, struct secret *ret_owned,
                    struct err *err) MUST_USE;
#endif
