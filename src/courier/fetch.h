// courier/fetch.h - bodies that a partner holds for us, fetched and handed to the clerk.
//
// Holds: which to ask for, most urgent first; small ones many at a time, large ones piece by piece,
// going on where they broke off.
// Knows nothing of: what a body says; the clerk decides what it awaits.
// Source: DESIGN 5.4, FORMATS section 7.
#ifndef COURIER_FETCH_H
#define COURIER_FETCH_H
#include "courier/call.h"

// Asks for everything that is wanted and that this partner said it holds, or wrote itself. Counts
// octets in c->came. What the partner does not have is passed over and not asked for again in this
// session.
//   errors  ERR_OFFLINE and what else breaks the connection
bool fetch_wanted(struct call *c, struct err *err) MUST_USE;
#endif
