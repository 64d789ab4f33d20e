// tests/http/fixture.h - one small server for the tests of this room, and a raw socket to it.
#ifndef TESTS_HTTP_FIXTURE_H
#define TESTS_HTTP_FIXTURE_H
#include "http/client.h"
#include "http/server.h"
#include "tests/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NEED_ANYBODY = 1, NEED_PINNED = 2 };
enum { ECHO_BYTES_MAX = 65536, BLOB_BYTES = 1000, SINK_BYTES_MAX = 200 * 1024 * 1024 };
#define BIG_BYTES (UINT64_C(100) * 1024 * 1024)

struct fixture {
    struct arena arena;
    struct server *server;
    struct cert cert, friend_cert, stranger_cert; // the server's, a pinned peer's, another's
    atomic_uint handled, ended;                   // calls of any handler; ends run
    atomic_ullong told;
    struct wait_ticket ticket; // of the last request that waits
    atomic_uint waiting;
};
static struct fixture fx __attribute__((unused));

static inline uint8_t pattern_at(uint64_t offset)
{
    return (uint8_t)(offset * 31 + offset / 251);
}

// -- handlers -------------------------------------------------------------------------------------
static inline bool text_reply(struct request *rq, const char *text, struct err *err)
{
    fx.handled++;
    return reply_bytes(rq, 200, "text/plain", str_bytes(str_of(text)), err);
}

static inline bool do_hello(struct request *rq, void *ctx, struct err *err)
{
    (void)ctx;
    return text_reply(rq, "hello", err);
}

static inline bool do_pin(struct request *rq, void *ctx, struct err *err)
{
    struct digest pin;
    char text[DIGEST_TEXT_CHARS + 1] = "none";
    struct str copy;
    (void)ctx;
    if (request_peer_pin(rq, &pin))
        digest_write(&pin, text);
    return arena_str(request_arena(rq), str_of(text), &copy, err) &&
           reply_bytes(rq, 200, "text/plain", str_bytes(copy), err);
}

static inline bool do_echo(struct request *rq, void *ctx, struct err *err)
{
    (void)ctx;
    fx.handled++;
    return reply_bytes(rq, 200, "application/octet-stream", request_body(rq), err);
}

struct sink_state {
    uint64_t count;
    bool wrong;
};
static inline bool sink_put(void *own, struct bytes more, struct err *err)
{
    struct sink_state *s = own;
    for (size_t i = 0; i < more.len; i++)
        s->wrong = s->wrong || more.ptr[i] != pattern_at(s->count + i);
    s->count += more.len;
    if (s->count == 13)
        return err_set(err, ERR_CONFLICT, NULL, "thirteen octets are not taken");
    return true;
}
static inline void count_end(void *own)
{
    (void)own;
    fx.ended++;
}
static inline bool sink_begin(struct request *rq, void *ctx, struct err *err)
{
    struct sink_state *s = arena_new(request_arena(rq), struct sink_state, 1);
    (void)ctx;
    if (s == NULL)
        return err_set(err, ERR_LIMIT, NULL, "no room");
    if (str_eq(request_capture(rq, 0), STR("closed")))
        return err_set(err, ERR_DENIED, NULL, "this sink is closed");
    request_on_end(rq, count_end, s);
    request_keep(rq, s);
    request_sink(rq, sink_put, s);
    return true;
}
static inline bool sink_done(struct request *rq, void *ctx, struct err *err)
{
    const struct sink_state *s = request_kept(rq);
    struct str text;
    (void)ctx;
    fx.handled++;
    return arena_fmt(request_arena(rq), &text, err, "%llu %s", (unsigned long long)s->count,
                     s->wrong ? "wrong" : "right") &&
           reply_bytes(rq, 200, "text/plain", str_bytes(text), err);
}

static inline bool pattern_read(void *own, uint64_t offset, void *to, size_t cap, size_t *ret_count,
                                struct err *err)
{
    uint8_t *octets = to;
    (void)own;
    (void)err;
    for (size_t i = 0; i < cap; i++)
        octets[i] = pattern_at(offset + i);
    *ret_count = cap;
    return true;
}
static inline bool broken_read(void *own, uint64_t offset, void *to, size_t cap, size_t *ret_count,
                               struct err *err)
{
    if (offset > 100000)
        return err_set(err, ERR_IO, NULL, "the disk is gone");
    return pattern_read(own, offset, to, cap, ret_count, err);
}
static inline bool do_big(struct request *rq, void *ctx, struct err *err)
{
    struct reply_source s = {
        .size = BIG_BYTES, .type = "application/octet-stream", .read = pattern_read};
    (void)ctx;
    return reply_stream(rq, &s, err);
}
static inline bool do_broken(struct request *rq, void *ctx, struct err *err)
{
    struct reply_source s = {.size = 1000000, .type = "text/plain", .read = broken_read};
    (void)ctx;
    return reply_stream(rq, &s, err);
}
static inline bool do_blob(struct request *rq, void *ctx, struct err *err)
{
    struct reply_source s = {.size = BLOB_BYTES,
                             .type = "application/octet-stream",
                             .etag = STR("\"v1\""),
                             .read = pattern_read};
    (void)ctx;
    request_on_end(rq, count_end, NULL);
    return reply_stream(rq, &s, err);
}

