// http/request.c - see request.h: what a handler sees. Its answers are in reply.c.
#include "http/request.h"

#include "base/limits.h"
#include "http/exchange.h"

#include <microhttpd.h>

enum http_method request_method(const struct request *rq)
{
    return rq->facts.method;
}

struct str request_path(const struct request *rq)
{
    return rq->facts.path;
}

const struct route *request_route(const struct request *rq)
{
    return rq->match.row;
}

struct str request_capture(const struct request *rq, size_t index)
{
    CHECK(index < rq->match.count);
    return rq->match.captures[index];
}

size_t request_captures_count(const struct request *rq)
{
    return rq->match.count;
}

const struct query *request_query(const struct request *rq)
{
    return &rq->query;
}

bool request_peer_pin(const struct request *rq, struct digest *ret)
{
    CHECK(rq->connection->pin_known);
    if (rq->connection->has_pin)
        *ret = rq->connection->pin;
    return rq->connection->has_pin;
}

struct str request_peer_address(const struct request *rq)
{
    return str_of(rq->connection->address);
}

struct arena *request_arena(struct request *rq)
{
    return &rq->arena;
}

struct bytes request_body(const struct request *rq)
{
    return buffer_bytes(&rq->collected);
}

uint64_t request_body_bytes(const struct request *rq)
{
    return rq->body_bytes;
}

// -- fields --------------------------------------------------------------------------------------
struct field_search {
    struct str name;
    struct buffer joined;
    bool found;
};

static enum MHD_Result field_look(void *own, enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len)
{
    struct field_search *search = own;
    bool same = name_len == search->name.len;
    (void)kind;
    for (size_t i = 0; i < name_len && same; i++) {
        char a = name[i];
        char b = search->name.ptr[i];
        a = (char)(a >= 'A' && a <= 'Z' ? a | 0x20 : a);
        b = (char)(b >= 'A' && b <= 'Z' ? b | 0x20 : b);
        same = a == b;
    }
    if (!same)
        return MHD_YES;
    if (search->found)
        buffer_str(&search->joined, STR(", "));
    search->found = true;
    if (value != NULL)
        buffer_put(&search->joined, bytes_of(value, value_len));
    return MHD_YES;
}

bool request_header(struct request *rq, struct str name, struct str *ret_value)
{
    struct field_search search = {.name = name};
    struct bytes value;
    struct str text;
    struct err ignored = {0}; // a value that is no text is as good as none
    buffer_init(&search.joined, &rq->arena, HTTP_CONNECTION_BYTES_MAX);
    (void)MHD_get_connection_values_n(rq->handle, MHD_HEADER_KIND, field_look, &search);
    if (!search.found || !buffer_take(&search.joined, &value, &ignored))
        return false;
    if (!text_check_line(value, &text, &ignored))
        return false;
    *ret_value = text;
    return true;
}

// -- what a handler keeps ------------------------------------------------------------------------
void request_keep(struct request *rq, void *own)
{
    rq->kept = own;
}

void *request_kept(const struct request *rq)
{
    return rq->kept;
}

void request_on_end(struct request *rq, void (*end)(void *own), void *own)
{
    CHECK(rq->ends_count < REQUEST_ENDS_MAX);
    rq->ends[rq->ends_count].end = end;
    rq->ends[rq->ends_count].own = own;
    rq->ends_count++;
}

void request_sink(struct request *rq, bool (*put)(void *own, struct bytes more, struct err *err),
                  void *own)
{
    CHECK(rq->body_bytes == 0);
    CHECK(rq->put == NULL);
    rq->put = put;
    rq->put_own = own;
}

// -- waiting -------------------------------------------------------------------------------------
struct wait_ticket request_wait(struct request *rq, int wait_ms)
{
    struct server *s = rq->server;
    struct wait_ticket ticket = {0};
    CHECK(!rq->replied);
    CHECK(rq->response == NULL);
    CHECK(wait_ms > 0);
    if (wait_ms > HTTP_WAIT_MS_MAX)
        wait_ms = HTTP_WAIT_MS_MAX;
    int64_t until = world_monotonic_ms(s->options.world) + wait_ms;
    server_lock(s);
    CHECK(rq->ticket.n == 0);
    if (!s->stopping) {
        ticket.n = ++s->next_ticket;
        rq->ticket = ticket;
        rq->wait_until = until;
        rq->waited = true;
        rq->next_waiting = s->waiting;
        s->waiting = rq;
        s->counts.waiting++;
        // under the lock, so that nobody can wake it before it sleeps
        MHD_suspend_connection(rq->handle);
    }
    server_unlock(s);
    return ticket;
}

enum wake_reason request_woken(const struct request *rq)
{
    return rq->woken;
}
