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
bool clerk_landed_mark(struct clerk *c, struct txn *exchange, const struct digest *blob,
                       const struct clerk_landed *l, struct err *err) MUST_USE;
// Shows everything that landed and was not shown yet. Called by clerk_project. The marks stay until
// what was shown is durable.
bool clerk_landed_all(struct clerk *c, struct err *err) MUST_USE;
// Makes both stores durable and takes away the marks of what was shown; nothing was: nothing to do.
bool clerk_landed_settle(struct clerk *c, struct err *err) MUST_USE;
bool clerk_landed_owes(const struct clerk *c);
void clerk_landed_forget(struct clerk *c);
bool clerk_project_landed(struct clerk *c, const struct clerk_landed *rows, size_t count,
                          struct err *err) MUST_USE; // in clerk/project.c
#endif
