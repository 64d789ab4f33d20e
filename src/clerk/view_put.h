// clerk/view_put.h - one opened record laid out in the views, and what follows from it.
//
// Holds: the row, the receipt, the dialogue it belongs to, used serials, wants and offers.
// Knows nothing of: cursors and batches (clerk/project.h).
// Source: DESIGN section 7, FORMATS sections 1, 3 and 7.
#ifndef CLERK_VIEW_PUT_H
#define CLERK_VIEW_PUT_H
#include "clerk/open.h"

struct clerk_putting {
    struct clerk *c;
    struct clerk_stores *stores;
    const struct clerk_place *place;
    struct arena *arena;
    const struct clerk_opened *opened; // JUDGED
    bool offer;                        // own records: peers are told that it waits
};
enum { CLERK_AGAIN_MAX = 64 };
// Where else in this log the same serial stands, at larger indexes: those must be judged anew.
struct clerk_again {
    uint64_t at[CLERK_AGAIN_MAX];
    size_t count;
};
bool clerk_view_put(const struct clerk_putting *p, struct clerk_again *ret_again,
                    struct err *err) MUST_USE;
// An open body of another State that is not here yet: any member may ask for it.
bool clerk_view_want(const struct clerk_putting *p, struct err *err) MUST_USE;
#endif
