// store/stmt.h - named statements with values and columns, for this room alone.
//
// Holds: binding by number, running, and columns whose misfit sticks until stmt_done says so.
// Knows nothing of: what a statement means. The texts stand in sql/*.sql; tools/gen-sql makes the
// enum and the table from them. No room above store includes this header.
#ifndef STORE_STMT_H
#define STORE_STMT_H
#include "crypto/hash.h"
#include "store/db.h"
#include "store/sql.h"

enum { STMT_VALUES_MAX = 32 };
struct stmt {
    struct txn *txn; // borrowed
    enum sql name;
    void *prepared; // the driver's; NULL until first run
    struct db_value values[STMT_VALUES_MAX];
    bool started, misfit;
};

struct stmt txn_stmt(struct txn *txn, enum sql name);

// Parameters count from 1. Octets and text are borrowed until the statement has started.
void stmt_bind_null(struct stmt *s, size_t number);
void stmt_bind_int(struct stmt *s, size_t number, int64_t value);
void stmt_bind_count(struct stmt *s, size_t number, uint64_t value); // at most 2^63-1
// The same, but a larger one counts as the largest: for bounds that others name.
void stmt_bind_limit(struct stmt *s, size_t number, uint64_t value);
void stmt_bind_bytes(struct stmt *s, size_t number, struct bytes value);
void stmt_bind_str(struct stmt *s, size_t number, struct str value);
// Borrows the caller's digest.
void stmt_bind_digest(struct stmt *s, size_t number, const struct digest *value);
// Zeros stand for "none" and are stored as null.
void stmt_bind_digest_or_null(struct stmt *s, size_t number, const struct digest *value);

// Runs to the end; rows, if any, are passed over.
bool stmt_run(struct stmt *s, struct err *err) MUST_USE;
// Runs and wants exactly one row, which stays readable until stmt_done.
//   errors  ERR_CONFLICT  no row came back: the statement's condition did not hold
bool stmt_run_one(struct stmt *s, struct err *err) MUST_USE;
// The same for a look-up: *ret_found says whether there is a row.
bool stmt_find(struct stmt *s, bool *ret_found, struct err *err) MUST_USE;
// Steps through rows: first and next. Ends by itself after the last one.
bool stmt_next(struct stmt *s, bool *ret_row, struct err *err) MUST_USE;
// Gives up what is left and says whether every column had the shape asked for.
//   errors  ERR_TAMPERED  a column did not
bool stmt_done(struct stmt *s, struct err *err) MUST_USE;
void stmt_stop(struct stmt *s); // the same on a way out that already failed

// Every row in turn. `row` reads the columns; false from it ends the list with its err.
typedef bool stmt_row(struct stmt *s, void *context, struct err *err);
bool stmt_each(struct stmt *s, stmt_row *row, void *context, struct err *err) MUST_USE;
// Has every column read so far had its shape? Asked before a row is handed on.
//   errors  ERR_TAMPERED
bool stmt_fits(const struct stmt *s, struct err *err) MUST_USE;

// Columns count from 0. A misfit (another kind, another length, a negative count) yields zeros.
bool stmt_is_null(struct stmt *s, size_t number);
int64_t stmt_int(struct stmt *s, size_t number);
uint64_t stmt_count(struct stmt *s, size_t number);
// A count of at most `max`: enums and small numbers.
unsigned stmt_small(struct stmt *s, size_t number, unsigned max);
struct bytes stmt_bytes(struct stmt *s, size_t number); // borrowed until the next step; NULL: empty
struct str stmt_str(struct stmt *s, size_t number);     // the same
struct digest stmt_digest(struct stmt *s, size_t number);
// Zeroed and false when the column is null.
bool stmt_digest_or_null(struct stmt *s, size_t number, struct digest *ret);

// -- counters --------------------------------------------------------------------------------
// The next number of a named counter; none is ever given twice.
bool store_counter_next(struct txn *txn, struct str name, int64_t *ret, struct err *err) MUST_USE;
#endif
