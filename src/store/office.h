// store/office.h - the office store: officers' accounts, the audit trail, cursors.
//
// Holds: opening the store at its schema; accounts; an audit that shows any change; how far each
// log was projected.
// Knows nothing of: keys and plain text. Every text that is "sealed" arrives encrypted by the
// caller under its desk's key (FORMATS section 10); here it is octets.
// Source: DESIGN section 9; FORMATS sections 4, 5 and 10.
// Beside it, over the same store: office_draft.h (drafts, approvals, fills), office_view.h (derived
// records and receipts).
#ifndef STORE_OFFICE_H
#define STORE_OFFICE_H
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "store/db.h"

// As exchange_open_*.
bool office_open_write(const struct db_driver *driver, struct world *w, const char *path,
                       struct db **ret_owned, struct err *err) MUST_USE;
bool office_open_read(const struct db_driver *driver, struct world *w, const char *path,
                      struct db **ret_owned, struct err *err) MUST_USE;
bool office_open_memory(const struct db_driver *driver, struct world *w, struct db **ret_owned,
                        struct err *err) MUST_USE;

// -- officers --------------------------------------------------------------------------------
enum {
    OFFICER_NAME_BYTES_MAX = 64,
    OFFICER_TEXT_BYTES_MAX = 1024,
    OFFICER_LOGIN_BYTES_MAX = 65536,
};
enum office_officer_state { OFFICER_ACTIVE, OFFICER_SUSPENDED, OFFICER_LEFT, OFFICER_STATE_COUNT };
struct office_officer {
    struct str name;
    struct str desks; // words separated by one space
    struct str roles; // the same
    struct str vkey;  // C2SP vkey of ORIGIN/officer/NAME; empty: none
    enum office_officer_state state;
    struct moment added;
    struct bytes login; // the door's own octets: passkeys, hashes of tokens; may be empty
};
typedef bool office_officer_each(void *context, const struct office_officer *row, struct err *err);
// Adds or changes; `added` stays as first written. Nobody is ever deleted: the audit names them.
//   errors  ERR_LIMIT, ERR_MALFORMED (empty name)
bool office_officer_put(struct txn *txn, const struct office_officer *row,
                        struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool office_officer_get(struct txn *txn, struct str name, struct arena *a,
                        struct office_officer *ret, struct err *err) MUST_USE;
bool office_officers(struct txn *txn, office_officer_each *each, void *context,
                     struct err *err) MUST_USE; // by name

// -- audit -----------------------------------------------------------------------------------
// Row n keeps SHA-256("elchi audit v1\n" || digest of row n-1 (zeros for row 1) || u64 n ||
// u64 time || block32 who || block32 what || block32 subject), numbers big-endian.
enum { AUDIT_TEXT_BYTES_MAX = 4096 };
struct office_audit {
    uint64_t n; // from 1; set by the store
    struct moment at;
    struct str who;       // officer's name, or the process
    struct str what;      // one word: "release"
    struct str subject;   // what it was done to; no text of a record
    struct digest digest; // set by the store
};
typedef bool office_audit_each(void *context, const struct office_audit *row, struct err *err);
bool office_audit_add(struct txn *txn, const struct office_audit *row, struct err *err) MUST_USE;
// Newest first, below `before` (0: from the newest), at most `count_max`.
bool office_audits(struct txn *txn, uint64_t before, uint64_t count_max, office_audit_each *each,
                   void *context, struct err *err) MUST_USE;
// Walks the whole chain. *ret_count and *ret_head (of the last row, zeros when empty) may be NULL;
// who keeps the head elsewhere also sees rows cut off at the end.
//   errors  ERR_TAMPERED  with the number of the first row that does not fit
bool office_audit_check(struct txn *txn, uint64_t *ret_count, struct digest *ret_head,
                        struct err *err) MUST_USE;

// -- cursors ---------------------------------------------------------------------------------
// Index of the next entry to project, per log; 0 at first and after office_views_reset.
bool office_cursor_get(struct txn *txn, struct str origin, uint64_t *ret_next,
                       struct err *err) MUST_USE;
//   errors  ERR_CONFLICT  it would go back
bool office_cursor_put(struct txn *txn, struct str origin, uint64_t next, struct err *err) MUST_USE;
#endif
