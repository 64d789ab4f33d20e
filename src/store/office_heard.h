// store/office_heard.h - what officers typed down of messages by voice, fax or SMS.
//
// Holds: the rows, bounded in number. Texts are octets sealed by the caller under the desk's key.
// Knows nothing of: what was said, and whether its record has come.
// Source: DESIGN sections 4 (promise 10) and 6; docs/spoken.md "What was heard".
#ifndef STORE_OFFICE_HEARD_H
#define STORE_OFFICE_HEARD_H
#include "store/office.h"

enum { HEARD_ID_CHARS = 32 };
struct office_heard_id {
    char hex[HEARD_ID_CHARS + 1]; // of what was heard, so that it is kept once; NUL
};
bool office_heard_id_read(struct str text, struct office_heard_id *ret, struct err *err) MUST_USE;

struct office_heard {
    struct office_heard_id id;
    struct str ref;      // as it was spoken
    struct str desk;     // whose key sealed it
    struct str officer;  // who typed it down
    struct moment at;    // when
    struct bytes sealed; // the blocks
};
typedef bool office_heard_each(void *context, const struct office_heard *row, struct err *err);

// *ret_new is false where the very same was kept before; that one stays as it is.
//   errors  ERR_LIMIT  HEARD_KEPT_MAX are kept, or a field is too long
bool office_heard_add(struct txn *txn, const struct office_heard *row, bool *ret_new,
                      struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool office_heard_get(struct txn *txn, const struct office_heard_id *id, struct arena *a,
                      struct office_heard *ret, struct err *err) MUST_USE;
// All, newest first: HEARD_KEPT_MAX at most.
bool office_heards(struct txn *txn, office_heard_each *each, void *context,
                   struct err *err) MUST_USE;
// Of one reference, oldest first.
bool office_heards_of(struct txn *txn, struct str ref, office_heard_each *each, void *context,
                      struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool office_heard_drop(struct txn *txn, const struct office_heard_id *id, struct err *err) MUST_USE;
// All that a desk heard under a reference; none is no error.
bool office_heard_drop_ref(struct txn *txn, struct str ref, struct str desk,
                           struct err *err) MUST_USE;
#endif
