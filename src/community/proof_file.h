// community/proof_file.h - one record, provable offline, years later, with the node gone.
//
// Holds: the proof file's writer, its reader, and the verification whole: from the community's hash
// down to the record's words.
// Knows nothing of: stores and networks; what a type's lines mean (record/).
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
#include "community/quorum.h"
#include "record/entry.h"

struct proof_file_keys {
    struct str origin;
    struct bytes chain; // wire form
};
// The sections as they stand; verified by proof_file_verify only.
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

// What a verified file shows.
struct proof_shown {
    bool anchored;              // the community is the one the reader named
    enum err_kind verdict;      // ERR_NONE, or ERR_UNANCHORED: consistent, but nothing anchors it
    struct community community; // and its hash
    const struct community_state *author;
    struct str note_text;    // what was said; read it with record_read
    struct digest note_hash; // SHA-256 of the whole named note
    struct str key_name;     // who signed it: ORIGIN/DESK, ORIGIN/node or ORIGIN/root
    struct moment claimed;   // the record's own `time`
    struct leaf_index index;
    struct tree_size size; // of the cosigned checkpoint
    struct digest root;
    struct quorum quorum; // "k of n", or "quorum no longer met"
    bool
        quorum_needs_compromised; // lines by keys that were named compromised since are passed over
};

// Verifies everything. `anchor` is the community's hash from outside (NULL: none was given); true
// with verdict ERR_UNANCHORED then says "consistent, not anchored". A quorum that is not met is
// shown, not refused. `ret` and what it points to live in the arena and borrow `sent`.
//   errors  ERR_MALFORMED, ERR_LIMIT, ERR_TAMPERED  as the step that failed says, with the section
//           ERR_CONFLICT  the community is another than the anchor names, or origins disagree
bool proof_file_verify(struct arena *a, struct bytes sent, const struct digest *anchor,
                       struct proof_shown *ret, struct err *err) MUST_USE;
#endif
