// codebook/spoken_kept.h - what was heard, written so that it can be kept.
//
// Holds: the one spelling of a message that was heard whole, however it was typed down.
// Knows nothing of: where it is kept, and whether the record has come.
// Source: docs/spoken.md, "Hearing".
#ifndef CODEBOOK_SPOKEN_KEPT_H
#define CODEBOOK_SPOKEN_KEPT_H
#include "codebook/spoken.h"

// All lines of 31 blocks, five groups of four, a space or a line end after each.
enum { SPOKEN_KEPT_BYTES_MAX = (SPOKEN_CLOSING + 1) * SPOKEN_BLOCKS_MAX * 25 };

// `text` was heard whole (struct heard). The blocks that agree, each once, in the order in which
// they are read aloud, one a line in groups of four: the same message typed down twice is the same
// text, and it is heard whole again.
//   errors  ERR_LIMIT  as spoken_hear
bool spoken_kept(struct bytes text, struct arena *a, struct str *ret, struct err *err) MUST_USE;
#endif
