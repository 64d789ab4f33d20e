// store/exchange_stage.c - see exchange_stage.h. Settings stand in exchange_setting.c.
#include "store/exchange_stage.h"

#include "store/stmt.h"

enum { DRAFT_HEX_CHARS = 32, REF_CHARS_MAX = 64, BLIND_OCTETS = 32, PAIR_BYTES_MAX = 32 };

// -- the stage --------------------------------------------------------------------------------
static bool staged_check(const struct exchange_staged *row, struct err *err)
{
    if (row->entry.len == 0 || row->entry.len > ENTRY_BYTES_MAX || row->note.len > NOTE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a staged entry or note is empty or too long");
    if (row->blind.len != 0 && row->blind.len != BLIND_OCTETS)
        return err_set(err, ERR_MALFORMED, "DESIGN 5.2", "a blind has 32 octets");
    if (row->draft.len != 0 && row->draft.len != DRAFT_HEX_CHARS)
        return err_set(err, ERR_MALFORMED, "FORMATS 5", "a draft has 32 hex digits");
    if (row->ref.len > REF_CHARS_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a ref has at most %d octets", REF_CHARS_MAX);
    return true;
}

static void bind_str_or_null(struct stmt *s, size_t number, struct str value)
{
    if (value.len > 0)
        stmt_bind_str(s, number, value);
    else
        stmt_bind_null(s, number);
}

bool exchange_stage_put(struct txn *txn, const struct exchange_staged *row, int64_t *ret_number,
                        struct err *err)
{
    int64_t number = 0;
    if (!staged_check(row, err) || !store_counter_next(txn, STR("stage"), &number, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_STAGE_PUT);
    stmt_bind_int(&s, 1, number);
    stmt_bind_bytes(&s, 2, row->entry);
    stmt_bind_bytes(&s, 3, row->note);
    stmt_bind_bytes(&s, 4, row->blind);
    stmt_bind_digest_or_null(&s, 5, &row->body);
    bind_str_or_null(&s, 6, row->draft);
    bind_str_or_null(&s, 7, row->ref);
    if (!stmt_run(&s, err))
        return false;
    if (ret_number != NULL)
        *ret_number = number;
    return true;
}

struct staged_list {
    exchange_staged_each *each;
    void *context;
};
static bool staged_row(struct stmt *s, void *context, struct err *err)
{
    const struct staged_list *list = context;
    struct exchange_staged row = {
        .number = stmt_int(s, 0),
        .entry = stmt_bytes(s, 1),
        .note = stmt_bytes(s, 2),
        .blind = stmt_bytes(s, 3),
        .draft = stmt_str(s, 5),
        .ref = stmt_str(s, 6),
    };
    (void)stmt_digest_or_null(s, 4, &row.body); // zeros say none
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool exchange_stage(struct txn *txn, int64_t number, uint64_t count_max, exchange_staged_each *each,
                    void *context, struct err *err)
{
    struct staged_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_STAGE_LIST);
    stmt_bind_int(&s, 1, number);
    stmt_bind_limit(&s, 2, count_max);
    return stmt_each(&s, staged_row, &list, err);
}

bool exchange_stage_count(struct txn *txn, uint64_t *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_STAGE_COUNT);
    if (!stmt_run_one(&s, err))
        return false;
    *ret = stmt_count(&s, 0);
    return stmt_done(&s, err);
}

bool exchange_stage_clear(struct txn *txn, int64_t number, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_STAGE_CLEAR);
    stmt_bind_int(&s, 1, number);
    return stmt_run(&s, err) && exchange_batch_drop(txn, err);
}

// -- the batch --------------------------------------------------------------------------------
static void read_batch(struct stmt *s, struct exchange_batch *ret)
{
    *ret = (struct exchange_batch){
        .first = {stmt_count(s, 0)},
        .count = stmt_count(s, 1),
        .last_number = stmt_int(s, 2),
        .leaves = stmt_digest(s, 3),
        .checkpoint = stmt_bytes(s, 4),
    };
}

static bool same_batch(const struct exchange_batch *a, const struct exchange_batch *b)
{
    return a->first.n == b->first.n && a->count == b->count && a->last_number == b->last_number &&
           digest_eq(&a->leaves, &b->leaves) &&
           (a->checkpoint.len == 0 || bytes_eq(a->checkpoint, b->checkpoint));
}

static bool batch_add(struct txn *txn, const struct exchange_batch *row, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_BATCH_PUT);
    stmt_bind_count(&s, 1, row->first.n);
    stmt_bind_count(&s, 2, row->count);
    stmt_bind_int(&s, 3, row->last_number);
    stmt_bind_digest(&s, 4, &row->leaves);
    stmt_bind_bytes(&s, 5, row->checkpoint);
    return stmt_run(&s, err);
}

