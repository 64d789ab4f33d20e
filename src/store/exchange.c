// store/exchange.c - see exchange.h.
#include "store/exchange.h"

#include "store/migrate.h"

// -- opening ----------------------------------------------------------------------------------
bool exchange_open_write(const struct db_driver *driver, struct world *w, const char *path,
                         struct db **ret_owned, struct err *err)
{
    return migrate_open(driver, (struct db_target){w, path, DB_WRITE}, "exchange", ret_owned, err);
}

bool exchange_open_read(const struct db_driver *driver, struct world *w, const char *path,
                        struct db **ret_owned, struct err *err)
{
    return migrate_open(driver, (struct db_target){w, path, DB_READ}, "exchange", ret_owned, err);
}

bool exchange_open_memory(const struct db_driver *driver, struct world *w, struct db **ret_owned,
                          struct err *err)
{
    return migrate_open(driver, (struct db_target){w, NULL, DB_MEMORY}, "exchange", ret_owned, err);
}

// -- logs -------------------------------------------------------------------------------------
static bool read_log(struct stmt *s, struct exchange_log *ret, struct err *err)
{
    struct exchange_log row = {
        .id = {stmt_int(s, 0)},
        .origin = stmt_str(s, 1),
        .own = stmt_small(s, 2, 1) == 1,
        .size = {stmt_count(s, 3)},
        .root = stmt_digest(s, 4),
        .signed_size = {stmt_count(s, 6)},
        .checkpoint = stmt_bytes(s, 7),
    };
    struct bytes edge = stmt_bytes(s, 5);
    if (!stmt_fits(s, err) || !edge_read(edge, &row.edge, err))
        return err_wrap(err, "log row");
    if (row.edge.size.n != row.size.n)
        return err_set(err, ERR_TAMPERED, NULL, "the right edge of %.*s is of another size",
                       STR_ARG(row.origin));
    *ret = row;
    return true;
}

static bool one_log(struct stmt *s, struct arena *a, struct exchange_log *ret, struct err *err)
{
    struct exchange_log row;
    bool found = false;
    if (!stmt_find(s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "this log is not held here");
    bool done = read_log(s, &row, err) && arena_str(a, row.origin, &row.origin, err) &&
                arena_copy(a, row.checkpoint, &row.checkpoint, err);
    stmt_stop(s);
    if (done)
        *ret = row;
    return done;
}

bool exchange_log_get(struct txn *txn, struct log_id id, struct arena *a, struct exchange_log *ret,
                      struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_LOG_GET);
    stmt_bind_int(&s, 1, id.n);
    return one_log(&s, a, ret, err);
}

bool exchange_log_find(struct txn *txn, struct str origin, struct arena *a,
                       struct exchange_log *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_LOG_FIND);
    stmt_bind_str(&s, 1, origin);
    return one_log(&s, a, ret, err);
}

struct log_list {
    exchange_log_each *each;
    void *context;
};
static bool log_row(struct stmt *s, void *context, struct err *err)
{
    const struct log_list *list = context;
    struct exchange_log row;
    return read_log(s, &row, err) && list->each(list->context, &row, err);
}

bool exchange_logs(struct txn *txn, exchange_log_each *each, void *context, struct err *err)
{
    struct log_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_LOG_LIST);
    return stmt_each(&s, log_row, &list, err);
}

// Looks for the origin among the logs; `ret` keeps 0 when there is none.
static bool find_id(struct txn *txn, struct str origin, struct log_id *ret, bool *ret_own,
                    struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_LOG_FIND);
    stmt_bind_str(&s, 1, origin);
    if (!stmt_find(&s, &found, err))
        return false;
    if (found) {
        ret->n = stmt_int(&s, 0);
        *ret_own = stmt_small(&s, 2, 1) == 1;
    }
    return stmt_done(&s, err);
}

static bool next_id(struct txn *txn, int64_t *ret, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_LOG_NEW);
    if (!stmt_run_one(&s, err))
        return false;
    *ret = stmt_int(&s, 0);
    return stmt_done(&s, err);
}

bool exchange_log_add(struct txn *txn, struct str origin, bool own, struct log_id *ret,
                      struct err *err)
{
    struct log_id id = {0};
    bool was_own = false;
    if (origin.len == 0 || origin.len > ORIGIN_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "an origin has 1 to %d octets", ORIGIN_BYTES_MAX);
    if (!find_id(txn, origin, &id, &was_own, err))
        return false;
    if (id.n != 0 && was_own != own)
        return err_set(err, ERR_CONFLICT, NULL, "%.*s cannot become our own log, nor cease to be",
                       STR_ARG(origin));
    if (id.n != 0) {
        *ret = id;
        return true;
    }
    struct edge edge;
    uint8_t octets[EDGE_BYTES_MAX];
    struct writer w = writer_of(octets, sizeof octets);
    struct digest root = merkle_empty();
    edge_init(&edge);
    edge_write(&edge, &w);
    if (!next_id(txn, &id.n, err))
        return false;
    struct stmt s = txn_stmt(txn, SQL_LOG_ADD);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_str(&s, 2, origin);
    stmt_bind_int(&s, 3, own);
    stmt_bind_digest(&s, 4, &root);
    stmt_bind_bytes(&s, 5, writer_bytes(&w));
    stmt_bind_bytes(&s, 6, (struct bytes){0});
    if (!stmt_run(&s, err))
        return false;
    *ret = id;
    return true;
}

