// community/community_lines.h - the community file's lines, one by one.
//
// Holds: the reader and writer behind community_read and community_write: shape only.
// Knows nothing of: rules across States (community/community.c applies them).
// Source: the drawing in community/community.h.
#ifndef COMMUNITY_COMMUNITY_LINES_H
#define COMMUNITY_COMMUNITY_LINES_H
#include "community/community.h"

// Fills everything but `text` and `hash`. Group members must be States of the file.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool community_lines_read(struct arena *a, struct str text, struct community *ret,
                          struct err *err) MUST_USE;
//   errors  ERR_LIMIT
bool community_lines_write(const struct community *c, struct arena *a, struct bytes *ret,
                           struct err *err) MUST_USE;
#endif
