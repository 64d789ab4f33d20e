#include "courier/talk_books.h"

struct own_books {
    struct arena *arena;
    struct clerk_book *rows;
    size_t count;
};

static bool take_held(void *context, const struct exchange_book *row, struct err *err)
{
    struct own_books *h = context;
    if (h->count == CLERK_BOOKS_MAX)
        return true; // more than a node can hold
    struct clerk_book *to = &h->rows[h->count++];
    to->version = row->version;
    CHECK(row->hash.len >= sizeof to->prefix); // the store takes no other
    memcpy(to->prefix, row->hash.ptr, sizeof to->prefix);
    return arena_str(h->arena, row->name, &to->name, err);
}

bool talk_books_held(struct txn *txn, struct arena *a, struct clerk_book *ret, size_t *ret_count,
                     struct err *err)
{
    struct own_books h = {a, ret, 0};
    if (!exchange_books(txn, take_held, &h, err))
        return false;
    *ret_count = h.count;
    return true;
}

static struct digest digest_of_books(const struct clerk_book *books, size_t count)
{
    struct hash h;
    hash_init(&h);
    for (size_t i = 0; i < count; i++) {
        uint8_t octets[4];
        struct writer w = writer_of(octets, sizeof octets);
        writer_u32(&w, books[i].version);
        hash_put(&h, writer_bytes(&w));
        hash_put(&h, bytes_of(books[i].prefix, sizeof books[i].prefix));
        hash_put(&h, str_bytes(books[i].name));
    }
    return hash_end(&h);
}

bool talk_put_books(struct batch *b, struct wire_have *rows, size_t *count, struct err *err)
{
    struct clerk_book held[CLERK_BOOKS_MAX];
    size_t held_count = 0;
    if (!talk_books_held(&b->txn, b->arena, held, &held_count, err))
        return false;
    for (size_t i = 0; i < held_count; i++) {
        struct wire_have *to = &rows[(*count)++];
        to->origin = wire_book_id(held[i].name);
        to->size.n = held[i].version;
        memcpy(to->root_prefix, held[i].prefix, ROOT_PREFIX_BYTES);
    }
    struct digest said = digest_of_books(held, held_count);
    if (!digest_eq(&said, &b->t->books_said)) // a reason of its own to call
        b->t->said_something = true;
    b->t->books_said = said;
    return true;
}
_Static_assert((int)ROOT_PREFIX_BYTES == (int)BOOK_PREFIX_BYTES, "one row for logs and books");

// -- the partner's -------------------------------------------------------------------------------
// The name behind an id, as far as it is that of a book held here.
static const struct str *name_of(const struct clerk_book *held, size_t count,
                                 const struct origin_id *id)
{
    for (size_t i = 0; i < count; i++) {
        struct origin_id own = wire_book_id(held[i].name);
        if (origin_id_eq(&own, id))
            return &held[i].name;
    }
    return NULL;
}

bool talk_take_books(struct talk *t, struct view *v, const struct wire_have *rows, size_t count,
                     struct arena *a, struct err *err)
{
    struct txn txn = {0};
    struct clerk_book held[CLERK_BOOKS_MAX], theirs[CLERK_BOOKS_MAX];
    size_t held_count = 0, theirs_count = 0;
    bool done =
        db_begin(v->exchange, &txn, err) && talk_books_held(&txn, a, held, &held_count, err);
    txn_release(&txn);
    for (size_t i = 0; done && i < count && theirs_count < CLERK_BOOKS_MAX; i++) {
        const struct str *name = name_of(held, held_count, &rows[i].origin);
        if (name == NULL || rows[i].size.n == 0 || rows[i].size.n > UINT32_MAX)
            continue;
        struct clerk_book *to = &theirs[theirs_count++];
        to->name = *name;
        to->version = (uint32_t)rows[i].size.n;
        memcpy(to->prefix, rows[i].root_prefix, sizeof to->prefix);
    }
    struct digest said = digest_of_books(theirs, theirs_count);
    if (!done || theirs_count == 0 || digest_eq(&said, &t->books))
        return done; // an older program says nothing of books
    share_lock(v->share);
    done =
        clerk_take_books(&v->share->clerk, t->peer, (struct moment){0}, theirs, theirs_count, err);
    share_unlock(v->share);
    if (done)
        t->books = said;
    return done;
}
