// clerk/seal.h - a signed note becomes an entry and a body: the stage.
//
// Holds: blinding, sealing to the addressee and to ourselves, and the one transaction that stages.
// Knows nothing of: drafts and approvals (clerk/release.h), the log (clerk/append.h).
// Source: DESIGN 5.2 and 5.3, FORMATS sections 3 and 4 (seal).
#ifndef CLERK_SEAL_H
#define CLERK_SEAL_H
#include "clerk/node.h"
#include "record/record.h"

struct seal_ask {
    struct str note_text; // of `note`, for reading
    struct bytes note;    // signed, whole
    struct str draft;     // 32 hex digits: stages each draft once
};
// Can it be sealed: is the addressee's key known, and is each attachment here, whole? Asked before
// a record is given a number, for what the keeper has signed cannot be taken back.
//   errors  ERR_NOT_FOUND
bool clerk_seal_check(struct clerk *c, struct txn *txn, const struct record *record,
                      struct err *err) MUST_USE;
// Stages notes in order: entries, bodies and who may fetch them, and the serials of their pairs, in
// one transaction. What cannot be sealed says so in its place of `ret_refused` (zeroed by the
// caller; ERR_NOT_FOUND as above), and the others go on.
//   errors  ERR_CONFLICT  a draft or a ref is staged already
bool clerk_seal_all(struct clerk *c, struct arena *a, const struct seal_ask *asks, size_t count,
                    struct err *ret_refused, struct err *err) MUST_USE;

// "XA/XB" or "XA": whose serial a ref belongs to.
bool clerk_pair_of(const struct ref *ref, struct arena *a, struct str *ret,
                   struct err *err) MUST_USE;
#endif
