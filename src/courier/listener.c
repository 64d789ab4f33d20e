#include "courier/listener.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/report.h"
#include "courier/caller.h"
#include "courier/give.h"
#include "courier/place.h"
#include "courier/publish.h"
#include "courier/talk.h"
#include "http/listen.h"
#include "log/witness.h"

enum {
    NEED_ANYONE = 1,
    NEED_PARTNER = 2,
    DRAIN_MS = 3000,
    TALKS_MAX = COMMUNITY_STATES_MAX,
    SHORT_BYTES = 64
};

// One lock for all requests: a community is small, and a reader of the store has one thread.
struct listener {
    struct share *share;
    struct server *peers, *monitor;
    pthread_mutex_t lock;
    struct view view;
    struct talk *talks[TALKS_MAX]; // owned; by partner, as they come
    char *names[TALKS_MAX];        // owned; their origins
    size_t talks_count;
};

static void lock(struct listener *l)
{
    CHECK(pthread_mutex_lock(&l->lock) == 0);
}

static void unlock(struct listener *l)
{
    CHECK(pthread_mutex_unlock(&l->lock) == 0);
}

static const struct community_state *partner_of(struct listener *l, const struct request *rq)
{
    struct digest pin;
    struct err why = {0};
    if (!request_peer_pin(rq, &pin) || !view_refresh(&l->view, &why))
        return NULL;
    return view_partner(&l->view, &pin);
}

// Whoever is no partner sees no more than that there is nothing here.
static bool allow(void *ctx, int need, struct request *rq, struct err *err)
{
    struct listener *l = ctx;
    if (need == NEED_ANYONE)
        return true;
    lock(l);
    bool is = partner_of(l, rq) != NULL;
    unlock(l);
    return is || err_set(err, ERR_NOT_FOUND, NULL, "there is nothing here");
}

static void told(void *ctx, const struct request *rq, const struct err *what)
{
    (void)ctx;
    (void)rq;
    report_err(REPORT_INFO, "request-refused", what);
}

// -- keys -----------------------------------------------------------------------------------------
static bool keys_get(struct request *rq, void *ctx, struct err *err)
{
    struct listener *l = ctx;
    struct digest hash;
    struct bytes wire = {0};
    if (!hex_read(request_capture(rq, 0), hash.octets, DIGEST_BYTES))
        return err_set(err, ERR_NOT_FOUND, NULL, "no such log");
    lock(l);
    bool done = view_refresh(&l->view, err);
    const struct community_state *s = done && l->view.held->has_community
                                          ? community_by_hash(&l->view.held->community, &hash)
                                          : NULL;
    const struct chain *chain = s == NULL ? NULL : held_chain(l->view.held, s->origin);
    if (done)
        done = chain == NULL ? err_set(err, ERR_NOT_FOUND, NULL, "no such log")
                             : chain_write(chain, request_arena(rq), &wire, err);
    unlock(l);
    return done && reply_bytes(rq, 200, "application/octet-stream", wire, err);
}

// block16 origin, then the chain.
static bool keys_post(struct request *rq, void *ctx, struct err *err)
{
    struct listener *l = ctx;
    struct reader r = reader_of(request_body(rq));
    struct bytes origin = reader_block16(&r);
    struct str name;
    bool changed = false;
    if (r.failed || !text_check_line(origin, &name, err))
        return err_set(err, ERR_MALFORMED, "FORMATS 7", "an origin and its chain of manifests");
    share_lock(l->share);
    bool done = clerk_take_manifests(&l->share->clerk, name, r.rest, &changed, err);
    share_unlock(l->share);
    if (done && changed)
        share_facts_changed(l->share); // the very next question may rest on it
    return done && reply_bytes(rq, 200, "text/plain",
                               bytes_of(changed ? "new\n" : "held\n", changed ? 4 : 5), err);
}

// -- session --------------------------------------------------------------------------------------
static struct talk *talk_of(struct listener *l, struct str origin)
{
    for (size_t i = 0; i < l->talks_count; i++)
        if (str_eq(str_of(l->names[i]), origin))
            return l->talks[i];
    if (l->talks_count == TALKS_MAX)
        return NULL;
    char *name = memory_new(origin.len + 1, 1);
    memcpy(name, origin.ptr, origin.len);
    struct talk *t = memory_new(1, sizeof *t);
    talk_begin(t, str_of(name));
    l->names[l->talks_count] = name;
    l->talks[l->talks_count++] = t;
    return t;
}

