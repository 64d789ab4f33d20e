// clerk/heard.h - what officers typed down by voice, and whether the record that came is the same.
//
// Holds: keeping and opening a heard message, and joining it to the records of its reference. The
// join is made anew each time it is shown, from verified records alone: nothing of it is stored, so
// a rebuild, a restore or a record that comes years later need no care.
// Knows nothing of: frames (clerk/act_heard.c). Nothing ever follows from a heard message by
// itself. Source: DESIGN sections 4 (promise 10) and 6; docs/spoken.md "What was heard".
#ifndef CLERK_HEARD_H
#define CLERK_HEARD_H
#include "clerk/officer.h"
#include "clerk/rows.h"
#include "codebook/spoken.h"
#include "store/office_heard.h"

#define JOINED(X)                                                                            \
    X(JOINED_NOT, "heard")           /* no record of this reference is here */               \
    X(JOINED_PROVEN, "proven")       /* the record is here and is what was heard */          \
    X(JOINED_DIFFERS, "differs")     /* a record of this reference is here and is another */ \
    X(JOINED_UNCHECKED, "unchecked") /* its codebook, or the record's body, is not held */
#define JOINED_ENUM(name, word) name,
enum joined { JOINED(JOINED_ENUM) JOINED_COUNT };
#undef JOINED_ENUM
const char *joined_word(enum joined joined); // static

struct clerk_heard {
    struct office_heard row;
    enum desk desk;
    struct str text;    // blocks, as codebook/spoken_kept.h has them; empty: could not be opened
    struct heard heard; // whole, unless `joined` says unchecked
    enum joined joined;
    struct str sentence;  // differs: where; unchecked: why; else empty
    bool has_record;      // proven, differs and perhaps unchecked:
    struct digest record; // the note of that record
};

// Hears a text under the books of this node and keeps it, if it is whole and this State's to hear.
// *ret_new is false where the very same is kept already.
//   errors  ERR_MALFORMED    not whole: the first problem
//           ERR_UNSUPPORTED  lines alone: no record could ever come
//           ERR_DENIED       another State's, or another desk's
//           ERR_LIMIT        HEARD_KEPT_MAX are kept
bool clerk_heard_keep(struct clerk *c, struct clerk_io *io, const struct caller *who,
                      struct bytes text, struct office_heard_id *ret, bool *ret_new,
                      struct err *err) MUST_USE;
// Opens one and joins it. What cannot be opened or heard any more is unchecked and no error.
//   errors  ERR_NOT_FOUND  none, or not of a desk of the caller's
bool clerk_heard_open(struct clerk *c, struct arena *a, const struct caller *who,
                      const struct office_heard_id *id, struct clerk_heard *ret,
                      struct err *err) MUST_USE;
// Is it this record?
bool clerk_heard_against(const struct clerk_heard *h, const struct clerk_held_record *o,
                         struct arena *a, enum joined *ret, struct str *ret_sentence,
                         struct err *err) MUST_USE;

struct heard_ids {
    struct office_heard_id all[HEARD_KEPT_MAX];
    size_t count;
};
// Those of the caller's desks: all, newest first; or, with a reference, of that one, oldest first.
bool clerk_heard_ids(struct clerk *c, const struct caller *who, struct str ref,
                     struct heard_ids *ret, struct err *err) MUST_USE;
#endif
