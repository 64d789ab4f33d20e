// clerk/seal.h - a signed note becomes an entry and a body: the stage.
//
// Holds: blinding, sealing to the addressee and to ourselves, and the one transaction that stages.
// Knows nothing of: drafts and approvals (clerk/release.h), the log (clerk/append.h).
// Source: DESIGN 5.2 and 5.3, FORMATS sections 3 and 4 (seal).
#ifndef CLERK_SEAL_H
#define CLERK_SEAL_H
#include "clerk/node.h"

struct seal_ask {
    struct str note_text; // of `note`, for reading
    struct bytes note;    // signed, whole
    struct str draft;     // 32 hex digits: stages each draft once
};
// Stages the note: entry, body and who may fetch it, and the serial of its pair, in one
// transaction.
//   errors  ERR_CONFLICT   the draft or the ref is staged already
//           ERR_NOT_FOUND  the addressee has no current encryption key, or an attachment is not
//           here
bool clerk_seal(struct clerk *c, struct arena *a, const struct seal_ask *ask,
                struct err *err) MUST_USE;

// "XA/XB" or "XA": whose serial a ref belongs to.
bool clerk_pair_of(const struct ref *ref, struct arena *a, struct str *ret,
                   struct err *err) MUST_USE;
#endif
