// courier/bundle_index.h - what stands at the head of a courier's file: who, for whom, what.
//
// Holds: the text of `index`, read and written exactly; the names a member may have.
// Knows nothing of: archives, stores, whose signature is good (courier/bundle.h).
// Source: FORMATS section 8.
//
//   elchi bundle v1\n
//   origin ORIGIN\n                     who wrote it; signs with ORIGIN/node
//   to ORIGIN\n                         for whom
//   time YYYY-MM-DDTHH:MM:SSZ\n
//   have ORIGIN SIZE BASE64\n         * what it assumes the reader holds: size and root
//   waiting ORIGIN INDEX sha256:HASH SIZE PRECEDENCE\n    * bodies held for the reader
//   member NAME SIZE sha256:HEX\n     + every other member, in the order of the file
// Names: keys/HEX, checkpoint/HEX, entries/HEX/FROM, evidence/N, blob/HEX; HEX is 64 digits.
#ifndef COURIER_BUNDLE_INDEX_H
#define COURIER_BUNDLE_INDEX_H
#include "clerk/client.h"

enum {
    BUNDLE_INDEX_BYTES_MAX = 900000,    // has to fit a frame of the keeper, with room
    BUNDLE_MEMBER_BYTES_MAX = 17 << 20, // entries: 256 of the largest
    BUNDLE_NAME_CHARS_MAX = 96,
};
enum bundle_kind {
    BUNDLE_KEYS,
    BUNDLE_CHECKPOINT,
    BUNDLE_ENTRIES,
    BUNDLE_EVIDENCE,
    BUNDLE_BLOB,
    BUNDLE_KIND_COUNT
};
const char *bundle_kind_word(enum bundle_kind kind); // "entries"; static

struct bundle_name {
    enum bundle_kind kind;
    struct digest hash; // of an origin, or of a blob; zero for evidence
    uint64_t number;    // FROM, or N; 0 otherwise
};
// Only the forms above.
//   errors  ERR_MALFORMED
bool bundle_name_read(struct str text, struct bundle_name *ret, struct err *err) MUST_USE;
void bundle_name_write(const struct bundle_name *name, char ret_text[BUNDLE_NAME_CHARS_MAX + 1]);

struct bundle_have {
    struct str origin;
    struct tree_size size;
    struct digest root;
};
struct bundle_member {
    struct bundle_name name;
    uint64_t size;
    struct digest hash;
};
struct bundle_index {
    struct str origin, to;
    struct moment time;
    const struct bundle_have *have;
    size_t have_count;
    const struct clerk_waiting *waiting;
    size_t waiting_count;
    const struct bundle_member *members; // no name twice; kinds ascending
    size_t members_count;
};
//   errors  ERR_MALFORMED, ERR_LIMIT
bool bundle_index_read(struct str text, struct arena *a, struct bundle_index *ret,
                       struct err *err) MUST_USE;
bool bundle_index_write(const struct bundle_index *index, struct arena *a, struct str *ret,
                        struct err *err) MUST_USE;
#endif
