// courier/bundle_index.h - the first member of a courier's file: what it holds, signed.
//
// Holds: the index's text, read and written; the exact list of member names; its signed note.
// Knows nothing of: archives, stores and what becomes of a member.
// Source: FORMATS section 8; docs/wire.md "Bundle".
//
//   elchi bundle v1
//   origin ORIGIN                                   whose node wrote and signed it
//   time 2026-01-02T03:04:05Z
//   to ORIGIN                                       whom it is for
//   have ORIGIN SIZE BASE64ROOT                  *  taken to be held there; ascending by origin;
//                                                   also the writer's codebooks (bundle_books.h)
//   waiting ORIGIN INDEX sha256:HASH SIZE WORD   *  held here for the reader
//   member SIZE sha256:HASH NAME                 *  in the file's order
//
// Names, in this order; within a kind ascending by hash, then by number:
//   keys/HASH  checkpoint/HASH  entries/HASH/FROM  evidence/N  blob/HASH
// HASH is 64 lower-case digits: SHA-256 of an origin, for a blob that of its octets.
#ifndef COURIER_BUNDLE_INDEX_H
#define COURIER_BUNDLE_INDEX_H
#include "base/limits.h"
#include "clerk/client.h"
#include "log/checkpoint.h"

enum bundle_kind {
    BUNDLE_KEYS,
    BUNDLE_CHECKPOINT,
    BUNDLE_ENTRIES,
    BUNDLE_EVIDENCE,
    BUNDLE_BLOB,
    BUNDLE_KIND_COUNT
};
enum {
    BUNDLE_NAME_CHARS = 96, // entries/, 64 digits, a slash, 19 digits
    // It passes through the keeper in one frame, with its signature.
    BUNDLE_INDEX_BYTES_MAX = FRAME_BYTES_MAX - 4096,
};
struct bundle_member {
    enum bundle_kind kind;
    struct digest named; // hash in the name; zero for evidence
    uint64_t number;     // of entries and evidence
    uint64_t size;
    struct digest hash; // of the octets
};
struct bundle_have {
    struct str origin;
    struct tree_size size; // at least 1
    struct digest root;
};
struct bundle_index {
    struct str origin, to;
    struct moment time;
    const struct bundle_have *have;
    size_t have_count;
    const struct clerk_waiting *waiting;
    size_t waiting_count;
    const struct bundle_member *members;
    size_t members_count;
};
const char *bundle_kind_word(enum bundle_kind kind); // "checkpoint"; static
uint64_t bundle_kind_bytes_max(enum bundle_kind kind);
void bundle_name_write(const struct bundle_member *m, char ret_text[BUNDLE_NAME_CHARS + 1]);
// Exactly the names above, and nothing that could be a path. Sets kind, named and number.
bool bundle_name_read(struct str name, struct bundle_member *ret, struct err *err) MUST_USE;
// Order of members in a file; 0: the same name.
int bundle_member_cmp(const struct bundle_member *a, const struct bundle_member *b);

//   errors  ERR_LIMIT
bool bundle_index_write(const struct bundle_index *index, struct arena *a, struct str *ret,
                        struct err *err) MUST_USE;
// What is accepted writes back to the same octets. Borrows from `text`.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool bundle_index_read(struct str text, struct arena *a, struct bundle_index *ret,
                       struct err *err) MUST_USE;
// Splits the signed note: exactly one signature line. It may be larger than other notes.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool bundle_note_read(struct bytes sent, struct str *ret_text, struct note_signature *ret_line,
                      struct err *err) MUST_USE;
#endif