// A greeting alone that may wait is answered when this node has something new, at latest in time.
static bool may_wait(struct request *rq)
{
    struct arena a;
    struct wire_batch batch;
    struct err why = {0};
    arena_init(&a, WIRE_ARENA_BYTES);
    bool waits = request_body(rq).len <= SHORT_BYTES &&
                 wire_read(request_body(rq), &a, &batch, &why) && batch.count == 1 &&
                 (batch.frames[0].of.hello.flags & WIRE_WAIT) != 0;
    arena_release(&a);
    return waits;
}

static bool answer_greeting(struct listener *l, struct talk *t, struct request *rq, struct err *err)
{
    struct buffer out;
    struct wire_frame f = {.kind = WIRE_HELLO};
    buffer_init(&out, request_arena(rq), SHORT_BYTES);
    f.of.hello = (struct wire_hello){0, origin_id_of(l->share->own), origin_id_of(t->peer)};
    wire_put(&out, &f);
    return reply_bytes(rq, 200, "application/octet-stream", buffer_bytes(&out), err);
}

static bool long_wait(struct listener *l, struct talk *t, struct request *rq, struct err *err)
{
    bool is_new = bell_count(&l->share->bell) != t->heard;
    if (request_woken(rq) != WAKE_NONE || is_new)
        return answer_greeting(l, t, rq, err);
    (void)request_wait(rq, WIRE_WAIT_S * 1000);
    return true;
}

static bool converse(struct listener *l, struct talk *t, struct request *rq, struct err *err)
{
    struct bytes answer = {0};
    uint64_t heard = bell_count(&l->share->bell);
    // One that has no address asks for what it cannot fetch, to be brought it.
    t->asks = !place_is_known(&l->view, t->peer);
    if (!talk_take(t, &l->view, request_body(rq), err) ||
        !talk_compose(t, &l->view, false, request_arena(rq), &answer, err))
        return false;
    t->heard = heard;
    struct callers *callers = atomic_load(&l->share->callers);
    if (callers != NULL)
        callers_heard(callers, t->peer);
    return reply_bytes(rq, 200, "application/octet-stream", answer, err);
}

static bool session(struct request *rq, void *ctx, struct err *err)
{
    struct listener *l = ctx;
    bool waits = may_wait(rq);
    lock(l);
    const struct community_state *s = partner_of(l, rq);
    struct talk *t = s == NULL ? NULL : talk_of(l, s->origin);
    bool done = t == NULL ? err_set(err, ERR_NOT_FOUND, NULL, "there is nothing here")
                          : (waits ? long_wait(l, t, rq, err) : converse(l, t, rq, err));
    unlock(l);
    return done;
}

// -- blobs ---------------------------------------------------------------------------------------
struct blob_source {
    struct listener *l;
    struct digest hash;
};

static bool read_blob(void *own, uint64_t offset, void *to, size_t cap, size_t *ret_count,
                      struct err *err)
{
    struct blob_source *b = own;
    lock(b->l);
    bool done = give_read(&b->l->view, &b->hash, offset, to, cap, ret_count, err);
    unlock(b->l);
    return done;
}

// Asked by HEAD, what a partner began to leave here says how much of it came.
static bool part_head(struct request *rq, uint64_t have, struct err *err)
{
    struct str value;
    return arena_fmt(request_arena(rq), &value, err, "%llu", (unsigned long long)have) &&
           reply_header(rq, "Elchi-Have", value, err) &&
           reply_bytes(rq, 200, NULL, (struct bytes){0}, err);
}

// A missing blob and one that is not this partner's read the same.
static bool blob_get(struct request *rq, void *ctx, struct err *err)
{
    struct listener *l = ctx;
    struct blob_source *b = arena_new(request_arena(rq), struct blob_source, 1);
    struct reply_source source = {.type = "application/octet-stream", .read = read_blob, .own = b};
    uint64_t have = 0;
    CHECK(b != NULL);
    b->l = l;
    lock(l);
    const struct community_state *s = partner_of(l, rq);
    bool named = s != NULL && hex_read(request_capture(rq, 0), b->hash.octets, DIGEST_BYTES);
    bool found = named && give_may(&l->view, s->origin, &b->hash, &source.size, err);
    bool part = named && !found && request_method(rq) == METHOD_HEAD &&
                give_part(&l->view, s->origin, &b->hash, &have);
    unlock(l);
    if (part)
        return part_head(rq, have, err);
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "no such blob");
    return reply_stream(rq, &source, err);
}

static bool blobs_post(struct request *rq, void *ctx, struct err *err)
{
    struct listener *l = ctx;
    struct bytes answer = {0};
    lock(l);
    const struct community_state *s = partner_of(l, rq);
    bool done = s == NULL ? err_set(err, ERR_NOT_FOUND, NULL, "there is nothing here")
                          : give_many(&l->view, s->origin, request_body(rq), request_arena(rq),
                                      &answer, err);
    unlock(l);
    return done && reply_bytes(rq, 200, "application/octet-stream", answer, err);
}

