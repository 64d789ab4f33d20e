// store/stmt.c - see stmt.h.
#include "store/stmt.h"

_Static_assert((int)SQL_COUNT <= (int)DB_SLOTS, "every named statement has its slot");

struct stmt txn_stmt(struct txn *txn, enum sql name)
{
    CHECK(txn->db != NULL); // a transaction is open
    CHECK(sql_statements[name].values <= STMT_VALUES_MAX);
    return (struct stmt){.txn = txn, .name = name};
}

// -- values -----------------------------------------------------------------------------------
static void bind(struct stmt *s, size_t number, struct db_value value)
{
    CHECK(number >= 1);
    CHECK(number <= sql_statements[s->name].values);
    CHECK(!s->started);
    s->values[number - 1] = value;
}

void stmt_bind_null(struct stmt *s, size_t number)
{
    bind(s, number, (struct db_value){.kind = DB_NULL});
}

void stmt_bind_int(struct stmt *s, size_t number, int64_t value)
{
    bind(s, number, (struct db_value){.kind = DB_NUMBER, .number = value});
}

void stmt_bind_count(struct stmt *s, size_t number, uint64_t value)
{
    CHECK(value <= INT64_MAX);
    stmt_bind_int(s, number, (int64_t)value);
}

void stmt_bind_limit(struct stmt *s, size_t number, uint64_t value)
{
    stmt_bind_count(s, number, value < INT64_MAX ? value : INT64_MAX);
}

void stmt_bind_bytes(struct stmt *s, size_t number, struct bytes value)
{
    bind(s, number, (struct db_value){.kind = DB_OCTETS, .octets = value});
}

void stmt_bind_str(struct stmt *s, size_t number, struct str value)
{
    bind(s, number, (struct db_value){.kind = DB_TEXT, .octets = str_bytes(value)});
}

void stmt_bind_digest(struct stmt *s, size_t number, const struct digest *value)
{
    stmt_bind_bytes(s, number, bytes_of(value->octets, DIGEST_BYTES));
}

void stmt_bind_digest_or_null(struct stmt *s, size_t number, const struct digest *value)
{
    static const struct digest none;
    if (digest_eq(value, &none))
        stmt_bind_null(s, number);
    else
        stmt_bind_digest(s, number, value);
}

// -- running ----------------------------------------------------------------------------------
static const struct db_driver *driver_of(const struct stmt *s)
{
    return db_driver_of(s->txn->db);
}

// A statement that has ended, well or not, is free to be run again.
static bool ended(struct stmt *s, bool well, struct err *err)
{
    db_slot_rest(s->txn->db, (size_t)s->name);
    s->started = false;
    return well ? true : err_wrap(err, "%s", sql_statements[s->name].name);
}

static bool step(struct stmt *s, bool *ret_row, struct err *err)
{
    const struct sql_statement *named = &sql_statements[s->name];
    struct db *db = s->txn->db;
    bool done = false;
    if (s->started) {
        done = driver_of(s)->step(s->prepared, DB_NEXT, NULL, 0, ret_row, err);
        return done && *ret_row ? true : ended(s, done, err);
    }
    if (!db_prepare(db, (size_t)s->name, str_of(named->text), &s->prepared, err))
        return err_wrap(err, "%s", named->name);
    db_slot_run(db, (size_t)s->name);
    s->started = true;
    done = driver_of(s)->step(s->prepared, DB_START, s->values, named->values, ret_row, err);
    return done && *ret_row ? true : ended(s, done, err);
}

bool stmt_next(struct stmt *s, bool *ret_row, struct err *err)
{
    bool row = false;
    if (!stmt_fits(s, err)) {
        stmt_stop(s);
        return false;
    }
    if (!step(s, &row, err))
        return false;
    *ret_row = row;
    return true;
}

bool stmt_find(struct stmt *s, bool *ret_found, struct err *err)
{
    CHECK(!s->started);
    return stmt_next(s, ret_found, err);
}

bool stmt_run(struct stmt *s, struct err *err)
{
    bool row = true;
    CHECK(!s->started);
    while (row)
        if (!stmt_next(s, &row, err))
            return false;
    return true;
}

