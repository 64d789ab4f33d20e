// http/exchange.c - see exchange.h: the life of a request from its first octet to its end.
#include "http/exchange.h"

#include "base/limits.h"
#include "http/reply.h"

#include <gnutls/gnutls.h>
#include <microhttpd.h>

void server_lock(struct server *s)
{
    CHECK(pthread_mutex_lock(&s->lock) == 0);
}

void server_unlock(struct server *s)
{
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
}

void server_told(struct server *s, const struct request *rq, const struct err *what)
{
    if (s->options.ops->told != NULL)
        s->options.ops->told(s->options.ctx, rq, what);
}

void connection_phase_set(struct connection *c, enum connection_phase phase)
{
    int64_t now = world_monotonic_ms(c->server->options.world);
    server_lock(c->server);
    c->phase = phase;
    c->since = now;
    c->came = 0;
    server_unlock(c->server);
}

// -- the peer -------------------------------------------------------------------------------------
// The
// handshake proved that the peer holds the key of this certificate; nothing else in it counts.
static void pin_learn(struct connection *c, struct MHD_Connection *handle)
{
    struct err ignored = {0}; // a certificate we cannot read is as good as none
    unsigned count = 0;
    c->pin_known = true;
    if (!c->server->options.tls || !c->server->options.ask_peer_cert)
        return;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (info == NULL || info->tls_session == NULL)
        return;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(info->tls_session, &count);
    if (list == NULL || count == 0)
        return;
    c->has_pin = cert_pin_of_der(bytes_of(list[0].data, list[0].size), &c->pin, &ignored);
}

// -- begin and end --------------------------------------------------------------------------------
struct request *exchange_begin(struct server *s, const char *target, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    CHECK(info != NULL);
    CHECK(info->socket_context != NULL);
    struct request *rq = memory_new(1, sizeof *rq);
    rq->server = s;
    rq->connection = info->socket_context;
    rq->handle = c;
    rq->target_at = target;
    arena_init(&rq->arena, HTTP_REQUEST_BYTES_MAX);
    struct err ignored = {0}; // the memory of one connection is below the arena's limit
    CHECK(arena_str(&rq->arena, str_of(target), &rq->target, &ignored));
    return rq;
}

static void waiting_leave(struct request *rq)
{
    struct server *s = rq->server;
    for (struct request **at = &s->waiting; *at != NULL; at = &(*at)->next_waiting) {
        if (*at == rq) {
            *at = rq->next_waiting;
            s->counts.waiting--;
            return;
        }
    }
}

void exchange_over(struct request *rq)
{
    struct server *s = rq->server;
    server_lock(s);
    waiting_leave(rq);
    server_unlock(s);
    while (rq->ends_count > 0) {
        rq->ends_count--;
        rq->ends[rq->ends_count].end(rq->ends[rq->ends_count].own);
    }
    if (rq->response != NULL)
        MHD_destroy_response(rq->response);
    connection_phase_set(rq->connection, PHASE_HEAD);
    server_lock(s);
    s->counts.in_flight -= rq->counted;
    server_unlock(s);
    arena_release(&rq->arena);
    memory_release(rq);
}

// -- the head -------------------------------------------------------------------------------------
static bool count_in(struct request *rq, struct err *err)
{
    struct server *s = rq->server;
    server_lock(s);
    bool stopping = s->stopping;
    s->counts.requests++;
    s->counts.in_flight++;
    rq->counted = true;
    server_unlock(s);
    if (stopping)
        return err_set(err, ERR_BUSY, NULL, "the server is stopping");
    return true;
}

static bool route_take(struct request *rq, struct err *err)
{
    struct str allowed = {0};
    struct err found = {0};
    if (rq->facts.method == METHOD_NONE)
        return err_set(err, ERR_UNSUPPORTED, "RFC 9110 9.1", "this method is not served");
    if (route_find(rq->server->options.routes, rq->facts.method, rq->facts.path, &rq->arena,
                   &rq->match, &allowed, &found))
        return true;
    *err = found;
    if (found.kind == ERR_UNSUPPORTED && allowed.len > 0) {
        rq->wrong_method = true;
        if (!reply_header(rq, "Allow", allowed, err))
            return false;
    }
    return false;
}

