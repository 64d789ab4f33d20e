// courier/caller.h - when each partner is called.
//
// Holds: a thread for each partner with exchange on; the bell, the back-off after failures; for a
// node that cannot be called itself, a second thread that leaves a question open with the partner.
// Knows nothing of: what is inside a session (courier/call.h).
// Source: FORMATS section 7: back-off 1 s to 15 min with full jitter.
#ifndef COURIER_CALLER_H
#define COURIER_CALLER_H
#include "courier/share.h"

struct callers; // opaque
bool callers_start(struct share *s, struct callers **ret_owned, struct err *err) MUST_USE;
// A partner that could not be reached has called: it is called back at once, and not when its time
// comes. From any thread.
void callers_heard(struct callers *all, struct str origin);
void callers_stop(struct callers *all); // share_stop was called before; NULL is fine
#endif
