// store/exchange.h - the exchange store: logs, their entries and tiles, and how a log grows.
//
// Holds: opening the store at its schema, the row of each log, entries, hash tiles, append, cut.
// Knows nothing of: what an entry says, whose signature is good: the caller has verified.
// Source: DESIGN sections 5.4 and 9; C2SP tlog-tiles for the tiles.
// Beside it, over the same store: exchange_witness.h (cosignatures, manifests, evidence),
// exchange_blob.h (bodies), exchange_book.h (codebooks), exchange_peer.h (peers), exchange_stage.h
// (stage, serials, settings).
//
// Every function stands in a transaction the caller holds. Lists come through a callback; what a
// row points to lives until the callback returns. A callback that returns false ends the list with
// its own err.
#ifndef STORE_EXCHANGE_H
#define STORE_EXCHANGE_H
#include "log/tile.h"
#include "store/db.h"

// -- opening ---------------------------------------------------------------------------------
// Brings the schema up to date (the writer), or checks that it is the program's (a reader).
//   errors  as db_open_*; ERR_CONFLICT (an office store, or a changed migration),
//           ERR_UNSUPPORTED (the store is newer than the program), ERR_BUSY (a reader came before
//           the writer has brought it up to date)
bool exchange_open_write(const struct db_driver *driver, struct world *w, const char *path,
                         struct db **ret_owned, struct err *err) MUST_USE;
bool exchange_open_read(const struct db_driver *driver, struct world *w, const char *path,
                        struct db **ret_owned, struct err *err) MUST_USE;
bool exchange_open_memory(const struct db_driver *driver, struct world *w, struct db **ret_owned,
                          struct err *err) MUST_USE;

// -- logs ------------------------------------------------------------------------------------
struct log_id {
    int64_t n;
}; // a small number of this store's own, from 1
struct exchange_log {
    struct log_id id;
    struct str origin;
    bool own;                     // this State's own log: nothing of it is thinned out
    struct tree_size size;        // entries held and verified
    struct digest root;           // at that size
    struct edge edge;             // at that size
    struct tree_size signed_size; // of `checkpoint`; 0 when there is none yet
    struct bytes checkpoint;      // the newest signed checkpoint note; empty when there is none
};
typedef bool exchange_log_each(void *context, const struct exchange_log *row, struct err *err);

// Starts an empty log; asked again it returns the id it has.
//   errors  ERR_LIMIT (origin), ERR_CONFLICT (own and not own)
bool exchange_log_add(struct txn *txn, struct str origin, bool own, struct log_id *ret,
                      struct err *err) MUST_USE;
// Strings and octets of the row live in the arena.
//   errors  ERR_NOT_FOUND
bool exchange_log_get(struct txn *txn, struct log_id id, struct arena *a, struct exchange_log *ret,
                      struct err *err) MUST_USE;
bool exchange_log_find(struct txn *txn, struct str origin, struct arena *a,
                       struct exchange_log *ret, struct err *err) MUST_USE;
bool exchange_logs(struct txn *txn, exchange_log_each *each, void *context,
                   struct err *err) MUST_USE; // in the order they were added
// Keeps a newer signed checkpoint of a size already held.
//   errors  ERR_CONFLICT  size above what is held or below the newest signed one, or another root
bool exchange_checkpoint_put(struct txn *txn, struct log_id id, struct tree_size size,
                             const struct digest *root, struct bytes note,
                             struct err *err) MUST_USE;

// -- growing ---------------------------------------------------------------------------------
struct exchange_append {
    struct log_id log;
    struct tree_size from;       // the size the log has now
    const struct bytes *entries; // each at most ENTRY_BYTES_MAX
    const struct digest *leaves; // merkle_leaf of each
    size_t count;                // at least 1
    const struct digest *root;   // at from + count, or NULL where nothing claims one
    struct bytes checkpoint;     // signed note of exactly that size, or empty: a part of a long way
};
// Entries, tiles, size, root, edge and checkpoint in one. Before COMMIT everything appended is read
// back and hashed again. *ret_root may be NULL.
//   errors  ERR_CONFLICT (the log is larger than `from`), ERR_GAP (it is smaller), ERR_TAMPERED
//           (the entries lead to another root), ERR_LIMIT
bool exchange_append(struct txn *txn, const struct exchange_append *what, struct digest *ret_root,
                     struct err *err) MUST_USE;
// Takes back entries that no signed checkpoint covers, down to `size`.
//   errors  ERR_CONFLICT  below the newest signed size, or above what is held
bool exchange_cut(struct txn *txn, struct log_id id, struct tree_size size,
                  struct err *err) MUST_USE;

// -- reading ---------------------------------------------------------------------------------
typedef bool exchange_entry_each(void *context, struct leaf_index at, struct bytes entry,
                                 struct err *err);
// One entry, into the arena.
//   errors  ERR_NOT_FOUND
bool exchange_entry_get(struct txn *txn, struct log_id id, struct leaf_index at, struct arena *a,
                        struct bytes *ret, struct err *err) MUST_USE;
struct exchange_range {
    struct log_id log;
    uint64_t from;
    uint64_t count_max;
    uint64_t bytes_max; // of all entries together; the first is given whatever its size
};
// Entries from `from` on, in order, as far as the log and both bounds reach. *ret_next is the index
// after the last one given.
bool exchange_entries(struct txn *txn, struct exchange_range range, exchange_entry_each *each,
                      void *context, uint64_t *ret_next, struct err *err) MUST_USE;
// The hashes of a tile, 32 octets each, into the arena; as many as are held, at most TILE_WIDTH.
//   errors  ERR_NOT_FOUND
bool exchange_tile_get(struct txn *txn, struct log_id id, unsigned level, uint64_t number,
                       struct arena *a, struct bytes *ret, struct err *err) MUST_USE;
// Where proofs get a log's hashes (log/tile.h); lives as long as the transaction. It keeps the tile
// read last.
struct exchange_tiles {
    struct tile_source source; // first
    struct txn *txn;           // borrowed
    struct log_id log;
    bool held;
    unsigned held_level;
    uint64_t held_number;
    size_t held_count;
    struct digest hashes[TILE_WIDTH];
};
void exchange_tiles_init(struct exchange_tiles *t, struct txn *txn, struct log_id id);
#endif