static bool head_take(struct request *rq, const struct head *head, struct err *err)
{
    struct server *s = rq->server;
    if (!strict_head(rq->handle, head, &rq->facts, err)) {
        rq->close = true;
        return false;
    }
    if (!count_in(rq, err) ||
        !query_read(str_bytes(rq->facts.query), &rq->arena, &rq->query, err) ||
        !route_take(rq, err))
        return false;
    const struct route *row = rq->match.row;
    if (!s->options.ops->allow(s->options.ctx, row->need, rq, err))
        return false;
    bool too_long =
        rq->facts.chunked ? row->body_bytes_max == 0 : rq->facts.body_bytes > row->body_bytes_max;
    if (too_long)
        return err_set(err, ERR_LIMIT, NULL, "the body is above %llu octets",
                       (unsigned long long)row->body_bytes_max);
    return row->begin == NULL || row->begin(rq, s->options.ctx, err);
}

static int answer_error(struct request *rq, const struct err *why)
{
    if (!rq->wrong_method)
        rq->fields.len = 0; // what a handler prepared before it failed is no part of its failure
    reply_error(rq, why);
    return reply_queue(rq) ? MHD_YES : MHD_NO;
}

static int head_step(struct request *rq, const struct head *head)
{
    struct err err = {0};
    rq->opened = true;
    if (!rq->connection->pin_known)
        pin_learn(rq->connection, rq->handle);
    if (!head_take(rq, head, &err)) {
        CHECK(err.kind != ERR_NONE);
        // An answer before the body closes the connection, for the body may be on its way. Without
        // a body the answer waits for the library's last call, and the connection lives.
        rq->close = rq->close || rq->facts.has_body;
        rq->refusal = err;
        return rq->close ? answer_error(rq, &err) : MHD_YES;
    }
    if (rq->put == NULL)
        buffer_init(&rq->collected, &rq->arena, (size_t)rq->match.row->body_bytes_max);
    connection_phase_set(rq->connection, rq->facts.has_body ? PHASE_BODY : PHASE_BUSY);
    return MHD_YES;
}

// -- the body -------------------------------------------------------------------------------------
static bool body_take(struct request *rq, struct bytes more, struct err *err)
{
    uint64_t max = rq->match.row->body_bytes_max;
    CHECK(rq->body_bytes <= max);
    if (more.len > max - rq->body_bytes)
        return err_set(err, ERR_LIMIT, NULL, "the body is above %llu octets",
                       (unsigned long long)max);
    rq->body_bytes += more.len;
    if (rq->put != NULL)
        return rq->put(rq->put_own, more, err);
    buffer_put(&rq->collected, more);
    if (rq->collected.full)
        return err_set(err, ERR_LIMIT, NULL, "no room for the body");
    return true;
}

static int body_step(struct request *rq, struct bytes more)
{
    struct connection *c = rq->connection;
    server_lock(rq->server);
    c->came += more.len;
    server_unlock(rq->server);
    if (rq->replied)
        return MHD_YES;
    if (rq->refusal.kind == ERR_NONE) {
        struct err err = {0};
        if (body_take(rq, more, &err))
            return MHD_YES;
        CHECK(err.kind != ERR_NONE);
        rq->refusal = err;
        rq->close = true;
    }
    // The library takes an answer only after the body: a short rest is read so that the peer gets
    // it, a long one is cut off.
    rq->drained += more.len;
    if (rq->drained <= HTTP_DRAIN_BYTES_MAX)
        return MHD_YES;
    server_told(rq->server, rq, &rq->refusal);
    return MHD_NO;
}

// -- the answer -----------------------------------------------------------------------------------
static int handle_step(struct request *rq)
{
    struct server *s = rq->server;
    struct err err = {0};
    rq->waited = false;
    connection_phase_set(rq->connection, PHASE_BUSY);
    bool done = rq->match.row->handle(rq, s->options.ctx, &err);
    if (rq->waited)
        return MHD_YES;
    if (done && rq->response == NULL) {
        bool stopping = false;
        server_lock(s);
        stopping = s->stopping;
        server_unlock(s);
        rq->close = true;
        done = stopping ? err_set(&err, ERR_BUSY, NULL, "the server is stopping")
                        : err_set(&err, ERR_IO, NULL, "%s gave no answer", rq->match.row->path);
    }
    if (!done)
        return answer_error(rq, &err);
    return reply_queue(rq) ? MHD_YES : MHD_NO;
}

int exchange_step(struct request *rq, const struct head *head, struct bytes *more)
{
    struct bytes came = *more;
    *more = (struct bytes){0};
    if (!rq->opened)
        return head_step(rq, head);
    if (came.len > 0)
        return body_step(rq, came);
    if (rq->replied)
        return MHD_YES;
    if (rq->refusal.kind != ERR_NONE)
        return answer_error(rq, &rq->refusal);
    return handle_step(rq);
}
