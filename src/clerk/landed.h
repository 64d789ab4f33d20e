// clerk/landed.h - bodies that are complete and not shown yet.
//
// Holds: a mark beside each completed blob, written in the transaction that completes it and taken
// away once its record is shown, so that a crash between the two loses nothing.
// Source: promise 1 (nothing acknowledged is lost).
#ifndef CLERK_LANDED_H
#define CLERK_LANDED_H
#include "clerk/node.h"

struct clerk_landed {
    struct str origin; // of the record's log
    struct leaf_index at;
    bool from_author; // its node said that it waits for us
};
bool clerk_landed_mark(struct txn *exchange, const struct digest *blob,
                       const struct clerk_landed *l, struct err *err) MUST_USE;
// Shows everything that landed. Called by clerk_project.
bool clerk_landed_all(struct clerk *c, struct err *err) MUST_USE;
bool clerk_project_landed(struct clerk *c, const struct clerk_landed *l,
                          struct err *err) MUST_USE; // in clerk/project.c
#endif
