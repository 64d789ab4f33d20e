// record/approval.h - the texts by which officers and roots tell the keeper what may be done.
//
// Holds: the approval's text and the root order's text, read and written exactly.
// Knows nothing of: who may approve (access/), signatures and passkeys (keeper/). A passkey's
// challenge is approval_digest.
// Source: FORMATS section 5.
//
//   elchi approval v1\n                       elchi order v1\n
//   log ORIGIN\n                              log ORIGIN\n
//   draft HEX32\n                             challenge HEX32\n
//   text sha256:HEX\n                         act resume|adopt|retire\n
//   decision release|refuse|export|register\n size N\n
//   officer NAME\n                            root BASE64\n
//   until TIME\n
#ifndef RECORD_APPROVAL_H
#define RECORD_APPROVAL_H
#include "base/limits.h"
#include "base/text.h"
#include "crypto/hash.h"

enum { DRAFT_ID_BYTES = 16 };
struct draft_id {
    uint8_t octets[DRAFT_ID_BYTES]; // random, made with the draft
};
struct challenge {
    uint8_t octets[DRAFT_ID_BYTES]; // random, made by the keeper, good once
};

enum decision {
    DECISION_NONE,
    DECISION_RELEASE,
    DECISION_REFUSE,
    DECISION_EXPORT,
    DECISION_REGISTER,
    DECISION_COUNT
};
struct approval {
    struct str log; // origin
    struct draft_id draft;
    struct digest text; // what is approved; record_approved_digest for release and refuse
    enum decision decision;
    struct str officer; // [a-z0-9][a-z0-9._-]{0,63}
    struct moment until;
};

// The result borrows from `text`.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool approval_read(struct str text, struct approval *ret, struct err *err) MUST_USE;
//   errors  ERR_MALFORMED for a field no reader would accept; ERR_LIMIT
bool approval_write(const struct approval *approval, struct arena *a, struct str *ret,
                    struct err *err) MUST_USE;
struct digest approval_digest(struct str text); // the passkey's challenge
// ORIGIN/officer/NAME, the name of the key that signs approvals.
bool approval_key_name(const struct approval *approval, struct arena *a, struct str *ret,
                       struct err *err) MUST_USE;

const char *decision_word(enum decision decision); // "release"; static
bool decision_read(struct str word, enum decision *ret) MUST_USE;

enum order_act { ORDER_NONE, ORDER_RESUME, ORDER_ADOPT, ORDER_RETIRE, ORDER_ACT_COUNT };
struct order {
    struct str log; // origin
    struct challenge challenge;
    enum order_act act;
    uint64_t size;
    struct digest root;
};

//   errors  ERR_MALFORMED, ERR_LIMIT
bool order_read(struct str text, struct order *ret, struct err *err) MUST_USE;
bool order_write(const struct order *order, struct arena *a, struct str *ret,
                 struct err *err) MUST_USE;
const char *order_act_word(enum order_act act); // "resume"; static
bool order_act_read(struct str word, enum order_act *ret) MUST_USE;
#endif
