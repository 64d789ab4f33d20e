// access/register.h - the keeper's register: who may approve, and how many it takes.
//
// Holds: officers with their keys, desks and roles; the release rules, read and written exactly.
// Knows nothing of: approvals (access/register_check.h), what a record says beyond its handling,
// where the register is kept, passkeys. Nothing in it ever leaves the node.
// Source: DESIGN section 8, FORMATS section 5; the lines are this header's own (docs/wire.md).
//
//   elchi register v1
//   log xa.example/demo
//   version N                          1 is made by `elchi init`
//   previous none                      or sha256:HEX of the register before
//   change M                           administrators that a change takes, at least 1
//   officer NAME VKEY DESKS ROLES   +  ascending by NAME; VKEY is named ORIGIN/officer/NAME; DESKS
//                                      and ROLES are words joined by commas, in the tables' order;
//                                      `-` for no desk
//   rule desk=* type=* to=* tlp=* precedence=* approvals=2
//                                   +  the first that fits decides; the last fits everything;
//                                      to=XB is a State, to=all an open record
#ifndef ACCESS_REGISTER_H
#define ACCESS_REGISTER_H
#include "log/note.h"
#include "record/record.h"

#define OFFICER_ROLES(X)                                                                \
    X(OFFICER_DRAFTER, "drafter")             /* writes drafts for its desks */         \
    X(OFFICER_RELEASER, "releaser")           /* lets them leave as the State's word */ \
    X(OFFICER_EXPORT, "export")               /* lets a proof of a sealed record out */ \
    X(OFFICER_ADMINISTRATOR, "administrator") /* changes this register; reads no body by it */
#define OFFICER_ENUM(name, word) name,
enum officer_role { OFFICER_ROLES(OFFICER_ENUM) OFFICER_ROLE_COUNT };
#undef OFFICER_ENUM
const char *officer_role_word(enum officer_role role);

struct officer {
    struct str name; // [a-z0-9][a-z0-9._-]{0,63}
    struct note_key key;
    unsigned desks; // bit d set: enum desk d
    unsigned roles; // bit r set: enum officer_role r
};
bool officer_has_desk(const struct officer *o, enum desk desk);
bool officer_has_role(const struct officer *o, enum officer_role role);

struct release_rule { // DESK_NONE, an empty name, TLP_NONE, PRECEDENCE_COUNT: anything
    enum desk desk;
    struct str type;
    struct str to; // a State's code, "all", or empty
    enum tlp tlp;
    enum precedence precedence;
    unsigned approvals; // 1 or 2
};

// Made by register_read only. (`register` alone is a keyword of C.)
struct approver_register {
    struct str text;    // whole; borrowed
    struct digest hash; // of the text: what approvals of a change bind
    struct str log;     // origin
    uint64_t version;
    bool has_previous;
    struct digest previous;
    unsigned change;
    const struct officer *officers;
    size_t officers_count;
    const struct release_rule *rules;
    size_t rules_count;
};

// Reads a whole register; the result lives in the arena and borrows `sent`.
//   errors  ERR_MALFORMED, ERR_DENIED (a small-order key, a key twice, too few administrators for
//           a change or releasers for a rule), ERR_LIMIT
bool register_read(struct arena *a, struct bytes sent, struct approver_register *ret,
                   struct err *err) MUST_USE;
// Writes the one encoding from fields that anyone may fill, and reads it back.
bool register_write(const struct approver_register *r, struct arena *a, struct bytes *ret,
                    struct err *err) MUST_USE;

const struct officer *register_officer(const struct approver_register *r, struct str name);
// The first rule that fits the record's handling.
const struct release_rule *register_rule_for(const struct approver_register *r,
                                             const struct record *record);
#endif
