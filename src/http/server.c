// http/server.c - see server.h: starting, stopping, and the library's callbacks.
#include "http/server.h"

#include "base/limits.h"
#include "http/exchange.h"
#include "http/watch.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SERVER_ARENA_BYTES = 65536, DRAIN_TICK_MS = 5, OPTIONS_MAX = 20 };

// TLS 1.3 alone, and none of its early data or tickets: a session is as long as its connection.
static const char tls_priority[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:%NO_TICKETS";

// -- the library's callbacks ----------------------------------------------------------------------
static void *on_target(void *own, const char *target, struct MHD_Connection *c)
{
    return exchange_begin(own, target, c);
}

// NOLINTNEXTLINE(readability-function-size): the library's signature
static enum MHD_Result on_step(void *own, struct MHD_Connection *c, const char *url,
                               const char *method, const char *version, const char *data,
                               size_t *data_size, void **kept)
{
    struct request *rq = *kept;
    struct bytes more = bytes_of(data, *data_size);
    (void)own;
    (void)c;
    (void)url; // decoded by the library in its own way; we read the raw target
    CHECK(rq != NULL);
    struct head head = {method, version, rq->target, rq->target_at};
    int result = exchange_step(rq, &head, &more);
    *data_size = more.len;
    return result == MHD_YES ? MHD_YES : MHD_NO;
}

static void on_over(void *own, struct MHD_Connection *c, void **kept,
                    enum MHD_RequestTerminationCode why)
{
    (void)own;
    (void)c;
    (void)why;
    if (*kept != NULL)
        exchange_over(*kept);
    *kept = NULL;
}

static void connection_opened(struct server *s, struct MHD_Connection *handle, void **kept)
{
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *from =
        MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct connection *c = memory_new(1, sizeof *c);
    CHECK(fd != NULL);
    c->server = s;
    c->fd = fd->connect_fd;
    c->phase = PHASE_HEAD;
    c->since = world_monotonic_ms(s->options.world);
    if (from != NULL && from->client_addr != NULL) {
        const struct sockaddr *address = from->client_addr;
        socklen_t size = address->sa_family == AF_INET ? sizeof(struct sockaddr_in)
                                                       : sizeof(struct sockaddr_in6);
        if (getnameinfo(address, size, c->address, sizeof c->address, NULL, 0, NI_NUMERICHOST) != 0)
            c->address[0] = '\0';
    }
    server_lock(s);
    s->counts.connections++;
    c->next = s->connections;
    if (c->next != NULL)
        c->next->previous = c;
    s->connections = c;
    server_unlock(s);
    *kept = c;
}

static void connection_closed(struct server *s, struct connection *c)
{
    server_lock(s);
    if (c->next != NULL)
        c->next->previous = c->previous;
    if (c->previous != NULL)
        c->previous->next = c->next;
    else
        s->connections = c->next;
    server_unlock(s);
    memory_release(c);
}

static void on_connection(void *own, struct MHD_Connection *handle, void **kept,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        connection_opened(own, handle, kept);
        return;
    }
    connection_closed(own, *kept);
    *kept = NULL;
}

static size_t keep_encoded(void *own, struct MHD_Connection *c, char *text)
{
    (void)own;
    (void)c;
    return strlen(text); // we decode ourselves, once, and refuse what is broken
}

