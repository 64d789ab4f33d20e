// courier/bundle_file.h - the members of a courier's file, one after the other.
//
// Holds: the one archive format taken (pax or ustar, plain files, no compression), and comparing a
// member with what the index says of it.
// Knows nothing of: paths. A member's name is compared and never used as one.
// Source: FORMATS section 8.
#ifndef COURIER_BUNDLE_FILE_H
#define COURIER_BUNDLE_FILE_H
#include "courier/bundle_index.h"

enum { BUNDLE_PIECE_BYTES = BLOB_CHUNK_BYTES * 8 }; // what the clerk takes of a blob at a time

struct archive;
struct bundle_file {
    int fd; // owned by whoever opened it
    uint64_t file_bytes;
    struct archive *archive; // owned
    uint8_t *room;           // of the reader; one member that is taken whole, or a piece of a blob
};
// From the first member on; again as often as wanted.
bool bundle_file_rewind(struct bundle_file *f, struct err *err) MUST_USE;
void bundle_file_rest(struct bundle_file *f); // lets the archive go
// The next member must be a plain file of exactly this name.
bool bundle_file_next(struct bundle_file *f, const char *name, uint64_t *ret_size,
                      struct err *err) MUST_USE;
// At most `cap` octets of it, fewer only at its end.
bool bundle_file_some(struct bundle_file *f, uint8_t *to, size_t cap, size_t *ret,
                      struct err *err) MUST_USE;
// All of it, against the index; the octets of the latter stand in the room.
//   errors  ERR_TAMPERED, ERR_MALFORMED
bool bundle_file_check(struct bundle_file *f, const struct bundle_member *m,
                       struct err *err) MUST_USE;
bool bundle_file_whole(struct bundle_file *f, const struct bundle_member *m, struct bytes *ret,
                       struct err *err) MUST_USE;
bool bundle_file_end(struct bundle_file *f, struct err *err) MUST_USE; // nothing is left
#endif