bool stmt_run_one(struct stmt *s, struct err *err)
{
    bool row = false;
    if (!stmt_find(s, &row, err))
        return false;
    if (row)
        return true;
    return err_set(err, ERR_CONFLICT, NULL, "%s: what it asks for is not so",
                   sql_statements[s->name].name);
}

void stmt_stop(struct stmt *s)
{
    struct err ignored = {0};
    bool row = false;
    if (!s->started)
        return;
    (void)driver_of(s)->step(s->prepared, DB_STOP, NULL, 0, &row, &ignored); // never fails
    (void)ended(s, true, &ignored);
}

bool stmt_fits(const struct stmt *s, struct err *err)
{
    if (!s->misfit)
        return true;
    return err_set(err, ERR_TAMPERED, NULL, "%s: a row of another shape stands in the store",
                   sql_statements[s->name].name);
}

bool stmt_done(struct stmt *s, struct err *err)
{
    bool fits = stmt_fits(s, err);
    stmt_stop(s);
    s->misfit = false;
    return fits;
}

bool stmt_each(struct stmt *s, stmt_row *row, void *context, struct err *err)
{
    bool more = false;
    for (;;) {
        if (!stmt_next(s, &more, err))
            return false;
        if (!more)
            return true;
        if (row(s, context, err))
            continue;
        stmt_stop(s);
        return false;
    }
}

// -- columns ----------------------------------------------------------------------------------
static struct db_value column(struct stmt *s, size_t number, enum db_kind wanted)
{
    struct db_value value;
    CHECK(s->started);
    driver_of(s)->column(s->prepared, number, &value);
    if (value.kind == wanted || wanted == DB_NULL)
        return value;
    s->misfit = true;
    return (struct db_value){0};
}

bool stmt_is_null(struct stmt *s, size_t number)
{
    return column(s, number, DB_NULL).kind == DB_NULL;
}

int64_t stmt_int(struct stmt *s, size_t number)
{
    return column(s, number, DB_NUMBER).number;
}

uint64_t stmt_count(struct stmt *s, size_t number)
{
    int64_t n = stmt_int(s, number);
    if (n >= 0)
        return (uint64_t)n;
    s->misfit = true;
    return 0;
}

unsigned stmt_small(struct stmt *s, size_t number, unsigned max)
{
    uint64_t n = stmt_count(s, number);
    if (n <= max)
        return (unsigned)n;
    s->misfit = true;
    return 0;
}

struct bytes stmt_bytes(struct stmt *s, size_t number)
{
    struct db_value value = column(s, number, DB_NULL); // of any kind
    s->misfit = s->misfit || (value.kind != DB_NULL && value.kind != DB_OCTETS);
    return value.kind == DB_OCTETS ? value.octets : (struct bytes){0};
}

struct str stmt_str(struct stmt *s, size_t number)
{
    if (stmt_is_null(s, number))
        return (struct str){0};
    struct bytes text = column(s, number, DB_TEXT).octets;
    return (struct str){(const char *)text.ptr, text.len};
}

struct digest stmt_digest(struct stmt *s, size_t number)
{
    struct digest d = {{0}};
    struct bytes octets = column(s, number, DB_OCTETS).octets;
    if (octets.len == DIGEST_BYTES)
        memcpy(d.octets, octets.ptr, DIGEST_BYTES);
    else
        s->misfit = true;
    return d;
}

bool stmt_digest_or_null(struct stmt *s, size_t number, struct digest *ret)
{
    *ret = (struct digest){{0}};
    if (stmt_is_null(s, number))
        return false;
    *ret = stmt_digest(s, number);
    return true;
}

// -- counters ---------------------------------------------------------------------------------
bool store_counter_next(struct txn *txn, struct str name, int64_t *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_COUNTER_NEXT);
    stmt_bind_str(&s, 1, name);
    if (!stmt_run_one(&s, err))
        return false;
    *ret = stmt_int(&s, 0);
    return stmt_done(&s, err);
}