static inline bool do_wait(struct request *rq, void *ctx, struct err *err)
{
    static const char *const words[] = {"none", "called", "time", "stop"};
    (void)ctx;
    if (request_woken(rq) != WAKE_NONE)
        return text_reply(rq, words[request_woken(rq)], err);
    fx.ticket = request_wait(rq, str_eq(request_capture(rq, 0), STR("short")) ? 300 : 60000);
    fx.waiting++;
    return true;
}

static inline bool do_fail(struct request *rq, void *ctx, struct err *err)
{
    enum err_kind kind;
    const char *word;
    (void)ctx;
    if (!reply_header(rq, "X-Half-Done", STR("yes"), err) ||
        !arena_cstr(request_arena(rq), request_capture(rq, 0), &word, err))
        return false;
    if (!err_kind_from_word(word, &kind))
        return true; // no answer at all: the server must notice
    return err_set(err, kind, NULL, "asked to fail with /secret/path inside");
}

static inline bool do_slow(struct request *rq, void *ctx, struct err *err)
{
    (void)ctx;
    fx.waiting++;
    (void)poll(NULL, 0, 400);
    return text_reply(rq, "slow", err);
}

static inline bool do_query(struct request *rq, void *ctx, struct err *err)
{
    struct bytes value = {0};
    (void)ctx;
    if (!query_find(request_query(rq), STR("q"), &value))
        return err_set(err, ERR_MALFORMED, NULL, "no q");
    return reply_bytes(rq, 200, "text/plain", value, err);
}

static inline bool do_file(struct request *rq, void *ctx, struct err *err)
{
    (void)ctx;
    return reply_bytes(rq, 200, "text/plain", str_bytes(request_capture(rq, 0)), err);
}

static inline bool do_redirect(struct request *rq, void *ctx, struct err *err)
{
    (void)ctx;
    return reply_header(rq, "Location", STR("/hello"), err) &&
           reply_bytes(rq, 303, NULL, (struct bytes){0}, err);
}

static const struct route fixture_routes[] = {
    {METHOD_GET, "/hello", NEED_ANYBODY, 0, do_hello, NULL},
    {METHOD_GET, "/pin", NEED_ANYBODY, 0, do_pin, NULL},
    {METHOD_GET, "/secret", NEED_PINNED, 0, do_hello, NULL},
    {METHOD_POST, "/echo", NEED_ANYBODY, ECHO_BYTES_MAX, do_echo, NULL},
    {METHOD_PUT, "/sink/{}", NEED_ANYBODY, SINK_BYTES_MAX, sink_done, sink_begin},
    {METHOD_GET, "/big", NEED_ANYBODY, 0, do_big, NULL},
    {METHOD_GET, "/broken", NEED_ANYBODY, 0, do_broken, NULL},
    {METHOD_GET, "/blob", NEED_ANYBODY, 0, do_blob, NULL},
    {METHOD_GET, "/wait/{}", NEED_ANYBODY, 0, do_wait, NULL},
    {METHOD_GET, "/fail/{}", NEED_ANYBODY, 0, do_fail, NULL},
    {METHOD_GET, "/slow", NEED_ANYBODY, 0, do_slow, NULL},
    {METHOD_GET, "/query", NEED_ANYBODY, 0, do_query, NULL},
    {METHOD_GET, "/elsewhere", NEED_ANYBODY, 0, do_redirect, NULL},
    {METHOD_GET, "/files/{*}", NEED_ANYBODY, 0, do_file, NULL},
};

