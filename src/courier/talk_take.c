
#include "courier/talk.h"

#include "base/limits.h"
#include "base/report.h"
#include "courier/give.h"
#include "courier/talk_books.h"
#include "log/checkpoint.h"
#include "log/cosign.h"
#include "record/entry.h"
#include "store/exchange_blob.h"

void talk_begin(struct talk *t, struct str peer)
{
    *t = (struct talk){.peer = peer};
}

void talk_end(struct talk *t)
{
    memory_release(t->announced);
    *t = (struct talk){.peer = t->peer};
}

void talk_forget(struct talk *t)
{
    memset(t->logs, 0, sizeof t->logs);
    t->introduced = false;
    t->books_said = (struct digest){{0}};
    t->offers_count = 0;
    memory_release(t->announced);
    t->announced = NULL;
    t->announced_count = t->announced_cap = 0;
}

void talk_settle(struct talk *t, const struct digest *hash, uint64_t size)
{
    if (t->settled_count < TALK_OFFERS_MAX)
        t->settled[t->settled_count++] = (struct wire_want){*hash, size};
}

struct taking {
    struct talk *t;
    struct view *v;
    struct arena *arena;
};

const struct community_state *talk_state_by_id(const struct view *v, const struct origin_id *id,
                                               size_t *ret_at)
{
    for (size_t i = 0; v->held->has_community && i < v->held->community.states_count; i++) {
        struct origin_id own = origin_id_of(v->held->community.states[i].origin);
        if (origin_id_eq(&own, id)) {
            *ret_at = i;
            return &v->held->community.states[i];
        }
    }
    return NULL;
}

// The community's order may have changed since the last batch.
static void settle_order(struct talk *t, const struct view *v)
{
    if (!v->held->has_community || digest_eq(&t->community, &v->held->community.hash))
        return;
    talk_forget(t);
    t->community = v->held->community.hash;
}

// -- checkpoints come as binary and are rendered as the text that was signed ----------------------
static bool render_head(struct taking *k, struct str origin, struct tree_size size,
                        const struct digest *root, const struct wire_log_line *line,
                        struct writer *w)
{
    struct note_key key = {.name = origin, .id = line->key_id, .type = NOTE_KEY_ED25519};
    (void)k;
    checkpoint_note(origin, size, root, &key, &line->signature, w);
    return !w->full;
}

static uint8_t *note_room(struct taking *k, struct err *err)
{
    uint8_t *room = arena_new(k->arena, uint8_t, NOTE_BYTES_MAX);
    if (room == NULL)
        (void)err_set(err, ERR_LIMIT, "base/limits.h", "no room for a checkpoint");
    return room;
}

static bool take_entries(struct taking *k, const struct wire_entries *e, struct err *err)
{
    size_t at;
    struct tree_size size;
    const struct community_state *s = talk_state_by_id(k->v, &e->origin, &at);
    uint8_t *room = note_room(k, err);
    if (s == NULL)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "entries of a log of no State here");
    if (room == NULL)
        return false;
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    if (!render_head(k, s->origin, e->size, &e->root, &e->line, &w))
        return err_set(err, ERR_LIMIT, "base/limits.h", "a checkpoint too long");
    struct clerk_entries ask = {k->t->peer,       s->origin,  e->first,
                                writer_bytes(&w), e->entries, e->count};
    share_lock(k->v->share);
    bool done = clerk_take_entries(&k->v->share->clerk, &ask, &size, err);
    share_unlock(k->v->share);
    if (done && e->size.n > k->t->logs[at].size)
        k->t->logs[at].size = e->size.n; // whoever sends them holds them
    return done;
}

// The root at a size held here; a larger one cannot be rendered and is passed over.
static bool root_held(struct taking *k, struct str origin, struct tree_size size,
                      struct digest *ret, bool *ret_held, struct err *err)
{
    struct txn txn = {0};
    struct exchange_log log;
    struct err why = {0};
    *ret_held = false;
    bool done = db_begin(k->v->exchange, &txn, err);
    if (done && exchange_log_find(&txn, origin, k->arena, &log, &why) && size.n > 0 &&
        size.n <= log.signed_size.n) {
        struct exchange_tiles *tiles = arena_new(k->arena, struct exchange_tiles, 1);
        CHECK(tiles != NULL);
        exchange_tiles_init(tiles, &txn, log.id);
        done = merkle_subtree_hash(&tiles->source, (struct subtree){0, size.n}, ret, err);
        *ret_held = done;
    }
    txn_release(&txn);
    return done;
}

static bool put_line(struct taking *k, const struct wire_cosig *row, struct writer *w,
                     struct err *err)
{
    size_t at;
    struct str name;
    const struct community_state *by = talk_state_by_id(k->v, &row->cosigner, &at);
    if (by == NULL)
        return true; // of no State here: counts for nothing
    if (!arena_fmt(k->arena, &name, err, "%.*s/%s", STR_ARG(by->origin),
                   row->mirror ? "mirror" : "witness"))
        return false;
    struct note_key key = {.name = name, .id = row->key_id, .type = NOTE_KEY_COSIGNER};
    cosign_line(&key, row->time_s, &row->signature, w);
    return !w->full || err_set(err, ERR_LIMIT, "base/limits.h", "too many cosignatures");
}

