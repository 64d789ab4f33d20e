// clerk/officer.h - who is at the other end, and what the register in force lets them do.
//
// Holds: the proof of an officer's key on a connection, and the one question every act asks before
// it shows or does anything.
// Knows nothing of: which frame asks what (clerk/frames.h), the release rules (the keeper's).
// Source: FORMATS section 10; access/rights.h for the table of needs.
#ifndef CLERK_OFFICER_H
#define CLERK_OFFICER_H
#include "access/register_check.h"
#include "clerk/acts.h"

// The caller as the register in force knows it; lives in io->arena.
struct clerk_who {
    struct approver_register approvers;
    struct caller caller; // an officer, or the node's administrator by uid
};
//   errors  ERR_DENIED  the officer no longer stands in the register
bool clerk_who(struct clerk *c, struct clerk_io *io, struct clerk_who *ret,
               struct err *err) MUST_USE;
// May this connection's officer do what asks for `need`, at `desk`?
//   errors  ERR_DENIED, saying what is missing
bool clerk_need(struct clerk *c, struct clerk_io *io, enum need need, enum desk desk,
                struct err *err) MUST_USE;
// The officer's name for the audit; the process's own when nobody proved one.
struct str clerk_officer_name(const struct clerk_io *io);

// What an officer signs to prove the key, so that no other text can be mistaken for it:
//   elchi hello v1\n
//   log ORIGIN\n
//   officer NAME\n
//   challenge HEX64\n
bool clerk_hello_write(struct str origin, struct str officer, const uint8_t challenge[32],
                       struct arena *a, struct str *ret, struct err *err) MUST_USE;
#endif
