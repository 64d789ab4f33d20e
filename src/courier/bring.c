#include "courier/bring.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/report.h"
#include "courier/give.h"
#include "store/exchange_blob.h"
#include "store/exchange_peer.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    PIECE_BYTES = BLOB_CHUNK_BYTES * 8,
    LINE_CHARS = 80,
    TO_CHARS = ORIGIN_BYTES_MAX + 16,
    SMALL_ARENA_BYTES = 16384,
    ANSWER_BYTES_MAX = 64,
    CARRIED_MAX = 64
};

struct bringing {
    struct call *call;
    const struct digest *hash;
    uint64_t size, have;
    struct arena *arena;                  // of one piece
    const struct exchange_offer *carried; // for a third State; NULL: the partner wants it itself
};

static bool put_piece(struct bringing *b, struct bytes piece, struct err *err)
{
    char target[CALL_TARGET_CHARS], offset[LINE_CHARS], size[LINE_CHARS];
    char to[TO_CHARS], at[LINE_CHARS];
    struct answer answer;
    struct str rest;
    const struct exchange_offer *o = b->carried;
    const char *const headers[] = {offset, size, o == NULL ? NULL : to, at, NULL};
    uint64_t have = 0;
    call_blob_target(b->hash, target);
    (void)snprintf(offset, sizeof offset, "Elchi-Offset: %" PRIu64, b->have);
    (void)snprintf(size, sizeof size, "Elchi-Size: %" PRIu64, b->size);
    if (o != NULL) {
        (void)snprintf(to, sizeof to, "Elchi-To: %.*s", STR_ARG(o->reader));
        (void)snprintf(at, sizeof at, "Elchi-At: %" PRIu64 " %u", o->at.n, o->precedence);
    }
    struct ask ask = {.method = METHOD_PUT,
                      .target = target,
                      .content_type = "application/octet-stream",
                      .body = piece,
                      .headers = headers,
                      .answer_bytes_max = ANSWER_BYTES_MAX};
    if (!client_ask(b->call->client, &ask, b->arena, &answer, err))
        return false;
    struct str line = {(const char *)answer.body.ptr, answer.body.len};
    if (!str_split(&line, '\n', &rest) || !decimal_read(rest, b->size, &have) || have <= b->have)
        return err_set(err, ERR_MALFORMED, "FORMATS 7", "the partner does not say how much it has");
    b->call->came += have - b->have;
    b->have = have;
    return true;
}

static bool bring_piece(struct bringing *b, uint8_t *room, struct err *err)
{
    struct arena a;
    size_t count = 0;
    arena_init(&a, SMALL_ARENA_BYTES);
    b->arena = &a;
    bool done = give_read(&b->call->view, b->hash, b->have, room, PIECE_BYTES, &count, err) &&
                put_piece(b, bytes_of(room, count), err);
    arena_release(&a);
    b->arena = NULL;
    return done;
}

static bool bring_rest(struct bringing *b, struct err *err)
{
    uint8_t *room = memory_new(PIECE_BYTES, 1);
    bool done = true;
    while (done && b->have < b->size && !atomic_load(&b->call->share->stop))
        done = bring_piece(b, room, err);
    memory_release(room);
    return done;
}

// One that is not taken is no reason to leave the others; a broken line is.
static bool is_broken(const struct err *why, struct err *err)
{
    if (why->kind == ERR_OFFLINE || why->kind == ERR_BUSY)
        return !err_set(err, why->kind, why->clause, "%s", why->text);
    report_err(REPORT_INFO, "body-not-brought", why);
    return false;
}

// -- what the partner asks for -------------------------------------------------------------------
static bool bring_one(struct call *c, const struct wire_want *want, struct err *err)
{
    struct bringing b = {.call = c, .hash = &want->hash, .have = want->have};
    if (!give_may(&c->view, str_of(c->peer), &want->hash, &b.size, err) || !bring_rest(&b, err))
        return false;
    share_lock(c->share);
    bool done = b.have < b.size ||
                clerk_offers_done(&c->share->clerk, str_of(c->peer), &want->hash, 1, err);
    share_unlock(c->share);
    return done;
}

