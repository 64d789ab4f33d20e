#include "community/policy_derive.h"

#include "log/policy.h"

static const char clause[] = "FORMATS 6";

struct deriving {
    const struct chains *all;
    const struct community_state *author;
    struct arena *arena;
    struct policy_log log;
    struct policy_witness *witnesses;
    size_t witnesses_count;
    struct policy_group *groups;
    size_t groups_count;
    size_t *group_of_state; // the group named after the State, or SIZE_MAX
};

static bool no_room(struct err *err)
{
    return err_set(err, ERR_LIMIT, clause, "no room for a policy");
}

static bool add_witness(struct deriving *d, const struct community_state *s, const char *role,
                        const struct note_key *key, struct err *err)
{
    struct policy_witness *w = &d->witnesses[d->witnesses_count];
    if (!arena_fmt(d->arena, &w->name, err, "%.*s-%s", STR_ARG(s->code), role))
        return false;
    w->key = *key;
    w->url = STR("");
    d->witnesses_count++;
    return true;
}

// A State of which we know a manifest: its two lines, and the group that counts them as one.
static bool add_state(struct deriving *d, size_t at, struct err *err)
{
    const struct community_state *s = &d->all->community->states[at];
    const struct chain *chain = d->all->items[at];
    d->group_of_state[at] = SIZE_MAX;
    if (s == d->author || chain == NULL || chain->count == 0)
        return true;
    const struct keys_record *keys = &chain_newest(chain)->keys;
    struct policy_node *members = arena_new(d->arena, struct policy_node, 2);
    if (members == NULL)
        return no_room(err);
    members[0] = (struct policy_node){false, d->witnesses_count};
    members[1] = (struct policy_node){false, d->witnesses_count + 1};
    if (!add_witness(d, s, "witness", &keys->keys[KEYS_WITNESS], err) ||
        !add_witness(d, s, "mirror", &keys->keys[KEYS_MIRROR], err))
        return false;
    d->group_of_state[at] = d->groups_count;
    d->groups[d->groups_count++] = (struct policy_group){
        .name = s->code, .rule = STR("any"), .least = 1, .members = members, .members_count = 2};
    return true;
}

static bool add_group(struct deriving *d, struct str name, size_t needed,
                      const struct policy_node *members, size_t count, struct err *err)
{
    struct str rule;
    if (!arena_fmt(d->arena, &rule, err, "%zu", needed))
        return false;
    d->groups[d->groups_count++] = (struct policy_group){
        .name = name, .rule = rule, .least = needed, .members = members, .members_count = count};
    return true;
}

// A group of the community, if enough of it is known; it may then speak in the quorum.
static bool add_community_group(struct deriving *d, const struct community_group *group,
                                struct policy_node *quorum, size_t *quorum_count, struct err *err)
{
    size_t count = 0;
    struct policy_node *members = arena_new(d->arena, struct policy_node, group->states_count);
    if (members == NULL)
        return no_room(err);
    for (size_t i = 0; i < group->states_count; i++)
        if (d->group_of_state[group->states[i]] != SIZE_MAX)
            members[count++] = (struct policy_node){true, d->group_of_state[group->states[i]]};
    if (count < group->needed)
        return true;
    quorum[(*quorum_count)++] = (struct policy_node){true, d->groups_count};
    return add_group(d, group->name, group->needed, members, count, err);
}

static bool add_quorum(struct deriving *d, struct err *err)
{
    const struct community *c = d->all->community;
    size_t count = 0;
    struct policy_node *members =
        arena_new(d->arena, struct policy_node, COMMUNITY_STATES_MAX + COMMUNITY_GROUPS_MAX);
    if (members == NULL)
        return no_room(err);
    for (size_t i = 0; i < c->states_count; i++)
        if (c->states[i].group == COMMUNITY_NO_GROUP && d->group_of_state[i] != SIZE_MAX)
            members[count++] = (struct policy_node){true, d->group_of_state[i]};
    for (size_t g = 0; g < c->groups_count; g++)
        if (!add_community_group(d, &c->groups[g], members, &count, err))
            return false;
    if (count < c->quorum)
        return err_set(err, ERR_GAP, clause,
                       "manifests of %zu other voices are known; the quorum needs %u", count,
                       c->quorum);
    return add_group(d, STR("q"), c->quorum, members, count, err);
}

static bool begin(struct deriving *d, struct str author_origin, struct err *err)
{
    const struct community *c = d->all->community;
    d->author = community_by_origin(c, author_origin);
    const struct chain *chain = d->author == NULL ? NULL : chains_of(d->all, author_origin);
    if (chain == NULL || chain->count == 0)
        return err_set(err, ERR_NOT_FOUND, clause, "no manifest of %.*s in this community is known",
                       STR_ARG(author_origin));
    d->log = (struct policy_log){chain_newest(chain)->keys.keys[KEYS_LOG], STR("")};
    d->witnesses = arena_new(d->arena, struct policy_witness, 2 * c->states_count);
    d->groups = arena_new(d->arena, struct policy_group, c->states_count + c->groups_count + 1);
    d->group_of_state = arena_new(d->arena, size_t, c->states_count);
    if (d->witnesses == NULL || d->groups == NULL || d->group_of_state == NULL)
        return no_room(err);
    return true;
}

bool policy_derive(const struct chains *all, struct str author_origin, struct arena *a,
                   struct str *ret, struct err *err)
{
    struct deriving d = {.all = all, .arena = a};
    if (!begin(&d, author_origin, err))
        return false;
    for (size_t i = 0; i < all->community->states_count; i++)
        if (!add_state(&d, i, err))
            return false;
    if (!add_quorum(&d, err))
        return false;
    struct policy policy = {
        .logs = &d.log,
        .logs_count = 1,
        .witnesses = d.witnesses,
        .witnesses_count = d.witnesses_count,
        .groups = d.groups,
        .groups_count = d.groups_count,
        .quorum = {true, d.groups_count - 1},
    };
    // Every State needs below 1 KiB: two keys, three names, twice named in groups.
    size_t room = 2048 + all->community->states_count * 1024 + all->community->groups_count * 256;
    uint8_t *storage = arena_new(a, uint8_t, room);
    if (storage == NULL)
        return no_room(err);
    struct writer w = writer_of(storage, room);
    policy_write(&policy, &w);
    CHECK(!w.full);
    *ret = (struct str){(const char *)w.ptr, w.len};
    return true;
}
