// http/route.h - the route table: method, path, who may, how much, who answers; one row each.
//
// Holds: rows, the check that a table makes sense, and matching.
// Knows nothing of: what a need means. A need is a number; the server asks its caller's `allow`.
// Zero is no need, so a forgotten column fails at start and not in production.
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H
#include "base/text.h"

struct request; // http/request.h

enum http_method {
    METHOD_NONE, // no valid method, so a forgotten column fails
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_PUT,
    METHOD_DELETE,
    METHOD_COUNT,
};

// Answers by a reply_* call, or returns false with err set, which the server turns into a status.
typedef bool (*request_handler)(struct request *rq, void *ctx, struct err *err);

// A path is segments after "/". "{}" captures one segment, a closing "{*}" all that is left (at
// least one octet; it may hold "/"). A path that ends in "/" matches only with it.
struct route {
    enum http_method method;
    const char *path;
    int need;                // above 0
    uint64_t body_bytes_max; // 0: no body. Above it 413, before or as it arrives
    request_handler handle;  // after the whole body
    request_handler begin;   // after the head, before the body; NULL: collect the body. May give
                             // the body a sink (request_sink) or refuse the request
};
struct route_table {
    const struct route *rows; // borrowed
    size_t count;
};

enum { ROUTE_CAPTURES_MAX = 8 };
struct route_match {
    const struct route *row;
    struct str captures[ROUTE_CAPTURES_MAX]; // percent-decoded, proven text without "/" (but {*})
    size_t count;
};

// Refuses a zero need, a missing handler, a duplicate row, a pattern that cannot be read, a body on
// GET, HEAD or DELETE, and a body to collect above HTTP_COLLECT_BYTES_MAX.
//   errors  ERR_USAGE, naming the row
bool route_table_check(struct route_table table, struct err *err) MUST_USE;

// Matches a raw (still encoded) path. A HEAD without a row of its own takes GET's. A segment that
// decodes to ".", "..", or text with "/" or a control is refused. Literal segments win over "{}",
// which wins over "{*}".
//   errors  ERR_MALFORMED  the path
//           ERR_NOT_FOUND  no row has this path
//           ERR_UNSUPPORTED  rows have this path, but none with this method (405): *ret_allowed
bool route_find(struct route_table table, enum http_method method, struct str raw_path,
                struct arena *a, struct route_match *ret, struct str *ret_allowed,
                struct err *err) MUST_USE;

const char *method_word(enum http_method method);   // "GET"; static
enum http_method method_from_word(struct str word); // METHOD_NONE when unknown
#endif
