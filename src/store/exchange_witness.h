// store/exchange_witness.h - who vouched for what: cosignatures, key manifests, evidence.
//
// Holds: cosignature lines per checkpoint, manifests per log and version, proofs of two histories.
// Knows nothing of: keys and whether a line verifies. The caller has checked what it puts here.
// Source: DESIGN sections 5.4 and 5.5; FORMATS section 2.
#ifndef STORE_EXCHANGE_WITNESS_H
#define STORE_EXCHANGE_WITNESS_H
#include "store/exchange.h"

// -- cosignatures ----------------------------------------------------------------------------
struct exchange_cosig {
    int64_t number; // set by the store, counts up over all logs: "sent up to" in exchange_peer.h
    struct log_id log;
    struct tree_size size;
    struct str key_name; // "xb.example/demo/witness"
    uint32_t key_id;
    uint64_t time_s;   // claimed in the line
    struct bytes line; // the whole signature line
};
typedef bool exchange_cosig_each(void *context, const struct exchange_cosig *row, struct err *err);

// Keeps a line; of one key at one size the earliest time stays. Of logs that are not our own only
// the newest COSIG_SIZES_KEPT sizes stay. *ret_new: it was not there (may be NULL).
enum { COSIG_SIZES_KEPT = 64 };
bool exchange_cosig_put(struct txn *txn, const struct exchange_cosig *row, bool *ret_new,
                        struct err *err) MUST_USE;
// All lines of one checkpoint, by key name.
bool exchange_cosigs(struct txn *txn, struct log_id id, struct tree_size size,
                     exchange_cosig_each *each, void *context, struct err *err) MUST_USE;
// The smallest cosigned size that is at least `least`.
//   errors  ERR_NOT_FOUND
bool exchange_cosig_size(struct txn *txn, struct log_id id, struct tree_size least,
                         struct tree_size *ret, struct err *err) MUST_USE;
// The newest line (largest size) of each cosigner's key in one log.
bool exchange_cosigs_newest(struct txn *txn, struct log_id id, exchange_cosig_each *each,
                            void *context, struct err *err) MUST_USE;
// Lines of one log put after `number`, oldest first, at most `count_max`.
bool exchange_cosigs_since(struct txn *txn, struct log_id id, int64_t number, uint64_t count_max,
                           exchange_cosig_each *each, void *context, struct err *err) MUST_USE;

// -- key manifests ---------------------------------------------------------------------------
struct exchange_manifest {
    struct log_id log;
    uint64_t version; // from 1
    bool logged;      // stands in the log; otherwise only seen out of band
    struct leaf_index at;
    struct bytes note;
};
typedef bool exchange_manifest_each(void *context, const struct exchange_manifest *row,
                                    struct err *err);
// Keeps a manifest, or the index of one known out of band.
//   errors  ERR_CONFLICT  another note, or another index, of that version is held: evidence
bool exchange_manifest_put(struct txn *txn, const struct exchange_manifest *row,
                           struct err *err) MUST_USE;
// Forgets one that was only known out of band: the log shows another. Missing is fine.
bool exchange_manifest_forget(struct txn *txn, struct log_id id, uint64_t version,
                              struct err *err) MUST_USE;
// A log's chain in order of version, at most the last `count_max` above `after_version`.
bool exchange_manifests(struct txn *txn, struct log_id id, uint64_t after_version,
                        uint64_t count_max, exchange_manifest_each *each, void *context,
                        struct err *err) MUST_USE;
// 0 when none is held.
bool exchange_manifest_newest(struct txn *txn, struct log_id id, uint64_t *ret_version,
                              struct err *err) MUST_USE;

// -- evidence --------------------------------------------------------------------------------
struct exchange_evidence {
    struct digest digest; // SHA-256 of `octets`
    struct str origin;
    struct bytes octets;
    struct moment found;
};
typedef bool exchange_evidence_each(void *context, const struct exchange_evidence *row,
                                    struct err *err);
// The same evidence twice is one. *ret_new may be NULL.
//   errors  ERR_TAMPERED (the digest is not that of the octets), ERR_LIMIT
bool exchange_evidence_put(struct txn *txn, const struct exchange_evidence *row, bool *ret_new,
                           struct err *err) MUST_USE;
// In the order of digests, above `after` (NULL: from the first), at most `count_max`.
bool exchange_evidences(struct txn *txn, const struct digest *after, uint64_t count_max,
                        exchange_evidence_each *each, void *context, struct err *err) MUST_USE;
#endif
