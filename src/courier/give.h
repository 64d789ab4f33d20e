// courier/give.h - octets of a blob for a partner who may have it.
//
// Holds: the one question whether a partner may have a blob, and reading it in pieces.
// Knows nothing of: HTTP.
// Source: DESIGN 5.3: a blob is given only to the origins its sender wrote beside it, to all others
// it answers as if it did not exist.
#ifndef COURIER_GIVE_H
#define COURIER_GIVE_H
#include "courier/share.h"

//   errors  ERR_NOT_FOUND (not here whole, or not this partner's: the same words)
bool give_may(struct view *v, struct str partner, const struct digest *hash, uint64_t *ret_size,
              struct err *err) MUST_USE;
// How much came of one that the partner began to leave here; false: nothing to speak of.
bool give_part(struct view *v, struct str partner, const struct digest *hash, uint64_t *ret_have);
// 1 to `cap` octets from `offset`, which lies before the end.
bool give_read(struct view *v, const struct digest *hash, uint64_t offset, uint8_t *to, size_t cap,
               size_t *ret_count, struct err *err) MUST_USE;
#endif
