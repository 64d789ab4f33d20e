// log/evidence.h - two histories under one key, as one file that convinces a stranger offline.
//
// Holds: making, reading, writing and verifying evidence; finding the first entry that differs.
// Knows nothing of: who did it, or why. It says what was signed and never by whose fault.
// Source: refs, logs 5.1 (E1 to E3); sections "NAME SIZE" as in FORMATS section 9.
//
//   elchi evidence v1\n
//   origin ORIGIN\n
//   key VKEY\n              the log's key that signed both
//   [cosigner VKEY\n]       E3: who cosigned both
//   kind same-size|same-index|cosigned\n
//   first SIZE\n  bytes     a checkpoint note (same-index: a tlog-proof file without extra)
//   [first-leaf HEX\n]      same-index: the leaf hash that the proof leads from
//   second SIZE\n bytes
//   [second-leaf HEX\n]
//   end sha256:HEX\n        over all before
#ifndef LOG_EVIDENCE_H
#define LOG_EVIDENCE_H
#include "log/proof.h"

enum { EVIDENCE_BYTES_MAX = 32768, EVIDENCE_SENTENCE_BYTES = 1024 };
#define EVIDENCE_KINDS(X)                                                                   \
    X(EVIDENCE_SAME_SIZE, "same-size")           /* E1: one size, two roots */              \
    X(EVIDENCE_SAME_INDEX, "same-index")         /* E2: one index, two leaves */            \
    X(EVIDENCE_COSIGNED, "cosigned")             /* E3: one cosigner on both heads of E1 */ \
    X(EVIDENCE_COSIGNED_INDEX, "cosigned-index") /* E3 on the heads of E2 */
#define EVIDENCE_ENUM(name, word) name,
enum evidence_kind { EVIDENCE_KINDS(EVIDENCE_ENUM) EVIDENCE_KIND_COUNT };
#undef EVIDENCE_ENUM

struct evidence_side {
    struct bytes section; // the note, or the tlog-proof file
    struct digest leaf;   // index kinds only
};
struct evidence {
    enum evidence_kind kind;
    struct str origin;
    struct note_key key;      // of the log
    struct note_key cosigner; // cosigned kinds only
    struct evidence_side first, second;
}; // everything borrowed

bool evidence_read(struct bytes sent, struct evidence *ret, struct err *err) MUST_USE;
void evidence_write(const struct evidence *e, struct writer *w);

// What a valid piece of evidence shows.
struct evidence_found {
    struct checkpoint first, second;
    struct leaf_index index;                // index kinds only
    uint64_t first_time_s, second_time_s;   // cosigned kinds only
    char sentence[EVIDENCE_SENTENCE_BYTES]; // one sentence for people; accuses nobody
};
// Checks every signature and path with nothing but the file. Whether `key` is a State's key is
// for the caller to know.
//   errors  ERR_MALFORMED, ERR_TAMPERED, ERR_CONFLICT (the two do not contradict one another)
bool evidence_verify(const struct evidence *e, struct evidence_found *ret,
                     struct err *err) MUST_USE;

// -- making ----------------------------------------------------------------------------------
// E1: two notes of one origin and size with different roots, both signed with `key`.
// The result borrows from its arguments. Verified before it is given.
bool evidence_make_same_size(struct bytes first_note, struct bytes second_note,
                             const struct note_key *key, struct evidence *ret,
                             struct err *err) MUST_USE;
// One history as somebody holds it: a signed note, and the hashes of that tree.
struct evidence_history {
    struct bytes note;
    struct tile_source *tiles;
};
// The first index below both sizes where the leaves differ, by descending through the hashes.
//   errors  ERR_NOT_FOUND  one tree begins with the other; what the sources say
bool evidence_first_difference(struct tile_source *first, struct tree_size first_size,
                               struct tile_source *second, struct tree_size second_size,
                               struct leaf_index *ret, struct err *err) MUST_USE;
// E2 from two histories of any sizes; the proof files are made in the arena.
//   errors  ERR_NOT_FOUND  they are consistent
bool evidence_make_same_index(const struct evidence_history *first,
                              const struct evidence_history *second, const struct note_key *key,
                              struct arena *a, struct evidence *ret, struct err *err) MUST_USE;
// E3: the same evidence, said about a cosigner whose lines stand on both notes.
bool evidence_make_cosigned(const struct evidence *base, const struct note_key *cosigner,
                            struct evidence *ret, struct err *err) MUST_USE;
#endif
