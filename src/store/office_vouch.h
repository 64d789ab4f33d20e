// store/office_vouch.h - files that States vouched for.
//
// Holds: one row per voucher shown here. Derived, like all of office_view.h.
// Knows nothing of: whether such a file is in use.
// Source: refs/state-practice 6.10, rule 17.
#ifndef STORE_OFFICE_VOUCH_H
#define STORE_OFFICE_VOUCH_H
#include "store/office.h"

struct office_vouch {
    struct digest note; // of the record
    struct str kind;    // "rendering" or "scale"
    struct str of;      // a language, a State
    struct str book;
    uint32_t version;
    struct digest file;
    // Of the record; only when read.
    struct str ref, origin;
    struct moment time;
};
typedef bool office_vouch_each(void *context, const struct office_vouch *row, struct err *err);
bool office_vouch_put(struct txn *txn, const struct office_vouch *row, struct err *err) MUST_USE;
// Those that stand: the record is not void, is held here and was not withdrawn by its author.
bool office_vouches(struct txn *txn, office_vouch_each *each, void *context,
                    struct err *err) MUST_USE;
#endif
