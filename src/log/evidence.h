// log/evidence.h - two histories of one log, as one file that convinces a stranger offline.
//
// Holds: making, reading, writing and verifying evidence; finding the first entry that differs.
// Knows nothing of: who did it, or why. It says what was signed and never by whose fault.
// Source: refs, logs 5.1 (E1 to E3); sections "NAME SIZE" as in FORMATS section 9.
//
//   elchi evidence v1\n
//   kind same-size|same-index|cosigned-size|cosigned-index\n
//   origin ORIGIN\n
//   key VKEY\n              the log's key that signed the first history
//   [second-key VKEY\n]     that signed the second, when it is another
//   [cosigner VKEY\n]       cosigned kinds (E3): who cosigned both
//   first SIZE\n  bytes     a checkpoint note (index kinds: a tlog-proof file without extra)
//   [first-leaf HEX\n]      index kinds: the leaf hash that the proof leads from
//   second SIZE\n bytes
//   [second-leaf HEX\n]
//   end sha256:HEX\n        over all before
//
// Stricter than a note: a note in here holds the log's line (and the cosigner's) and no other.
#ifndef LOG_EVIDENCE_H
#define LOG_EVIDENCE_H
#include "log/proof.h"

enum { EVIDENCE_BYTES_MAX = 32768, EVIDENCE_SENTENCE_BYTES = 1536 };
#define EVIDENCE_KINDS(X)                                                                   \
    X(EVIDENCE_SAME_SIZE, "same-size")           /* E1: one size, two roots */              \
    X(EVIDENCE_SAME_INDEX, "same-index")         /* E2: one index, two leaves */            \
    X(EVIDENCE_COSIGNED_SIZE, "cosigned-size")   /* E3: one cosigner on both heads of E1 */ \
    X(EVIDENCE_COSIGNED_INDEX, "cosigned-index") /* E3 on the heads of E2 */
#define EVIDENCE_ENUM(name, word) name,
enum evidence_kind { EVIDENCE_KINDS(EVIDENCE_ENUM) EVIDENCE_KIND_COUNT };
#undef EVIDENCE_ENUM

struct evidence_side {
    struct note_key key;  // of the log
    struct bytes section; // the note, or the tlog-proof file
    struct digest leaf;   // index kinds only
};
struct evidence {
    enum evidence_kind kind;
    struct str origin;
    struct note_key cosigner; // cosigned kinds only
    struct evidence_side first, second;
}; // everything borrowed

// Reads the file; its signatures are not checked yet. Writes back to the same bytes.
//   errors  ERR_MALFORMED, ERR_LIMIT, ERR_TAMPERED (the closing hash)
bool evidence_read(struct bytes sent, struct evidence *ret, struct err *err) MUST_USE;
void evidence_write(const struct evidence *e, struct writer *w);

// What a valid piece of evidence shows.
struct evidence_found {
    struct checkpoint first, second;
    struct leaf_index index;                // index kinds only
    uint64_t first_time_s, second_time_s;   // cosigned kinds only
    char sentence[EVIDENCE_SENTENCE_BYTES]; // for people, NUL-terminated; accuses nobody
};
// Checks every signature and path with nothing but the file. Whether its keys are a State's keys is
// for the caller to know.
//   errors  ERR_MALFORMED, ERR_TAMPERED, ERR_CONFLICT (the two do not contradict one another)
bool evidence_verify(const struct evidence *e, struct evidence_found *ret,
                     struct err *err) MUST_USE;

// -- making ----------------------------------------------------------------------------------
// One history as somebody holds it: a signed note, the key that signed it and, for E2, the hashes
// of that tree.
struct evidence_history {
    struct bytes note;
    struct note_key key;
    struct tile_source *tiles; // NULL where none are held
};
// Every maker copies what it needs into the arena, leaves other signature lines out, and verifies
// the result before it gives it. All fail with ERR_CONFLICT where there is no contradiction.
// E1: one size, two roots.
bool evidence_make_same_size(const struct evidence_history *first,
                             const struct evidence_history *second, struct arena *a,
                             struct evidence *ret, struct err *err) MUST_USE;
// The first index below both sizes where the leaves differ, by descending through the hashes.
//   errors  ERR_CONFLICT  none: one tree begins with the other; and what the sources say
bool evidence_first_difference(struct tile_source *first, struct tree_size first_size,
                               struct tile_source *second, struct tree_size second_size,
                               struct leaf_index *ret, struct err *err) MUST_USE;
// E2 from two histories of any sizes.
bool evidence_make_same_index(const struct evidence_history *first,
                              const struct evidence_history *second, struct arena *a,
                              struct evidence *ret, struct err *err) MUST_USE;
// E3: the same, said about a cosigner whose lines stand on both whole notes.
bool evidence_make_cosigned(const struct evidence *base, struct bytes first_note,
                            struct bytes second_note, const struct note_key *cosigner,
                            struct arena *a, struct evidence *ret, struct err *err) MUST_USE;
#endif
