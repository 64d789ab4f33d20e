// http/server.h - the listener: strict HTTP/1.1 over plain TCP or TLS 1.3, thin over libmicrohttpd.
//
// Holds: start, limits, refusing what two readers could read differently, stopping gracefully.
// Knows nothing of: what a need means (ops->allow), sessions, accounts.
// Source: RFC 9112; DESIGN 13 and refs on what libmicrohttpd 0.9.75 takes and must not.
//
// A request is refused with 400 and the connection closed, before any handler, when it has two
// Content-Length or Host fields, none of Host, both length forms, a Transfer-Encoding other than
// "chunked", a field name that is no token, a body where none belongs, another version than
// HTTP/1.1, or when its head is not octet for octet METHOD SP TARGET SP VERSION CRLF, then
// NAME ":" SP VALUE CRLF: so folded lines, NUL, bare CR or LF and padding are refused as well.
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H
#include "base/world.h"
#include "http/cert.h"
#include "http/request.h"

struct server;

struct server_ops {
    // May this request's peer use a route of this need? Sees the head alone.
    //   errors  as it pleases; ERR_DENIED gives 403, ERR_NOT_FOUND hides the route
    bool (*allow)(void *ctx, int need, struct request *rq, struct err *err);
    // Writes the body of a refusal (a page, TAXII's error object); NULL: "word: sentence\n".
    bool (*explain)(void *ctx, struct request *rq, const struct err *why, struct bytes *ret_body,
                    const char **ret_type);
    // Told of every refusal and failure, for the process's log; NULL: nobody is told. `rq` is NULL
    // for what happened outside a request.
    void (*told)(void *ctx, const struct request *rq, const struct err *what);
    // Where an error's status differs from base/err.h's table (a redirect to the login page, say);
    // NULL or 0: the table.
    int (*status)(void *ctx, struct request *rq, const struct err *why);
};

struct server_options {
    const char *address; // "127.0.0.1", "::1", "0.0.0.0", "::"
    uint16_t port;       // 0: any; see server_port
    bool tls;
    const struct cert *cert; // with tls; needed during server_start alone
    bool ask_peer_cert;      // with tls: request_peer_pin works; a peer without one gets in too
    struct route_table routes;
    const struct server_ops *ops;
    void *ctx; // for ops and handlers
    struct world *world;
    unsigned threads;         // 0: one
    unsigned connections_max; // 0: HTTP_CONNECTIONS_MAX
    unsigned per_address_max; // 0: HTTP_PER_ADDRESS_MAX
    int head_timeout_ms;      // 0: HTTP_HEAD_MS; from accept or the last answer to a whole head
    int stall_timeout_s;      // 0: HTTP_STALL_S; without an octet either way
};

//   errors  ERR_USAGE (the route table, the address), ERR_IO (port taken, certificate)
bool server_start(const struct server_options *o, struct server **ret_owned,
                  struct err *err) MUST_USE;
uint16_t server_port(const struct server *s);
// Takes no new connections, wakes what waits (WAKE_STOP), lets requests in flight end for at most
// `drain_ms`, then closes. NULL is fine.
void server_stop(struct server *s, int drain_ms);

// From any thread. A ticket that is over is no error.
void server_wake(struct server *s, struct wait_ticket ticket);
void server_wake_all(struct server *s);

// What the server counts, for status pages.
struct server_counts {
    uint64_t connections, requests, refused; // since the start
    uint64_t in_flight, waiting;             // now
};
void server_counts(struct server *s, struct server_counts *ret);
#endif
