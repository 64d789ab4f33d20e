// store/office_index.h - what the projection looks up while it goes.
//
// Holds: which serials of a log are used where, whose notes name a blob, which receipts may be due,
// when a body first came. All but the arrivals are views and go with office_views_reset.
// Knows nothing of: what follows from any of it.
// Source: FORMATS section 1 (serials, receipts); DESIGN section 9 (views).
#ifndef STORE_OFFICE_INDEX_H
#define STORE_OFFICE_INDEX_H
#include "store/office_view.h"

// -- serials ---------------------------------------------------------------------------------
struct office_serial {
    struct str origin; // log
    struct str series; // "XA/XB", or "XA" for open records
    uint64_t serial;
    uint64_t at; // index
    unsigned year;
};
typedef bool office_serial_each(void *context, const struct office_serial *row, struct err *err);
bool office_serial_put(struct txn *txn, const struct office_serial *row,
                       struct err *err) MUST_USE; // twice is fine
// Where one serial stands, in log order.
bool office_serials(struct txn *txn, struct str origin, struct str series, uint64_t serial,
                    office_serial_each *each, void *context, struct err *err) MUST_USE;
// A series above a serial, ascending, at most `count_max`.
bool office_serials_after(struct txn *txn, const struct office_serial *above, uint64_t count_max,
                          office_serial_each *each, void *context, struct err *err) MUST_USE;

// -- attachments -----------------------------------------------------------------------------
typedef bool office_note_each(void *context, const struct digest *note, struct err *err);
bool office_attached_put(struct txn *txn, const struct digest *blob, const struct digest *note,
                         struct err *err) MUST_USE;
bool office_attached(struct txn *txn, const struct digest *blob, office_note_each *each,
                     void *context, struct err *err) MUST_USE;

// -- receipts that may be due ----------------------------------------------------------------
typedef bool office_due_each(void *context, uint64_t at, struct err *err);
bool office_due_put(struct txn *txn, struct str origin, uint64_t at, struct err *err) MUST_USE;
bool office_due_drop(struct txn *txn, struct str origin, uint64_t at, struct err *err) MUST_USE;
bool office_dues(struct txn *txn, struct str origin, uint64_t count_max, office_due_each *each,
                 void *context, struct err *err) MUST_USE;

// -- dialogues and arrivals --------------------------------------------------------------------
// Every record whose dialogue began with `from` belongs to the dialogue of `to`.
bool office_dialogue_join(struct txn *txn, const struct digest *from, const struct digest *to,
                          struct err *err) MUST_USE;
// Takes a row away, so that what stands there can be judged anew. Missing is fine.
bool office_record_drop(struct txn *txn, struct str origin, uint64_t at, struct err *err) MUST_USE;
// When what stands there was first opened here: `now`, unless it was before.
bool office_arrival(struct txn *txn, struct str origin, uint64_t at, struct moment now,
                    struct moment *ret, struct err *err) MUST_USE;
#endif
