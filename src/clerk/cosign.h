// clerk/cosign.h - this node as witness and mirror of the logs it opted into.
//
// Holds: which lines are due for a log, the consistency proof the keeper asks for, keeping the
// lines. A witness line is earned once a checkpoint is consistent and persisted; a mirror line once
// the entries are durable too.
// Knows nothing of: keys; the keeper checks everything again.
// Source: FORMATS section 6.
#ifndef CLERK_COSIGN_H
#define CLERK_COSIGN_H
#include "clerk/node.h"

struct clerk_lines {
    struct str lines[2]; // witness, mirror; in the arena
    size_t count;
};
// Cosigns the newest checkpoint held of a log, in the roles switched on for its State. What the
// keeper may not sign at present (after a restore) is simply not there.
bool clerk_cosign(struct clerk *c, struct str origin, struct arena *a, struct clerk_lines *ret,
                  struct err *err) MUST_USE;
#endif
