// clerk/append.h - from the stage into our own log: extend, commit.
//
// Holds: the last two of the five durable steps, for whole batches, and their replay at start.
// Knows nothing of: what a staged entry says.
// Source: DESIGN section 9 (append), FORMATS section 4.
//
// A restart finds out by itself where it stands: the keeper's size is the log's size, and nothing
// was asked of it yet; or it is larger by n, and the first n staged rows were its last batch, which
// are asked for again and give the same note.
#ifndef CLERK_APPEND_H
#define CLERK_APPEND_H
#include "clerk/node.h"

// Appends everything staged, in batches. Nothing staged is fine.
//   errors  ERR_LOCKED  the keeper signs nothing at present: the stage waits
//           ERR_GAP     the log signed more than the stage can explain: the store is older than the
//                       keeper; peers hold the entries (clerk/restore.h)
bool clerk_append(struct clerk *c, uint64_t *ret_count, struct err *err) MUST_USE;
// Founds the log: entry 0 is the roots' key manifest. Asked again with the same note: fine.
bool clerk_found(struct clerk *c, struct bytes manifest, struct err *err) MUST_USE;
#endif
