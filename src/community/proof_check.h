// community/proof_check.h - one record, verified offline, years later, with the node gone.
//
// Holds: the verification of a proof file whole: from the community's hash down to the record's
// words, and what it shows.
// Knows nothing of: stores and networks; what a type's lines mean (record/).
// Source: FORMATS section 9; promise 3.
//
// The indexes of key manifests are those the file claims. They rise from 0, but the file brings no
// inclusion proof for them: whoever holds the author's log compares them there (docs/wire.md).
#ifndef COMMUNITY_PROOF_CHECK_H
#define COMMUNITY_PROOF_CHECK_H
#include "community/proof_file.h"
#include "community/quorum.h"
#include "record/entry.h"

// What a verified file shows.
struct proof_shown {
    enum err_kind verdict;       // ERR_NONE, or ERR_UNANCHORED: consistent, but nothing anchors it
    struct community *community; // with its hash
    struct chains chains;        // those the file brings
    const struct community_state *author;
    struct verified_record *said; // the record, who signed it, its place in the author's log
    enum entry_kind kind;
    struct tree_size size; // of the checkpoint
    struct digest root;
    struct quorum quorum; // "k of n"; when not met: "quorum no longer met"
    size_t disowned;      // cosignatures by keys named compromised since; they do not count
};

// Verifies everything: closing hash, anchor, manifests back to each genesis, the checkpoint by the
// log key in force, every signature line by a known key, the entry's place, the commitment, the
// record's own signature by the key in force at its index. `anchor` is the community's hash from
// outside (NULL: none was given); true with verdict ERR_UNANCHORED then says "consistent, not
// anchored". A quorum that is not met is shown, not refused. What *ret points to lives in the arena
// and borrows `sent`.
//   errors  those of the step that failed, the sentence beginning with its section
//           ERR_CONFLICT  the community is another than the anchor names, or origins disagree
bool proof_file_verify(struct arena *a, struct bytes sent, const struct digest *anchor,
                       struct proof_shown *ret, struct err *err) MUST_USE;
#endif