static inline bool fixture_allow(void *ctx, int need, struct request *rq, struct err *err)
{
    struct digest pin;
    (void)ctx;
    if (need == NEED_ANYBODY)
        return true;
    if (request_peer_pin(rq, &pin) && digest_eq(&pin, &fx.friend_cert.key_pin))
        return true;
    return err_set(err, ERR_DENIED, NULL, "only a pinned peer may");
}
static inline void fixture_told(void *ctx, const struct request *rq, const struct err *what)
{
    (void)ctx;
    (void)rq;
    (void)what;
    fx.told++;
}
static const struct server_ops fixture_ops = {.allow = fixture_allow, .told = fixture_told};

// -- the server -----------------------------------------------------------------------------------
static inline void seed_cert(uint8_t octet, struct cert *ret)
{
    uint8_t seed[SIGN_SEED_BYTES];
    struct secret s = {0};
    struct err err = {0};
    memset(seed, octet, sizeof seed);
    secret_copy(&s, bytes_of(seed, sizeof seed));
    EXPECT_OK(cert_make(&s, &fx.arena, ret, &err));
    secret_release(&s);
}

static inline struct server_options fixture_options(bool tls)
{
    return (struct server_options){
        .address = "127.0.0.1",
        .tls = tls,
        .cert = &fx.cert,
        .ask_peer_cert = tls,
        .routes = {fixture_routes, sizeof fixture_routes / sizeof fixture_routes[0]},
        .ops = &fixture_ops,
        .world = world_real(),
    };
}

static inline void fixture_start(const struct server_options *o)
{
    struct err err = {0};
    EXPECT_OK(server_start(o, &fx.server, &err));
}

static inline void fixture_up(bool tls)
{
    memset(&fx, 0, sizeof fx);
    crypto_start();
    arena_init(&fx.arena, (size_t)64 << 20);
    seed_cert(1, &fx.cert);
    seed_cert(2, &fx.friend_cert);
    seed_cert(3, &fx.stranger_cert);
    struct server_options o = fixture_options(tls);
    fixture_start(&o);
}

static inline void fixture_down(void)
{
    server_stop(fx.server, 1000);
    cert_release(&fx.cert);
    cert_release(&fx.friend_cert);
    cert_release(&fx.stranger_cert);
    arena_release(&fx.arena);
}

static inline struct client *fixture_client(enum client_trust trust, const struct cert *own)
{
    struct client *c = NULL;
    struct err err = {0};
    struct client_options o = {.host = "127.0.0.1",
                               .port = server_port(fx.server),
                               .trust = trust,
                               .pin = fx.cert.key_pin,
                               .cert = own};
    EXPECT_OK(client_open(&o, &c, &err));
    return c;
}

static inline bool get(struct client *c, const char *target, struct answer *ret, struct err *err)
{
    struct ask ask = {.method = METHOD_GET, .target = target, .answer_bytes_max = 100000};
    *ret = (struct answer){0};
    return client_ask(c, &ask, &fx.arena, ret, err);
}

static inline bool body_is(const struct answer *an, const char *text)
{
    return bytes_eq(an->body, str_bytes(str_of(text)));
}

// The peer may hear its answer a moment before the request's end functions run.
static inline bool ended(unsigned count)
{
    for (int i = 0; i < 200 && fx.ended != count; i++)
        (void)poll(NULL, 0, 5);
    return fx.ended == count;
}

// -- a raw socket ---------------------------------------------------------------------------------
static inline int raw_connect(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(server_port(fx.server))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT(fd >= 0);
    EXPECT(connect(fd, (const struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static inline void raw_send(int fd, const char *octets, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, octets, len, MSG_NOSIGNAL);
        if (n <= 0)
            return; // closed by the server: the answer tells
        octets += n;
        len -= (size_t)n;
    }
}

// Reads until the other side closes or `quiet_ms` pass without an octet. *ret_closed says which.
static inline size_t raw_read(int fd, char *to, size_t cap, int quiet_ms, bool *ret_closed)
{
    size_t len = 0;
    *ret_closed = false;
    while (len + 1 < cap) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, quiet_ms) <= 0)
            break;
        ssize_t n = recv(fd, to + len, cap - 1 - len, 0);
        if (n <= 0) {
            *ret_closed = true;
            break;
        }
        len += (size_t)n;
    }
    to[len] = '\0';
    return len;
}

// Sends, reads until closed (or 600 ms of silence), gives the first status, or 0 for none.
static inline int raw_status(const char *octets, size_t len, bool *ret_closed)
{
    char answer[8192];
    int fd = raw_connect();
    raw_send(fd, octets, len);
    size_t got = raw_read(fd, answer, sizeof answer, 600, ret_closed);
    close(fd);
    if (got < 12 || memcmp(answer, "HTTP/1.1 ", 9) != 0)
        return 0;
    return (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
}
#endif