bool bring_wanted(struct call *c, struct err *err)
{
    size_t count = c->talk.wants_count;
    c->talk.wants_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct err why = {0};
        if (!bring_one(c, &c->talk.wants[i], &why) && is_broken(&why, err))
            return false;
    }
    return true;
}

// -- what it carries for us ----------------------------------------------------------------------
struct carried {
    struct call *call;
    struct txn *txn;
    struct arena *arena;
    struct exchange_offer rows[CARRIED_MAX];
    size_t count;
};

static bool add_carried(void *context, const struct exchange_offer *row, struct err *err)
{
    struct carried *k = context;
    struct exchange_log log;
    if (k->count == CARRIED_MAX || call_has_left(k->call, &row->hash))
        return true;
    if (!exchange_log_get(k->txn, row->log, k->arena, &log, err))
        return false;
    if (!str_eq(log.origin, k->call->share->own))
        return true; // one goes between, not many
    k->rows[k->count] = *row;
    return arena_str(k->arena, row->reader, &k->rows[k->count++].reader, err);
}

// A State that can be called, and could not be reached the last time.
static bool is_out_of_reach(const struct carried *k, const struct community_state *s)
{
    struct exchange_peer row;
    struct err why = {0};
    return exchange_peer_get(k->txn, s->origin, k->arena, &row, &why) && row.failures > 0 &&
           (row.endpoint.len > 0 || s->endpoints_count > 0);
}

static bool list_carried(struct carried *k, struct err *err)
{
    const struct held *h = k->call->view.held;
    for (size_t i = 0; h->has_community && i < h->community.states_count; i++) {
        const struct community_state *s = &h->community.states[i];
        struct str to = s->origin;
        if (str_eq(to, str_of(k->call->peer)) || str_eq(to, k->call->share->own) ||
            !is_out_of_reach(k, s))
            continue;
        if (!exchange_offers(k->txn, to, CARRIED_MAX, add_carried, k, err))
            return false;
    }
    return true;
}

// How much of it the partner has already: a broken line is gone on with.
static bool ask_have(struct bringing *b, struct err *err)
{
    char target[CALL_TARGET_CHARS];
    struct arena a;
    struct answer answer = {.status = 0};
    struct str value;
    struct err why = {0};
    call_blob_target(b->hash, target);
    struct ask ask = {.method = METHOD_HEAD, .target = target};
    arena_init(&a, SMALL_ARENA_BYTES);
    bool done = client_ask(b->call->client, &ask, &a, &answer, &why);
    if (done && answer_header(&answer, STR("Elchi-Have"), &value))
        done = decimal_read(value, b->size, &b->have);
    else if (done && answer.total <= b->size)
        b->have = answer.total; // it is there whole
    arena_release(&a);
    return done || why.kind == ERR_NOT_FOUND ||
           err_set(err, why.kind == ERR_NONE ? ERR_MALFORMED : why.kind, why.clause, "%s",
                   why.kind == ERR_NONE ? "the partner says it has more than there is" : why.text);
}

static bool leave_one(struct call *c, const struct exchange_offer *offer, struct err *err)
{
    struct bringing b = {.call = c, .hash = &offer->hash, .size = offer->size, .carried = offer};
    if (!ask_have(&b, err) || !bring_rest(&b, err))
        return false;
    call_note_left(c, &offer->hash);
    return true;
}

bool bring_carried(struct call *c, struct err *err)
{
    struct txn txn = {0};
    struct arena a;
    struct carried *k = memory_new(1, sizeof *k);
    if (!held_is_on(c->view.held, str_of(c->peer), OPTIN_RELAY)) {
        memory_release(k);
        return true;
    }
    arena_init(&a, 1 << 20);
    *k = (struct carried){.call = c, .txn = &txn, .arena = &a};
    bool done = db_begin(c->view.exchange, &txn, err) && list_carried(k, err);
    txn_release(&txn);
    for (size_t i = 0; done && i < k->count; i++) {
        struct err why = {0};
        if (leave_one(c, &k->rows[i], &why))
            continue;
        if (why.kind != ERR_GAP) // the record itself is still on its way there
            call_note_left(c, &k->rows[i].hash);
        done = !is_broken(&why, err);
    }
    arena_release(&a);
    memory_release(k);
    return done;
}
