// community/proof_file.h - the file that proves one record offline: its sections.
//
// Holds: the frame: sections in their order, their sizes, the closing hash.
// Knows nothing of: whether it proves anything (community/proof_check.h).
// Source: FORMATS section 9; promise 3.
//
//   elchi proof v1\n
//   community SIZE\n           and SIZE octets: the community file
//   keys ORIGIN SIZE\n         the author's chain first, then every cosigner's, by the community's
//                              order of States; the wire form of community/chain.h
//   note SIZE\n                the record
//   blind SIZE\n               32 octets, or 0 where the record stands in the log as it is
//   entry SIZE\n               the log entry
//   tlog-proof SIZE\n          C2SP tlog-proof without `extra`
//   end sha256:HEX\n           over all before this line
#ifndef COMMUNITY_PROOF_FILE_H
#define COMMUNITY_PROOF_FILE_H
#include "base/limits.h"
#include "crypto/hash.h"

struct proof_file_keys {
    struct str origin;
    struct bytes chain; // wire form
};
// The sections as they stand; nothing is verified but the closing hash.
struct proof_file {
    struct bytes community;
    const struct proof_file_keys *keys;
    size_t keys_count;
    struct bytes note, blind, entry, tlog_proof;
};

// Reads the frame: sections in order, sizes, the closing hash. Borrows `sent`.
//   errors  ERR_MALFORMED, ERR_LIMIT, ERR_TAMPERED (the closing hash)
bool proof_file_read(struct arena *a, struct bytes sent, struct proof_file *ret,
                     struct err *err) MUST_USE;
bool proof_file_write(const struct proof_file *file, struct arena *a, struct bytes *ret,
                      struct err *err) MUST_USE;
#endif
