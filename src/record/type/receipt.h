// record/type/receipt.h - the receipt: the addressee's node says what it holds.
//
// Holds: its three states and which lines each carries.
// Knows nothing of: acknowledgement, which is an officer's message.
// Source: FORMATS section 1; DESIGN 7.
//
//   of XA/XB-2026-0012 sha256:NOTE\n         held; "of unknown": unreadable; "of REF unknown":
//   missing at ORIGIN INDEX sha256:LEAF\n            not when missing state held\n held, unreadable
//   or missing since 2026-07-14T04:01:05Z\n             missing only attachments 0 of 1\n
#ifndef RECORD_TYPE_RECEIPT_H
#define RECORD_TYPE_RECEIPT_H
#include "record/record.h"

enum receipt_state {
    RECEIPT_NONE,
    RECEIPT_HELD,       // opened; commitment and inner header agree
    RECEIPT_UNREADABLE, // the author's node handed over a body that does not open
    RECEIPT_MISSING,    // a serial of the pair never came
    RECEIPT_STATE_COUNT
};
struct receipt {
    enum receipt_state state;
    bool has_ref, has_note; // held: both; unreadable: both or neither; missing: ref only
    struct ref of;
    struct digest note;
    struct str at_origin; // held and unreadable
    uint64_t at_index;
    struct digest at_leaf;
    struct moment since; // missing
    uint32_t attachments_held, attachments_all;
};
extern const struct record_type record_type_receipt;
const char *receipt_state_word(enum receipt_state state); // "held"; static
#endif
