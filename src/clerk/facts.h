// clerk/facts.h - the state of one record at a moment, from verified facts alone.
//
// Holds: gathering of what stands in logs (receipts, answers, cosignatures, withdrawals).
// Knows nothing of: the rules; record/lifecycle.h applies them.
// Source: DESIGN section 7: state_at(entries, now).
#ifndef CLERK_FACTS_H
#define CLERK_FACTS_H
#include "clerk/node.h"
#include "record/lifecycle.h"

//   errors  ERR_NOT_FOUND  no such record here
bool clerk_record_state(struct clerk *c, struct arena *a, const struct digest *note,
                        struct moment now, struct record_state *ret, struct err *err) MUST_USE;
#endif
