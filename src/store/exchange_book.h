// store/exchange_book.h - codebooks: files added here, which books are held here and by peers.
//
// Holds: added files by the SHA-256 of their octets; the list of books that this node tells
// partners; the lists that partners told.
// Knows nothing of: what a file says. Whoever puts one has parsed and checked it.
// Source: DESIGN section 6; docs/codebook.md "Several versions", docs/wire.md.
#ifndef STORE_EXCHANGE_BOOK_H
#define STORE_EXCHANGE_BOOK_H
#include "store/exchange.h"

enum {
    BOOK_NAME_BYTES_MAX = 32, // as in codebook/book.h
    BOOK_PREFIX_BYTES = 8,    // of a book's hash, as a peer tells it
    PEER_BOOKS_MAX = 64,      // of one peer; twice what a node can hold
};

// -- files added here ------------------------------------------------------------------------
typedef bool exchange_codebook_each(void *context, const struct digest *hash, struct bytes octets,
                                    struct err *err);
// Keeps a file under its SHA-256; the same one again is fine.
//   errors  ERR_LIMIT
bool exchange_codebook_put(struct txn *txn, struct bytes octets, struct digest *ret_hash,
                           struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool exchange_codebook_get(struct txn *txn, const struct digest *hash, struct arena *a,
                           struct bytes *ret, struct err *err) MUST_USE;
bool exchange_codebook_drop(struct txn *txn, const struct digest *hash, struct err *err) MUST_USE;
bool exchange_codebooks(struct txn *txn, exchange_codebook_each *each, void *context,
                        struct err *err) MUST_USE; // by hash

// -- books held ------------------------------------------------------------------------------
struct exchange_book {
    struct str name;
    uint32_t version;
    struct bytes hash; // 32 octets here; of a peer's book its first BOOK_PREFIX_BYTES
};
typedef bool exchange_book_each(void *context, const struct exchange_book *row, struct err *err);
// All the books that are held here, in place of what was said before.
//   errors  ERR_LIMIT (name, version, length of the hash)
bool exchange_books_put(struct txn *txn, const struct exchange_book *rows, size_t count,
                        struct err *err) MUST_USE;
bool exchange_books(struct txn *txn, exchange_book_each *each, void *context,
                    struct err *err) MUST_USE; // by name and version
// The same of a peer, as it told at `told`; what it told later stays. A version that stands twice
// counts once, as it came last.
bool exchange_peer_books_put(struct txn *txn, struct str origin, struct moment told,
                             const struct exchange_book *rows, size_t count,
                             struct err *err) MUST_USE;
// None: the peer has told nothing yet.
bool exchange_peer_books(struct txn *txn, struct str origin, exchange_book_each *each,
                         void *context, struct err *err) MUST_USE;
#endif