static bool batch_sign(struct txn *txn, const struct exchange_batch *row, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_BATCH_SIGN);
    stmt_bind_bytes(&s, 1, row->checkpoint);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

bool exchange_batch_put(struct txn *txn, const struct exchange_batch *row, struct err *err)
{
    bool found = false;
    if (row->count == 0 || row->count > TREE_SIZE_MAX || row->first.n > TREE_SIZE_MAX ||
        row->checkpoint.len > NOTE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a batch's bounds");
    struct stmt s = txn_stmt(txn, SQL_BATCH_GET);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return batch_add(txn, row, err);
    struct exchange_batch held;
    read_batch(&s, &held);
    bool same = same_batch(&held, row);
    if (!stmt_done(&s, err))
        return false;
    if (!same)
        return err_set(err, ERR_CONFLICT, "FORMATS 4", "another batch is with the keeper");
    return row->checkpoint.len == 0 ? true : batch_sign(txn, row, err);
}

bool exchange_batch_get(struct txn *txn, struct arena *a, struct exchange_batch *ret,
                        struct err *err)
{
    bool found = false;
    struct exchange_batch row;
    struct stmt s = txn_stmt(txn, SQL_BATCH_GET);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no batch is with the keeper");
    read_batch(&s, &row);
    bool done = stmt_fits(&s, err) && arena_copy(a, row.checkpoint, &row.checkpoint, err);
    stmt_stop(&s);
    if (done)
        *ret = row;
    return done;
}

bool exchange_batch_drop(struct txn *txn, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_BATCH_DROP);
    return stmt_run(&s, err);
}

// -- serials ----------------------------------------------------------------------------------
static bool pair_check(struct str pair, struct err *err)
{
    if (pair.len == 0 || pair.len > PAIR_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a pair has 1 to %d octets", PAIR_BYTES_MAX);
    return true;
}

bool exchange_serial_last(struct txn *txn, struct str pair, uint64_t *ret_last, bool *ret_pending,
                          struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_SERIAL_GET);
    stmt_bind_str(&s, 1, pair);
    if (!stmt_find(&s, &found, err))
        return false;
    uint64_t last = found ? stmt_count(&s, 0) : 0;
    bool pending = found && stmt_small(&s, 1, 1) == 1;
    if (!stmt_done(&s, err))
        return false;
    *ret_last = last;
    *ret_pending = pending;
    return true;
}

bool exchange_serial_take(struct txn *txn, struct str pair, uint64_t *ret, struct err *err)
{
    bool given = false;
    bool pending = false;
    uint64_t last = 0;
    if (!pair_check(pair, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_SERIAL_TAKE);
    stmt_bind_str(&s, 1, pair);
    stmt_bind_count(&s, 2, EXCHANGE_SERIAL_MAX);
    if (!stmt_find(&s, &given, err))
        return false;
    uint64_t serial = given ? stmt_count(&s, 0) : 0;
    if (!stmt_done(&s, err))
        return false;
    if (given) {
        *ret = serial;
        return true;
    }
    if (!exchange_serial_last(txn, pair, &last, &pending, err))
        return false;
    if (pending)
        return err_set(err, ERR_BUSY, "FORMATS 4", "%.*s: serial %llu is not staged yet",
                       STR_ARG(pair), (unsigned long long)last);
    return err_set(err, ERR_LIMIT, "FORMATS 1", "%.*s: all serials are used", STR_ARG(pair));
}

bool exchange_serial_settle(struct txn *txn, struct str pair, uint64_t serial, bool used,
                            struct err *err)
{
    if (serial > EXCHANGE_SERIAL_MAX)
        return err_set(err, ERR_LIMIT, "FORMATS 1", "no such serial");
    struct stmt s = txn_stmt(txn, SQL_SERIAL_SETTLE);
    stmt_bind_str(&s, 1, pair);
    stmt_bind_count(&s, 2, serial);
    stmt_bind_int(&s, 3, used ? 0 : 1);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

bool exchange_serial_raise(struct txn *txn, struct str pair, uint64_t last, struct err *err)
{
    if (!pair_check(pair, err))
        return false;
    if (last > EXCHANGE_SERIAL_MAX)
        return err_set(err, ERR_LIMIT, "FORMATS 1", "no such serial");
    struct stmt s = txn_stmt(txn, SQL_SERIAL_RAISE);
    stmt_bind_str(&s, 1, pair);
    stmt_bind_count(&s, 2, last);
    return stmt_run(&s, err);
}
