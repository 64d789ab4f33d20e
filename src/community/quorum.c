#include "community/quorum.h"

#include <stdlib.h>

static const char clause[] = "FORMATS 6";

// One known cosigner's key and the State that owns it, by place in the community.
struct owned_key {
    struct note_key key;
    size_t state;
};
struct owned_keys {
    struct owned_key *items;
    size_t count;
};

static bool gather(const struct chains *all, size_t author, struct arena *scratch,
                   struct owned_keys *ret, struct err *err)
{
    size_t room = 0;
    size_t widest = 0;
    for (size_t i = 0; i < all->community->states_count; i++) {
        size_t keys = all->items[i] == NULL ? 0 : chain_cosigner_keys(all->items[i], NULL, 0);
        room += keys;
        widest = keys > widest ? keys : widest;
    }
    struct owned_key *items = arena_new(scratch, struct owned_key, room + 1);
    struct note_key *keys = arena_new(scratch, struct note_key, widest + 1);
    if (items == NULL || keys == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room for %zu cosigners' keys", room);
    size_t count = 0;
    for (size_t i = 0; i < all->community->states_count; i++) {
        if (i == author || all->items[i] == NULL)
            continue;
        size_t found = chain_cosigner_keys(all->items[i], keys, widest);
        for (size_t k = 0; k < found; k++)
            items[count++] = (struct owned_key){keys[k], i};
    }
    *ret = (struct owned_keys){items, count};
    return true;
}

static const struct owned_key *owner_of(const struct owned_keys *known,
                                        const struct note_signature *line)
{
    for (size_t i = 0; i < known->count; i++)
        if (known->items[i].key.id == line->id && str_eq(known->items[i].key.name, line->name))
            return &known->items[i];
    return NULL;
}

// The earliest time that counts, for each State that spoke.
struct voices {
    bool spoke[COMMUNITY_STATES_MAX];
    int64_t time_s[COMMUNITY_STATES_MAX];
};

static bool listen(const struct note *note, const struct owned_keys *known,
                   const struct moment *after, struct voices *v, struct err *err)
{
    for (size_t i = 0; i < note->signatures_count; i++) {
        const struct note_signature *line = &note->signatures[i];
        const struct owned_key *by = line->repeated ? NULL : owner_of(known, line);
        uint64_t time_s = 0;
        if (by == NULL)
            continue;
        if (!cosign_verify(line, note->text, &by->key, &time_s, err))
            return err_wrap(err, "cosignature of %.*s", STR_ARG(line->name));
        CHECK(time_s <= COSIGN_TIME_MAX);
        int64_t at = (int64_t)time_s;
        if (after != NULL && at <= after->s)
            continue;
        if (!v->spoke[by->state] || at < v->time_s[by->state])
            v->time_s[by->state] = at;
        v->spoke[by->state] = true;
    }
    return true;
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// When the group had spoken: the time of the last State it needed. False: it has not.
static bool group_time(const struct community_group *group, const struct voices *v,
                       int64_t *ret_time_s)
{
    int64_t times[COMMUNITY_STATES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < group->states_count; i++)
        if (v->spoke[group->states[i]])
            times[count++] = v->time_s[group->states[i]];
    if (count < group->needed)
        return false;
    qsort(times, count, sizeof *times, by_time);
    *ret_time_s = times[group->needed - 1];
    return true;
}

static void count_voices(const struct community *c, const struct voices *v, struct quorum *q)
{
    int64_t times[COMMUNITY_STATES_MAX + COMMUNITY_GROUPS_MAX];
    for (size_t i = 0; i < c->states_count; i++) {
        if (!v->spoke[i])
            continue;
        CHECK(q->cosigners_count < NOTE_SIGNATURES_MAX);
        q->cosigners[q->cosigners_count++] =
            (struct quorum_cosigner){&c->states[i], {v->time_s[i]}};
        if (c->states[i].group == COMMUNITY_NO_GROUP)
            times[q->counted++] = v->time_s[i];
    }
    for (size_t g = 0; g < c->groups_count; g++)
        q->counted += group_time(&c->groups[g], v, &times[q->counted]);
    q->met = q->counted >= q->needed;
    if (!q->met)
        return;
    qsort(times, q->counted, sizeof *times, by_time);
    q->met_at.s = times[q->needed - 1];
}

bool quorum_count(const struct chains *all, struct str author_origin, const struct note *checkpoint,
                  const struct moment *after, struct arena *scratch, struct quorum *ret,
                  struct err *err)
{
    struct owned_keys known = {0};
    struct voices *v = arena_new(scratch, struct voices, 1);
    const struct community_state *author = community_by_origin(all->community, author_origin);
    if (author == NULL)
        return err_set(err, ERR_NOT_FOUND, clause, "%.*s is no log of this community",
                       STR_ARG(author_origin));
    if (v == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room to count a quorum");
    if (!gather(all, (size_t)(author - all->community->states), scratch, &known, err) ||
        !listen(checkpoint, &known, after, v, err))
        return false;
    struct quorum q = {.needed = all->community->quorum,
                       .available = community_voices(all->community, author)};
    CHECK(q.needed > 0);
    count_voices(all->community, v, &q);
    *ret = q;
    return true;
}
