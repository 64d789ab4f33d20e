// courier/publish.h - a log as static files: checkpoint, hash tiles, entry bundles.
//
// Holds: what stands behind each path of C2SP tlog-tiles, read from the exchange store.
// Knows nothing of: who asks. Entries hold no body; there is no path to a blob.
// Source: C2SP tlog-tiles; refs, logs 1.7.
#ifndef COURIER_PUBLISH_H
#define COURIER_PUBLISH_H
#include "courier/share.h"

// `log`: SHA-256 of an origin, or NULL for our own. `path`: "checkpoint" or "tile/...".
//   errors  ERR_NOT_FOUND, ERR_MALFORMED (the path)
bool publish_path(struct view *v, const struct digest *log, struct str path, struct arena *a,
                  struct bytes *ret, const char **ret_type, struct err *err) MUST_USE;
#endif
