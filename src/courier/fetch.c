#include "courier/fetch.h"

#include "base/limits.h"
#include "base/report.h"
#include "courier/give.h"
#include "store/exchange_blob.h"

enum {
    ROWS_MAX = 1024,

    PIECE_BYTES = BLOB_CHUNK_BYTES * 8,
    ANSWER_ARENA_BYTES = 65536,
    LOOK_ARENA_BYTES = 1 << 20,
};

struct row {
    struct digest hash;
    uint64_t size;
    unsigned precedence;
};
struct rows {
    struct call *call;
    struct row *items; // owned; ROWS_MAX
    size_t count;
};

// -- what to ask for -----------------------------------------------------------------------------
static bool add_row(void *context, const struct exchange_want *want, struct err *err)
{
    struct rows *r = context;
    (void)err;
    for (size_t i = 0; i < r->count; i++)
        if (digest_eq(&r->items[i].hash, &want->hash))
            return true;
    if (r->count < ROWS_MAX && !call_is_absent(r->call, &want->hash))
        r->items[r->count++] = (struct row){want->hash, want->size, want->precedence};
    return true;
}

struct named {
    struct rows *rows;
    const struct talk_offer *offer;
};

static bool add_named(void *context, const struct exchange_want *want, struct err *err)
{
    const struct named *n = context;
    return !digest_eq(&want->hash, &n->offer->hash) || add_row(n->rows, want, err);
}

static bool look(struct rows *r, struct txn *txn, struct arena *a, struct err *err)
{
    struct exchange_log log;
    struct err why = {0};
    struct call *c = r->call;
    // what its author said waits for us here
    if (exchange_log_find(txn, str_of(c->peer), a, &log, &why) &&
        !exchange_wants_in(txn, log.id, true, ROWS_MAX, add_row, r, err))
        return false;
    // our own words after a restore: whoever they went to may hold them
    if (exchange_log_find(txn, c->share->own, a, &log, &why) &&
        !exchange_wants_in(txn, log.id, false, ROWS_MAX, add_row, r, err))
        return false;
    // what the partner carries for others
    for (size_t i = 0; i < c->talk.offers_count; i++) {
        struct named n = {r, &c->talk.offers[i]};
        size_t place;
        const struct community_state *s = talk_state_by_id(&c->view, &n.offer->origin, &place);
        if (s != NULL && exchange_log_find(txn, s->origin, a, &log, &why) &&
            !exchange_wants_of(txn, log.id, n.offer->index, add_named, &n, err))
            return false;
    }
    return true;
}

static bool list_wanted(struct rows *r, struct err *err)
{
    struct txn txn = {0};
    struct arena a;
    arena_init(&a, LOOK_ARENA_BYTES);
    bool done = db_begin(r->call->view.exchange, &txn, err) && look(r, &txn, &a, err);
    txn_release(&txn);
    arena_release(&a);
    return done;
}

// -- small ones, many with one question ----------------------------------------------------------
struct small {
    struct digest hashes[GIVE_MANY_MAX];
    size_t count;
    uint64_t octets; // that they have together, as their records say
};

static bool hand_bodies(struct call *c, const struct clerk_body *bodies, size_t count,
                        struct err *err)
{
    uint16_t taken = 0;
    if (count == 0)
        return true;
    share_lock(c->share);
    bool done = clerk_take_bodies(&c->share->clerk, str_of(c->peer), bodies, count, &taken, err);
    share_unlock(c->share);
    for (size_t i = 0; done && i < count; i++) {
        talk_settle(&c->talk, &bodies[i].hash, bodies[i].octets.len);
        c->came += bodies[i].octets.len;
    }
    return done;
}

// One the partner does not have, or whose octets are others, is not asked for again.
static bool take_answer(struct call *c, const struct small *s, struct bytes answer,
                        struct clerk_body *bodies, size_t *ret_count, struct err *err)
{
    struct reader r = reader_of(answer);
    size_t count = 0;
    for (size_t i = 0; i < s->count && r.rest.len > 0; i++) {
        struct bytes octets = reader_block32(&r);
        struct digest said = digest_of(octets);
        if (!r.failed && octets.len > 0 && digest_eq(&said, &s->hashes[i]))
            bodies[count++] = (struct clerk_body){s->hashes[i], octets};
        else
            call_note_absent(c, &s->hashes[i]);
    }
    if (!reader_done(&r))
        return err_set(err, ERR_MALFORMED, "courier/give.h", "bodies that are cut short");
    *ret_count = count;
    return true;
}

static bool ask_small(struct call *c, const struct small *s, struct arena *a, struct err *err)
{
    struct answer answer;
    size_t count = 0;
    struct clerk_body *bodies = arena_new(a, struct clerk_body, GIVE_MANY_MAX);
    struct ask ask = {.method = METHOD_POST,
                      .target = "/blobs",
                      .content_type = "application/octet-stream",
                      .body = bytes_of(s->hashes[0].octets, s->count * DIGEST_BYTES),
                      .answer_bytes_max = GIVE_MANY_BYTES_MAX};
    CHECK(bodies != NULL);
    return client_ask(c->client, &ask, a, &answer, err) &&
           take_answer(c, s, answer.body, bodies, &count, err) &&
           hand_bodies(c, bodies, count, err);
}

