// courier/bundle_books.h - which codebooks the writer of a courier's file holds.
//
// Holds: the `have` lines of an index that stand for books, made and recognised.
// Knows nothing of: what a book says; which one a message is written under (the clerk).
// Source: docs/wire.md; DESIGN section 6.
//
//   have codebook:elchi/2 2 BASE64HASH       name and version, the version again, the book's hash
//
// Such a line reads as that of a log which no State has, so a program that knows nothing of it
// passes it over.
#ifndef COURIER_BUNDLE_BOOKS_H
#define COURIER_BUNDLE_BOOKS_H
#include "courier/bundle_index.h"
#include "store/exchange_book.h"

// Adds the books held here to the rows, as far as the index has room, and puts all in order. `rows`
// has room for CLERK_BOOKS_MAX more; names live in the arena.
bool bundle_books_put(struct txn *txn, struct arena *a, struct bundle_have *rows, size_t *count,
                      struct err *err) MUST_USE;
// Is it a book's line?
bool bundle_book_of(const struct bundle_have *row, struct clerk_book *ret);
// Says to the clerk what the writer holds; nothing when it says nothing of books.
bool bundle_books_take(const struct clerk_link *clerk, const struct bundle_index *index,
                       struct err *err) MUST_USE;
#endif
