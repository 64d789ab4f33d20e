// clerk/cosign.h - this node as witness and mirror of the logs it opted into.
//
// Holds: which lines are due, the consistency proofs the keeper asks for, keeping the lines. A
// witness line is earned once a checkpoint is consistent and persisted; a mirror line once the
// entries are durable too.
// Knows nothing of: keys; the keeper checks everything again.
// Source: FORMATS section 6.
//
// Lines are given when the clerk is quiet, not for each frame of entries: no receipt waits for one,
// and many checkpoints of one log need only their last one cosigned.
#ifndef CLERK_COSIGN_H
#define CLERK_COSIGN_H
#include "clerk/node.h"

// The newest checkpoint held of this log may lack a line of ours.
void clerk_cosign_later(struct clerk *c, struct str origin);
bool clerk_cosign_owes(const struct clerk *c);
// Makes what is held durable, then gives the lines that are due, in as few durable steps of the
// keeper as fit its frames. What the keeper may not sign at present (after a restore) is simply not
// there; what it refuses of one log is told (the last of them) after the others were given.
bool clerk_cosign_due(struct clerk *c, struct err *err) MUST_USE;
#endif
