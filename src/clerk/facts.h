// clerk/facts.h - the state of one record at a moment, from verified facts alone.
//
// Holds: gathering of what stands in logs (receipts, answers, cosignatures, withdrawals).
// Knows nothing of: the rules; record/lifecycle.h applies them.
// Source: DESIGN section 7: state_at(entries, now).
#ifndef CLERK_FACTS_H
#define CLERK_FACTS_H
#include "clerk/node.h"
#include "record/lifecycle.h"
#include "store/office_view.h"

// Begins transactions of its own: the caller holds none.
//   errors  ERR_NOT_FOUND  no such record here
bool clerk_record_state(struct clerk *c, struct arena *a, const struct digest *note,
                        struct moment now, struct record_state *ret, struct err *err) MUST_USE;

// -- for the projection, inside its own two transactions ------------------------------------------
// What a quorum said of a log, kept for as long as one pair of transactions.
struct clerk_cosigners {
    struct log_id log;
    struct tree_size least, size; // asked above `least`; the best is of this size; 0: none
    size_t count;
    struct moment times[NOTE_SIGNATURES_MAX];
};
struct clerk_stores {
    struct txn exchange, office;
    const struct verified_record
        *known; // the one in hand, so that it is not verified again; or NULL
    struct clerk_cosigners cosigners;
};
// The words of every record of one dialogue, made anew and written where they changed.
bool clerk_dialogue_refresh(struct clerk *c, struct clerk_stores *s, const struct digest *root,
                            struct err *err) MUST_USE;
#endif
