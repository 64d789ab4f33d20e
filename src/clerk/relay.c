#include "clerk/relay.h"

#include "base/limits.h"
#include "clerk/take.h"

enum { PIECE_BYTES_MAX = BLOB_CHUNK_BYTES * 8 };

struct left {
    struct str from, to;
    struct exchange_offer offer;
    uint64_t offset;
    struct bytes octets;
};

static bool take_left(struct clerk_io *io, struct left *ret, struct err *err)
{
    struct left l = {.from = clerk_take_str(io, err)};
    l.to = clerk_take_str(io, err);
    l.offer.at.n = reader_u64(&io->ask);
    l.offer.precedence = reader_u8(&io->ask);
    clerk_take_digest(io, &l.offer.hash);
    l.offer.size = reader_u64(&io->ask);
    l.offset = reader_u64(&io->ask);
    l.octets = reader_block32(&io->ask);
    if (!clerk_columns_done(io, err))
        return false;
    if (l.octets.len == 0 || l.octets.len > PIECE_BYTES_MAX || l.offer.size == 0 ||
        l.offer.size > BLOB_BYTES_MAX || l.offer.at.n >= TREE_SIZE_MAX ||
        l.offer.precedence >= PRECEDENCE_COUNT)
        return err_set(err, ERR_LIMIT, "clerk/frames.h", "a piece to carry out of bounds");
    l.offer.reader = l.to;
    *ret = l;
    return true;
}

static bool may_relay(struct clerk *c, const struct left *l, struct err *err)
{
    if (!clerk_take_from(c, l->from, err))
        return false;
    if (!clerk_is_on(c, l->from, OPTIN_RELAY))
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "nothing is carried for this State here");
    if (clerk_state_of(c, l->to) == NULL || str_eq(l->to, c->origin) || str_eq(l->to, l->from) ||
        !clerk_is_on(c, l->to, OPTIN_EXCHANGE))
        return err_set(err, ERR_DENIED, "DESIGN 5.4", "no partner of this node has that log");
    return true;
}

// The record must stand in the verified log, so that the third State can make sense of the hint.
static bool stands(struct clerk *c, struct txn *txn, struct arena *a, struct left *l,
                   struct err *err)
{
    struct exchange_log log;
    struct err why = {0};
    uint64_t carried = 0;
    if (!exchange_log_find(txn, l->from, a, &log, &why) || l->offer.at.n >= log.signed_size.n)
        return err_set(err, ERR_GAP, "FORMATS 7", "entry %llu is not held here yet",
                       (unsigned long long)l->offer.at.n);
    l->offer.log = log.id;
    if (!exchange_offer_bytes(txn, log.id, &carried, err))
        return false;
    uint64_t most = c->options.peer_quota_bytes;
    return (l->offer.size <= most && carried <= most - l->offer.size) ||
           err_set(err, ERR_LIMIT, "peer-quota",
                   "what is carried for this State has reached %llu "
                   "octets",
                   (unsigned long long)most);
}

// Known here already: only what this State itself began to leave goes on. What is ours, written
// here or to us, goes to nobody on another's word, not on its addressee's either.
static bool begin_left(struct txn *txn, struct str own, const struct left *l,
                       struct exchange_blob *ret, struct err *err)
{
    struct err why = {0};
    bool theirs = false;
    bool ours = false;
    if (exchange_blob_get(txn, &l->offer.hash, ret, &why)) {
        if (!exchange_reader_may(txn, &l->offer.hash, l->from, &theirs, err) ||
            !exchange_reader_may(txn, &l->offer.hash, own, &ours, err))
            return false;
        if (!theirs || ours || ret->size != l->offer.size)
            return err_set(err, ERR_DENIED, "DESIGN 5.3", "this blob is not theirs to hand on");
        return true;
    }
    if (why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    return exchange_blob_start(txn, &l->offer.hash, l->offer.size, ret, err) &&
           exchange_reader_add(txn, &l->offer.hash, l->from, err);
}

static bool keep(struct txn *txn, const struct left *l, struct exchange_blob *blob, struct err *err)
{
    if (!blob->complete && l->offset != blob->have)
        return err_set(err, ERR_CONFLICT, "FORMATS 7", "have %llu", (unsigned long long)blob->have);
    if (!blob->complete &&
        !exchange_blob_append(txn, &l->offer.hash, l->offset, l->octets, blob, err))
        return false;
    return !blob->complete || (exchange_reader_add(txn, &l->offer.hash, l->to, err) &&
                               exchange_offer_put(txn, &l->offer, err));
}

// The whole is another blob than its name says: all of it goes.
static bool forget(struct clerk *c, const struct left *l, struct err *err)
{
    struct txn txn = {0};
    struct err why = *err;
    *err = (struct err){0};
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_blob_erase(&txn, &l->offer.hash, err) && db_commit(&txn, err);
    txn_release(&txn);
    if (done)
        *err = why;
    return false;
}

bool clerk_act_leave_blob(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct left l = {.offset = 0};
    struct txn txn = {0};
    struct exchange_blob blob = {.have = 0};
    if (!take_left(io, &l, err) || !may_relay(c, &l, err))
        return false;
    bool done = db_begin(c->exchange, &txn, err) && stands(c, &txn, io->arena, &l, err) &&
                begin_left(&txn, c->origin, &l, &blob, err) && keep(&txn, &l, &blob, err) &&
                db_commit(&txn, err);
    txn_release(&txn);
    if (!done)
        return err->kind == ERR_TAMPERED ? forget(c, &l, err) : false;
    if (blob.complete)
        clerk_ring(c);
    buffer_number(&io->answer, blob.have, 8);
    buffer_number(&io->answer, blob.complete ? 1 : 0, 1);
    return true;
}

// -- and gone ------------------------------------------------------------------------------------
static bool drop_carried(struct clerk *c, struct txn *txn, const struct digest *hash,
                         struct err *err)
{
    bool ours = false;
    uint64_t waiting = 0;
    if (!exchange_reader_may(txn, hash, c->origin, &ours, err) ||
        !exchange_offer_count(txn, hash, &waiting, err))
        return false;
    return ours || waiting > 0 || exchange_blob_erase(txn, hash, err);
}

static bool relay_done(struct clerk *c, struct txn *txn, struct str peer, const struct digest *hash,
                       struct err *err)
{
    struct exchange_offer offer;
    struct err why = {0};
    if (!exchange_offer_get(txn, peer, hash, &offer, &why))
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    if (!exchange_offer_drop(txn, peer, hash, err))
        return false;
    return offer.log.n == c->own.n || drop_carried(c, txn, hash, err);
}

// A peer says that it holds these whole; only what waits for that very peer is forgotten.
bool clerk_act_offers_done(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct digest hash;
    struct str from = clerk_take_str(io, err);
    size_t count = reader_u16(&io->ask);
    struct reader rows = io->ask;
    if (count > CLERK_BODIES_MAX)
        return err_set(err, ERR_LIMIT, "clerk/frames.h", "%zu bodies at once", count);
    for (size_t i = 0; i < count; i++)
        clerk_take_digest(io, &hash);
    if (!clerk_columns_done(io, err) || !clerk_take_from(c, from, err))
        return false;
    // What is lost of this is offered once more, and said to be held once more.
    bool done = db_begin_deferred(c->exchange, &txn, err);
    for (size_t i = 0; done && i < count; i++) {
        reader_copy(&rows, hash.octets, sizeof hash.octets);
        done = relay_done(c, &txn, from, &hash, err);
    }
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}
