// clerk/release.h - the first three durable steps of a release: fill, sign, seal.
//
// Holds: giving ref and time, asking the keeper, staging; for drafts that officers approved and for
// what the node states by itself; and taking up at start what a crash left half-way.
// Knows nothing of: who may approve (the keeper checks that), the log (clerk/append.h).
// Source: DESIGN section 8, FORMATS section 4.
//
// What is ready together passes each step together: one commit of all fills, one frame to the
// keeper, one commit of all that is staged. Of a pair the numbers are given in the order asked for,
// above all that is staged or logged, and only while nothing else of the pair is on its way; the
// keeper signs no number above a refused one of the same frame, so a refusal leaves no gap: what
// stood behind it is filled anew.
#ifndef CLERK_RELEASE_H
#define CLERK_RELEASE_H
#include "clerk/node.h"
#include "record/approval.h"

struct release_ask {
    struct draft_id draft;
    struct str who; // the officer, for the audit; empty: no row is written
};
struct release_done {
    struct err refused; // ERR_NONE: it is staged
    struct str ref;     // in the arena
    struct digest note; // hash of the whole note
};
// Takes drafts that await release through fill, sign and seal. clerk_append then logs them. The
// office's rows of their ends are written and not waited for (db_settle, before anybody is told).
//   refused  ERR_DENIED     the keeper refused: too few approvals, spent, ...; the draft awaits
//                           again
//            ERR_BUSY       another record of the pair is on its way
//            ERR_CONFLICT   the draft does not await release
//            ERR_NOT_FOUND  no such draft, no key of the addressee, or an attachment is not here
//   errors   ERR_LOCKED, ERR_OFFLINE, ERR_IO  nothing can be said of any that is not refused
bool clerk_release_all(struct clerk *c, struct arena *a, const struct release_ask *asks,
                       size_t count, struct release_done *ret, struct err *err) MUST_USE;
// One draft; what it is refused for is the error.
bool clerk_release(struct clerk *c, struct arena *a, const struct draft_id *draft,
                   struct release_done *ret, struct err *err) MUST_USE;
// The same for node-made records, given without ref and time; `to` says which pair each is of.
bool clerk_state_by_node(struct clerk *c, struct arena *a, const struct record *records,
                         size_t count, struct release_done *ret, struct err *err) MUST_USE;
// Takes up every fill that a crash left. Call once at start, before any command.
bool clerk_release_resume(struct clerk *c, struct err *err) MUST_USE;
#endif