static bool hand_cosigs(struct taking *k, struct str origin, struct bytes note, struct err *err)
{
    uint16_t fresh = 0;
    struct share *s = k->v->share;
    share_lock(s);
    bool done = clerk_take_cosigs(&s->clerk, origin, note, &fresh, err);
    if (done && str_eq(origin, s->own))
        done = clerk_take_own_head(&s->clerk, k->t->peer, note, (struct moment){0}, err);
    share_unlock(s);
    return done;
}

static bool take_cosigs(struct taking *k, const struct wire_cosigs *c, struct err *err)
{
    size_t at;
    struct digest root;
    bool held = false;
    const struct community_state *s = talk_state_by_id(k->v, &c->origin, &at);
    uint8_t *room = note_room(k, err);
    if (room == NULL)
        return false;
    if (s == NULL || !root_held(k, s->origin, c->size, &root, &held, err) || !held)
        return s == NULL || !held ? true : false;
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    if (!render_head(k, s->origin, c->size, &root, &c->line, &w))
        return err_set(err, ERR_LIMIT, "base/limits.h", "a checkpoint too long");
    for (size_t i = 0; i < c->count; i++)
        if (!put_line(k, &c->rows[i], &w, err))
            return false;
    return hand_cosigs(k, s->origin, writer_bytes(&w), err);
}

// -- the rest ------------------------------------------------------------------------------------
static bool take_manifests(struct taking *k, const struct wire_frame *f, struct err *err)
{
    size_t at;
    bool changed = false;
    const struct community_state *s = talk_state_by_id(k->v, &f->of.manifests.origin, &at);
    if (s == NULL)
        return true;
    share_lock(k->v->share);
    bool done =
        clerk_take_manifests(&k->v->share->clerk, s->origin, f->of.manifests.chain, &changed, err);
    share_unlock(k->v->share);
    return done;
}

static bool take_evidence(struct taking *k, const struct wire_frame *f, struct err *err)
{
    bool fresh = false;
    share_lock(k->v->share);
    bool done = clerk_take_evidence(&k->v->share->clerk, f->of.evidence, &fresh, err);
    share_unlock(k->v->share);
    return done;
}

// Without hash and size it is the body that the entry here names.
static bool name_body(struct taking *k, struct str origin, struct clerk_waiting *row,
                      bool *ret_named, struct err *err)
{
    struct txn txn = {0};
    struct exchange_log log;
    struct bytes entry;
    struct entry read;
    struct err why = {0};
    *ret_named = false;
    if (!db_begin(k->v->exchange, &txn, err))
        return false;
    if (exchange_log_find(&txn, origin, k->arena, &log, &why) &&
        exchange_entry_get(&txn, log.id, row->index, k->arena, &entry, &why) &&
        entry_read(entry, &read, &why) && read.kind != ENTRY_AS_IT_IS) {
        row->hash = read.body;
        row->size = read.body_bytes;
        *ret_named = true;
    }
    txn_release(&txn);
    return true;
}

static bool is_held(struct taking *k, const struct digest *hash)
{
    struct txn txn = {0};
    struct exchange_blob blob = {.have = 0};
    struct err why = {0};
    bool held = db_begin(k->v->exchange, &txn, &why) &&
                exchange_blob_get(&txn, hash, &blob, &why) && blob.complete;
    txn_release(&txn);
    return held;
}

// Said to those alone who may have it from here: who held out any hash to every node could learn
// else for whom a record was sealed.
static void settle(struct taking *k, const struct digest *hash)
{
    uint64_t size = 0;
    struct err why = {0};
    if (give_may(k->v, k->t->peer, hash, &size, &why))
        talk_settle(k->t, hash, size);
}

// Kept until it is held here: what an offer is of may be known only once another body was opened.
static void keep_offer(struct talk *t, const struct wire_waiting *w, const struct digest *hash)
{
    for (size_t i = 0; i < t->offers_count; i++)
        if (digest_eq(&t->offers[i].hash, hash))
            return;
    if (t->offers_count == TALK_OFFERS_MAX) // the oldest goes; it is said again in the next session
        memmove(&t->offers[0], &t->offers[1], --t->offers_count * sizeof t->offers[0]);
    t->offers[t->offers_count++] = (struct talk_offer){w->origin, w->index, *hash};
}

