#include "courier/bundle_books.h"

#include "base/encode.h"

#include <stdlib.h>

#define BOOK_BEGINS "codebook:"

struct putting {
    struct arena *arena;
    struct bundle_have *rows;
    size_t count, most;
};

static bool put_book(void *context, const struct exchange_book *book, struct err *err)
{
    struct putting *p = context;
    if (p->count == p->most)
        return true; // the partner hears of these; a session says them all
    struct bundle_have *to = &p->rows[p->count++];
    CHECK(book->hash.len == DIGEST_BYTES); // the store takes no other
    to->size.n = book->version;
    memcpy(to->root.octets, book->hash.ptr, DIGEST_BYTES);
    return arena_fmt(p->arena, &to->origin, err, BOOK_BEGINS "%.*s/%u", STR_ARG(book->name),
                     (unsigned)book->version);
}

static int by_origin(const void *a, const void *b)
{
    return str_cmp(((const struct bundle_have *)a)->origin,
                   ((const struct bundle_have *)b)->origin);
}

bool bundle_books_put(struct txn *txn, struct arena *a, struct bundle_have *rows, size_t *count,
                      struct err *err)
{
    struct putting p = {a, rows, *count, *count + CLERK_BOOKS_MAX};
    if (p.most > COMMUNITY_STATES_MAX)
        p.most = COMMUNITY_STATES_MAX; // of one index
    if (!exchange_books(txn, put_book, &p, err))
        return false;
    qsort(rows, p.count, sizeof *rows, by_origin);
    *count = p.count;
    return true;
}

bool bundle_book_of(const struct bundle_have *row, struct clerk_book *ret)
{
    struct str begins = STR(BOOK_BEGINS);
    uint64_t version = 0;
    struct clerk_book book = {.version = 0};
    if (!str_starts(row->origin, begins))
        return false;
    struct str rest = str_slice(row->origin, begins.len, row->origin.len);
    if (!str_split(&rest, '/', &book.name) || book.name.len == 0 ||
        book.name.len > BOOK_NAME_BYTES_MAX || !decimal_read(rest, UINT32_MAX, &version) ||
        version == 0 || version != row->size.n)
        return false;
    book.version = (uint32_t)version;
    memcpy(book.prefix, row->root.octets, sizeof book.prefix);
    *ret = book;
    return true;
}

bool bundle_books_take(const struct clerk_link *clerk, const struct bundle_index *index,
                       struct err *err)
{
    struct clerk_book books[CLERK_BOOKS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < index->have_count && count < CLERK_BOOKS_MAX; i++)
        count += bundle_book_of(&index->have[i], &books[count]) ? 1 : 0;
    return count == 0 || clerk_take_books(clerk, index->origin, index->time, books, count, err);
}
