#include "access/register_check.h"

#include <inttypes.h>

static const char clause[] = "FORMATS 5";

// -- one approval ---------------------------------------------------------------------------------

static bool check_times(const struct approval *approval, struct moment now, struct err *err)
{
    if (now.s > approval->until.s)
        return err_set(err, ERR_DENIED, clause, "the approval of %.*s is past its time",
                       STR_ARG(approval->officer));
    if (approval->until.s - now.s > APPROVAL_AHEAD_S_MAX)
        return err_set(err, ERR_DENIED, "FORMATS 4",
                       "the approval of %.*s runs for more than seven days",
                       STR_ARG(approval->officer));
    return true;
}

bool register_open_approval(const struct approver_register *r, struct bytes sent, struct moment now,
                            struct verified_approval *ret, struct err *err)
{
    struct note note;
    struct verified_approval v;
    uint64_t verified = 0;
    if (!note_read(sent, &note, err) || !approval_read(note.text, &v.approval, err))
        return false;
    if (note.signatures_count != 1)
        return err_set(err, ERR_MALFORMED, clause, "an approval has exactly one signature line");
    if (!str_eq(v.approval.log, r->log))
        return err_set(err, ERR_DENIED, clause, "an approval for the log of %.*s, not %.*s",
                       STR_ARG(v.approval.log), STR_ARG(r->log));
    v.officer = register_officer(r, v.approval.officer);
    if (v.officer == NULL)
        return err_set(err, ERR_NOT_FOUND, clause, "no officer %.*s is in the register",
                       STR_ARG(v.approval.officer));
    if (!note_verify(&note, &v.officer->key, 1, &verified, err))
        return err_wrap(err, "approval of %.*s", STR_ARG(v.approval.officer));
    CHECK(verified == 1);
    if (!check_times(&v.approval, now, err))
        return false;
    *ret = v;
    return true;
}

// -- all approvals of one decision ----------------------------------------------------------------

struct wanted {
    enum decision decision;
    struct digest text;
    enum officer_role role;
    enum desk desk; // DESK_NONE: any
    size_t needed;
};

static bool check_subject(const struct wanted *w, const struct decision_case *how,
                          const struct approval *approval, struct err *err)
{
    if (memcmp(approval->draft.octets, how->draft.octets, sizeof how->draft.octets) != 0)
        return err_set(err, ERR_DENIED, clause, "%.*s decided about another draft",
                       STR_ARG(approval->officer));
    if (!digest_eq(&approval->text, &w->text))
        return err_set(err, ERR_DENIED, clause, "%.*s decided about another text",
                       STR_ARG(approval->officer));
    if (approval->decision == DECISION_REFUSE)
        return err_set(err, ERR_DENIED, clause, "%.*s refused it", STR_ARG(approval->officer));
    if (approval->decision != w->decision)
        return err_set(err, ERR_DENIED, clause, "%.*s approved a %s, not a %s",
                       STR_ARG(approval->officer), decision_word(approval->decision),
                       decision_word(w->decision));
    return true;
}

static bool check_officer(const struct wanted *w, const struct officer *o, struct err *err)
{
    if (!officer_has_role(o, w->role))
        return err_set(err, ERR_DENIED, clause, "%.*s does not have the role %s", STR_ARG(o->name),
                       officer_role_word(w->role));
    if (w->desk != DESK_NONE && !officer_has_desk(o, w->desk))
        return err_set(err, ERR_DENIED, clause, "%.*s does not sit at the %s desk",
                       STR_ARG(o->name), desk_word(w->desk));
    return true;
}

static bool is_among(const struct officer *const *counted, size_t count, const struct officer *o)
{
    for (size_t i = 0; i < count; i++)
        if (counted[i] == o)
            return true;
    return false;
}

