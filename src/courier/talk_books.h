// courier/talk_books.h - which codebooks either side holds.
//
// Holds: the rows of HAVE that stand for books: ours put, the partner's handed to the clerk.
// Knows nothing of: what a book says; which one a message is written under (the clerk).
// Source: docs/wire.md; DESIGN section 6.
#ifndef COURIER_TALK_BOOKS_H
#define COURIER_TALK_BOOKS_H
#include "courier/batch.h"
#include "store/exchange_book.h"

// The books held here, at most CLERK_BOOKS_MAX of them, with names in the arena.
bool talk_books_held(struct txn *txn, struct arena *a, struct clerk_book *ret, size_t *ret_count,
                     struct err *err) MUST_USE;
// Adds a row for each to `rows`, which has room for CLERK_BOOKS_MAX more.
bool talk_put_books(struct batch *b, struct wire_have *rows, size_t *count,
                    struct err *err) MUST_USE;
// What the partner holds of the books by names known here; said to the clerk when it changes.
bool talk_take_books(struct talk *t, struct view *v, const struct wire_have *rows, size_t count,
                     struct arena *a, struct err *err) MUST_USE;
#endif