static void on_log(void *own, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
static void on_log(void *own, const char *fmt, va_list args)
{
    struct err err = {0};
    char text[ERR_TEXT_BYTES];
    int len = vsnprintf(text, sizeof text, fmt, args);
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    if (len > 0)
        err_set(&err, ERR_OFFLINE, NULL, "%s", text);
    if (len > 0)
        server_told(own, NULL, &err);
}

// -- start ----------------------------------------------------------------------------------------
static bool address_read(const struct server_options *o, struct sockaddr_storage *ret,
                         struct err *err)
{
    struct addrinfo *found = NULL;
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    char port[8];
    (void)snprintf(port, sizeof port, "%u", (unsigned)o->port);
    if (o->address == NULL || getaddrinfo(o->address, port, &hints, &found) != 0)
        return err_set(err, ERR_USAGE, NULL, "%s is no address to listen on",
                       o->address == NULL ? "nothing" : o->address);
    CHECK(found->ai_addrlen <= sizeof *ret);
    memcpy(ret, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

static bool options_check(const struct server_options *o, struct err *err)
{
    CHECK(o->ops != NULL);
    CHECK(o->ops->allow != NULL);
    CHECK(o->world != NULL);
    CHECK(!o->tls || o->cert != NULL);
    CHECK(o->tls || !o->ask_peer_cert);
    return route_table_check(o->routes, err);
}

static void defaults_fill(struct server_options *o)
{
    o->threads = o->threads == 0 ? 1 : o->threads;
    o->connections_max = o->connections_max == 0 ? HTTP_CONNECTIONS_MAX : o->connections_max;
    o->per_address_max = o->per_address_max == 0 ? HTTP_PER_ADDRESS_MAX : o->per_address_max;
    o->head_timeout_ms = o->head_timeout_ms == 0 ? HTTP_HEAD_MS : o->head_timeout_ms;
    o->stall_timeout_s = o->stall_timeout_s == 0 ? HTTP_STALL_S : o->stall_timeout_s;
}

// Our own copies, for the library borrows them until it stops.
static bool cert_keep(struct server *s, const struct cert *cert, const char **ret_pem,
                      struct err *err)
{
    if (!arena_cstr(&s->arena, cert->pem, ret_pem, err))
        return false;
    secret_copy(&s->key_pem, secret_bytes(&cert->key_pem));
    CHECK(s->key_pem.ptr[s->key_pem.len - 1] == '\0');
    return true;
}

struct option_list {
    struct MHD_OptionItem items[OPTIONS_MAX];
    size_t count;
};

static void option_put(struct option_list *list, enum MHD_OPTION option, intptr_t value, void *ptr)
{
    CHECK(list->count + 1 < OPTIONS_MAX); // the last stays MHD_OPTION_END
    list->items[list->count++] = (struct MHD_OptionItem){option, value, ptr};
}

static void options_tls(struct server *s, const char *pem, struct option_list *list)
{
    // the library only reads these, but its list has no const
    union {
        const char *read;
        void *write;
    } cert = {.read = pem}, priority = {.read = tls_priority};
    option_put(list, MHD_OPTION_HTTPS_MEM_KEY, 0, s->key_pem.ptr);
    option_put(list, MHD_OPTION_HTTPS_MEM_CERT, 0, cert.write);
    option_put(list, MHD_OPTION_HTTPS_PRIORITIES, 0, priority.write);
    // any text will do: it makes the library ask for a certificate, and nobody checks against it
    if (s->options.ask_peer_cert)
        option_put(list, MHD_OPTION_HTTPS_MEM_TRUST, 0, cert.write);
}

static bool daemon_start(struct server *s, struct sockaddr_storage *address, const char *pem,
                         struct err *err)
{
    const struct server_options *o = &s->options;
    struct option_list list = {.count = 0};
    bool six = address->ss_family == AF_INET6;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    flags |= (unsigned)(o->tls ? MHD_USE_TLS : 0) | (unsigned)(six ? MHD_USE_DUAL_STACK : 0);
    option_put(&list, MHD_OPTION_SOCK_ADDR, 0, address);
    // Nothing of MHD_OPTION_LISTENING_ADDRESS_REUSE: 0 would keep a node that starts anew from its
    // own port while peers close old connections; unsaid, that works and a live listener still
    // bars.
    option_put(&list, MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL);
    option_put(&list, MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTP_CONNECTION_BYTES_MAX, NULL);
    option_put(&list, MHD_OPTION_CONNECTION_LIMIT, (intptr_t)o->connections_max, NULL);
    option_put(&list, MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)o->per_address_max, NULL);
    option_put(&list, MHD_OPTION_CONNECTION_TIMEOUT, o->stall_timeout_s, NULL);
    if (o->threads > 1)
        option_put(&list, MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)o->threads, NULL);
    if (o->tls)
        options_tls(s, pem, &list);
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_step, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, s,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, s, MHD_OPTION_NOTIFY_COMPLETED, on_over, s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_UNESCAPE_CALLBACK, keep_encoded,
        s, MHD_OPTION_ARRAY, list.items, MHD_OPTION_END);
    if (s->daemon == NULL)
        return err_set_errno(err, "listening on %s port %u", o->address, (unsigned)o->port);
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    CHECK(info != NULL);
    s->port = info->port;
    return true;
}

static void server_release(struct server *s)
{
    secret_release(&s->key_pem);
    arena_release(&s->arena);
    CHECK(pthread_mutex_destroy(&s->lock) == 0);
    memory_release(s);
}

bool server_start(const struct server_options *o, struct server **ret_owned, struct err *err)
{
    struct sockaddr_storage address = {0};
    const char *pem = NULL;
    if (!options_check(o, err) || !address_read(o, &address, err))
        return false;
    struct server *s = memory_new(1, sizeof *s);
    s->options = *o;
    s->options.cert = NULL; // needed here alone
    defaults_fill(&s->options);
    arena_init(&s->arena, SERVER_ARENA_BYTES);
    CHECK(pthread_mutex_init(&s->lock, NULL) == 0);
    if (o->tls && !cert_keep(s, o->cert, &pem, err))
        goto out;
    if (!watch_start(s, err))
        goto out;
    if (!daemon_start(s, &address, pem, err))
        goto out;
    *ret_owned = s;
    return true;
out:
    watch_stop(s);
    server_release(s);
    return false;
}

uint16_t server_port(const struct server *s)
{
    return s->port;
}

// -- stop -----------------------------------------------------------------------------------------
static bool quiet(struct server *s)
{
    server_lock(s);
    bool none = s->counts.in_flight == 0;
    server_unlock(s);
    return none;
}

void server_stop(struct server *s, int drain_ms)
{
    if (s == NULL)
        return;
    server_lock(s);
    s->stopping = true; // from here on nothing new waits
    server_unlock(s);
    MHD_socket listener = MHD_quiesce_daemon(s->daemon);
    // Only shut, so that nobody can connect; closed once the library's thread is gone, for it may
    // still hold the number.
    if (listener != MHD_INVALID_SOCKET)
        (void)shutdown(listener, SHUT_RDWR);
    watch_wake(s, (struct wait_ticket){0}, WAKE_STOP);
    for (int passed = 0; passed < drain_ms && !quiet(s); passed += DRAIN_TICK_MS)
        (void)poll(NULL, 0, DRAIN_TICK_MS);
    MHD_stop_daemon(s->daemon);
    if (listener != MHD_INVALID_SOCKET)
        close(listener);
    watch_stop(s);
    CHECK(s->connections == NULL);
    CHECK(s->waiting == NULL);
    server_release(s);
}

void server_wake(struct server *s, struct wait_ticket ticket)
{
    if (ticket.n != 0)
        watch_wake(s, ticket, WAKE_CALLED);
}

void server_wake_all(struct server *s)
{
    watch_wake(s, (struct wait_ticket){0}, WAKE_CALLED);
}

void server_counts(struct server *s, struct server_counts *ret)
{
    server_lock(s);
    *ret = s->counts;
    server_unlock(s);
}
