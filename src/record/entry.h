// record/entry.h - what stands in a State's log, and how it commits to a record.
//
// Holds: the three kinds of entry, their one encoding, the commitment.
// Knows nothing of: trees and tiles (log/), bodies' inner form (record/body.h), whether the record
// inside is worth anything (record/void.h).
// Source: DESIGN 5.2.
//
//   elchi entry v1\n
//   kind sealed\n                            or: kind open
//   body sha256:HEX SIZE\n                   the blob: an age file, or blind[32] and the note
//   commit sha256:HEX\n                      SHA-256("elchi commit v1" || 0x00 || blind ||
//   SHA-256(note))
//
// A record whose type stands in the log as it is (keys, proposal, ...) is its note, whole.
#ifndef RECORD_ENTRY_H
#define RECORD_ENTRY_H
#include "base/arena.h"
#include "base/limits.h"
#include "crypto/hash.h"

enum { BLIND_BYTES = 32 };
struct blind {
    uint8_t octets[BLIND_BYTES];
};

enum entry_kind { ENTRY_NONE, ENTRY_OPEN, ENTRY_SEALED, ENTRY_AS_IT_IS, ENTRY_KIND_COUNT };
struct entry {
    enum entry_kind kind;
    struct digest body;   // of the blob; open and sealed only
    uint64_t body_bytes;  // of the blob; open and sealed only
    struct digest commit; // open and sealed only
    struct bytes note;    // the whole entry; as-it-is only; borrowed
};

// Reads one entry. That an as-it-is entry is a record at all is proved later, by record_open.
//   errors  ERR_MALFORMED  neither a commitment nor text that begins like a record
//           ERR_LIMIT      above ENTRY_BYTES_MAX, or a body above BODY_BYTES_MAX
bool entry_read(struct bytes sent, struct entry *ret, struct err *err) MUST_USE;
// Writes what entry_read reads.
//   errors  ERR_LIMIT  the arena's limit, or a note above ENTRY_BYTES_MAX
bool entry_write(const struct entry *entry, struct arena *a, struct bytes *ret,
                 struct err *err) MUST_USE;

// SHA-256("elchi commit v1" || 0x00 || blind[32] || SHA-256(note)).
struct digest entry_commitment(const struct blind *blind, struct bytes note);
// The entry for a body: hashes the blob and commits to the note.
struct entry entry_of(enum entry_kind kind, struct bytes blob, const struct blind *blind,
                      struct bytes note);
// Is `blob` the one the entry names, in hash and size?
//   errors  ERR_TAMPERED
bool entry_check_blob(const struct entry *entry, struct bytes blob, struct err *err) MUST_USE;
// Does the entry commit to this note under this blind?
//   errors  ERR_TAMPERED
bool entry_check_note(const struct entry *entry, const struct blind *blind, struct bytes note,
                      struct err *err) MUST_USE;
const char *entry_kind_word(enum entry_kind kind); // "sealed"; static
#endif
