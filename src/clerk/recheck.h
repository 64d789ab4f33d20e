// clerk/recheck.h - a log checked again from its entries, views derived again from nothing.
//
// Holds: both in bounded steps, so that the clerk goes on serving between them.
// Source: promises 3 and 9; DESIGN section 9 (`elchi verify`, `elchi rebuild`).
#ifndef CLERK_RECHECK_H
#define CLERK_RECHECK_H
#include "clerk/acts.h"

// Of one step. Beginning and ending one costs a quarter of a millisecond; checking its entries
// about twenty, shared evenly by two threads: longer, and who waits for the clerk would feel it.
enum { VERIFY_ENTRIES = 64 * 1024 };
enum { REBUILD_ENTRIES = 20000 };
#endif
