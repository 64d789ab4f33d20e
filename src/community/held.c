#include "community/held.h"

#include "base/limits.h"
#include "store/exchange_peer.h"
#include "store/exchange_stage.h"
#include "store/exchange_witness.h"

struct loading {
    struct held *held;
    struct txn *txn;
    struct arena *arena;
    struct chain *chain;
};

static bool take_manifest(void *context, const struct exchange_manifest *row, struct err *err)
{
    struct loading *l = context;
    enum chain_outcome outcome;
    if (!row->logged)
        // Version 1 is entry 0 by definition; where a later one stands is for the log to show.
        return chain_add_claimed(l->chain, row->version == 1 ? 0 : CHAIN_INDEX_NONE, row->note,
                                 err);
    return chain_add_logged(l->chain, row->at.n, row->note, &outcome, NULL, NULL, err);
}

static bool load_chain(struct loading *l, size_t at, struct err *err)
{
    const struct community_state *state = &l->held->community.states[at];
    struct exchange_log log;
    struct err why = {0};
    if (!exchange_log_find(l->txn, state->origin, l->arena, &log, &why))
        return why.kind == ERR_NOT_FOUND ? true
                                         : err_set(err, why.kind, why.clause, "%s", why.text);
    l->chain = arena_new(l->arena, struct chain, 1);
    if (l->chain == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many manifests");
    chain_init(l->chain, l->arena, state->origin, state->code, &state->genesis);
    if (!exchange_manifests(l->txn, log.id, 0, CHAIN_VERSIONS_MAX, take_manifest, l, err))
        return err_wrap(err, "manifests of %.*s", STR_ARG(state->code));
    if (l->chain->count > 0)
        l->held->chain_items[at] = l->chain;
    return true;
}

static bool take_partner(void *context, const struct exchange_peer *row, struct err *err)
{
    struct loading *l = context;
    const struct community_state *state = community_by_origin(&l->held->community, row->origin);
    struct str rest = row->functions;
    struct str word;
    enum optin_function f;
    if (state == NULL || rest.len == 0)
        return true; // no longer of this community: nothing is on
    while (str_split(&rest, ' ', &word))
        if (!optin_from_word(word, &f) || !optin_set(&l->held->optin, state->code, f, true, err))
            return err_set(err, ERR_MALFORMED, "community/optin.h", "function %.*s", STR_ARG(word));
    return true;
}

static bool load_states(struct loading *l, struct err *err)
{
    size_t count = l->held->community.states_count;
    l->held->chain_items = arena_new(l->arena, struct chain *, count);
    if (l->held->chain_items == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many States");
    for (size_t i = 0; i < count; i++)
        if (!load_chain(l, i, err))
            return false;
    return exchange_peers(l->txn, take_partner, l, err);
}

bool held_load(struct txn *txn, struct arena *a, struct held *ret, struct err *err)
{
    struct exchange_community row;
    struct loading l = {ret, txn, a, NULL};
    struct err why = {0};
    memset(ret, 0, sizeof *ret);
    optin_init(&ret->optin);
    if (!exchange_community_get(txn, a, &row, &why))
        return why.kind == ERR_NOT_FOUND ? true
                                         : err_set(err, why.kind, why.clause, "%s", why.text);
    if (!community_read(a, row.text, &ret->community, err))
        return err_wrap(err, "applied community file");
    ret->has_community = true;
    if (!load_states(&l, err))
        return false;
    held_settle(ret, a);
    return true;
}

void held_settle(struct held *h, struct arena *a)
{
    h->chains = (struct chains){&h->community, (const struct chain *const *)h->chain_items};
    h->keys = chains_record_keys(&h->chains);
    for (size_t i = 0; h->has_community && i < h->community.states_count; i++)
        if (h->chain_items[i] != NULL)
            h->chain_items[i]->arena = a;
}

const struct chain *held_chain(const struct held *h, struct str origin)
{
    return h->has_community ? chains_of(&h->chains, origin) : NULL;
}

bool held_is_on(const struct held *h, struct str origin, enum optin_function f)
{
    const struct community_state *state =
        h->has_community ? community_by_origin(&h->community, origin) : NULL;
    return state != NULL && optin_is_on(&h->optin, state->code, f);
}
