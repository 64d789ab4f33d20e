#include "courier/caller.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/report.h"
#include "courier/talk.h"
#include "http/client.h"
#include "store/exchange_blob.h"
#include "store/exchange_peer.h"

#include <poll.h>
#include <stdio.h>

enum {
    CALLERS_MAX = 64,
    BACKOFF_FIRST_MS = 1000,
    BACKOFF_LAST_MS = 900000,
    ROUNDS_MAX = 4096,
    WATCH_MS = 10, // how soon a bell is heard
    PIECE_BYTES = BLOB_CHUNK_BYTES * 4,
    TARGET_CHARS = 80,
    REQUEST_ARENA_BYTES = 8 << 20,
};

struct caller {
    struct callers *all;
    pthread_t thread;
    char *peer; // owned; its origin
    struct view view;
    struct talk talk;
    struct client *client; // owned; NULL: not connected
    struct digest pin;     // that the client was opened with
    uint64_t heard;        // bells
    uint32_t failures;
    bool missed; // a body could not be had: the partner must say again what it holds
};
struct callers {
    struct share *share;
    struct caller *items[CALLERS_MAX]; // owned
    size_t count;
    pthread_t keeper;
    bool kept;
};

// -- where the partner is
// ----------------------------------------------------------------------------
static bool endpoint_of(struct caller *c, struct arena *a, struct str *ret, struct err *err)
{
    struct txn txn = {0};
    struct exchange_peer row;
    struct err why = {0};
    const struct community_state *s =
        community_by_origin(&c->view.held->community, str_of(c->peer));
    bool done = db_begin(c->view.exchange, &txn, err);
    bool ours =
        done && exchange_peer_get(&txn, str_of(c->peer), a, &row, &why) && row.endpoint.len > 0;
    txn_release(&txn);
    if (!done)
        return false;
    if (ours)
        *ret = row.endpoint;
    else if (s != NULL && s->endpoints_count > 0)
        *ret = s->endpoints[0];
    else
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.6", "%s has no address", c->peer);
    return true;
}

