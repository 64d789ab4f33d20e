// codebook/spoken_head.h - heading and closing as symbols; for spoken.c and spoken_hear.c.
//
// Holds: the two lines around the message's own. Knows nothing of: blocks.
// Source: codebook/spoken.h draws them.
#ifndef CODEBOOK_SPOKEN_HEAD_H
#define CODEBOOK_SPOKEN_HEAD_H
#include "codebook/spoken.h"

//   errors  ERR_MALFORMED, ERR_NOT_FOUND (a desk), ERR_LIMIT
bool spoken_pack_heading(const struct book *book, const struct spoken_heading *heading,
                         struct writer *to, struct err *err) MUST_USE;
// *ret_book is NULL where the shelf does not hold it: then only version, start of the hash, count
// and flags are in `ret`.
//   errors  ERR_MALFORMED, ERR_LIMIT (the arena)
bool spoken_unpack_heading(const struct shelf *shelf, struct str symbols, struct arena *a,
                           struct spoken_heading *ret, const struct book **ret_book,
                           struct err *err) MUST_USE;
void spoken_pack_groups(const uint32_t *groups, size_t count, struct writer *to);
bool spoken_unpack_groups(struct str symbols, size_t count, uint32_t *ret_groups) MUST_USE;
#endif