static bool take_waiting(struct taking *k, const struct wire_frame *f, struct err *err)
{
    size_t count = 0;
    size_t rows = f->of.waiting.count;
    struct clerk_waiting *all = arena_new(k->arena, struct clerk_waiting, rows + 1);
    if (all == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu rows of waiting", rows);
    for (size_t i = 0; i < rows; i++) {
        const struct wire_waiting *w = &f->of.waiting.rows[i];
        size_t at;
        bool named = w->named;
        const struct community_state *s = talk_state_by_id(k->v, &w->origin, &at);
        if (s == NULL)
            continue;
        all[count] = (struct clerk_waiting){s->origin, w->index, w->hash, w->size, w->precedence};
        if (!named && !name_body(k, s->origin, &all[count], &named, err))
            return false;
        if (named && is_held(k, &all[count].hash)) {
            settle(k, &all[count].hash);
            continue;
        }
        if (named)
            keep_offer(k->t, w, &all[count].hash);
        count += named ? 1 : 0;
    }
    share_lock(k->v->share);
    bool done = count == 0 || clerk_take_waiting(&k->v->share->clerk, k->t->peer, all, count, err);
    share_unlock(k->v->share);
    return done;
}

static bool take_have(struct taking *k, const struct wire_frame *f, struct err *err)
{
    for (size_t i = 0; i < f->of.have.count; i++) {
        size_t at;
        if (talk_state_by_id(k->v, &f->of.have.rows[i].origin, &at) != NULL)
            k->t->logs[at].size = f->of.have.rows[i].size.n;
    }
    k->t->told = true;
    return talk_take_books(k->t, k->v, f->of.have.rows, f->of.have.count, k->arena, err);
}

// What the partner holds whole need not wait for it any longer; the rest it asks to be brought.
static bool take_wants(struct taking *k, const struct wire_frame *f, struct err *err)
{
    size_t count = 0;
    struct digest *done_with = arena_new(k->arena, struct digest, f->of.want.count + 1);
    if (done_with == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu rows of wants", f->of.want.count);
    for (size_t i = 0; i < f->of.want.count && count < CLERK_BODIES_MAX; i++) {
        const struct wire_want *row = &f->of.want.rows[i];
        uint64_t size = 0;
        struct err why = {0};
        if (!give_may(k->v, k->t->peer, &row->hash, &size, &why) || row->have > size)
            continue; // not the partner's to ask for
        if (row->have == size)
            done_with[count++] = row->hash;
        else if (k->t->wants_count < TALK_OFFERS_MAX)
            k->t->wants[k->t->wants_count++] = *row;
    }
    if (count == 0)
        return true;
    share_lock(k->v->share);
    bool done = clerk_offers_done(&k->v->share->clerk, k->t->peer, done_with, count, err);
    share_unlock(k->v->share);
    return done;
}

static bool take_hello(struct taking *k, const struct wire_frame *f, struct err *err)
{
    struct origin_id peer = origin_id_of(k->t->peer);
    struct origin_id own = origin_id_of(k->v->share->own);
    if (!origin_id_eq(&f->of.hello.from, &peer) || !origin_id_eq(&f->of.hello.to, &own))
        return err_set(err, ERR_DENIED, "FORMATS 7", "the greeting names another pair of States");
    if ((f->of.hello.flags & WIRE_FRESH) != 0) {
        talk_forget(k->t);
        k->t->opening = true;
    }
    return true;
}

static bool take_frame(struct taking *k, const struct wire_frame *f, struct err *err)
{
    if (f->kind != WIRE_HELLO && f->kind != WIRE_HAVE && f->kind != WIRE_WANT)
        k->t->took_something = true;
    switch (f->kind) {
    case WIRE_HELLO:
        return take_hello(k, f, err);
    case WIRE_HAVE:
        return take_have(k, f, err);
    case WIRE_ENTRIES:
        return take_entries(k, &f->of.entries, err);
    case WIRE_COSIGS:
        return take_cosigs(k, &f->of.cosigs, err);
    case WIRE_MANIFESTS:
        return take_manifests(k, f, err);
    case WIRE_EVIDENCE:
        return take_evidence(k, f, err);
    case WIRE_WAITING:
        return take_waiting(k, f, err);
    case WIRE_WANT:
        return take_wants(k, f, err);
    case WIRE_NONE:
    case WIRE_KIND_COUNT:
        break;
    }
    return err_set(err, ERR_MALFORMED, "courier/wire.h", "a frame of kind %u", (unsigned)f->kind);
}

bool talk_take(struct talk *t, struct view *v, struct bytes batch, struct err *err)
{
    struct arena a;
    struct wire_batch read;
    struct taking k = {t, v, &a};
    arena_init(&a, (size_t)2 * WIRE_ARENA_BYTES);
    t->took_something = false;
    t->wants_count = 0;
    bool done = view_refresh(v, err) && wire_read(batch, &a, &read, err);
    settle_order(t, v);
    for (size_t i = 0; done && i < read.count; i++) {
        struct err why = {0};
        if (take_frame(&k, &read.frames[i], &why))
            continue;
        report_err(REPORT_INFO, "frame-refused", &why);
        // The greeting decides whether there is a session at all; without a clerk there is none.
        if (i == 0 || why.kind == ERR_OFFLINE)
            done = err_set(err, why.kind, why.clause, "%s", why.text);
    }
    arena_release(&a);
    return done;
}
