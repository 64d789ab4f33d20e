// clerk/recheck.h - a log checked again from its entries, views derived again from nothing.
//
// Holds: both in bounded steps, so that the clerk goes on serving between them.
// Source: promises 3 and 9; DESIGN section 9 (`elchi verify`, `elchi rebuild`).
#ifndef CLERK_RECHECK_H
#define CLERK_RECHECK_H
#include "clerk/acts.h"

enum { RECHECK_ENTRIES = 20000 }; // of one step
#endif
