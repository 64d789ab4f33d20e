// clerk/restore.h - after a restore: nothing is signed until a quorum has shown what it holds.
//
// Holds: collecting peers' answers about our own log, importing it back, asking the keeper to
// resume. Source: DESIGN section 9 (restore), FORMATS section 10.
#ifndef CLERK_RESTORE_H
#define CLERK_RESTORE_H
#include "clerk/node.h"

// Shows the keeper its own checkpoint as somebody else holds it, with what our tiles say of that
// size, so that it can tell an old one of its own from another history.
//   errors  those of keeper_shown_checkpoint
bool clerk_restore_show_keeper(struct clerk *c, struct bytes note, struct err *err) MUST_USE;
// A peer shows the newest checkpoint of ours that it cosigned, in an open session (`written` 0) or
// in a file of its own that was written then. Only answers of this process's life count, and only
// files from after the restore: an old one says what was, and a stack of them would make a quorum.
// Without a restore nothing is remembered.
//   errors  ERR_DENIED  the file is from before the restore: a new one is needed
bool clerk_restore_answer(struct clerk *c, struct str from, struct bytes checkpoint,
                          struct moment written, struct err *err) MUST_USE;
// One step; nothing to do is fine. Called after every turn while the keeper waits.
bool clerk_restore_step(struct clerk *c, struct err *err) MUST_USE;
// How many entries of our own log were fetched back and are not open yet. 0 without a restore.
bool clerk_restore_unopened(struct clerk *c, struct txn *exchange, uint64_t *ret,
                            struct err *err) MUST_USE;
// May this pair (XA/XB, or XA of open records) be given a number? Not while own entries are
// unopened, any of which may have used it, unless an officer accepted the gap for this pair.
//   errors  ERR_LOCKED  naming how many, and what to do
bool clerk_restore_may_number(struct clerk *c, struct txn *exchange, struct str pair,
                              struct err *err) MUST_USE;
// An officer accepts it: as many numbers as entries are unopened are left out, once.
//   errors  ERR_CONFLICT  no own entry is unopened; ERR_LOCKED  the log is not all back yet;
//           ERR_LIMIT
bool clerk_restore_accept_gap(struct clerk *c, struct str pair, struct str officer,
                              uint64_t *ret_left_out, struct err *err) MUST_USE;
// Told when entries of our own log are taken from others.
bool clerk_restore_mark(struct txn *exchange, struct err *err) MUST_USE;
// Erases every draft and all that was begun before a restore: it is void (FORMATS 10).
bool clerk_restore_void(struct clerk *c, struct err *err) MUST_USE;
void clerk_restore_forget(struct clerk *c); // called by clerk_close
#endif
