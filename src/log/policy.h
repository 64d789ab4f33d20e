// log/policy.h - the trust policy file: which logs, which witnesses, which of them suffice.
//
// Holds: reading, writing and evaluating a policy.
// Knows nothing of: communities and States; a community's policy is derived elsewhere, written and
// evaluated here.
// Source: C2SP tlog-policy (main, 2026-06-22).
//
//   log VKEY [URL]
//   witness NAME VKEY [URL]
//   group NAME all|any|K MEMBER...
//   quorum NAME|none
#ifndef LOG_POLICY_H
#define LOG_POLICY_H
#include "log/cosign.h"

struct policy_log {
    struct note_key key; // type 0x01; its name is the origin
    struct str url;      // empty when none is given
};
struct policy_witness {
    struct str name;     // within the file
    struct note_key key; // type 0x04 or 0x06
    struct str url;
};
struct policy_node { // a witness or a group
    bool is_group;
    size_t index;
};
struct policy_group {
    struct str name;
    struct str rule; // "all", "any" or the number as written
    size_t least;    // 1 <= least <= members_count
    const struct policy_node *members;
    size_t members_count;
};
struct policy {
    const struct policy_log *logs;
    size_t logs_count; // each at most POLICY_ITEMS_MAX
    const struct policy_witness *witnesses;
    size_t witnesses_count;
    const struct policy_group *groups;
    size_t groups_count;
    bool quorum_none; // no cosignature is asked for
    struct policy_node quorum;
};

// Strings borrow from `sent`; the arrays live in the arena. Comments and spacing are not kept.
// Names and URLs must be text (base/text.h), where C2SP allows any octet above 0x7F.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool policy_read(struct bytes sent, struct arena *a, struct policy *ret, struct err *err) MUST_USE;
// One canonical form: logs, witnesses, groups, quorum; single spaces, no comments. What is written
// reads back as the same policy.
void policy_write(const struct policy *policy, struct writer *w);

// Which of the policy's cosigners stand on the note? At most NOTE_SIGNATURES_MAX can.
//   errors  ERR_TAMPERED  a known key's line fails: the whole note is refused
//           ERR_DENIED    the quorum is not met
bool policy_check_quorum(const struct policy *policy, const struct note *note, struct arena *a,
                         struct err *err) MUST_USE;
// The whole rule: signed by one of the policy's logs, cosigned by its quorum. Borrows from `sent`.
bool policy_open(const struct policy *policy, struct bytes sent, struct arena *a,
                 struct checkpoint *ret, struct err *err) MUST_USE;
// Is the quorum met when exactly these witnesses (by index in the policy) have cosigned?
bool policy_met(const struct policy *policy, const bool *cosigned, struct arena *a, bool *ret_met,
                struct err *err) MUST_USE;
#endif
