// store/office_view.h - what the logs and bodies say, laid out for reading; can be dropped.
//
// Holds: one row per record, one per receipt, and the questions a mail client asks of them.
// Knows nothing of: how a state follows from entries (record/lifecycle.h). The clerk writes here
// what it derived, and derives it again after office_views_reset.
// Source: DESIGN sections 7 and 9: views cache and can be rebuilt.
#ifndef STORE_OFFICE_VIEW_H
#define STORE_OFFICE_VIEW_H
#include "store/office.h"

// -- the schema of views ---------------------------------------------------------------------
// Drops every view table, builds them anew and sets all cursors to 0.
bool office_views_reset(struct txn *txn, struct err *err) MUST_USE;
// Were the views built by this program's schema? If not: reset, then project from the first entry.
bool office_views_current(struct txn *txn, bool *ret_current, struct err *err) MUST_USE;

// -- records ---------------------------------------------------------------------------------
enum office_direction { DIRECTION_IN, DIRECTION_OUT, DIRECTION_COUNT };
struct office_record {
    int64_t number; // set by the store, in the order of projection
    struct str ref;
    struct digest note; // SHA-256 of the whole note
    struct str origin;  // log
    uint64_t at;        // index in it
    enum office_direction direction;
    struct str type, from, to;
    struct moment time;  // claimed by the author
    unsigned precedence; // 0 ROUTINE to 3 FLASH
    struct str tlp;
    bool exercise;
    struct str desk;       // ours that reads it
    struct digest answers; // note digest; zero: answers nothing
    struct digest root;    // of the dialogue; its own digest for the first
    struct str void_rule;  // empty: not void
    struct str state;
    struct moment due;   // an answer is expected until then; 0: none
    struct bytes sealed; // the note, sealed
    struct digest body;  // of the blob; zero: none
    struct moment received;
};
typedef bool office_record_each(void *context, const struct office_record *row, struct err *err);

// *ret_number may be NULL.
//   errors  ERR_CONFLICT (this note, or this log and index, stands here), ERR_LIMIT
bool office_record_add(struct txn *txn, const struct office_record *row, int64_t *ret_number,
                       struct err *err) MUST_USE;
// Changes what may change: state, due, void rule.
//   errors  ERR_NOT_FOUND
bool office_record_change(struct txn *txn, const struct digest *note, struct str state,
                          struct moment due, struct str void_rule, struct err *err) MUST_USE;
// Takes the text away and keeps the row: the body was destroyed.
//   errors  ERR_NOT_FOUND
bool office_record_erase(struct txn *txn, const struct digest *note, struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool office_record_get(struct txn *txn, const struct digest *note, struct arena *a,
                       struct office_record *ret, struct err *err) MUST_USE;
bool office_record_at(struct txn *txn, struct str origin, uint64_t at, struct arena *a,
                      struct office_record *ret, struct err *err) MUST_USE;
// All with this ref, oldest first: more than one where a ref was used twice.
bool office_records_by_ref(struct txn *txn, struct str ref, office_record_each *each, void *context,
                           struct err *err) MUST_USE;
// A dialogue, in the order of claimed times.
bool office_records_of_dialogue(struct txn *txn, const struct digest *root,
                                office_record_each *each, void *context, struct err *err) MUST_USE;
// Those that answer one note.
bool office_records_answering(struct txn *txn, const struct digest *note, office_record_each *each,
                              void *context, struct err *err) MUST_USE;

// A page of a desk's inbox or sent folder, newest first. The next page starts below the last row's
// (received, number); the first one at {0, 0}. An empty type or state means any.
struct office_page {
    struct str desk;
    enum office_direction direction;
    struct str type, state;
    struct moment before;
    int64_t before_number;
    uint64_t count_max;
};
bool office_records(struct txn *txn, const struct office_page *page, office_record_each *each,
                    void *context, struct err *err) MUST_USE;
bool office_record_count(struct txn *txn, struct str desk, enum office_direction direction,
                         struct str state, uint64_t *ret, struct err *err) MUST_USE;
// Whose `due` is past, the longest overdue first; an empty desk means all.
bool office_records_overdue(struct txn *txn, struct str desk, struct moment now, uint64_t count_max,
                            office_record_each *each, void *context, struct err *err) MUST_USE;

// -- receipts --------------------------------------------------------------------------------
struct office_receipt {
    struct digest note; // the record it is for
    struct str by;      // the State that gave it
    struct str state;   // held | unreadable | missing
    struct str origin;  // where the receipt itself stands
    uint64_t at;
    struct moment time;
    uint64_t attachments_held, attachments_all;
};
typedef bool office_receipt_each(void *context, const struct office_receipt *row, struct err *err);
// The same receipt (log and index) twice is one.
bool office_receipt_put(struct txn *txn, const struct office_receipt *row,
                        struct err *err) MUST_USE;
bool office_receipts(struct txn *txn, const struct digest *note, office_receipt_each *each,
                     void *context, struct err *err) MUST_USE; // in the order of their log indexes
#endif
