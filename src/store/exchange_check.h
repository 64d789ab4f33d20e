// store/exchange_check.h - a log checked again from its entries: what `elchi verify` does.
//
// Holds: one walk over entries and tiles, in bounded steps; a second thread takes a share of a long
// one, over a connection of its own (db_beside).
// Knows nothing of: who signed the root (the caller compares it with a checkpoint).
// Source: RFC 9162 section 2.1; C2SP tlog-tiles; DESIGN section 12, "verify".
#ifndef STORE_EXCHANGE_CHECK_H
#define STORE_EXCHANGE_CHECK_H
#include "store/exchange.h"

enum { CHECK_PIECE_ENTRIES = 1024 }; // what a thread takes at once; whole tiles

// Checks entries from `from` on, at most count_max of them: each must be there, hash to the leaf
// its tile holds, and every tile that runs full must fold into its hash in the tile above. Where
// the log ends the tiles must lead to its root. *ret_next is the index after the last one checked.
// The transaction has changed nothing yet.
//   errors  ERR_TAMPERED  the log is not what it says it is; else it could not be read
bool exchange_check(struct txn *txn, const struct exchange_log *log, uint64_t from,
                    uint64_t count_max, uint64_t *ret_next, struct err *err) MUST_USE;
#endif
