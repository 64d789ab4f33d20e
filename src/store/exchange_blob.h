// store/exchange_blob.h - bodies and attachments by the hash of their octets, and who waits for
// them.
//
// Holds: blobs in chunks of 64 KiB, resumable; who may fetch each; offers (held here for a peer)
// and wants (needed here from a peer).
// Knows nothing of: what a blob says, ranges in HTTP, quotas' policy.
// Source: DESIGN sections 5.3 and 5.4; FORMATS sections 3 and 7.
#ifndef STORE_EXCHANGE_BLOB_H
#define STORE_EXCHANGE_BLOB_H
#include "store/exchange.h"

// -- blobs -----------------------------------------------------------------------------------
struct exchange_blob {
    struct digest hash;
    uint64_t size, have; // octets
    bool complete;       // all there, and hashed
};
// Starts a blob; asked again it returns what is there.
//   errors  ERR_CONFLICT (another size), ERR_LIMIT (above BLOB_BYTES_MAX)
bool exchange_blob_start(struct txn *txn, const struct digest *hash, uint64_t size,
                         struct exchange_blob *ret, struct err *err) MUST_USE;
//   errors  ERR_NOT_FOUND
bool exchange_blob_get(struct txn *txn, const struct digest *hash, struct exchange_blob *ret,
                       struct err *err) MUST_USE;
// Appends at `offset`, which must be what is there already. The last octet completes the blob once
// the whole is hashed.
//   errors  ERR_CONFLICT (another offset, or complete already), ERR_LIMIT (beyond its size),
//           ERR_TAMPERED (the whole has another hash: roll back, then exchange_blob_erase, so that
//           it can be fetched anew)
bool exchange_blob_append(struct txn *txn, const struct digest *hash, uint64_t offset,
                          struct bytes more, struct exchange_blob *ret, struct err *err) MUST_USE;
// A small blob in one: start, append, complete. One that is complete already is left alone.
bool exchange_blob_put(struct txn *txn, const struct digest *hash, struct bytes octets,
                       struct err *err) MUST_USE;
// Octets [from, from + size) of what is there, chunk by chunk, in order.
//   errors  ERR_NOT_FOUND, ERR_LIMIT (beyond what is there)
typedef bool exchange_blob_each(void *context, uint64_t offset, struct bytes octets,
                                struct err *err);
bool exchange_blob_read(struct txn *txn, const struct digest *hash, uint64_t from, uint64_t size,
                        exchange_blob_each *each, void *context, struct err *err) MUST_USE;
// A complete blob of at most `max` octets, whole.
//   errors  ERR_NOT_FOUND (also when not complete), ERR_LIMIT
bool exchange_blob_whole(struct txn *txn, const struct digest *hash, size_t max, struct arena *a,
                         struct bytes *ret, struct err *err) MUST_USE;
// Destroys the octets, its readers and offers; a want stays. The words are gone from the file after
// COMMIT and db_checkpoint_truncate. Missing is fine.
bool exchange_blob_erase(struct txn *txn, const struct digest *hash, struct err *err) MUST_USE;

// Remembers that this node destroyed a blob: it is never wanted again, and shown as destroyed.
bool exchange_erased_put(struct txn *txn, const struct digest *hash, struct moment at,
                         struct err *err) MUST_USE;
// When; 0: never.
bool exchange_erased_get(struct txn *txn, const struct digest *hash, struct moment *ret_at,
                         struct err *err) MUST_USE;

// -- who may fetch ---------------------------------------------------------------------------
bool exchange_reader_add(struct txn *txn, const struct digest *hash, struct str origin,
                         struct err *err) MUST_USE; // twice is fine
bool exchange_reader_may(struct txn *txn, const struct digest *hash, struct str origin,
                         bool *ret_may, struct err *err) MUST_USE;
// Octets of incomplete and complete blobs that `origin` may fetch: what a quota counts.
bool exchange_reader_bytes(struct txn *txn, struct str origin, uint64_t *ret_bytes,
                           struct err *err) MUST_USE;

// -- offers: blobs held here for a peer ------------------------------------------------------
struct exchange_offer {
    struct str reader; // origin
    struct digest hash;
    struct log_id log; // the record's log and index (an attachment stands under its record)
    struct leaf_index at;
    uint64_t size;
    unsigned precedence; // 0 ROUTINE to 3 FLASH
};
typedef bool exchange_offer_each(void *context, const struct exchange_offer *row, struct err *err);
bool exchange_offer_put(struct txn *txn, const struct exchange_offer *row,
                        struct err *err) MUST_USE; // twice is fine
bool exchange_offer_drop(struct txn *txn, struct str reader, const struct digest *hash,
                         struct err *err) MUST_USE; // fetched; missing is fine
//   errors  ERR_NOT_FOUND
bool exchange_offer_get(struct txn *txn, struct str reader, const struct digest *hash,
                        struct exchange_offer *ret, struct err *err) MUST_USE;
bool exchange_offer_count(struct txn *txn, const struct digest *hash, uint64_t *ret,
                          struct err *err) MUST_USE; // of one blob
// Octets that wait under one log: of a State that is not this node's, what is carried for it.
bool exchange_offer_bytes(struct txn *txn, struct log_id log, uint64_t *ret,
                          struct err *err) MUST_USE;
// Of one reader, highest precedence first, then oldest; at most `count_max`.
bool exchange_offers(struct txn *txn, struct str reader, uint64_t count_max,
                     exchange_offer_each *each, void *context, struct err *err) MUST_USE;

// -- wants: blobs needed here ----------------------------------------------------------------
struct exchange_want {
    struct digest hash;
    struct log_id log;
    struct leaf_index at;
    uint64_t size;
    unsigned precedence;
    bool from_author; // the author's own node said WAITING (FORMATS section 7)
    uint64_t tries;   // counted by exchange_want_tried
};
typedef bool exchange_want_each(void *context, const struct exchange_want *row, struct err *err);
// Twice is fine; `from_author` once said stays said, tries stay, the higher precedence wins.
// What was destroyed here is passed over.
bool exchange_want_put(struct txn *txn, const struct exchange_want *row, struct err *err) MUST_USE;
bool exchange_want_tried(struct txn *txn, const struct digest *hash, struct err *err) MUST_USE;
bool exchange_want_drop(struct txn *txn, const struct digest *hash, struct err *err) MUST_USE;
// Highest precedence first, then fewest tries, then oldest; at most `count_max`.
bool exchange_wants(struct txn *txn, uint64_t count_max, exchange_want_each *each, void *context,
                    struct err *err) MUST_USE;
// The records that need this blob.
bool exchange_wants_for(struct txn *txn, const struct digest *hash, exchange_want_each *each,
                        void *context, struct err *err) MUST_USE;
// Those of one log, most urgent first: all, or only what the author's own node said it holds for
// us.
bool exchange_wants_in(struct txn *txn, struct log_id log, bool from_author, uint64_t count_max,
                       exchange_want_each *each, void *context, struct err *err) MUST_USE;
// Those of one record, the body and its attachments.
bool exchange_wants_of(struct txn *txn, struct log_id log, struct leaf_index at,
                       exchange_want_each *each, void *context, struct err *err) MUST_USE;
#endif