// "https://HOST:PORT", HOST in brackets when it is IPv6.
static bool split_endpoint(struct str endpoint, char host[256], uint16_t *ret_port, struct err *err)
{
    struct str prefix = STR("https://");
    uint64_t port = 0;
    size_t colon = endpoint.len;
    if (str_starts(endpoint, prefix)) {
        while (colon > prefix.len && endpoint.ptr[colon - 1] != ':')
            colon--;
        struct str name =
            str_slice(endpoint, prefix.len, colon > prefix.len ? colon - 1 : prefix.len);
        if (name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
            name = str_slice(name, 1, name.len - 1);
        struct str number = str_slice(endpoint, colon, endpoint.len);
        if (name.len > 0 && name.len < 256 && decimal_read(number, UINT16_MAX, &port)) {
            memcpy(host, name.ptr, name.len);
            host[name.len] = '\0';
            *ret_port = (uint16_t)port;
            return true;
        }
    }
    return err_set(err, ERR_MALFORMED, "DESIGN 5.6", "%.*s is no https://HOST:PORT",
                   STR_ARG(endpoint));
}

static bool open_client(struct caller *c, struct client_options *o, struct client **ret,
                        struct err *err)
{
    char host[256];
    struct arena a;
    struct str endpoint = {0};
    arena_init(&a, 65536);
    bool done = endpoint_of(c, &a, &endpoint, err) && split_endpoint(endpoint, host, &o->port, err);
    o->host = host;
    o->cert = &c->all->share->cert;
    o->abandon = &c->all->share->stop;
    done = done && client_open(o, ret, err);
    o->host = NULL; // it was this function's
    arena_release(&a);
    return done;
}

// Its keys are not known yet: they are asked of whoever answers there, for they prove themselves.
static bool fetch_keys(struct caller *c, struct err *err)
{
    struct client_options o = {.trust = TRUST_ANY_KEY};
    struct client *client = NULL;
    struct arena a;
    struct answer answer;
    char hash[65];
    struct str target;
    bool changed = false;
    arena_init(&a, (size_t)4 * CHAIN_BYTES_MAX);
    origin_path(str_of(c->peer), hash);
    bool done = open_client(c, &o, &client, err) && arena_fmt(&a, &target, err, "/keys/%s", hash);
    struct ask ask = {
        .method = METHOD_GET, .target = target.ptr, .answer_bytes_max = CHAIN_BYTES_MAX};
    done = done && client_ask(client, &ask, &a, &answer, err);
    if (done) {
        share_lock(c->all->share);
        done = clerk_take_manifests(&c->all->share->clerk, str_of(c->peer), answer.body, &changed,
                                    err);
        share_unlock(c->all->share);
    }
    client_close(client);
    arena_release(&a);
    atomic_fetch_add(&c->all->share->bells, 1);
    return done && view_refresh(&c->view, err);
}

// A connection to the key that the newest manifest names; a rotated key needs a new one.
static bool connect_peer(struct caller *c, struct err *err)
{
    const struct chain *chain = held_chain(c->view.held, str_of(c->peer));
    const struct manifest *m = chain == NULL ? NULL : chain_newest(chain);
    if (m == NULL) {
        if (!fetch_keys(c, err))
            return false;
        chain = held_chain(c->view.held, str_of(c->peer));
        m = chain == NULL ? NULL : chain_newest(chain);
        if (m == NULL)
            return err_set(err, ERR_NOT_FOUND, "DESIGN 5.5", "no keys of %s", c->peer);
    }
    if (c->client != NULL && digest_eq(&c->pin, &m->keys.tls))
        return true;
    client_close(c->client);
    c->client = NULL;
    struct client_options o = {.trust = TRUST_PINNED, .pin = m->keys.tls};
    c->pin = m->keys.tls;
    return open_client(c, &o, &c->client, err);
}

// -- one session
// -----------------------------------------------------------------------------------
static bool post_batch(struct caller *c, bool fresh, struct err *err)
{
    struct arena a;
    struct answer answer;
    struct ask ask = {.method = METHOD_POST,
                      .target = "/session",
                      .content_type = "application/octet-stream",
                      .answer_bytes_max = WIRE_BATCH_BYTES_MAX};
    arena_init(&a, REQUEST_ARENA_BYTES);
    bool done = talk_compose(&c->talk, &c->view, fresh, &a, &ask.body, err) &&
                client_ask(c->client, &ask, &a, &answer, err) &&
                talk_take(&c->talk, &c->view, answer.body, err);
    arena_release(&a);
    return done;
}

struct fetching {
    struct caller *c;
    const struct clerk_waiting *row;
    uint64_t have;
    bool complete;
    uint8_t *piece; // PIECE_BYTES
    size_t filled;
};

static bool hand_piece(struct fetching *f, struct err *err)
{
    struct share *s = f->c->all->share;
    if (f->filled == 0)
        return true;
    share_lock(s);
    bool done = clerk_take_blob(&s->clerk, str_of(f->c->peer), &f->row->hash, f->row->size, f->have,
                                bytes_of(f->piece, f->filled), &f->have, &f->complete, err);
    share_unlock(s);
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
static bool fetch_blob(struct caller *c, const struct clerk_waiting *row, struct err *err)
{
    char target[TARGET_CHARS];
    char hex[2 * DIGEST_BYTES + 1];
    struct arena a;
    struct answer answer;
    struct fetching f = {.c = c, .row = row};
    struct share *s = c->all->share;
    share_lock(s);
    bool done = clerk_blob_have(&s->clerk, &row->hash, &f.have, &f.complete, err);
    share_unlock(s);
    if (!done || f.complete)
        return done;
    hex_write(bytes_of(row->hash.octets, DIGEST_BYTES), hex);
    (void)snprintf(target, sizeof target, "/blob/%s", hex);
    arena_init(&a, 65536);
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
    memory_release(f.piece);
    arena_release(&a);
    return done;
}

// Does the clerk want it still? Asked of the store, so that what is held is not fetched twice.
struct wanted {
    const struct digest *hash;
    bool found;
};

static bool see_want(void *context, const struct exchange_want *row, struct err *err)
{
    struct wanted *w = context;
    (void)err;
    w->found = w->found || digest_eq(&row->hash, w->hash);
    return true;
}

static bool is_wanted(struct caller *c, const struct clerk_waiting *row, bool *ret, struct err *err)
{
    struct txn txn = {0};
    struct exchange_log log;
    struct arena a;
    struct wanted w = {&row->hash, false};
    struct err why = {0};
    arena_init(&a, 1 << 20);
    bool done = db_begin(c->view.exchange, &txn, err);
    if (done && exchange_log_find(&txn, row->origin, &a, &log, &why))
        done = exchange_wants_of(&txn, log.id, row->index, see_want, &w, err);
    txn_release(&txn);
    arena_release(&a);
    *ret = w.found;
    return done;
}

static bool fetch_offered(struct caller *c, bool *ret_any, struct err *err)
{
    struct clerk_waiting *rows = memory_new(TALK_OFFERS_MAX, sizeof *rows);
    size_t count = c->talk.offers_count;
    bool done = true;
    memcpy(rows, c->talk.offers, count * sizeof *rows);
    for (size_t i = 0; done && i < count && !atomic_load(&c->all->share->stop); i++) {
        bool wanted = false;
        struct err why = {0};
        done = is_wanted(c, &rows[i], &wanted, err);
        if (!done || !wanted)
            continue;
        *ret_any = true;
        // One that cannot be had now is no reason to leave the others.
        if (!fetch_blob(c, &rows[i], &why)) {
            report_err(REPORT_INFO, "body-not-fetched", &why);
            c->missed = true;
            done = why.kind != ERR_OFFLINE || err_set(err, why.kind, why.clause, "%s", why.text);
        }
    }
    memory_release(rows);
    return done;
}

// Rounds until neither side has anything new to say and nothing is left to fetch.
static bool hold_session(struct caller *c, struct err *err)
{
    bool fresh = c->failures > 0 || c->client == NULL || c->missed;
    c->missed = false;
    if (!view_refresh(&c->view, err) || !connect_peer(c, err))
        return false;
    for (int round = 0; round < ROUNDS_MAX && !atomic_load(&c->all->share->stop); round++) {
        bool fetched = false;
        if (!post_batch(c, fresh, err) || !fetch_offered(c, &fetched, err))
            return false;
        bool news = c->talk.said_something || c->talk.took_something || fetched || fresh;
        fresh = false;
        if (!news)
            break;
    }
    return true;
}

// -- when
// ------------------------------------------------------------------------------------------ 1 s
// doubled with every failure up to 15 min, and anything from nothing to that.
static int64_t backoff_ms(struct caller *c)
{
    uint64_t most = BACKOFF_FIRST_MS;
    uint64_t dice = 0;
    for (uint32_t i = 1; i < c->failures && most < BACKOFF_LAST_MS; i++)
        most *= 2;
    world_random(c->all->share->options->world, (uint8_t *)&dice, sizeof dice);
    return (int64_t)(dice % (most < BACKOFF_LAST_MS ? most : BACKOFF_LAST_MS));
}

static void wait_turn(struct caller *c, int64_t ms, bool for_bell)
{
    struct world *w = c->all->share->options->world;
    int64_t until = world_monotonic_ms(w) + ms;
    while (!atomic_load(&c->all->share->stop) && world_monotonic_ms(w) < until) {
        if (for_bell && atomic_load(&c->all->share->bells) != c->heard)
            return;
        (void)poll(NULL, 0, WATCH_MS);
    }
}

static void note_call(struct caller *c, bool well, int64_t next_ms)
{
    struct err why = {0};
    struct share *s = c->all->share;
    share_lock(s);
    bool done = clerk_peer_called(&s->clerk, str_of(c->peer), well,
                                  world_now_ms(s->options->world) + next_ms, &why);
    share_unlock(s);
    if (!done)
        report_err(REPORT_INFO, "call-not-noted", &why);
}

static void call_once(struct caller *c)
{
    struct err err = {0};
    c->heard = atomic_load(&c->all->share->bells);
    bool well = hold_session(c, &err);
    int64_t next_ms = (int64_t)c->all->share->options->poll_s * 1000;
    if (atomic_load(&c->all->share->stop))
        return;
    if (well) {
        if (c->failures > 0)
            report(REPORT_INFO, "partner-reached", "partner=%s", c->peer);
        c->failures = 0;
    } else {
        if (c->failures++ == 0)
            report_err(REPORT_INFO, "partner-not-reached", &err);
        client_close(c->client);
        c->client = NULL;
        next_ms = backoff_ms(c);
    }
    note_call(c, well, next_ms);
    wait_turn(c, next_ms, well);
}

static void *caller_run(void *context)
{
    struct caller *c = context;
    while (!atomic_load(&c->all->share->stop))
        call_once(c);
    return NULL;
}

// -- all of them
// -------------------------------------------------------------------------------------
static bool has_caller(const struct callers *all, struct str origin)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_eq(str_of(all->items[i]->peer), origin))
            return true;
    return false;
}

