// http/request.h - one request as a handler sees it, and the ways to answer it.
//
// Holds: what was asked (checked, bounded, decoded once), the body, replies, waiting.
// Knows nothing of: TLS and sockets. A request lives until its `end` functions ran; every span it
// gives lives as long.
// Threads: a request belongs to the server's thread that runs its handler. Only server_wake may be
// called from elsewhere, with a ticket and never with a pointer.
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H
#include "crypto/hash.h"
#include "http/parse.h"
#include "http/route.h"

struct request;

// -- what was asked -------------------------------------------------------------------------
enum http_method request_method(const struct request *rq);
struct str request_path(const struct request *rq); // raw, without the query
const struct route *request_route(const struct request *rq);
struct str request_capture(const struct request *rq, size_t index); // CHECKs the index
size_t request_captures_count(const struct request *rq);
const struct query *request_query(const struct request *rq);
// The value of a field that stands once; false when missing. A repeated one is joined by ", " as
// RFC 9110 section 5.3 says. Names compare without regard to case.
bool request_header(struct request *rq, struct str name, struct str *ret_value);
// SHA-256 of the peer's key (SubjectPublicKeyInfo), proven in the TLS handshake; false without one.
bool request_peer_pin(const struct request *rq, struct digest *ret);
struct str request_peer_address(const struct request *rq); // "127.0.0.1", for limits and logs
struct arena *request_arena(struct request *rq);           // dies with the request
struct bytes request_body(const struct request *rq);   // collected; empty when it went to a sink
uint64_t request_body_bytes(const struct request *rq); // octets that came so far

// -- what a handler keeps --------------------------------------------------------------------
void request_keep(struct request *rq, void *own); // one pointer of the handler's, between its calls
void *request_kept(const struct request *rq);
// Called once, when the request is over for whatever reason (answered, refused, cut off), last one
// first. At most REQUEST_ENDS_MAX.
enum { REQUEST_ENDS_MAX = 4 };
void request_on_end(struct request *rq, void (*end)(void *own), void *own);

// Only in `begin`: the body goes to `put` piece by piece, never above the row's body_bytes_max.
// A false from `put` refuses the request with its err.
void request_sink(struct request *rq, bool (*put)(void *own, struct bytes more, struct err *err),
                  void *own);

// -- answers ---------------------------------------------------------------------------------
// An answer's own field. `name` and `value` are the program's or proven; a value that cannot be a
// field value is refused.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool reply_header(struct request *rq, const char *name, struct str value, struct err *err) MUST_USE;
// `body` lives in the request's arena or longer than the server. `type` may be NULL without a body.
bool reply_bytes(struct request *rq, int status, const char *type, struct bytes body,
                 struct err *err) MUST_USE;

// A thing of known size, read in pieces, with ranges: 200, 206 or 416. Give `own` an end by
// request_on_end. `read` yields 1..cap octets from `offset`; false cuts the connection, for a
// status has been sent already.
struct reply_source {
    uint64_t size;
    const char *type;
    struct str etag; // with its quotation marks, or empty; a Range with another If-Range sends all
    bool (*read)(void *own, uint64_t offset, void *to, size_t cap, size_t *ret_count,
                 struct err *err);
    void *own;
};
bool reply_stream(struct request *rq, const struct reply_source *source, struct err *err) MUST_USE;

// -- waiting (long poll) ---------------------------------------------------------------------
struct wait_ticket {
    uint64_t n; // never used twice; 0 is none
};
// The handler returns true without a reply; it is called again when somebody wakes the ticket, when
// `wait_ms` are over, or when the server stops.
struct wait_ticket request_wait(struct request *rq, int wait_ms);
enum wake_reason { WAKE_NONE, WAKE_CALLED, WAKE_TIME, WAKE_STOP };
enum wake_reason request_woken(const struct request *rq); // WAKE_NONE in the handler's first call
#endif
