#include "community/chains.h"

#include <stdlib.h>

const struct chain *chains_of(const struct chains *all, struct str origin)
{
    const struct community_state *state = community_by_origin(all->community, origin);
    if (state == NULL)
        return NULL;
    return all->items[state - all->community->states];
}

// -- what the record room asks -------------------------------------------------------------------

static bool find(void *context, struct str origin, struct leaf_index index, const char *role,
                 struct sign_public *ret)
{
    const struct chains *all = context;
    const struct chain *chain = chains_of(all, origin);
    const struct note_key *key = NULL;
    enum keys_role found;
    struct err why = {0}; // the record room says "no key in force"; it needs no more
    if (chain == NULL || index.n >= TREE_SIZE_MAX || !keys_role_read(str_of(role), &found))
        return false;
    if (!chain_entry_key(chain, index, found, &key, &why))
        return false;
    *ret = key->key;
    return true;
}

static bool is_manifest(void *context, struct str origin, struct leaf_index index,
                        const struct digest *note)
{
    const struct chain *chain = chains_of(context, origin);
    for (size_t i = 0; chain != NULL && i < chain->count; i++) {
        const struct chain_link *link = chain->links[i];
        if (!link->seen || link->index != index.n)
            continue;
        struct digest held = digest_of(link->manifest.note);
        return digest_eq(&held, note);
    }
    return false;
}

static bool belongs(void *context, const struct state_code *state, struct str origin)
{
    const struct chains *all = context;
    const struct community_state *s = community_by_code(all->community, state_code_str(state));
    return s != NULL && str_eq(s->origin, origin);
}

struct record_keys chains_record_keys(const struct chains *all)
{
    // The table carries one pointer for every kind of context; ours is only ever read.
    union {
        const struct chains *from;
        void *to;
    } context = {.from = all};
    return (struct record_keys){
        .context = context.to, .find = find, .is_manifest = is_manifest, .belongs = belongs};
}

// -- no public key twice -------------------------------------------------------------------------

struct enrolled {
    const struct note_key *key;
};

static int by_public(const void *a, const void *b)
{
    const struct enrolled *x = a;
    const struct enrolled *y = b;
    return memcmp(x->key->key.octets, y->key->key.octets, sizeof x->key->key.octets);
}

static size_t gather_one(const struct keys_record *k, struct enrolled *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < k->roots_count; i++)
        ret[count++].key = &k->roots[i];
    for (int i = 0; i < KEYS_ROLE_COUNT; i++)
        if (k->present[i])
            ret[count++].key = &k->keys[i];
    return count;
}

bool chains_check_keys(const struct chains *all, struct arena *scratch, struct err *err)
{
    size_t links = 0;
    size_t count = 0;
    for (size_t i = 0; i < all->community->states_count; i++)
        links += all->items[i] == NULL ? 0 : all->items[i]->count;
    struct enrolled *keys =
        arena_new(scratch, struct enrolled, links * (MANIFEST_ROOTS_MAX + KEYS_ROLE_COUNT) + 1);
    if (keys == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room to compare the keys of a community");
    for (size_t i = 0; i < all->community->states_count; i++)
        for (size_t v = 0; all->items[i] != NULL && v < all->items[i]->count; v++)
            count += gather_one(&all->items[i]->links[v]->manifest.keys, keys + count);
    qsort(keys, count, sizeof *keys, by_public);
    for (size_t i = 1; i < count; i++)
        if (by_public(&keys[i - 1], &keys[i]) == 0 && !note_key_eq(keys[i - 1].key, keys[i].key))
            return err_set(err, ERR_DENIED, "DESIGN 5.1", "one public key serves %.*s and %.*s",
                           STR_ARG(keys[i - 1].key->name), STR_ARG(keys[i].key->name));
    return true;
}
