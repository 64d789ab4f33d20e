// access/register_check.h - a release, an export or a change, held against officers' approvals.
//
// Holds: opening an approval against the register, and the three decisions.
// Knows nothing of: the register's lines (access/register.h), passkeys (an approval by passkey is
// no note; FORMATS 5). Source: DESIGN section 8, FORMATS section 5.
#ifndef ACCESS_REGISTER_CHECK_H
#define ACCESS_REGISTER_CHECK_H
#include "access/register.h"
#include "record/approval.h"

// An approval whose signature was verified against the register. Only register_open_approval
// makes one.
struct verified_approval {
    struct approval approval;
    const struct officer *officer;
};
enum { APPROVAL_AHEAD_S_MAX = 7 * 86400 }; // `until` lies at most this far ahead: FORMATS 4
// Opens an approval note: exactly one signature line, by the officer it names, of this log, not
// past `until`, and `until` not more than seven days ahead.
//   errors  ERR_MALFORMED, ERR_LIMIT
//           ERR_NOT_FOUND  no such officer
//           ERR_TAMPERED   the signature does not verify
//           ERR_DENIED     another log, past its time, too far ahead
bool register_open_approval(const struct approver_register *r, struct bytes note, struct moment now,
                            struct verified_approval *ret, struct err *err) MUST_USE;

// What is to be decided, and on whose word.
struct decision_case {
    struct draft_id draft;
    const struct bytes *approvals; // notes
    size_t approvals_count;        // at most REGISTER_APPROVALS_MAX
    struct moment now;
};
// May this record leave? `text` is the record's text, whole or in the form officers approved. Every
// approval must be valid, for this draft and this text; different officers with the role releaser
// and the record's desk; as many as the rule asks. Any refusal among them refuses. Whether the
// drafter is one of them is the rule's business: under one officer he may be, under two he may be
// one of the two; so only the number of different officers counts here.
//   errors  ERR_DENIED  too few, the same officer twice, another desk or role, another draft or
//           text, a refusal; else those of register_open_approval and record_read
bool register_check_release(const struct approver_register *r, struct bytes text,
                            const struct decision_case *how, struct arena *scratch,
                            struct err *err) MUST_USE;
// May the proof of this sealed record's note be disclosed? Two officers with the role export and
// the desk that the record is from (our own) or to (received).
bool register_check_export(const struct approver_register *r, struct bytes note, enum desk desk,
                           const struct decision_case *how, struct err *err) MUST_USE;
// May `next` replace `old`? Version exactly one more, `previous` names `old`, the same log, and as
// many administrators of `old` approved the text of `next` as `old` asks for.
bool register_check_change(const struct approver_register *old,
                           const struct approver_register *next, const struct decision_case *how,
                           struct err *err) MUST_USE;
#endif
