// courier/talk_waiting.h - which bodies wait for the partner, which came, which it should bring.
//
// Holds: WAITING and WANT of a batch.
// Knows nothing of: fetching and bringing (courier/fetch.h, courier/bring.h).
// Source: DESIGN 5.4, FORMATS section 7.
#ifndef COURIER_TALK_WAITING_H
#define COURIER_TALK_WAITING_H
#include "courier/batch.h"

// Bodies held here for the partner, each said once in a session.
bool talk_put_waiting(struct batch *b, struct err *err) MUST_USE;
// What is held here whole need not wait there any longer; what its author said it holds for us and
// we cannot fetch is asked for.
bool talk_put_wants(struct batch *b, struct err *err) MUST_USE;
#endif