static bool number_header(struct request *rq, struct str name, uint64_t *ret)
{
    struct str value;
    return request_header(rq, name, &value) && decimal_read(value, BLOB_BYTES_MAX, ret);
}

// The body is for a third State: Elchi-To names it, Elchi-At the record's index and precedence.
static bool put_carried(struct request *rq, struct listener *l, struct clerk_left *left,
                        uint64_t *ret_have, struct err *err)
{
    struct str at;
    struct str index = {0};
    uint64_t precedence = 0;
    if (!request_header(rq, STR("Elchi-At"), &at) || !str_split(&at, ' ', &index) ||
        !decimal_read(index, TREE_SIZE_MAX, &left->at.n) ||
        !decimal_read(at, PRECEDENCE_COUNT - 1, &precedence))
        return err_set(err, ERR_MALFORMED, "FORMATS 7", "Elchi-At names an index and precedence");
    left->precedence = (enum precedence)precedence;
    share_lock(l->share);
    bool done = clerk_leave_blob(&l->share->clerk, left, ret_have, err);
    share_unlock(l->share);
    return done;
}

static bool put_ours(struct listener *l, const struct clerk_left *left, uint64_t *ret_have,
                     struct err *err)
{
    bool complete = false;
    share_lock(l->share);
    bool done = clerk_take_blob(&l->share->clerk, left->from, &left->hash, left->size, left->offset,
                                left->octets, ret_have, &complete, err);
    share_unlock(l->share);
    return done;
}

// A piece of a blob that this node wants or carries: Elchi-Offset and Elchi-Size say where it
// stands.
static bool blob_put(struct request *rq, void *ctx, struct err *err)
{
    struct listener *l = ctx;
    struct clerk_left left = {.octets = request_body(rq)};
    uint64_t have = 0;
    struct str text;
    lock(l); // the name goes with the next refresh of the view
    const struct community_state *s = partner_of(l, rq);
    bool done = s != NULL && hex_read(request_capture(rq, 0), left.hash.octets, DIGEST_BYTES) &&
                arena_str(request_arena(rq), s->origin, &left.from, err);
    unlock(l);
    if (!done)
        return err_set(err, ERR_NOT_FOUND, NULL, "no such blob");
    if (!number_header(rq, STR("Elchi-Offset"), &left.offset) ||
        !number_header(rq, STR("Elchi-Size"), &left.size))
        return err_set(err, ERR_MALFORMED, "FORMATS 7", "Elchi-Offset and Elchi-Size are needed");
    done = request_header(rq, STR("Elchi-To"), &left.to) ? put_carried(rq, l, &left, &have, err)
                                                         : put_ours(l, &left, &have, err);
    return done && arena_fmt(request_arena(rq), &text, err, "%llu\n", (unsigned long long)have) &&
           reply_bytes(rq, 200, "text/plain", str_bytes(text), err);
}

// -- witness --------------------------------------------------------------------------------------
static bool witness(struct request *rq, void *ctx, struct err *err)
{
    struct listener *l = ctx;
    struct witness_request *ask = arena_new(request_arena(rq), struct witness_request, 1);
    struct str origin;
    struct str line = {0};
    CHECK(ask != NULL);
    if (!witness_request_read(request_body(rq), ask, err) ||
        !witness_request_origin(ask, &origin, err))
        return false;
    share_lock(l->share);
    bool done = clerk_witness(&l->share->clerk, request_arena(rq), origin, origin, ask->note,
                              ask->old, proof_of(&ask->proof), &line, err);
    share_unlock(l->share);
    if (!done && err->kind == ERR_CONFLICT && strncmp(err->text, "held ", 5) == 0) {
        struct str size;
        return arena_fmt(request_arena(rq), &size, err, "%s\n", err->text + 5) &&
               reply_bytes(rq, 409, "text/x.tlog.size", str_bytes(size), err);
    }
    return done && reply_bytes(rq, 200, "text/plain", str_bytes(line), err);
}

static bool mirror(struct request *rq, void *ctx, struct err *err)
{
    (void)rq;
    (void)ctx;
    return err_set(
        err, ERR_UNSUPPORTED, "tlog-mirror",
        "add-entries is not taken here; a session brings entries and earns the mirror's line");
}

// -- logs as static files -------------------------------------------------------------------------
static bool publish(struct request *rq, struct listener *l, const struct digest *log,
                    struct str path, struct err *err)
{
    struct bytes octets = {0};
    const char *type = "application/octet-stream";
    lock(l);
    bool done = view_refresh(&l->view, err) &&
                publish_path(&l->view, log, path, request_arena(rq), &octets, &type, err);
    unlock(l);
    return done && reply_bytes(rq, 200, type, octets, err);
}

