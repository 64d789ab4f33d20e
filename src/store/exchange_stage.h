// store/exchange_stage.h - what is on its way into our own log, serials, and applied settings.
//
// Holds: the stage (entries sealed and not yet logged), the batch handed to the keeper, the last
// serial of each pair, the applied community file, plain settings.
// Knows nothing of: how any of it is made. Fills and drafts stand in the office store.
// Source: DESIGN section 9 (append), FORMATS section 4 (seal, extend, commit).
#ifndef STORE_EXCHANGE_STAGE_H
#define STORE_EXCHANGE_STAGE_H
#include "store/exchange.h"

// -- the stage -------------------------------------------------------------------------------
struct exchange_staged {
    int64_t number;     // set by the store; the order of appending
    struct bytes entry; // as it will stand in the log
    struct bytes note;  // the signed record; empty where the entry is the note
    struct bytes blind; // of a commitment; empty for open notes in the log
    struct digest body; // of the blob; zero when there is none
    struct str draft;   // 32 hex digits, or empty for what the node says by itself
    struct str ref;
};
typedef bool exchange_staged_each(void *context, const struct exchange_staged *row,
                                  struct err *err);
// *ret_number may be NULL.
//   errors  ERR_CONFLICT (the ref, or the draft, is staged already), ERR_LIMIT
bool exchange_stage_put(struct txn *txn, const struct exchange_staged *row, int64_t *ret_number,
                        struct err *err) MUST_USE;
// In order, after `number` (0: from the first), at most `count_max`.
bool exchange_stage(struct txn *txn, int64_t number, uint64_t count_max, exchange_staged_each *each,
                    void *context, struct err *err) MUST_USE;
bool exchange_stage_count(struct txn *txn, uint64_t *ret, struct err *err) MUST_USE;
// Takes away rows up to and with `number`, and the batch: in the transaction that logs them.
bool exchange_stage_clear(struct txn *txn, int64_t number, struct err *err) MUST_USE;

// The one batch the keeper was, or may have been, asked to extend by.
struct exchange_batch {
    struct leaf_index first; // index of its first entry
    uint64_t count;
    int64_t last_number;     // of its last staged row
    struct digest leaves;    // SHA-256 over its leaf hashes
    struct bytes checkpoint; // the keeper's signed note; empty until it came
};
// Puts the batch down, or adds the checkpoint to the same batch.
//   errors  ERR_CONFLICT  another batch stands there
bool exchange_batch_put(struct txn *txn, const struct exchange_batch *row,
                        struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool exchange_batch_get(struct txn *txn, struct arena *a, struct exchange_batch *ret,
                        struct err *err) MUST_USE;
// The keeper refused it, or the stage changed before it was asked.
bool exchange_batch_drop(struct txn *txn, struct err *err) MUST_USE;

// -- serials ---------------------------------------------------------------------------------
// A pair is "XA/XB", or "XA" for open records. At most 2^31-1 of each.
#define EXCHANGE_SERIAL_MAX UINT64_C(2147483647)
// Gives the next serial and marks it pending.
//   errors  ERR_BUSY (the last one is pending), ERR_LIMIT (all used)
bool exchange_serial_take(struct txn *txn, struct str pair, uint64_t *ret,
                          struct err *err) MUST_USE;
// The pending one is staged or logged (`used`), or its release was refused: then it is free again.
//   errors  ERR_CONFLICT  `serial` is not the pending one
bool exchange_serial_settle(struct txn *txn, struct str pair, uint64_t serial, bool used,
                            struct err *err) MUST_USE;
// What a log of ours shows after a restore: raises the last number, never lowers it.
bool exchange_serial_raise(struct txn *txn, struct str pair, uint64_t last,
                           struct err *err) MUST_USE;
// 0 when none was given yet.
bool exchange_serial_last(struct txn *txn, struct str pair, uint64_t *ret_last, bool *ret_pending,
                          struct err *err) MUST_USE;

// -- the community file applied here, settings ---------------------------------------------------
struct exchange_community {
    struct digest hash; // SHA-256 of `text`
    struct moment applied;
    struct bytes text;
};
typedef bool exchange_community_each(void *context, const struct exchange_community *row,
                                     struct err *err);
// Applies a file; the earlier ones stay as history.
bool exchange_community_apply(struct txn *txn, struct bytes text, struct moment at,
                              struct err *err) MUST_USE;
// The one in force, into the arena.
//   errors  ERR_NOT_FOUND
bool exchange_community_get(struct txn *txn, struct arena *a, struct exchange_community *ret,
                            struct err *err) MUST_USE;
// All that were applied, newest first.
bool exchange_communities(struct txn *txn, exchange_community_each *each, void *context,
                          struct err *err) MUST_USE;

typedef bool exchange_setting_each(void *context, struct str key, struct bytes value,
                                   struct err *err);
//   errors  ERR_LIMIT
bool exchange_setting_put(struct txn *txn, struct str key, struct bytes value,
                          struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool exchange_setting_get(struct txn *txn, struct str key, struct arena *a, struct bytes *ret,
                          struct err *err) MUST_USE;
bool exchange_setting_drop(struct txn *txn, struct str key, struct err *err) MUST_USE;
bool exchange_settings(struct txn *txn, struct str prefix, exchange_setting_each *each,
                       void *context, struct err *err) MUST_USE; // by key
#endif
