// record/type/withdraw.h - the withdrawal: takes back a record with a reason.
//
// Holds: the named record and the reason, both language-free. Receivers keep both records.
// Knows nothing of: whether the named record exists; record/lifecycle.h applies it.
// Source: DESIGN 7.
//
//   of XA/XB-2026-0012 sha256:NOTE\n         of the same State, and of the same pair when sealed
//   reason error\n
#ifndef RECORD_TYPE_WITHDRAW_H
#define RECORD_TYPE_WITHDRAW_H
#include "record/record.h"

enum withdraw_reason {
    WITHDRAW_NONE,
    WITHDRAW_ERROR,       // it was wrong
    WITHDRAW_OVERTAKEN,   // events made it moot
    WITHDRAW_REPLACED,    // another record says it better
    WITHDRAW_HANDLING,    // released under the wrong handling or to the wrong addressee
    WITHDRAW_AUTHORITY,   // released without due authority
    WITHDRAW_REQUEST,     // at the addressee's request
    WITHDRAW_UNSPECIFIED, // none given
    WITHDRAW_REASON_COUNT
};
struct withdraw {
    struct named_record of;
    enum withdraw_reason reason;
};
extern const struct record_type record_type_withdraw;
const char *withdraw_reason_word(enum withdraw_reason reason); // "error"; static
bool withdraw_reason_read(struct str word, enum withdraw_reason *ret) MUST_USE;
#endif
