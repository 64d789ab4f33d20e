// cli/identity.h - an age identity file, as age-keygen writes it.
//
// Holds: the one reader of such files: comments, and one line with the identity.
// Knows nothing of: what is opened with it. The file's text never enters an arena.
// Source: age-keygen(1); C2SP age.md for the line itself (crypto/age_key.h).
#ifndef CLI_IDENTITY_H
#define CLI_IDENTITY_H
#include "crypto/age_key.h"

// "-" is standard input. Empty lines and those that begin with '#' are passed over.
//   errors  ERR_NOT_FOUND  no such file; ERR_IO; ERR_LIMIT  longer than any identity file
//           ERR_MALFORMED  no identity, a malformed one, or more than one
bool identity_file_read(const char *path, struct secret *ret_owned, struct err *err) MUST_USE;
#endif
