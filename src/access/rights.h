// access/rights.h - who may do what: one table of needs against callers, roles and desks.
//
// Holds: the needs that routes and commands name, and the one function that answers them.
// Knows nothing of: routes, sessions, accounts' storage. To http a need is a number; here it has a
// meaning. Zero is no need, so a row that forgot its column fails.
// Source: DESIGN sections 1 and 8, FORMATS section 10, STYLE section 8.
#ifndef ACCESS_RIGHTS_H
#define ACCESS_RIGHTS_H
#include "access/register.h"

enum caller_kind {
    CALLER_NONE,    // not established: may do nothing
    CALLER_ANYONE,  // no session
    CALLER_PEER,    // a pinned peer's TLS key
    CALLER_TOOL,    // a TAXII client's token, bound to desks
    CALLER_LOCAL,   // the node administrator, by uid at the local socket
    CALLER_OFFICER, // a session or a signed challenge
    CALLER_KIND_COUNT
};
struct caller {
    enum caller_kind kind;
    const struct officer *officer; // CALLER_OFFICER only; borrowed from the register
    unsigned desks;                // CALLER_TOOL only: bit d set
};

#define RIGHTS_NEEDS(                                                                          \
    X) /* name, word, callers' kinds, officers' roles (0: any), bound to a desk? */            \
    X(NEED_INVALID, "invalid", 0, 0, false)                                                    \
    X(NEED_NOTHING, "nothing", KINDS_ALL, 0, false) /* sign-in page, assets */                 \
    X(NEED_PEER, "peer", KIND_PEER, 0, false)       /* session, blobs, witness, mirror */      \
    X(NEED_STATUS, "status", KIND_LOCAL | KIND_OFFICER, 0, false) /* reads no body */          \
    X(NEED_OPERATE, "operate", KIND_LOCAL, 0, false)   /* backup, rebuild, peers, bundles */   \
    X(NEED_OFFICER, "officer", KIND_OFFICER, 0, false) /* one's own account, the calm pages */ \
    X(NEED_READ, "read", KIND_OFFICER, 0, true)        /* a desk's records */                  \
    X(NEED_DRAFT, "draft", KIND_OFFICER, ROLE_BIT_DRAFTER | ROLE_BIT_RELEASER, true)           \
    X(NEED_RELEASE, "release", KIND_OFFICER, ROLE_BIT_RELEASER, true)                          \
    X(NEED_EXPORT, "export", KIND_OFFICER, ROLE_BIT_EXPORT, true)                              \
    X(NEED_ADMINISTER, "administer", KIND_OFFICER, ROLE_BIT_ADMINISTRATOR, false)              \
    X(NEED_APPLY, "apply", KIND_OFFICER, ROLE_BIT_RELEASER, false) /* a community change */    \
    X(NEED_TOOL_READ, "tool-read", KIND_TOOL, 0, true)                                         \
    X(NEED_TOOL_DRAFT, "tool-draft", KIND_TOOL, 0, true) /* becomes a draft, never a release */
#define NEED_ENUM(name, word, kinds, roles, desk) name,
enum need { RIGHTS_NEEDS(NEED_ENUM) NEED_COUNT };
#undef NEED_ENUM
const char *need_word(enum need need);

// May the caller do what asks for `need`, at `desk`? DESK_NONE where the need is not bound to one;
// a need that is bound to a desk refuses DESK_NONE.
//   errors  ERR_DENIED, saying what is missing
bool rights_check(const struct caller *who, enum need need, enum desk desk,
                  struct err *err) MUST_USE;
bool rights_has(const struct caller *who, enum need need, enum desk desk); // for hiding buttons
#endif
