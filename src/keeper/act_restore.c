// keeper/act_restore.c - how a keeper that cannot be sure comes to sign again.
#include "keeper/acts.h"

#include "base/limits.h"
#include "community/chain.h"
#include "log/cosign.h"

bool act_challenge(struct vault *v, struct act_io *io, struct err *err)
{
    if (!act_columns_done(io, err))
        return false;
    world_random(v->world, v->challenge.octets, sizeof v->challenge.octets);
    v->has_challenge = true;
    buffer_put(&io->answer, bytes_of(v->challenge.octets, sizeof v->challenge.octets));
    return true;
}

// From here on only approvals count that run longer than any given before the restore may.
static void void_earlier_approvals(struct vault *v)
{
    v->state.has_void_until = true;
    v->state.void_until.s = vault_now(v).s + APPROVAL_AHEAD_S_MAX;
}

// Signs the edge anew and writes both generations, so that no older file is left beside it.
static bool start_from(struct vault *v, const struct edge *edge, struct err *err)
{
    v->state.edge = *edge;
    v->state.batch_first = (struct leaf_index){edge->size.n};
    v->state.batch_count = 0;
    v->state.batch_leaves = digest_of((struct bytes){0});
    v->state.lock = KEEPER_SIGNS;
    v->state.cosigns = false;
    void_earlier_approvals(v);
    act_sign_checkpoint(v);
    return act_save(v, err) && act_save(v, err);
}

static bool take_edge(struct act_io *io, struct edge *ret, struct err *err)
{
    struct bytes sent = reader_block32(&io->ask);
    if (io->ask.failed)
        return err_set(err, ERR_MALFORMED, "keeper/frames.h", "a right edge is missing");
    return edge_read(sent, ret, err);
}

// -- by order of the roots -----------------------------------------------------------------------
static bool roots_signed(struct vault *v, struct bytes sent, struct note *ret, struct err *err)
{
    uint64_t verified = 0;
    unsigned count = 0;
    const struct keys_record *k = &v->manifest.keys;
    if (!v->has_manifest)
        return err_set(err, ERR_DENIED, "FORMATS 5", "the keeper has no manifest that names roots");
    if (!note_open(sent, k->roots, k->roots_count, ret, &verified, err))
        return false;
    for (size_t i = 0; i < ret->signatures_count; i++)
        if ((verified >> i & 1) != 0 && !ret->signatures[i].repeated)
            count++;
    if (count < k->threshold)
        return err_set(err, ERR_DENIED, "FORMATS 5", "%u of %u roots signed the order", count,
                       k->threshold);
    return true;
}

static bool check_order(struct vault *v, const struct order *o, const struct edge *edge,
                        struct err *err)
{
    struct digest root = edge_root(edge);
    if (!str_eq(o->log, v->origin))
        return err_set(err, ERR_DENIED, "FORMATS 5", "the order is for another log");
    if (!v->has_challenge ||
        memcmp(o->challenge.octets, v->challenge.octets, sizeof o->challenge.octets) != 0)
        return err_set(err, ERR_DENIED, "FORMATS 5", "the order answers another challenge");
    if (o->size != edge->size.n || !digest_eq(&o->root, &root))
        return err_set(err, ERR_TAMPERED, "FORMATS 5",
                       "the right edge is not of the tree the order names");
    return true;
}

// The roots may not have a keeper that is sure of itself sign less than it signed, or otherwise.
static bool may_start_from(const struct vault *v, const struct order *o, const struct edge *edge,
                           struct err *err)
{
    const struct keeper_state *s = &v->state;
    struct digest own = edge_root(&s->edge);
    bool waits = s->lock == KEEPER_RESTORED || s->lock == KEEPER_OWN_HISTORIES;
    if (s->lock == KEEPER_RETIRED)
        return err_set(err, ERR_CONFLICT, "FORMATS 5", "a retired log stays retired");
    if (edge->size.n == 0)
        return err_set(err, ERR_DENIED, "FORMATS 2", "a log begins with its key manifest");
    if (o->act == ORDER_RESUME && !waits)
        return err_set(err, ERR_CONFLICT, "FORMATS 5", "the keeper is not waiting for an order");
    if (!waits && (edge->size.n < s->edge.size.n ||
                   (edge->size.n == s->edge.size.n && !digest_eq(&o->root, &own))))
        return err_set(err, ERR_CONFLICT, "DESIGN 4",
                       "the keeper signed %llu entries and makes no second history",
                       (unsigned long long)s->edge.size.n);
    return true;
}

static bool obey(struct vault *v, const struct order *o, const struct edge *edge, struct err *err)
{
    switch (o->act) {
    case ORDER_RESUME:
    case ORDER_ADOPT:
        return may_start_from(v, o, edge, err) && start_from(v, edge, err);
    case ORDER_RETIRE: // in both generations: neither may say "signs"
        v->state.lock = KEEPER_RETIRED;
        return act_save(v, err) && act_save(v, err);
    case ORDER_NONE:
    case ORDER_ACT_COUNT:
        break;
    }
    return err_set(err, ERR_MALFORMED, "FORMATS 5", "an order without an act");
}

bool act_order(struct vault *v, struct act_io *io, struct err *err)
{
    struct note note;
    struct order order;
    struct edge edge;
    struct bytes sent = reader_block32(&io->ask);
    if (!take_edge(io, &edge, err) || !act_columns_done(io, err) ||
        !roots_signed(v, sent, &note, err) || !order_read(note.text, &order, err) ||
        !check_order(v, &order, &edge, err))
        return false;
    v->has_challenge = false; // good once
    return obey(v, &order, &edge, err);
}

