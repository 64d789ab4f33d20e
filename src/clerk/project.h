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
// Gives the receipts that are due to partners with receipts switched on.
bool clerk_receipts(struct clerk *c, struct err *err) MUST_USE;
#endif