static bool fetch_small(struct call *c, struct small *s, struct err *err)
{
    struct arena a;
    if (s->count == 0)
        return true;
    arena_init(&a, (size_t)4 * GIVE_MANY_BYTES_MAX);
    bool done = ask_small(c, s, &a, err);
    arena_release(&a);
    s->count = 0;
    s->octets = 0;
    return done;
}

static bool add_small(struct call *c, struct small *s, const struct row *row, struct err *err)
{
    if (s->octets + row->size > GIVE_MANY_BYTES_MAX / 2 && !fetch_small(c, s, err))
        return false;
    s->hashes[s->count++] = row->hash;
    s->octets += row->size;
    return s->count < GIVE_MANY_MAX || fetch_small(c, s, err);
}

// -- large ones ----------------------------------------------------------------------------------
struct fetching {
    struct call *call;
    const struct row *row;
    uint64_t have;
    bool complete;
    uint8_t *piece; // PIECE_BYTES
    size_t filled;
};

static bool hand_piece(struct fetching *f, struct err *err)
{
    struct share *s = f->call->share;
    if (f->filled == 0)
        return true;
    share_lock(s);
    bool done =
        clerk_take_blob(&s->clerk, str_of(f->call->peer), &f->row->hash, f->row->size, f->have,
                        bytes_of(f->piece, f->filled), &f->have, &f->complete, err);
    share_unlock(s);
    f->call->came += done ? f->filled : 0;
    f->filled = 0;
    return done;
}

static bool take_octets(void *own, struct bytes more, struct err *err)
{
    struct fetching *f = own;
    while (more.len > 0) {
        size_t room = PIECE_BYTES - f->filled;
        size_t n = more.len < room ? more.len : room;
        memcpy(f->piece + f->filled, more.ptr, n);
        f->filled += n;
        more.ptr += n;
        more.len -= n;
        if (f->filled == PIECE_BYTES && !hand_piece(f, err))
            return false;
    }
    return true;
}

// What was handed on before a connection broke stays; the next call goes on from there.
static bool fetch_large(struct call *c, const struct row *row, struct err *err)
{
    char target[CALL_TARGET_CHARS];
    struct arena a;
    struct answer answer;
    struct fetching f = {.call = c, .row = row};
    share_lock(c->share);
    bool done = clerk_blob_have(&c->share->clerk, &row->hash, &f.have, &f.complete, err);
    share_unlock(c->share);
    if (!done || f.complete)
        return done;
    call_blob_target(&row->hash, target);
    arena_init(&a, ANSWER_ARENA_BYTES);
    f.piece = memory_new(PIECE_BYTES, 1);
    struct ask ask = {.method = METHOD_GET,
                      .target = target,
                      .resume_from = f.have,
                      .put = take_octets,
                      .answer_bytes_max = row->size,
                      .own = &f};
    done = client_ask(c->client, &ask, &a, &answer, err);
    struct err why = {0};
    if (!hand_piece(&f, &why) && done)
        done = err_set(err, why.kind, why.clause, "%s", why.text);
    if (f.complete)
        talk_settle(&c->talk, &row->hash, row->size);
    memory_release(f.piece);
    arena_release(&a);
    return done;
}

// -- all of it -----------------------------------------------------------------------------------
// One that cannot be had now is no reason to leave the others; a broken line is.
static bool fetch_one(struct call *c, struct small *s, const struct row *row, struct err *err)
{
    struct err why = {0};
    if (row->size <= GIVE_SMALL_BYTES)
        return add_small(c, s, row, err);
    if (!fetch_small(c, s, err)) // what came before in the order of urgency
        return false;
    if (fetch_large(c, row, &why))
        return true;
    if (why.kind == ERR_OFFLINE || why.kind == ERR_BUSY)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    report_err(REPORT_INFO, "body-not-fetched", &why);
    call_note_absent(c, &row->hash);
    return true;
}

static bool is_open(struct call *c, struct txn *txn, const struct talk_offer *offer)
{
    struct exchange_blob blob = {.have = 0};
    struct err why = {0};
    bool held = exchange_blob_get(txn, &offer->hash, &blob, &why) && blob.complete;
    return !held && !call_is_absent(c, &offer->hash);
}

// Offers of what is held now, or cannot be had, are of no use any more.
static bool drop_offers(struct call *c, struct err *err)
{
    struct txn txn = {0};
    size_t count = 0;
    if (!db_begin(c->view.exchange, &txn, err))
        return false;
    for (size_t i = 0; i < c->talk.offers_count; i++)
        if (is_open(c, &txn, &c->talk.offers[i]))
            c->talk.offers[count++] = c->talk.offers[i];
    c->talk.offers_count = count;
    txn_release(&txn);
    return true;
}

bool fetch_wanted(struct call *c, struct err *err)
{
    struct rows r = {c, memory_new(ROWS_MAX, sizeof *r.items), 0};
    struct small *s = memory_new(1, sizeof *s);
    bool done = list_wanted(&r, err);
    for (unsigned p = PRECEDENCE_COUNT; done && p-- > 0;)
        for (size_t i = 0; done && i < r.count && !atomic_load(&c->share->stop); i++)
            done = r.items[i].precedence != p || fetch_one(c, s, &r.items[i], err);
    done = done && fetch_small(c, s, err) && drop_offers(c, err);
    memory_release(s);
    memory_release(r.items);
    return done;
}
