#include "courier/talk_waiting.h"

#include "base/limits.h"
#include "record/entry.h"
#include "store/exchange_blob.h"

enum { OFFERS_SEEN_MAX = 1 << 20, ROW_BYTES = 64 };

struct waiting_rows {
    struct batch *c;
    struct wire_waiting *rows;
    size_t count;
};

// -- what was announced already: said once in a session, and again only after talk_forget ---------
uint64_t talk_hash_key(const struct digest *hash)
{
    uint64_t key = 0;
    for (size_t i = 0; i < sizeof key; i++)
        key = key << 8 | hash->octets[i];
    return key | 1; // zero marks a free place
}

static bool announce_in(uint64_t *places, size_t cap, uint64_t key)
{
    size_t at = (size_t)(key >> 1) & (cap - 1);
    while (places[at] != 0 && places[at] != key)
        at = (at + 1) & (cap - 1);
    bool is_new = places[at] == 0;
    places[at] = key;
    return is_new;
}

static void announced_grow(struct talk *t)
{
    enum { CAP_FIRST = 1024 };
    size_t cap = t->announced_cap == 0 ? CAP_FIRST : 2 * t->announced_cap;
    uint64_t *wider = memory_new(cap, sizeof *wider);
    for (size_t i = 0; i < t->announced_cap; i++)
        if (t->announced[i] != 0)
            (void)announce_in(wider, cap, t->announced[i]);
    memory_release(t->announced);
    t->announced = wider;
    t->announced_cap = cap;
}

// True the first time.
static bool announce(struct talk *t, const struct digest *hash)
{
    if (2 * t->announced_count >= t->announced_cap)
        announced_grow(t);
    bool is_new = announce_in(t->announced, t->announced_cap, talk_hash_key(hash));
    t->announced_count += is_new ? 1 : 0;
    return is_new;
}

// Does the partner hold the entry, or get it in this batch before the hint? Then the entry names
// its body, and the hint need not.
static bool is_named_by_entry(struct batch *c, const struct exchange_offer *row, struct str origin)
{
    const struct community *all = &c->v->held->community;
    struct bytes octets;
    struct entry entry;
    struct err why = {0};
    size_t at = 0;
    while (at < all->states_count && !str_eq(all->states[at].origin, origin))
        at++;
    if (at == all->states_count || c->t->logs[at].size <= row->at.n)
        return false;
    return exchange_entry_get(&c->txn, row->log, row->at, c->arena, &octets, &why) &&
           entry_read(octets, &entry, &why) && entry.kind != ENTRY_AS_IT_IS &&
           digest_eq(&entry.body, &row->hash);
}

static bool gather_offer(void *context, const struct exchange_offer *row, struct err *err)
{
    struct waiting_rows *w = context;
    struct exchange_log log;
    if (w->count == TALK_OFFERS_MAX || !announce(w->c->t, &row->hash))
        return true; // with the next batch, or said already
    if (!exchange_log_get(&w->c->txn, row->log, w->c->arena, &log, err))
        return false;
    w->rows[w->count++] = (struct wire_waiting){.origin = origin_id_of(log.origin),
                                                .index = row->at,
                                                .precedence = (enum precedence)row->precedence,
                                                .named = !is_named_by_entry(w->c, row, log.origin),
                                                .hash = row->hash,
                                                .size = row->size};
    return true;
}

bool talk_put_waiting(struct batch *c, struct err *err)
{
    struct wire_frame f = {.kind = WIRE_WAITING};
    struct waiting_rows w = {.c = c};
    w.rows = arena_new(c->arena, struct wire_waiting, TALK_OFFERS_MAX);
    if (w.rows == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for what waits");
    if (batch_room(c) < (size_t)TALK_OFFERS_MAX * ROW_BYTES)
        return true;
    if (!exchange_offers(&c->txn, c->t->peer, OFFERS_SEEN_MAX, gather_offer, &w, err))
        return false;
    f.of.waiting.rows = w.rows;
    f.of.waiting.count = w.count;
    if (w.count > 0)
        batch_put(c, &f);
    return true;
}

// -- wants ---------------------------------------------------------------------------------------
struct want_rows {
    struct batch *c;
    struct wire_want *rows;
    size_t count;
};

static bool gather_want(void *context, const struct exchange_want *row, struct err *err)
{
    struct want_rows *w = context;
    struct exchange_blob blob;
    if (w->count == TALK_OFFERS_MAX)
        return true; // with the next batch
    if (!exchange_blob_get(&w->c->txn, &row->hash, &blob, err))
        return false;
    w->rows[w->count++] = (struct wire_want){row->hash, blob.have};
    return true;
}

bool talk_put_wants(struct batch *c, struct err *err)
{
    struct wire_frame f = {.kind = WIRE_WANT};
    struct want_rows w = {.c = c};
    struct exchange_log log;
    struct err why = {0};
    w.rows = arena_new(c->arena, struct wire_want, TALK_OFFERS_MAX);
    if (w.rows == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for what is wanted");
    if (batch_room(c) < (size_t)TALK_OFFERS_MAX * ROW_BYTES)
        return true; // with the next batch
    for (size_t i = 0; i < c->t->settled_count; i++)
        w.rows[w.count++] = c->t->settled[i];
    c->t->settled_count = 0;
    if (c->t->asks && exchange_log_find(&c->txn, c->t->peer, c->arena, &log, &why) &&
        !exchange_wants_in(&c->txn, log.id, true, TALK_OFFERS_MAX, gather_want, &w, err))
        return false;
    f.of.want.rows = w.rows;
    f.of.want.count = w.count;
    if (w.count > 0)
        batch_put(c, &f);
    return true;
}
