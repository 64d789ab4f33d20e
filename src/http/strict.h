// http/strict.h - is a request's head the one form that every reader reads alike?
//
// Holds: the checks that libmicrohttpd 0.9.75 does not make. Called before anything else looks at a
// request.
// Knows nothing of: routes and rights.
// Source: RFC 9112 sections 2.2, 3.2, 5.1, 5.2, 6.1 to 6.3, 11.2 (request smuggling).
#ifndef HTTP_STRICT_H
#define HTTP_STRICT_H
#include "http/route.h"

struct MHD_Connection;

// The first line. The library decodes its target in place, so ours is a copy from before.
struct head {
    const char *method, *version;
    struct str target;     // our copy of the raw target, NUL-terminated
    const char *target_at; // where the library holds it; only compared, never read
};
struct head_facts {
    enum http_method method; // METHOD_NONE: a token we do not serve
    struct str path, query;  // raw; borrowed from the target
    bool has_body, chunked;
    uint64_t body_bytes; // declared; UINT64_MAX when chunked
};
//   errors  ERR_MALFORMED, ERR_LIMIT (too many fields, too long a target)
bool strict_head(struct MHD_Connection *c, const struct head *head, struct head_facts *ret,
                 struct err *err) MUST_USE;
#endif