static bool own_checkpoint(struct request *rq, void *ctx, struct err *err)
{
    return publish(rq, ctx, NULL, STR("checkpoint"), err);
}

static bool own_tile(struct request *rq, void *ctx, struct err *err)
{
    struct str path;
    struct str rest = request_capture(rq, 0);
    return arena_fmt(request_arena(rq), &path, err, "tile/%.*s", STR_ARG(rest)) &&
           publish(rq, ctx, NULL, path, err);
}

static bool any_log(struct request *rq, void *ctx, struct err *err)
{
    struct digest hash;
    if (!hex_read(request_capture(rq, 0), hash.octets, DIGEST_BYTES))
        return err_set(err, ERR_NOT_FOUND, NULL, "no such log");
    return publish(rq, ctx, &hash, request_capture(rq, 1), err);
}

// -- tables ---------------------------------------------------------------------------------------
static const struct route peer_rows[] = {
    {METHOD_GET, "/keys/{}", NEED_ANYONE, 0, keys_get, NULL},
    {METHOD_POST, "/keys", NEED_ANYONE, CHAIN_BYTES_MAX, keys_post, NULL},
    {METHOD_POST, "/session", NEED_PARTNER, WIRE_BATCH_BYTES_MAX, session, NULL},
    {METHOD_GET, "/blob/{}", NEED_PARTNER, 0, blob_get, NULL},
    {METHOD_POST, "/blobs", NEED_PARTNER, (uint64_t)GIVE_MANY_MAX *DIGEST_BYTES, blobs_post, NULL},
    {METHOD_PUT, "/blob/{}", NEED_PARTNER, (uint64_t)BLOB_CHUNK_BYTES * 8, blob_put, NULL},
    {METHOD_POST, "/witness/add-checkpoint", NEED_PARTNER, NOTE_BYTES_MAX, witness, NULL},
    {METHOD_POST, "/mirror/add-entries", NEED_PARTNER, BLOB_CHUNK_BYTES, mirror, NULL},
    {METHOD_GET, "/log/{}/{*}", NEED_PARTNER, 0, any_log, NULL},
};
static const struct route monitor_rows[] = {
    {METHOD_GET, "/checkpoint", NEED_ANYONE, 0, own_checkpoint, NULL},
    {METHOD_GET, "/tile/{*}", NEED_ANYONE, 0, own_tile, NULL},
    {METHOD_GET, "/log/{}/{*}", NEED_ANYONE, 0, any_log, NULL},
};

struct route_table courier_routes(void)
{
    return (struct route_table){peer_rows, sizeof peer_rows / sizeof peer_rows[0]};
}

struct route_table courier_monitor_routes(void)
{
    return (struct route_table){monitor_rows, sizeof monitor_rows / sizeof monitor_rows[0]};
}

// -- starting and stopping ------------------------------------------------------------------------
static bool start_one(struct listener *l, const char *address, bool tls, struct server **ret,
                      struct err *err)
{
    static const struct server_ops ops = {.allow = allow, .told = told};
    struct listen_at at;
    if (address == NULL)
        return true;
    if (!listen_read(address, &at, err))
        return false;
    struct server_options how = {.address = at.address,
                                 .port = at.port,
                                 .tls = tls,
                                 .cert = tls ? &l->share->cert : NULL,
                                 .ask_peer_cert = tls,
                                 .routes = tls ? courier_routes() : courier_monitor_routes(),
                                 .ops = &ops,
                                 .ctx = l,
                                 .world = l->share->options->world};
    return server_start(&how, ret, err) || err_wrap(err, "%s", address);
}

bool listener_start(struct share *s, struct listener **ret_owned, struct err *err)
{
    struct listener *l = memory_new(1, sizeof *l);
    l->share = s;
    CHECK(pthread_mutex_init(&l->lock, NULL) == 0);
    bool done = view_open(&l->view, s, err) &&
                start_one(l, s->options->listen, true, &l->peers, err) &&
                start_one(l, s->options->monitor, false, &l->monitor, err);
    if (done)
        *ret_owned = l;
    else
        listener_stop(l);
    return done;
}

void listener_ring(struct listener *l)
{
    if (l->peers != NULL)
        server_wake_all(l->peers);
}

void listener_stop(struct listener *l)
{
    if (l == NULL)
        return;
    server_stop(l->peers, DRAIN_MS);
    server_stop(l->monitor, DRAIN_MS);
    view_close(&l->view);
    for (size_t i = 0; i < l->talks_count; i++) {
        talk_end(l->talks[i]);
        memory_release(l->talks[i]);
        memory_release(l->names[i]);
    }
    (void)pthread_mutex_destroy(&l->lock);
    memory_release(l);
}
