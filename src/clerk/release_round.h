// clerk/release_round.h - what the files of a release share: one record on its way, one round.
//
// Holds: the round that takes several together through fill, sign and seal.
// Knows nothing of: where they come from (clerk/release.c, clerk/release_resume.c).
// Source: FORMATS section 4.
#ifndef CLERK_RELEASE_ROUND_H
#define CLERK_RELEASE_ROUND_H
#include "clerk/node.h"
#include "record/approval.h"
#include "store/office_draft.h"

enum { RELEASE_TOGETHER_MAX = 64 }; // texts of one frame to the keeper

enum release_stage {
    RELEASE_WAITS, // for its turn
    RELEASE_GOES,  // in the round at hand
    RELEASE_STAGED,
    RELEASE_REFUSED,
};
struct on_its_way {
    enum release_stage stage;
    struct office_draft_id id; // the draft's, or made from the subject's hash
    struct draft_id draft;
    bool by_node;
    struct str who;        // whose release the audit calls it; empty: no row
    enum desk desk;        // whose key seals the fill
    struct bytes approved; // the text without ref and time
    struct bytes *approvals;
    size_t approvals_count, approvals_bytes;
    struct str text; // full; until it is filled, `record` is of the approved one
    struct record record;
    struct str ref;
    struct bytes note;
    bool again; // refused only for what stood before it
    struct err refused;
};
struct release_round {
    struct clerk *c;
    struct arena *arena;
    struct on_its_way *items[RELEASE_TOGETHER_MAX];
    size_t count;
};

// Takes into the round as many that wait as fit a frame: all drafts, or all the node's.
void release_gather(struct release_round *r, struct on_its_way *all, size_t count);
// Every step, then what stood behind a refused one of its pair in another round, until all are
// staged or refused. False when nothing can be said of the rest.
bool release_go_all(struct clerk *c, struct arena *a, struct on_its_way *all, size_t count,
                    struct err *err) MUST_USE;
// The last two of the three steps, for a round whose fills stand.
bool release_sign_and_seal(struct release_round *r, struct err *err) MUST_USE;
// The fills of a stage go. What is staged shows itself at the next start, so that is not waited
// for.
bool release_end_all(struct release_round *r, enum release_stage stage, struct err *err) MUST_USE;
// Refuses one for `why`, which only it is to blame for; another failure is the caller's.
bool release_judged(struct on_its_way *w, bool done, const struct err *why,
                    struct err *err) MUST_USE;

struct on_its_way *release_ways(struct arena *a, size_t count, struct err *err) MUST_USE;
bool release_load_approvals(struct arena *a, struct txn *office, struct on_its_way *w,
                            struct err *err) MUST_USE;
#endif
