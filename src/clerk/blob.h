// clerk/blob.h - bodies and attachments on their way in, and out to officers.
//
// Holds: who may leave a blob here, resuming at an offset, what happens once one is complete, and
// which officer may read which blob.
// Knows nothing of: HTTP; who may fetch a blob from here (the courier asks the store).
// Source: DESIGN 5.3 and 5.4, FORMATS sections 3 and 7.
#ifndef CLERK_BLOB_H
#define CLERK_BLOB_H
#include "clerk/acts.h"

// May this connection's officer read the blob? Only one that a record of a desk of theirs names.
//   errors  ERR_NOT_FOUND, as if it did not exist
bool clerk_blob_readable(struct clerk *c, struct clerk_io *io, const struct digest *hash,
                         struct err *err) MUST_USE;
// May a draft of this desk have it as an attachment? One that nobody names yet, as an upload is, or
// that a record of this desk has already; never a record's body.
bool clerk_blob_attachable(struct clerk *c, struct arena *a, const struct digest *hash,
                           enum desk desk, bool *ret_may, struct err *err) MUST_USE;
#endif
