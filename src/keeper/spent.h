// keeper/spent.h - which drafts were signed, so that each is signed once.
//
// Holds: draft, hash of the text that was signed, and until when the row must stay. A file that
// only grows, compacted at start.
// Knows nothing of: approvals and records.
// Source: DESIGN section 8 ("each draft is released once"), FORMATS section 4 (sign).
//
// A row of the file, 64 octets:
//   OFFSET SIZE MEANING
//   0      16   draft (for node-made records: the first 16 octets of the subject's hash)
//   16     32   SHA-256 of the whole text that was signed
//   48     8    until, seconds since 1970, big-endian
//   56     8    first 8 octets of SHA-256 over octets 0 to 55
#ifndef KEEPER_SPENT_H
#define KEEPER_SPENT_H
#include "base/world.h"
#include "crypto/hash.h"
#include "record/approval.h"

struct spent_row {
    struct draft_id draft;
    struct digest text;
    struct moment until;
};
struct spent {
    struct world *world; // borrowed
    char path[4096];
    struct spent_row *rows; // owned; a hash table, open addressing
    uint8_t *used;          // owned; 1 where a row stands
    size_t count, cap;
};

// Reads the file, leaves out rows past `now`, and writes it anew when that saved something. A last
// row cut short by a crash, and rows of zeros at the end, were never acknowledged and are dropped;
// a damaged one is an error.
//   errors  ERR_TAMPERED, ERR_IO
bool spent_open(struct spent *s, struct world *w, const char *folder, struct moment now,
                struct err *err) MUST_USE;
void spent_close(struct spent *s);
const struct spent_row *spent_find(const struct spent *s, const struct draft_id *draft); // or NULL
// Makes all rows durable in one step, then takes them in. None may be spent already.
bool spent_add(struct spent *s, const struct spent_row *rows, size_t count,
               struct err *err) MUST_USE;
#endif
