// community/manifest.h - one key manifest that was verified against what comes before it.
//
// Holds: the only makers of `struct manifest`: opening version 1 against the genesis hash, and
// version N+1 against version N. To have one is to know a threshold of roots signed it.
// Knows nothing of: where it stands in the log (community/chain.h).
// Source: DESIGN 5.5, FORMATS section 2.
#ifndef COMMUNITY_MANIFEST_H
#define COMMUNITY_MANIFEST_H
#include "record/keys.h"

struct manifest {
    struct keys_record keys;
    struct digest hash; // of the signed text
    struct bytes note;  // whole; borrowed
};

// Opens version 1 of a State's manifest: its text has the genesis hash, and a threshold of its own
// roots signed it. Every signature line must be by such a root and verify.
//   errors  ERR_MALFORMED, ERR_DENIED, ERR_LIMIT  as keys_record_read
//           ERR_CONFLICT  another version or origin
//           ERR_TAMPERED  another hash than genesis, a bad line, too few roots
bool manifest_open_first(struct bytes note, struct str origin, const struct digest *genesis,
                         struct manifest *ret, struct err *err) MUST_USE;
// Opens version N+1 behind `previous`: the version is exactly one more, `previous` names its text,
// the roots are those whose hashes it announced, with the announced threshold, and a threshold of
// both versions' roots signed. A key that changed its role, or that was named compromised, is
// refused.
//   errors  as above; ERR_GAP  a version further on
bool manifest_open_next(struct bytes note, const struct manifest *previous, struct manifest *ret,
                        struct err *err) MUST_USE;

// Keys of a version against those of an earlier one: none may have changed its role, none may have
// been named compromised there. manifest_open_next asks it of the version straight before; a chain
// asks it of all.
//   errors  ERR_DENIED
bool manifest_check_keys(const struct keys_record *now, const struct keys_record *before,
                         struct err *err) MUST_USE;

// A copy whose note and spans live in the arena.
//   errors  ERR_LIMIT
bool manifest_copy(const struct manifest *from, struct arena *a, struct manifest *ret,
                   struct err *err) MUST_USE;
#endif
