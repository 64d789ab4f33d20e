// http/client.h - asks one peer over HTTP/1.1, keeping the connection; thin over libcurl.
//
// Holds: TLS 1.3 with a pinned key, bounds on what comes back, time limits, errors by kind.
// Knows nothing of: addresses to try next, back-off, what is asked.
// Never: redirects, proxies of the environment, other protocols, names or dates in certificates.
// Source: DESIGN 5.4 and 13; FORMATS 7 (connect 10 s, no progress 30 s).
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H
#include "http/cert.h"
#include "http/parse.h"
#include "http/route.h"

#include <stdatomic.h>

struct client; // one peer; not for two threads at once

enum client_trust {
    TRUST_NONE,    // no valid choice, so a forgotten field fails at once
    TRUST_PLAIN,   // http, for loopback and tests
    TRUST_PINNED,  // https; the server's key has this pin or nothing is sent
    TRUST_ANY_KEY, // https; any key. Only for what proves itself (GET /keys)
};
struct client_options {
    const char *host; // name or address; an IPv6 address without brackets
    uint16_t port;
    enum client_trust trust;
    struct digest pin;       // TRUST_PINNED
    const struct cert *cert; // shown to the server when it asks; NULL: none. Needed at open alone
    int connect_timeout_ms;  // 0: HTTP_CONNECT_MS
    int stall_timeout_s;     // 0: HTTP_STALL_S
    const atomic_bool *abandon; // looked at while waiting; true ends with ERR_BUSY. NULL: never
};
//   errors  ERR_USAGE, ERR_IO
bool client_open(const struct client_options *o, struct client **ret_owned,
                 struct err *err) MUST_USE;
void client_close(struct client *c); // NULL is fine

// What is asked. Zeroed fields mean none.
struct ask {
    enum http_method method;
    const char *target;       // "/blob/6b0c...", encoded; begins with "/"
    const char *content_type; // of the body
    struct bytes body;        // or:
    bool (*read)(void *own, uint64_t offset, void *to, size_t cap, size_t *ret_count,
                 struct err *err); // exactly body_bytes octets, in order; POST and PUT
    uint64_t body_bytes;
    const char *const *headers; // "Name: value"; NULL-terminated list, or NULL
    uint64_t resume_from;       // asks for the rest; `put` gets octets from here on, even when the
                                // peer sends all
    bool (*put)(void *own, struct bytes more, struct err *err); // takes a 2xx body piece by piece
    uint64_t answer_bytes_max; // more ends with ERR_LIMIT; 0: no body may come
    void *own;                 // for read and put
    int total_timeout_ms;      // above 0: this limit in place of the stall limit, for a long poll
};
struct answer {
    int status;
    uint64_t body_bytes; // that came
    uint64_t total;      // of the whole thing (Content-Range, else Content-Length; HEAD too)
    struct bytes body;   // in the arena, when `put` is NULL
    struct bytes fields; // the answer's header lines, "Name: value\n"; see answer_header
};
// Asks and waits. On a status of 400 and more: false, with the kind the peer named ("word:
// sentence"), else the one its status stands for; ret->status is set then too.
//   errors  ERR_OFFLINE (not reached, cut off, too slow), ERR_DENIED (another key than pinned),
//           ERR_LIMIT, ERR_MALFORMED (not HTTP, or another range than asked), ERR_BUSY (abandoned)
//           ERR_UNSUPPORTED (a redirect), ERR_CONFLICT (nothing is left from resume_from on)
bool client_ask(struct client *c, const struct ask *what, struct arena *a, struct answer *ret,
                struct err *err) MUST_USE;
// The first field of that name; false when missing or not a line of text.
bool answer_header(const struct answer *an, struct str name, struct str *ret);
#endif
