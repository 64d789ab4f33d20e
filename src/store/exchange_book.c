// store/exchange_book.c - see exchange_book.h.
#include "store/exchange_book.h"

#include "store/stmt.h"

// -- files added here ------------------------------------------------------------------------
bool exchange_codebook_put(struct txn *txn, struct bytes octets, struct digest *ret_hash,
                           struct err *err)
{
    struct digest hash = digest_of(octets);
    if (octets.len == 0 || octets.len > CODEBOOK_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a codebook has 1 to %d octets", CODEBOOK_BYTES_MAX);
    struct stmt s = txn_stmt(txn, SQL_CODEBOOK_PUT);
    stmt_bind_digest(&s, 1, &hash);
    stmt_bind_bytes(&s, 2, octets);
    if (!stmt_run(&s, err))
        return false;
    *ret_hash = hash;
    return true;
}

static bool none_such(struct err *err)
{
    return err_set(err, ERR_NOT_FOUND, NULL, "no such codebook file was added here");
}

bool exchange_codebook_get(struct txn *txn, const struct digest *hash, struct arena *a,
                           struct bytes *ret, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_CODEBOOK_GET);
    stmt_bind_digest(&s, 1, hash);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return none_such(err);
    struct bytes octets = stmt_bytes(&s, 0);
    bool done = stmt_fits(&s, err) && arena_copy(a, octets, ret, err);
    stmt_stop(&s);
    return done;
}

bool exchange_codebook_drop(struct txn *txn, const struct digest *hash, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_CODEBOOK_DROP);
    stmt_bind_digest(&s, 1, hash);
    if (!stmt_find(&s, &found, err) || !stmt_done(&s, err))
        return false;
    return found || none_such(err);
}

struct file_list {
    exchange_codebook_each *each;
    void *context;
};
static bool file_row(struct stmt *s, void *context, struct err *err)
{
    const struct file_list *list = context;
    struct digest hash = stmt_digest(s, 0);
    struct bytes octets = stmt_bytes(s, 1);
    return stmt_fits(s, err) && list->each(list->context, &hash, octets, err);
}

bool exchange_codebooks(struct txn *txn, exchange_codebook_each *each, void *context,
                        struct err *err)
{
    struct file_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_CODEBOOK_LIST);
    return stmt_each(&s, file_row, &list, err);
}

// -- books held ------------------------------------------------------------------------------
static bool row_ok(const struct exchange_book *row, size_t hash_bytes, struct err *err)
{
    return (row->name.len > 0 && row->name.len <= BOOK_NAME_BYTES_MAX && row->version > 0 &&
            row->hash.len == hash_bytes) ||
           err_set(err, ERR_LIMIT, NULL, "a codebook's name, version or hash is out of bounds");
}

bool exchange_books_put(struct txn *txn, const struct exchange_book *rows, size_t count,
                        struct err *err)
{
    struct stmt clear = txn_stmt(txn, SQL_BOOK_CLEAR);
    if (!stmt_run(&clear, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct stmt s = txn_stmt(txn, SQL_BOOK_PUT);
        stmt_bind_str(&s, 1, rows[i].name);
        stmt_bind_count(&s, 2, rows[i].version);
        stmt_bind_bytes(&s, 3, rows[i].hash);
        if (!row_ok(&rows[i], DIGEST_BYTES, err) || !stmt_run(&s, err))
            return false;
    }
    return true;
}

static bool stands_again(const struct exchange_book *rows, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count; i++)
        if (rows[i].version == rows[at].version && str_eq(rows[i].name, rows[at].name))
            return true;
    return false;
}

static bool told_later(struct txn *txn, struct str origin, struct moment told, bool *ret,
                       struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_PEER_BOOK_LATER);
    stmt_bind_str(&s, 1, origin);
    stmt_bind_int(&s, 2, told.s);
    return stmt_find(&s, ret, err) && stmt_done(&s, err);
}

bool exchange_peer_books_put(struct txn *txn, struct str origin, struct moment told,
                             const struct exchange_book *rows, size_t count, struct err *err)
{
    bool later = false;
    struct stmt clear = txn_stmt(txn, SQL_PEER_BOOK_CLEAR);
    stmt_bind_str(&clear, 1, origin);
    if (count > PEER_BOOKS_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a peer tells of at most %d books", PEER_BOOKS_MAX);
    if (!told_later(txn, origin, told, &later, err) || later)
        return later;
    if (!stmt_run(&clear, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct stmt s = txn_stmt(txn, SQL_PEER_BOOK_PUT);
        stmt_bind_str(&s, 1, origin);
        stmt_bind_str(&s, 2, rows[i].name);
        stmt_bind_count(&s, 3, rows[i].version);
        stmt_bind_bytes(&s, 4, rows[i].hash);
        stmt_bind_int(&s, 5, told.s);
        if (!row_ok(&rows[i], BOOK_PREFIX_BYTES, err))
            return false;
        if (!stands_again(rows, count, i) && !stmt_run(&s, err))
            return false;
    }
    return true;
}

struct book_list {
    exchange_book_each *each;
    void *context;
};
static bool book_row(struct stmt *s, void *context, struct err *err)
{
    const struct book_list *list = context;
    struct exchange_book row = {
        .name = stmt_str(s, 0), .version = stmt_small(s, 1, UINT32_MAX), .hash = stmt_bytes(s, 2)};
    return stmt_fits(s, err) && list->each(list->context, &row, err);
}

bool exchange_books(struct txn *txn, exchange_book_each *each, void *context, struct err *err)
{
    struct book_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_BOOK_LIST);
    return stmt_each(&s, book_row, &list, err);
}

bool exchange_peer_books(struct txn *txn, struct str origin, exchange_book_each *each,
                         void *context, struct err *err)
{
    struct book_list list = {each, context};
    struct stmt s = txn_stmt(txn, SQL_PEER_BOOK_LIST);
    stmt_bind_str(&s, 1, origin);
    return stmt_each(&s, book_row, &list, err);
}
