// courier/caller.h - calling one partner: rounds of a session, then the bodies it holds for us.
//
// Holds: one thread for each partner; when to call, how to wait after a failure.
// Knows nothing of: what is inside a session (courier/talk.h).
// Source: FORMATS section 7: connect 10 s, no progress 30 s, back-off 1 s to 15 min, full jitter.
#ifndef COURIER_CALLER_H
#define COURIER_CALLER_H
#include "courier/share.h"

struct callers; // opaque
// Starts a thread that keeps one caller for each partner with exchange on and an endpoint.
bool callers_start(struct share *s, struct callers **ret_owned, struct err *err) MUST_USE;
void callers_stop(struct callers *all); // share->stop is set before; NULL is fine
#endif
