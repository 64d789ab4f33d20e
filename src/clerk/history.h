// clerk/history.h - what others say of a log, held against the history kept here.
//
// Holds: opening a peer's checkpoint by the State's own manifests, sorting out whose cosignatures
// on it are good, and keeping evidence where two histories were signed.
// Knows nothing of: frames; whether anything is taken (clerk/take.h).
// Source: DESIGN sections 4 (promise 2) and 5.5, FORMATS sections 2 and 6.
#ifndef CLERK_HISTORY_H
#define CLERK_HISTORY_H
#include "clerk/node.h"
#include "log/cosign.h"
#include "log/evidence.h"

// The chain of a log made anew from the store, to add to; lives in the arena.
bool clerk_history_chain(struct clerk *c, struct txn *txn, const struct exchange_log *log,
                         struct arena *a, struct chain *ret, struct err *err) MUST_USE;

// A peer's checkpoint, signed by the log's key in force at its size.
struct clerk_head {
    struct checkpoint said;
    struct note note; // as sent
    struct note_key key;
};
//   errors  ERR_MALFORMED, ERR_CONFLICT (another origin), ERR_TAMPERED, ERR_NOT_FOUND (no key)
bool clerk_head_open(const struct chain *chain, struct bytes sent, struct clerk_head *ret,
                     struct err *err) MUST_USE;
// The same note with the log's line and every cosignature by a known key of another State; lines
// by unknown keys, and those that claim a time too far ahead, are left out.
//   errors  ERR_TAMPERED  a known key's line fails: the whole note is refused
bool clerk_head_clean(struct clerk *c, const struct clerk_head *head, struct arena *a,
                      struct bytes *ret, struct err *err) MUST_USE;
// Is the checkpoint's root the one our own tiles lead to? Its size must be held.
bool clerk_head_fits(struct txn *txn, const struct exchange_log *log, const struct clerk_head *head,
                     bool *ret_fits, struct err *err) MUST_USE;

struct clerk_leaves { // of the other history, from an index on
    uint64_t first;
    const struct digest *hashes;
    size_t count;
};
// A head that is validly signed and not of our history.
struct clerk_fork {
    struct clerk *c;
    struct txn *txn;
    const struct exchange_log *log;
    const struct chain *chain;
    const struct clerk_head *head;
    const struct clerk_leaves *leaves; // NULL: none are at hand
    struct arena *arena;
};
// Keeps evidence where what is at hand proves it: two roots of one size, or two leaves at one
// index. *ret_kept says whether it does.
bool clerk_history_fork(const struct clerk_fork *f, bool *ret_kept, struct err *err) MUST_USE;
// Two validly signed manifests of one version, kept as
//   elchi manifests v1\n origin ORIGIN\n first SIZE\n NOTE second SIZE\n NOTE
bool clerk_history_manifests(struct clerk *c, struct txn *txn, struct str origin,
                             struct bytes first, struct bytes second, struct arena *a,
                             struct err *err) MUST_USE;
#endif
