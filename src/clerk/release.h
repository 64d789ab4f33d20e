// clerk/release.h - the first three durable steps of a release: fill, sign, seal.
//
// Holds: giving ref and time, asking the keeper, staging; for drafts that officers approved and for
// what the node states by itself; and taking up at start what a crash left half-way.
// Knows nothing of: who may approve (the keeper checks that), the log (clerk/append.h).
// Source: DESIGN section 8, FORMATS section 4.
//
// A pair's next serial is given only when the previous one is staged or logged, so records of one
// pair pass one after the other; a refusal frees the serial.
#ifndef CLERK_RELEASE_H
#define CLERK_RELEASE_H
#include "clerk/node.h"
#include "record/approval.h"

struct release_done {
    struct str ref;     // in the arena
    struct digest note; // hash of the whole note
};
// Takes a draft that awaits release through fill, sign and seal. clerk_append then logs it.
//   errors  ERR_DENIED     the keeper refused: too few approvals, spent, ...; the draft awaits
//   again
//           ERR_BUSY       another record of the pair is on its way
//           ERR_NOT_FOUND  no such draft, or no key of the addressee
bool clerk_release(struct clerk *c, struct arena *a, const struct draft_id *draft,
                   struct release_done *ret, struct err *err) MUST_USE;
// The same for a node-made record, given without ref and time; `to` says which pair it is of.
bool clerk_state_by_node(struct clerk *c, struct arena *a, const struct record *record,
                         struct release_done *ret, struct err *err) MUST_USE;
// Takes up every fill that a crash left. Call once at start, before any command.
bool clerk_release_resume(struct clerk *c, struct err *err) MUST_USE;
#endif
