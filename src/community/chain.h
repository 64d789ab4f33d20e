// community/chain.h - a State's key manifests in order, and which of them is in force where.
//
// Holds: the chain from genesis, its wire form (/keys), and every look-up of a State's key: for a
// checkpoint of a size, for a record at an index, for a cosignature of any time.
// Knows nothing of: where chains are kept. A caller adds what it received and what stands in logs.
// Source: DESIGN 5.5, FORMATS section 2.
//
// In force for entry i: the last version that stands in the log at an index < i. For a checkpoint
// of size s: the last with index < s, where a version not yet seen in the log counts by the index
// its sender claims. Such a version serves checkpoint and TLS keys only.
//
// Wire form, per version from the first:
//   OFFSET SIZE MEANING
//   0      8    index of the entry, big-endian; all ones: not yet in the log
//   8      4    length of the note, big-endian
//   12     n    the note
#ifndef COMMUNITY_CHAIN_H
#define COMMUNITY_CHAIN_H
#include "community/manifest.h"

#define CHAIN_INDEX_NONE UINT64_MAX // "not yet in the log"

struct chain_link {
    struct manifest manifest;
    uint64_t index; // where it stands, or is said to stand; CHAIN_INDEX_NONE
    bool seen;      // in the verified log, by us
};
struct chain {
    struct arena *arena; // borrowed; links and copies of notes live there
    struct str origin;
    struct str state; // code, as the community has it
    struct digest genesis;
    struct chain_link **links; // version n is links[n-1]
    size_t count;
};

// `origin` and `state` must outlive the chain. An empty chain knows no key.
void chain_init(struct chain *c, struct arena *a, struct str origin, struct str state,
                const struct digest *genesis);

// Adds what a peer sent outside the log: version N+1 at a claimed index (or CHAIN_INDEX_NONE).
// A version already held with the same text changes nothing, except that a claimed index fills one
// that was missing.
//   errors  those of manifest_open_next; ERR_CONFLICT  another, validly signed text under a version
//           held (the two notes together are evidence), or an index not above the one before
//           ERR_LIMIT  the arena, or CHAIN_VERSIONS_MAX
bool chain_add_claimed(struct chain *c, uint64_t index, struct bytes note,
                       struct err *err) MUST_USE;

enum chain_outcome {
    CHAIN_TAKEN,    // in force from here on
    CHAIN_KNOWN,    // the same manifest again, at a later index: changes nothing
    CHAIN_REPLACED, // a version known from outside the log gave way to the log's: evidence
    CHAIN_EVIDENCE, // another valid manifest of a version in force: void, and evidence
    CHAIN_VOID,     // not a valid next version: stands in the log, is nobody's word
    CHAIN_OUTCOME_COUNT
};
// Tells the chain that a `keys` entry stands at `index` of the verified log. Call in log order.
// *ret_outcome says what became of it; with CHAIN_VOID, *ret_why (may be NULL) says which rule.
// With CHAIN_REPLACED and CHAIN_EVIDENCE, *ret_other (may be NULL) is the other validly signed
// note, which the log contradicts.
//   errors  ERR_LIMIT only; ERR_CONFLICT  index not above an index seen before
bool chain_add_logged(struct chain *c, uint64_t index, struct bytes note,
                      enum chain_outcome *ret_outcome, struct bytes *ret_other, struct err *ret_why,
                      struct err *err) MUST_USE;

// The verified log was read up to `size`: a claimed index below it that no entry confirmed was
// false and is forgotten.
void chain_log_reached(struct chain *c, struct tree_size size);

// NULL when none is in force there (an empty chain, entry 0, size 0).
const struct manifest *chain_in_force_entry(const struct chain *c, struct leaf_index index);
const struct manifest *chain_in_force_checkpoint(const struct chain *c, struct tree_size size);
const struct manifest *chain_newest(const struct chain *c); // TLS pins, encryption, sessions
const struct manifest *chain_version(const struct chain *c, uint64_t version);

// The keys for a signature. Borrowed from the chain.
//   errors  ERR_NOT_FOUND  no manifest in force there, or the desk has no key
//           ERR_DENIED     a later version names the key compromised below this size or index
bool chain_log_key(const struct chain *c, struct tree_size size, const struct note_key **ret,
                   struct err *err) MUST_USE;
bool chain_entry_key(const struct chain *c, struct leaf_index index, enum keys_role role,
                     const struct note_key **ret, struct err *err) MUST_USE;

// While claims are unproven, a peer that names a wrong index must not be able to shut a log out:
// the keys a checkpoint of this size may be signed by are the one in force by the claims and the
// one in force by what was seen alone. Returns how many stand in `ret` (0 to 2), each once,
// compromised ones left out. When the entries up to `size` have been read, chain_log_key decides.
size_t chain_log_key_candidates(const struct chain *c, struct tree_size size,
                                struct note_key ret[2]);
// Every witness and mirror key of any version that no later one names compromised, each once, at
// most `cap` of them; returns how many there are.
size_t chain_cosigner_keys(const struct chain *c, struct note_key *ret, size_t cap);
// Is this key named compromised by any version, and up to where does it count? NULL when not.
const struct keys_compromised *chain_compromised(const struct chain *c, const struct note_key *key);

// -- wire ------------------------------------------------------------------------------------
//   errors  ERR_LIMIT  above CHAIN_BYTES_MAX or the arena's limit
bool chain_write(const struct chain *c, struct arena *a, struct bytes *ret,
                 struct err *err) MUST_USE;
// Reads a whole chain into an empty one made by chain_init; the links are claims until the log
// shows them. Writes back to the same bytes.
//   errors  as chain_add_claimed; ERR_MALFORMED  the frame, no version at all
bool chain_read(struct chain *c, struct bytes sent, struct err *err) MUST_USE;
// Marks every link that has an index as seen. Only for who proved it otherwise: a chain loaded from
// our own store, or a proof file whose reader is told so.
void chain_trust_indexes(struct chain *c);
#endif