static bool check_approvals(const struct approver_register *r, const struct wanted *w,
                            const struct decision_case *how, struct err *err)
{
    const struct officer *counted[REGISTER_APPROVALS_MAX];
    size_t count = 0;
    CHECK(w->needed > 0);
    if (how->approvals_count > REGISTER_APPROVALS_MAX)
        return err_set(err, ERR_LIMIT, clause, "more than %d approvals", REGISTER_APPROVALS_MAX);
    for (size_t i = 0; i < how->approvals_count; i++) {
        struct verified_approval v;
        if (!register_open_approval(r, how->approvals[i], how->now, &v, err) ||
            !check_subject(w, how, &v.approval, err) || !check_officer(w, v.officer, err))
            return err_wrap(err, "approval %zu", i + 1);
        if (is_among(counted, count, v.officer))
            return err_set(err, ERR_DENIED, clause, "%.*s approved twice, which counts once",
                           STR_ARG(v.officer->name));
        counted[count++] = v.officer;
    }
    if (count < w->needed)
        return err_set(err, ERR_DENIED, clause, "%zu of %zu needed officers approved", count,
                       w->needed);
    return true;
}

// -- the three decisions --------------------------------------------------------------------------

bool register_check_release(const struct approver_register *r, struct bytes text,
                            const struct decision_case *how, struct arena *scratch, struct err *err)
{
    struct str approved;
    struct record record;
    struct wanted w = {.decision = DECISION_RELEASE, .role = OFFICER_RELEASER};
    if (!record_read_approved(scratch, text, &record, err)) {
        // Not the approved form; then it must be the whole text.
        *err = (struct err){0};
        if (!record_text_approved(scratch, text, &approved, err) ||
            !record_read_approved(scratch, str_bytes(approved), &record, err))
            return err_wrap(err, "release");
    }
    if (!record_approved_digest(scratch, text, &w.text, err))
        return err_wrap(err, "release");
    if (record.type->signer != RECORD_BY_ISSUER)
        return err_set(err, ERR_DENIED, clause, "a record of type %s is not released by officers",
                       record.type->name);
    if (!str_eq(record.log, r->log))
        return err_set(err, ERR_DENIED, clause, "a record of the log of %.*s, not %.*s",
                       STR_ARG(record.log), STR_ARG(r->log));
    if (record.from.desk == DESK_NONE)
        return err_set(err, ERR_DENIED, clause, "a released record is from a desk");
    w.desk = record.from.desk;
    w.needed = register_rule_for(r, &record)->approvals;
    return check_approvals(r, &w, how, err);
}

bool register_check_export(const struct approver_register *r, struct bytes note, enum desk desk,
                           const struct decision_case *how, struct err *err)
{
    enum { EXPORT_OFFICERS = 2 }; // DESIGN 8: whatever the rules say
    struct wanted w = {.decision = DECISION_EXPORT,
                       .text = digest_of(note),
                       .role = OFFICER_EXPORT,
                       .desk = desk,
                       .needed = EXPORT_OFFICERS};
    if (desk == DESK_NONE)
        return err_set(err, ERR_DENIED, clause, "a disclosure is decided at a desk");
    return check_approvals(r, &w, how, err);
}

bool register_check_change(const struct approver_register *old,
                           const struct approver_register *next, const struct decision_case *how,
                           struct err *err)
{
    struct wanted w = {.decision = DECISION_REGISTER,
                       .text = next->hash,
                       .role = OFFICER_ADMINISTRATOR,
                       .needed = old->change};
    if (!str_eq(next->log, old->log))
        return err_set(err, ERR_DENIED, clause, "a register of the log of %.*s, not %.*s",
                       STR_ARG(next->log), STR_ARG(old->log));
    if (next->version <= old->version || next->version - old->version != 1)
        return err_set(err, ERR_CONFLICT, clause,
                       "register version %" PRIu64 " does not follow on %" PRIu64, next->version,
                       old->version);
    if (!next->has_previous || !digest_eq(&next->previous, &old->hash))
        return err_set(err, ERR_CONFLICT, clause,
                       "the new register names another as the one before");
    return check_approvals(old, &w, how, err);
}
