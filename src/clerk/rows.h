// clerk/rows.h - one row of the record view as it is shown, and the officer's right to see it.
//
// Holds: the fields that INBOX, SENT and SHOW have in common (docs/json.md).
// Knows nothing of: paging, and what a dialogue is.
// Source: DESIGN section 7 (states); docs/json.md.
#ifndef CLERK_ROWS_H
#define CLERK_ROWS_H
#include "base/limits.h"
#include "clerk/acts.h"
#include "record/lifecycle.h"
#include "record/record.h"
#include "store/office_view.h"

// The row itself: what the view keeps, no state.
json_t *clerk_row_bare(const struct office_record *row); // owned by the caller
// Delivery, dialogue, overdue, due. A record whose state cannot be told shows why, so that one bad
// row never hides a page. *ret (may be NULL) is zeroed then.
void clerk_row_state(struct clerk *c, struct arena *a, const struct office_record *row,
                     json_t *shown, struct record_state *ret);

// A row and what its note says, when it is held and well-formed.
struct clerk_held_record {
    struct office_record row;
    struct bytes note; // empty: destroyed, or not held
    struct str text;   // of the note
    bool read;         // `record` is set
    struct record record;
};
//   errors  ERR_NOT_FOUND  no such row; anything about the note itself is no error here
bool clerk_open_row(struct clerk *c, struct arena *a, const struct digest *note,
                    struct clerk_held_record *ret, struct err *err) MUST_USE;
bool clerk_may_read(const struct caller *who, const struct office_record *row);

// Every record that was given a name: a ref, or sha256:HEX of a note. Bad luck or malice may have
// used one ref twice.
struct clerk_named {
    struct digest first; // the one that is not void, else the oldest
    struct digest all[CLERK_ROWS_MAX];
    size_t count; // 0 when it was asked by hash
    bool has_valid;
};
//   errors  ERR_NOT_FOUND
bool clerk_find(struct clerk *c, struct str asked, struct clerk_named *ret,
                struct err *err) MUST_USE;
#endif
