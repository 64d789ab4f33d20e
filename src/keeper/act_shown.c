// keeper/act_shown.c - its own checkpoint as others hold it: old, or of a tree it never signed.
#include "keeper/acts.h"

#include "base/limits.h"

struct shown_own {
    struct checkpoint said;
    bool has_ours;
    struct digest ours; // the root our own tree had at that size, by the asker's word
    struct proof proof; // that the keeper's tree begins with that one
};

static bool take_shown(struct vault *v, struct act_io *io, struct shown_own *ret, struct err *err)
{
    struct shown_own s = {.has_ours = false};
    struct bytes sent = reader_block32(&io->ask);
    uint8_t has = reader_u8(&io->ask);
    reader_copy(&io->ask, s.ours.octets, DIGEST_BYTES);
    size_t count = reader_u8(&io->ask);
    if (io->ask.failed || has > 1 || count > PROOF_HASHES_MAX || (has == 0 && count > 0))
        return err_set(err, ERR_MALFORMED, "keeper/frames.h", "a checkpoint shown out of bounds");
    struct digest *path = arena_new(io->arena, struct digest, count + 1);
    if (path == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "a proof of %zu hashes", count);
    for (size_t i = 0; i < count; i++)
        reader_copy(&io->ask, path[i].octets, DIGEST_BYTES);
    s.has_ours = has == 1;
    s.proof = (struct proof){path, count};
    if (!act_columns_done(io, err) ||
        !checkpoint_open(sent, v->origin, &v->keys[KEYS_LOG], 1, &s.said, NULL, err))
        return false;
    *ret = s;
    return true;
}

// Is it of a tree this keeper did not sign? Of a smaller size the keeper remembers nothing, so the
// asker says what our tree was then and proves it. A proof that fails is the asker's fault and
// locks nothing: otherwise any old checkpoint of ours, with a false proof, would stop us.
static bool is_unknown(const struct vault *v, const struct shown_own *s, bool *ret, struct err *err)
{
    const struct edge *edge = &v->state.edge;
    struct digest root = edge_root(edge);
    struct err why = {0};
    *ret = s->said.size.n > edge->size.n;
    if (s->said.size.n == edge->size.n)
        *ret = !digest_eq(&s->said.root, &root);
    if (s->said.size.n >= edge->size.n || !s->has_ours)
        return true;
    if (!merkle_check_consistency(s->said.size, s->ours, edge->size, root, s->proof, &why))
        return err_set(err, ERR_TAMPERED, "DESIGN 9",
                       "what is said of our tree at %llu entries is not so: %s",
                       (unsigned long long)s->said.size.n, why.text);
    *ret = !digest_eq(&s->said.root, &s->ours);
    return true;
}

// Its own valid signature on a tree it did not sign means that somebody else signs with its key, or
// that its state is old. Either way it stops.
bool act_shown_checkpoint(struct vault *v, struct act_io *io, struct err *err)
{
    struct shown_own shown;
    bool unknown = false;
    if (!take_shown(v, io, &shown, err) || !is_unknown(v, &shown, &unknown, err))
        return false;
    // Locked for another reason already: that one is told first.
    bool could_sign = v->state.lock == KEEPER_SIGNS || v->state.lock == KEEPER_UNFOUNDED;
    if (!unknown || !could_sign)
        return true;
    v->state.lock = KEEPER_OWN_HISTORIES;
    return act_save(v, err);
}
