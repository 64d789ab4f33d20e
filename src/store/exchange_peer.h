// store/exchange_peer.h - what this node knows of each peer's node.
//
// Holds: which functions are on with a peer, where it answers, how the last calls went, and which
// heads it is known to hold.
// Knows nothing of: keys (they follow from manifests) and of judging anybody: failures are counted
// to space calls out, never shown as a score.
// Source: DESIGN section 5.4; FORMATS section 7.
#ifndef STORE_EXCHANGE_PEER_H
#define STORE_EXCHANGE_PEER_H
#include "store/exchange.h"

enum { PEER_TEXT_BYTES_MAX = 1024 }; // of functions and endpoint each
struct exchange_peer {
    struct str origin;
    struct str functions; // words separated by one space; empty: all off
    struct str endpoint;  // in place of the community file's; empty: none
    int64_t contact_ms;   // last success, UTC; 0: never
    uint64_t failures;    // in a row
    int64_t next_try_ms;
};
typedef bool exchange_peer_each(void *context, const struct exchange_peer *row, struct err *err);

// Writes functions and endpoint; adds the peer when it is new. The history of calls stays.
//   errors  ERR_LIMIT
bool exchange_peer_put(struct txn *txn, struct str origin, struct str functions,
                       struct str endpoint, struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool exchange_peer_get(struct txn *txn, struct str origin, struct arena *a,
                       struct exchange_peer *ret, struct err *err) MUST_USE;
bool exchange_peers(struct txn *txn, exchange_peer_each *each, void *context,
                    struct err *err) MUST_USE; // by origin
bool exchange_peer_drop(struct txn *txn, struct str origin, struct err *err) MUST_USE;
// How a call went. Success clears the failures.
//   errors  ERR_NOT_FOUND
bool exchange_peer_called(struct txn *txn, struct str origin, bool well, int64_t now_ms,
                          int64_t next_try_ms, struct err *err) MUST_USE;

// -- heads -----------------------------------------------------------------------------------
enum { ROOT_PREFIX_BYTES_MAX = 32 };
struct exchange_head {
    struct log_id log;
    struct tree_size size;    // the peer was known to hold
    struct bytes root_prefix; // first octets of the root there; at most ROOT_PREFIX_BYTES_MAX
    int64_t cosigs_sent;      // exchange_cosig.number up to which it has our lines; 0: none
};
typedef bool exchange_head_each(void *context, const struct exchange_head *row, struct err *err);
bool exchange_head_put(struct txn *txn, struct str origin, const struct exchange_head *row,
                       struct err *err) MUST_USE;
// Zeros when nothing is known (size 0, nothing sent).
bool exchange_head_get(struct txn *txn, struct str origin, struct log_id log, struct arena *a,
                       struct exchange_head *ret, struct err *err) MUST_USE;
bool exchange_heads(struct txn *txn, struct str origin, exchange_head_each *each, void *context,
                    struct err *err) MUST_USE;
#endif
