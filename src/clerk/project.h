// clerk/project.h - the only projection: from verified entries and bodies to what officers see.
//
// Holds: opening bodies, judging records, filling the views, noting what is wanted and offered, and
// giving the receipts that are due.
// Knows nothing of: frames. It can be run again from nothing at any time (`elchi rebuild`).
// Source: DESIGN sections 7 and 9, FORMATS sections 1 and 7.
#ifndef CLERK_PROJECT_H
#define CLERK_PROJECT_H
#include "clerk/node.h"

// Catches up all logs by their cursors. Idempotent; called after every turn that changed something.
bool clerk_project(struct clerk *c, struct err *err) MUST_USE;
// The same for at most `most` entries; *ret_done and *ret_total count entries of all logs.
bool clerk_project_some(struct clerk *c, uint64_t most, uint64_t *ret_done, uint64_t *ret_total,
                        struct err *err) MUST_USE;
// Own checkpoints were cosigned: the words of own records that were merely logged are made anew.
bool clerk_project_cosigned(struct clerk *c, struct err *err) MUST_USE;
// Gives the receipts that are due to partners with receipts switched on.
bool clerk_receipts(struct clerk *c, struct err *err) MUST_USE;
#endif