// -- entries ----------------------------------------------------------------------------------
bool exchange_entry_get(struct txn *txn, struct log_id id, struct leaf_index at, struct arena *a,
                        struct bytes *ret, struct err *err)
{
    bool found = false;
    if (at.n > INT64_MAX)
        return err_set(err, ERR_NOT_FOUND, NULL, "no log has such an entry");
    struct stmt s = txn_stmt(txn, SQL_ENTRY_GET);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_count(&s, 2, at.n);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "entry %llu is not held here",
                       (unsigned long long)at.n);
    struct bytes entry = stmt_bytes(&s, 0);
    bool done = stmt_fits(&s, err) && arena_copy(a, entry, ret, err);
    stmt_stop(&s);
    return done;
}

static uint64_t range_end(struct exchange_range range)
{
    uint64_t from = range.from < INT64_MAX ? range.from : INT64_MAX;
    return range.count_max < INT64_MAX - from ? from + range.count_max : INT64_MAX;
}

// NOLINTNEXTLINE(readability-function-cognitive-complexity): two bounds and a callback in one loop
bool exchange_entries(struct txn *txn, struct exchange_range range, exchange_entry_each *each,
                      void *context, uint64_t *ret_next, struct err *err)
{
    uint64_t end = range_end(range);
    uint64_t next = range.from;
    uint64_t bytes = 0;
    bool row = false;
    struct stmt s = txn_stmt(txn, SQL_ENTRY_RANGE);
    stmt_bind_int(&s, 1, range.log.n);
    stmt_bind_count(&s, 2, range.from < end ? range.from : end);
    stmt_bind_count(&s, 3, end);
    for (;;) {
        if (!stmt_next(&s, &row, err))
            return false;
        if (!row)
            break;
        struct bytes entry = stmt_bytes(&s, 1);
        bool gap = stmt_count(&s, 0) != next;
        if (next != range.from && entry.len > range.bytes_max - bytes)
            break;
        if (gap)
            (void)err_set(err, ERR_TAMPERED, NULL, "entry %llu is missing from the store",
                          (unsigned long long)next);
        if (gap || !stmt_fits(&s, err) || !each(context, (struct leaf_index){next}, entry, err)) {
            stmt_stop(&s);
            return false;
        }
        bytes = entry.len < range.bytes_max - bytes ? bytes + entry.len : range.bytes_max;
        next++;
    }
    *ret_next = next;
    return stmt_done(&s, err);
}

// -- tiles ------------------------------------------------------------------------------------
bool exchange_tile_get(struct txn *txn, struct log_id id, unsigned level, uint64_t number,
                       struct arena *a, struct bytes *ret, struct err *err)
{
    bool found = false;
    if (number > INT64_MAX)
        return err_set(err, ERR_NOT_FOUND, NULL, "no log has such a tile");
    struct stmt s = txn_stmt(txn, SQL_TILE_GET);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_count(&s, 2, level);
    stmt_bind_count(&s, 3, number);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "tile %u/%llu is not held here", level,
                       (unsigned long long)number);
    struct bytes hashes = stmt_bytes(&s, 0);
    bool done = stmt_fits(&s, err) && arena_copy(a, hashes, ret, err);
    stmt_stop(&s);
    return done;
}

static bool load_tile(struct exchange_tiles *t, unsigned level, uint64_t number, struct err *err)
{
    bool found = false;
    if (t->held && t->held_level == level && t->held_number == number)
        return true;
    t->held = false;
    struct stmt s = txn_stmt(t->txn, SQL_TILE_GET);
    stmt_bind_int(&s, 1, t->log.n);
    stmt_bind_count(&s, 2, level);
    stmt_bind_count(&s, 3, number);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "tile %u/%llu is not held here", level,
                       (unsigned long long)number);
    struct bytes octets = stmt_bytes(&s, 0);
    bool fits = octets.len > 0 && octets.len <= sizeof t->hashes && octets.len % DIGEST_BYTES == 0;
    if (fits)
        memcpy(t->hashes, octets.ptr, octets.len);
    t->held_count = octets.len / DIGEST_BYTES;
    if (!stmt_done(&s, err))
        return false;
    if (!fits)
        return err_set(err, ERR_TAMPERED, NULL, "tile %u/%llu has no whole number of hashes", level,
                       (unsigned long long)number);
    t->held = true;
    t->held_level = level;
    t->held_number = number;
    return true;
}

static bool tiles_hashes(struct tile_source *self, unsigned tile_level, uint64_t first,
                         size_t count, struct digest *ret, struct err *err)
{
    struct exchange_tiles *t = (struct exchange_tiles *)(void *)self;
    uint64_t number = first / TILE_WIDTH;
    size_t at = (size_t)(first % TILE_WIDTH);
    CHECK(count >= 1);
    CHECK(count <= TILE_WIDTH - at);
    if (number > INT64_MAX)
        return err_set(err, ERR_NOT_FOUND, NULL, "no log has such a tile");
    if (!load_tile(t, tile_level, number, err))
        return false;
    if (at + count > t->held_count)
        return err_set(err, ERR_NOT_FOUND, NULL, "tile %u/%llu is not full yet", tile_level,
                       (unsigned long long)number);
    memcpy(ret, t->hashes + at, count * sizeof *ret);
    return true;
}

void exchange_tiles_init(struct exchange_tiles *t, struct txn *txn, struct log_id id)
{
    static const struct tile_source_ops ops = {tiles_hashes};
    *t = (struct exchange_tiles){.source = {&ops}, .txn = txn, .log = id};
}
