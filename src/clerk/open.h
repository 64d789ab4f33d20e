// clerk/open.h - one entry of a verified log, opened and judged.
//
// Holds: getting at the body, opening it by way of the keeper, and the verdict with what can be
// said of a record that breaks a rule.
// Knows nothing of: views (clerk/project.h) and where bodies come from.
// Source: DESIGN 5.1 to 5.3, FORMATS sections 1 and 3.
#ifndef CLERK_OPEN_H
#define CLERK_OPEN_H
#include "clerk/facts.h"
#include "record/void.h"

enum clerk_opening {
    OPENING_NOTHING,    // the body is not here, or it is no matter of ours
    OPENING_UNREADABLE, // the author's node handed over a body that does not open
    OPENING_MANIFEST,   // a valid key manifest: in force, nothing to show
    OPENING_JUDGED,
};
struct clerk_opened {
    enum clerk_opening what;
    struct entry entry; // kind ENTRY_NONE when it is malformed
    enum void_rule rule;
    struct verified_record record; // when valid
    // Of a record that breaks a rule: what its text says all the same.
    bool legible; // `said` was read
    struct record said;
    struct bytes note; // of either; empty when there is none to show
};
struct clerk_place {
    struct str origin;
    struct log_id log;
    struct leaf_index at;
};
// Results live in the arena.
//   errors  those of the stores and the keeper; what the entry says never fails
bool clerk_open_at(struct clerk *c, struct clerk_stores *s, const struct clerk_place *place,
                   struct arena *a, struct clerk_opened *ret, struct err *err) MUST_USE;
#endif
