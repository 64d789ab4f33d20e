// clerk/draft_check.h - may this text become a draft of ours at all?
//
// Holds: gathering of the facts that the gate, the codebook and the rules of answering ask for.
// Knows nothing of: drafts as rows, approvals, officers.
// Source: DESIGN section 8 (gate), section 6 (speech); access/gate.h and record/speech.h.
#ifndef CLERK_DRAFT_CHECK_H
#define CLERK_DRAFT_CHECK_H
#include "base/json.h"
#include "clerk/node.h"
#include "record/record.h"

// Reads the form officers approve and holds it against everything known here.
//   errors  ERR_MALFORMED, ERR_LIMIT, ERR_UNSUPPORTED  the text
//           ERR_DENIED      another State's log or desk, the gate's rules, an answer not allowed
//           ERR_NOT_FOUND   no community yet, an unknown phrase, codebook or asked record
//           ERR_CONFLICT    the codebook is not the one the message names
//           ERR_UNSUPPORTED the addressee has said which codebooks it holds, and not this one
bool clerk_draft_check(struct clerk *c, struct arena *a, struct bytes text, struct record *ret,
                       struct err *err) MUST_USE;
// What the drafter should look at, though nothing forbids it: [{word, sentence}].
// Owned by the caller.
json_t *clerk_draft_findings(struct clerk *c, struct arena *a, const struct record *record);
#endif
