// clerk/heard_shown.h - heard messages as they are shown, alone and beside records (docs/json.md).
//
// Holds: their fields, and where INBOX and SHOW name them.
// Knows nothing of: how the join is made (clerk/heard.h). A heard message is shown beside records,
// never as one: it has no delivery, no dialogue and no answers.
#ifndef CLERK_HEARD_SHOWN_H
#define CLERK_HEARD_SHOWN_H
#include "clerk/heard.h"

// The fields of a row, and all of them. Owned by the caller.
json_t *clerk_heard_row(const struct clerk *c, const struct clerk_heard *h);
bool clerk_heard_whole(const struct clerk *c, const struct clerk_heard *h, struct arena *a,
                       json_t **ret_owned, struct err *err) MUST_USE;
// "heard" of INBOX: what others said and no record here proves.
bool clerk_heard_put_inbox(struct clerk *c, const struct caller *who, json_t *shown,
                           struct err *err) MUST_USE;
// "heard" of SHOW: what was heard under this record's reference, and whether it is this record.
bool clerk_heard_put_show(struct clerk *c, const struct caller *who,
                          const struct clerk_held_record *o, json_t *shown,
                          struct err *err) MUST_USE;
// The record asked for is not held here. Where it was heard, the error says so and what to do.
void clerk_heard_instead(struct clerk *c, const struct caller *who, struct str ref,
                         struct err *err);
#endif