// -- by a quorum -------------------------------------------------------------------------------
struct answer {
    struct str state, origin;
    struct digest genesis;
    struct bytes chain, checkpoint;
};

static bool take_answer(struct act_io *io, struct answer *ret, struct err *err)
{
    struct answer a = {0};
    struct bytes state = reader_block16(&io->ask);
    struct bytes origin = reader_block16(&io->ask);
    reader_copy(&io->ask, a.genesis.octets, DIGEST_BYTES);
    a.chain = reader_block32(&io->ask);
    a.checkpoint = reader_block32(&io->ask);
    if (io->ask.failed)
        return err_set(err, ERR_MALFORMED, "keeper/frames.h", "an answer cut short");
    if (!text_check_line(state, &a.state, err) || !text_check_line(origin, &a.origin, err))
        return false;
    *ret = a;
    return true;
}

// Did that State itself cosign the checkpoint it answers with?
static bool state_cosigned(const struct answer *a, const struct note *note, struct arena *arena,
                           struct err *err)
{
    struct chain chain;
    struct note_key keys[64];
    uint64_t time_s;
    struct err why = {0};
    chain_init(&chain, arena, a->origin, a->state, &a->genesis);
    if (!chain_read(&chain, a->chain, err))
        return false;
    size_t count = chain_cosigner_keys(&chain, keys, 64);
    for (size_t i = 0; i < count && i < 64; i++) {
        const struct note_signature *line = note_line_of(note, &keys[i]);
        if (line != NULL && cosign_verify(line, note->text, &keys[i], &time_s, &why))
            return true;
    }
    return err_set(err, ERR_DENIED, "FORMATS 10", "%.*s did not cosign what it answers",
                   STR_ARG(a->state));
}

// Checks one answer; yields whether it is the tree the log was imported up to.
static bool check_answer(struct vault *v, const struct answer *a, const struct edge *edge,
                         struct arena *arena, bool *ret_largest, struct err *err)
{
    struct checkpoint shown;
    struct note note;
    struct digest root = edge_root(edge);
    const struct community_state *state = community_by_origin(&v->community, a->origin);
    if (state == NULL || !str_eq(state->code, a->state) ||
        !digest_eq(&state->genesis, &a->genesis) || str_eq(a->origin, v->origin))
        return err_set(err, ERR_DENIED, "FORMATS 10", "%.*s is no other State of the community",
                       STR_ARG(a->state));
    if (!checkpoint_open(a->checkpoint, v->origin, &v->keys[KEYS_LOG], 1, &shown, &note, err) ||
        !state_cosigned(a, &note, arena, err))
        return false;
    if (shown.size.n > edge->size.n)
        return err_set(err, ERR_GAP, "DESIGN 9", "%.*s holds %llu entries, %llu are imported",
                       STR_ARG(a->state), (unsigned long long)shown.size.n,
                       (unsigned long long)edge->size.n);
    if (shown.size.n == edge->size.n && !digest_eq(&shown.root, &root))
        return err_set(err, ERR_TAMPERED, "DESIGN 9", "%.*s holds another history",
                       STR_ARG(a->state));
    *ret_largest = shown.size.n == edge->size.n;
    return true;
}

static bool take_resume(struct vault *v, struct act_io *io, const struct edge *edge,
                        struct err *err)
{
    struct str seen[COMMUNITY_STATES_MAX];
    bool any_largest = false;
    size_t count = reader_u16(&io->ask);
    if (count > COMMUNITY_STATES_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu answers", count);
    for (size_t i = 0; i < count; i++) {
        struct answer a;
        bool largest = false;
        if (!take_answer(io, &a, err) || !check_answer(v, &a, edge, io->arena, &largest, err))
            return false;
        for (size_t n = 0; n < i; n++)
            if (str_eq(seen[n], a.state))
                return err_set(err, ERR_DENIED, "FORMATS 6", "%.*s answers twice",
                               STR_ARG(a.state));
        seen[i] = a.state;
        any_largest = any_largest || largest;
    }
    if (count < v->community.quorum)
        return err_set(err, ERR_LOCKED, "FORMATS 10", "%zu of %u States have answered", count,
                       v->community.quorum);
    if (!any_largest)
        return err_set(err, ERR_GAP, "DESIGN 9", "no State holds as many entries as were imported");
    return true;
}

bool act_resume(struct vault *v, struct act_io *io, struct err *err)
{
    struct edge edge;
    struct checkpoint own;
    uint64_t size = reader_u64(&io->ask);
    if (!take_edge(io, &edge, err))
        return false;
    struct bytes note = reader_block32(&io->ask);
    if (v->state.lock != KEEPER_RESTORED)
        return err_set(err, ERR_CONFLICT, "FORMATS 10", "the keeper is not waiting for a quorum");
    if (!v->has_community)
        return err_set(err, ERR_LOCKED, "FORMATS 10",
                       "the keeper knows no community and so no quorum");
    if (!checkpoint_open(note, v->origin, &v->keys[KEYS_LOG], 1, &own, NULL, err))
        return false;
    struct digest root = edge_root(&edge);
    if (size != edge.size.n || own.size.n != size || !digest_eq(&own.root, &root))
        return err_set(err, ERR_TAMPERED, "DESIGN 9",
                       "the right edge is not of the checkpoint shown");
    return take_resume(v, io, &edge, err) && act_columns_done(io, err) && start_from(v, &edge, err);
}
