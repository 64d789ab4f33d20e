// clerk/cosigned.h - checkpoints with everybody's lines, as they must be shown to third parties.
//
// Holds: putting an older checkpoint together again from what the store keeps of it, and finding
// the one that proves an entry best.
// Knows nothing of: who may cosign (clerk/cosign.h), whose line is good: it was verified when kept.
// Source: FORMATS sections 6 and 9.
//
// The store keeps one checkpoint note per log, the newest. An older one is its text, made again
// from the tiles, the log's own line and the cosignatures; so whoever keeps a cosignature keeps the
// log's line beside it (clerk_cosigned_keep).
#ifndef CLERK_COSIGNED_H
#define CLERK_COSIGNED_H
#include "clerk/node.h"
#include "community/quorum.h"

// Keeps every line of a checkpoint note of `log`, the log's own among them. The caller has verified
// all of them. *ret_new: cosignatures that were not held yet.
bool clerk_cosigned_keep(struct txn *txn, struct log_id log, struct bytes note, uint16_t *ret_new,
                         struct err *err) MUST_USE;

// The checkpoint note of exactly that size, the log's line first, with every cosignature held.
//   errors  ERR_NOT_FOUND  the log's line of that size is not held
bool clerk_cosigned_at(struct txn *txn, const struct exchange_log *log, struct tree_size size,
                       struct arena *a, struct bytes *ret, struct err *err) MUST_USE;

struct clerk_cosigned {
    struct tree_size size;
    struct bytes note;    // in the arena
    struct quorum quorum; // when not met: the best there is
};
// The smallest cosigned checkpoint of at least `least` entries that meets the quorum, else the one
// with the most voices.
//   errors  ERR_NOT_FOUND  nobody has cosigned one yet
bool clerk_cosigned_over(struct clerk *c, struct txn *txn, const struct exchange_log *log,
                         struct tree_size least, struct arena *a, struct clerk_cosigned *ret,
                         struct err *err) MUST_USE;
// The newest cosigned checkpoint of a log, whatever it says about a quorum.
//   errors  ERR_NOT_FOUND
bool clerk_cosigned_newest(struct clerk *c, struct txn *txn, const struct exchange_log *log,
                           struct arena *a, struct clerk_cosigned *ret, struct err *err) MUST_USE;
#endif
