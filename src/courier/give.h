// courier/give.h - octets of a blob for a partner who may have it.
//
// Holds: the one question whether a partner may have a blob, and reading it in pieces.
// Knows nothing of: HTTP.
// Source: DESIGN 5.3: a blob is given only to the origins its sender wrote beside it, to all others
// it answers as if it did not exist.
#ifndef COURIER_GIVE_H
#define COURIER_GIVE_H
#include "base/limits.h"
#include "courier/share.h"

enum {
    GIVE_SMALL_BYTES = 65536,         // a blob that may be asked for together with others
    GIVE_MANY_MAX = CLERK_BODIES_MAX, // hashes of one question
    GIVE_MANY_BYTES_MAX = FRAME_BYTES_MAX,
};
//   errors  ERR_NOT_FOUND (not here whole, or not this partner's: the same words)
bool give_may(struct view *v, struct str partner, const struct digest *hash, uint64_t *ret_size,
              struct err *err) MUST_USE;
// How much came of one that the partner began to leave here; false: nothing to speak of.
bool give_part(struct view *v, struct str partner, const struct digest *hash, uint64_t *ret_have);
// 1 to `cap` octets from `offset`, which lies before the end.
bool give_read(struct view *v, const struct digest *hash, uint64_t offset, void *to, size_t cap,
               size_t *ret_count, struct err *err) MUST_USE;
// Many small blobs with one answer: for each hash in order a block32, empty when the partner may
// not have it, it is not here, or is no small one. The answer ends early when it is full; `hashes`
// are octets of whole digests.
//   errors  ERR_MALFORMED, ERR_LIMIT (the question)
bool give_many(struct view *v, struct str partner, struct bytes hashes, struct arena *a,
               struct bytes *ret, struct err *err) MUST_USE;
#endif