static bool add_caller(struct callers *all, struct str origin, struct err *err)
{
    struct caller *c = memory_new(1, sizeof *c);
    c->all = all;
    c->peer = memory_new(origin.len + 1, 1);
    memcpy(c->peer, origin.ptr, origin.len);
    talk_begin(&c->talk, str_of(c->peer));
    bool done = view_open(&c->view, all->share, err);
    if (done && pthread_create(&c->thread, NULL, caller_run, c) != 0)
        done = err_set(err, ERR_IO, NULL, "cannot start a thread");
    if (done) {
        all->items[all->count++] = c;
        return true;
    }
    view_close(&c->view);
    memory_release(c->peer);
    memory_release(c);
    return false;
}

// Partners come and go with the community file and what is switched on; a caller whose partner is
// off again finds its session refused and waits longer and longer.
static void look_for_partners(struct callers *all, struct view *v)
{
    struct err err = {0};
    const struct held *h = v->held;
    if (!view_refresh(v, &err)) {
        report_err(REPORT_WARN, "store", &err);
        return;
    }
    for (size_t i = 0; h->has_community && i < h->community.states_count; i++) {
        struct str origin = h->community.states[i].origin;
        if (all->count == CALLERS_MAX || str_eq(origin, all->share->own) ||
            has_caller(all, origin) || !held_is_on(h, origin, OPTIN_EXCHANGE))
            continue;
        if (!add_caller(all, origin, &err))
            report_err(REPORT_WARN, "caller", &err);
    }
}

