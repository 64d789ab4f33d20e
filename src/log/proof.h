// log/proof.h - the proof file of one entry: index, inclusion path, cosigned checkpoint.
//
// Holds: reading, writing and verifying a tlog-proof.
// Knows nothing of: what the entry says. The caller brings its leaf hash.
// Source: C2SP tlog-proof (main, 2026-05), file name extension ".tlog-proof".
//
//   c2sp.org/tlog-proof@v1\n
//   [extra BASE64\n]          not authenticated
//   index 73894\n
//   base64 of a hash\n        0 to 63 lines, leaf side first
//   \n
//   the checkpoint with its cosignatures
#ifndef LOG_PROOF_H
#define LOG_PROOF_H
#include "log/policy.h"

enum {
    PROOF_EXTRA_CHARS_MAX = 65536,
    PROOF_BYTES_MAX = 128 + PROOF_EXTRA_CHARS_MAX + PROOF_HASHES_MAX * 45 + NOTE_BYTES_MAX,
};
struct log_proof {
    struct str extra; // base64 as it stands, proven canonical; empty: no such line; borrowed
    struct leaf_index index;
    struct proof_made path;
    struct bytes note; // not empty; borrowed; not verified
};
bool proof_read(struct bytes sent, struct log_proof *ret, struct err *err) MUST_USE;
void proof_write(const struct log_proof *proof, struct writer *w);

// Verifies: the note by a log of the policy, the cosignatures by its quorum, the path from `leaf`.
//   errors  ERR_MALFORMED, ERR_TAMPERED, ERR_DENIED (quorum not met)
bool proof_verify(const struct log_proof *proof, struct digest leaf, const struct policy *policy,
                  struct arena *a, struct checkpoint *ret, struct err *err) MUST_USE;
// The same against one log's keys, without any cosignature.
bool proof_verify_log(const struct log_proof *proof, struct digest leaf, struct str origin,
                      const struct note_key *keys, size_t keys_count, struct checkpoint *ret,
                      struct err *err) MUST_USE;
#endif
