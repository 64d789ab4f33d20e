#include "log/policy.h"

static const char clause[] = "C2SP tlog-policy";

static bool no_memory(struct err *err)
{
    return err_set(err, ERR_LIMIT, clause, "evaluating a policy does not fit its memory");
}

// Members stand above their group, so `met` is settled for each of them.
static size_t members_met(const struct policy_group *group, const bool *cosigned, const bool *met)
{
    size_t count = 0;
    for (size_t m = 0; m < group->members_count; m++) {
        struct policy_node node = group->members[m];
        count += node.is_group ? met[node.index] : cosigned[node.index];
    }
    return count;
}

bool policy_met(const struct policy *policy, const bool *cosigned, struct arena *a, bool *ret_met,
                struct err *err)
{
    bool *met = arena_new(a, bool, policy->groups_count + 1);
    if (met == NULL)
        return no_memory(err);
    // One pass in the file's order settles every group.
    for (size_t g = 0; g < policy->groups_count; g++)
        met[g] = members_met(&policy->groups[g], cosigned, met) >= policy->groups[g].least;
    if (policy->quorum_none)
        *ret_met = true;
    else
        *ret_met =
            policy->quorum.is_group ? met[policy->quorum.index] : cosigned[policy->quorum.index];
    return true;
}

bool policy_check_quorum(const struct policy *policy, const struct note *note, struct arena *a,
                         struct err *err)
{
    bool met = false;
    bool *cosigned = arena_new(a, bool, policy->witnesses_count + 1);
    if (cosigned == NULL)
        return no_memory(err);
    for (size_t i = 0; i < policy->witnesses_count; i++) {
        const struct note_key *key = &policy->witnesses[i].key;
        const struct note_signature *line = note_line_of(note, key);
        uint64_t time_s = 0;
        if (line == NULL || key->type != NOTE_KEY_COSIGNER)
            continue;
        if (!cosign_verify(line, note->text, key, &time_s, err))
            return false;
        cosigned[i] = true;
    }
    if (!policy_met(policy, cosigned, a, &met, err))
        return false;
    return met || err_set(err, ERR_DENIED, clause, "the policy's quorum has not cosigned");
}

bool policy_open(const struct policy *policy, struct bytes sent, struct arena *a,
                 struct checkpoint *ret, struct err *err)
{
    struct note note = {0};
    struct checkpoint_claim claim = {0};
    struct checkpoint head;
    size_t count = 0;
    if (!note_read(sent, &note, err) || !checkpoint_read(note.text, &claim, err))
        return false;
    struct note_key *keys = arena_new(a, struct note_key, policy->logs_count + 1);
    if (keys == NULL)
        return no_memory(err);
    // A log's key is good for the origin it is named after and for no other.
    for (size_t i = 0; i < policy->logs_count; i++)
        if (str_eq(policy->logs[i].key.name, claim.said.origin))
            keys[count++] = policy->logs[i].key;
    if (count == 0)
        return err_set(err, ERR_DENIED, clause, "the log %.*s is not in the policy",
                       STR_ARG(claim.said.origin));
    if (!checkpoint_open(sent, claim.said.origin, keys, count, &head, &note, err) ||
        !policy_check_quorum(policy, &note, a, err))
        return false;
    *ret = head;
    return true;
}
