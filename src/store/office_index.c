// store/office_index.c - see office_index.h.
#include "store/office_index.h"

#include "store/stmt.h"

enum { YEAR_MAX = 9999 };

// -- serials ----------------------------------------------------------------------------------
bool office_serial_put(struct txn *txn, const struct office_serial *row, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_SERIAL_USED_PUT);
    stmt_bind_str(&s, 1, row->origin);
    stmt_bind_str(&s, 2, row->series);
    stmt_bind_count(&s, 3, row->serial);
    stmt_bind_count(&s, 4, row->at);
    stmt_bind_count(&s, 5, row->year);
    return stmt_run(&s, err);
}

struct serial_list {
    struct str origin, series;
    office_serial_each *each;
    void *context;
};

static bool serial_row(struct stmt *s, void *context, struct err *err)
{
    const struct serial_list *list = context;
    struct office_serial row = {.origin = list->origin,
                                .series = list->series,
                                .serial = stmt_count(s, 0),
                                .at = stmt_count(s, 1),
                                .year = stmt_small(s, 2, YEAR_MAX)};
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool office_serials(struct txn *txn, struct str origin, struct str series, uint64_t serial,
                    office_serial_each *each, void *context, struct err *err)
{
    struct serial_list list = {origin, series, each, context};
    struct stmt s = txn_stmt(txn, SQL_SERIAL_USED_LIST);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_str(&s, 2, series);
    stmt_bind_count(&s, 3, serial);
    return stmt_each(&s, serial_row, &list, err);
}

bool office_serials_after(struct txn *txn, const struct office_serial *above, uint64_t count_max,
                          office_serial_each *each, void *context, struct err *err)
{
    struct serial_list list = {above->origin, above->series, each, context};
    struct stmt s = txn_stmt(txn, SQL_SERIAL_USED_AFTER);
    stmt_bind_str(&s, 1, above->origin);
    stmt_bind_str(&s, 2, above->series);
    stmt_bind_count(&s, 3, above->serial);
    stmt_bind_limit(&s, 4, count_max);
    return stmt_each(&s, serial_row, &list, err);
}

// -- attachments ------------------------------------------------------------------------------
bool office_attached_put(struct txn *txn, const struct digest *blob, const struct digest *note,
                         struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_ATTACHED_PUT);
    stmt_bind_digest(&s, 1, blob);
    stmt_bind_digest(&s, 2, note);
    return stmt_run(&s, err);
}

struct note_list {
    office_note_each *each;
    void *context;
};

static bool note_row(struct stmt *s, void *context, struct err *err)
{
    const struct note_list *list = context;
    struct digest note = stmt_digest(s, 0);
    return stmt_fits(s, err) && list->each(list->context, &note, err);
}

bool office_attached(struct txn *txn, const struct digest *blob, office_note_each *each,
                     void *context, struct err *err)
{
    struct note_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_ATTACHED_LIST);
    stmt_bind_digest(&s, 1, blob);
    return stmt_each(&s, note_row, &list, err);
}

// -- receipts that may be due -----------------------------------------------------------------
bool office_due_put(struct txn *txn, struct str origin, uint64_t at, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_DUE_PUT);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_count(&s, 2, at);
    return stmt_run(&s, err);
}

bool office_due_drop(struct txn *txn, struct str origin, uint64_t at, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_DUE_DROP);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_count(&s, 2, at);
    return stmt_run(&s, err);
}

struct due_list {
    office_due_each *each;
    void *context;
};

static bool due_row(struct stmt *s, void *context, struct err *err)
{
    const struct due_list *list = context;
    uint64_t at = stmt_count(s, 0);
    return stmt_fits(s, err) && list->each(list->context, at, err);
}

bool office_dues(struct txn *txn, struct str origin, uint64_t count_max, office_due_each *each,
                 void *context, struct err *err)
{
    struct due_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_DUE_LIST);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_limit(&s, 2, count_max);
    return stmt_each(&s, due_row, &list, err);
}

// -- dialogues and arrivals -------------------------------------------------------------------
bool office_dialogue_join(struct txn *txn, const struct digest *from, const struct digest *to,
                          struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_DIALOGUE_JOIN);
    stmt_bind_digest(&s, 1, from);
    stmt_bind_digest(&s, 2, to);
    return stmt_run(&s, err);
}

bool office_arrival(struct txn *txn, struct str origin, uint64_t at, struct moment now,
                    struct moment *ret, struct err *err)
{
    struct stmt put = txn_stmt(txn, SQL_ARRIVAL_PUT);
    stmt_bind_str(&put, 1, origin);
    stmt_bind_count(&put, 2, at);
    stmt_bind_int(&put, 3, now.s);
    if (!stmt_run(&put, err))
        return false;
    struct stmt get = txn_stmt(txn, SQL_ARRIVAL_GET);
    stmt_bind_str(&get, 1, origin);
    stmt_bind_count(&get, 2, at);
    if (!stmt_run_one(&get, err))
        return false;
    struct moment first = {stmt_int(&get, 0)};
    if (!stmt_done(&get, err))
        return false;
    *ret = first;
    return true;
}

bool office_record_drop(struct txn *txn, struct str origin, uint64_t at, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_RECORD_DROP);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_count(&s, 2, at);
    return stmt_run(&s, err);
}