static void *keep_callers(void *context)
{
    struct callers *all = context;
    struct view v;
    struct err err = {0};
    uint64_t heard = 0;
    if (!view_open(&v, all->share, &err)) {
        report_err(REPORT_ERROR, "store", &err);
        return NULL;
    }
    look_for_partners(all, &v);
    while (!atomic_load(&all->share->stop)) {
        uint64_t bells = atomic_load(&all->share->bells);
        if (bells != heard)
            look_for_partners(all, &v);
        heard = bells;
        (void)poll(NULL, 0, WATCH_MS * 10);
    }
    view_close(&v);
    return NULL;
}

bool callers_start(struct share *s, struct callers **ret_owned, struct err *err)
{
    struct callers *all = memory_new(1, sizeof *all);
    all->share = s;
    if (s->options->dials) {
        all->kept = pthread_create(&all->keeper, NULL, keep_callers, all) == 0;
        if (!all->kept) {
            memory_release(all);
            return err_set(err, ERR_IO, NULL, "cannot start a thread");
        }
    }
    *ret_owned = all;
    return true;
}

void callers_stop(struct callers *all)
{
    if (all == NULL)
        return;
    if (all->kept)
        (void)pthread_join(all->keeper, NULL);
    for (size_t i = 0; i < all->count; i++) {
        struct caller *c = all->items[i];
        (void)pthread_join(c->thread, NULL);
        client_close(c->client);
        view_close(&c->view);
        talk_end(&c->talk);
        memory_release(c->peer);
        memory_release(c);
    }
    memory_release(all);
}
