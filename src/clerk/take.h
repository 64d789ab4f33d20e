// clerk/take.h - what carriers bring: manifests, entries, cosignatures, evidence, hints.
//
// Holds: who may bring what of which log. Every piece is verified here before it is kept.
// Knows nothing of: sessions and bundles; a bundle that is read is a session.
// Source: DESIGN sections 5.4 and 5.5, FORMATS sections 2, 6, 7 and 10.
#ifndef CLERK_TAKE_H
#define CLERK_TAKE_H
#include "clerk/frames.h"
#include "clerk/node.h"

// A carrier's name must be a State's origin of this community.
//   errors  ERR_DENIED
bool clerk_take_from(const struct clerk *c, struct str from, struct err *err) MUST_USE;
// May entries of this log be taken? Of others: exchange, mirror or relay is on for its State. Of
// our own: only while the keeper is ahead of what is held here, or waits after a restore.
//   errors  ERR_DENIED
bool clerk_take_allowed(struct clerk *c, struct str origin, struct bytes checkpoint,
                        struct arena *a, struct err *err) MUST_USE;
// Begins what is kept of a piece brought. A session brings again what was lost before it was waited
// for; what a command brought, out of a file perhaps, is waited for.
bool clerk_take_begin(struct clerk *c, enum clerk_caller caller, struct txn *ret,
                      struct err *err) MUST_USE;
#endif
