// store/office_draft.h - drafts, what officers decided on them, and what the clerk filled in.
//
// Holds: the rows of a release up to its seal. Texts are octets sealed by the caller.
// Knows nothing of: release rules, and which step may follow which (access, clerk).
// Source: DESIGN section 8; FORMATS sections 4 and 5.
#ifndef STORE_OFFICE_DRAFT_H
#define STORE_OFFICE_DRAFT_H
#include "store/office.h"

enum { DRAFT_ID_CHARS = 32 };
struct office_draft_id {
    char hex[DRAFT_ID_CHARS + 1]; // lower-case digits, NUL
};
bool office_draft_id_read(struct str text, struct office_draft_id *ret, struct err *err) MUST_USE;

// -- drafts ----------------------------------------------------------------------------------
enum office_draft_state {
    DRAFT_OPEN,     // being written
    DRAFT_AWAITING, // of release
    DRAFT_APPROVED, // enough approvals; on its way
    DRAFT_FILLED,   // ref and time given
    DRAFT_SIGNED,   // the keeper signed; sealing
    DRAFT_LOGGED,   // done
    DRAFT_REFUSED,
    DRAFT_WITHDRAWN,
    DRAFT_STATE_COUNT
};
struct office_draft {
    struct office_draft_id id;
    struct str desk, author;
    enum office_draft_state state;
    struct bytes sealed;   // the text
    struct digest text;    // SHA-256 of the text to approve; zero while it is being written
    struct moment created; // never changes
    struct moment changed;
};
typedef bool office_draft_each(void *context, const struct office_draft *row, struct err *err);
//   errors  ERR_CONFLICT (the id exists), ERR_LIMIT
bool office_draft_add(struct txn *txn, const struct office_draft *row, struct err *err) MUST_USE;
// Changes text and state of a draft that stands in `from`.
//   errors  ERR_CONFLICT  it is missing or stands in another state
bool office_draft_change(struct txn *txn, const struct office_draft *row,
                         enum office_draft_state from, struct err *err) MUST_USE;
bool office_draft_move(struct txn *txn, const struct office_draft_id *id,
                       enum office_draft_state from, enum office_draft_state to, struct moment at,
                       struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool office_draft_get(struct txn *txn, const struct office_draft_id *id, struct arena *a,
                      struct office_draft *ret, struct err *err) MUST_USE;
// A desk's drafts in one state, newest first, after `skip` rows, at most `count_max`.
bool office_drafts(struct txn *txn, struct str desk, enum office_draft_state state, uint64_t skip,
                   uint64_t count_max, office_draft_each *each, void *context,
                   struct err *err) MUST_USE;
bool office_draft_count(struct txn *txn, struct str desk, enum office_draft_state state,
                        uint64_t *ret, struct err *err) MUST_USE;
// Of all desks, for the clerk at start.
bool office_drafts_in(struct txn *txn, enum office_draft_state state, office_draft_each *each,
                      void *context, struct err *err) MUST_USE;
// With its approvals and its fill. Missing is fine.
bool office_draft_erase(struct txn *txn, const struct office_draft_id *id,
                        struct err *err) MUST_USE;

// -- approvals -------------------------------------------------------------------------------
struct office_approval {
    struct office_draft_id draft;
    struct str officer;
    struct str decision; // release | refuse | export | register
    struct bytes note;   // the signed approval, or the passkey's answer
    struct moment at, until;
};
typedef bool office_approval_each(void *context, const struct office_approval *row,
                                  struct err *err);
// One decision of one officer on one draft.
//   errors  ERR_CONFLICT (decided already), ERR_LIMIT
bool office_approval_add(struct txn *txn, const struct office_approval *row,
                         struct err *err) MUST_USE;
bool office_approvals(struct txn *txn, const struct office_draft_id *draft,
                      office_approval_each *each, void *context,
                      struct err *err) MUST_USE; // in the order they came
// The draft was changed: what was approved is no longer there.
bool office_approvals_drop(struct txn *txn, const struct office_draft_id *draft,
                           struct err *err) MUST_USE;

// -- fills -----------------------------------------------------------------------------------
struct office_fill {
    struct office_draft_id draft;
    struct str ref;
    struct moment at;    // the record's `time`
    struct bytes sealed; // the full text
    struct bytes note;   // the signed note, sealed; empty until the keeper signed
};
typedef bool office_fill_each(void *context, const struct office_fill *row, struct err *err);
//   errors  ERR_CONFLICT  the draft is filled, or another draft holds the ref
bool office_fill_add(struct txn *txn, const struct office_fill *row, struct err *err) MUST_USE;
//   errors  ERR_CONFLICT  no fill, or signed already
bool office_fill_sign(struct txn *txn, const struct office_draft_id *draft,
                      struct bytes sealed_note, struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool office_fill_get(struct txn *txn, const struct office_draft_id *draft, struct arena *a,
                     struct office_fill *ret, struct err *err) MUST_USE;
bool office_fills(struct txn *txn, office_fill_each *each, void *context,
                  struct err *err) MUST_USE; // by ref
bool office_fill_drop(struct txn *txn, const struct office_draft_id *draft,
                      struct err *err) MUST_USE;
#endif
