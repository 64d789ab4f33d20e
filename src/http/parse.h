// http/parse.h - the small grammars of a request: percent-encoding, query strings, byte ranges.
//
// Holds: readers over what a peer sent; each is bounded, and each has a fuzzer.
// Knows nothing of: connections and routes. Query values stay `bytes`: a handler proves its own
// text. Source: RFC 3986 section 2.1; RFC 9110 section 14; application/x-www-form-urlencoded of the
// URL standard.
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H
#include "base/arena.h"

struct query_param {
    struct bytes name, value; // decoded; NUL and other controls may stand in them
};
struct query {
    const struct query_param *list;
    size_t count;
};

// Decodes %XX; `plus_is_space` as in forms. Borrows from `sent` when nothing is encoded.
//   errors  ERR_MALFORMED (a bare or broken %), ERR_LIMIT (the arena's)
bool percent_read(struct bytes sent, bool plus_is_space, struct arena *a, struct bytes *ret,
                  struct err *err) MUST_USE;
// Writes everything but RFC 3986 unreserved characters as %XX (a space as %20).
void percent_write(struct buffer *to, struct bytes from);

// "a=1&b=2": a query string without "?", or a form's body. Empty parts are skipped.
//   errors  ERR_MALFORMED, ERR_LIMIT (more than HTTP_PARAMS_MAX)
bool query_read(struct bytes sent, struct arena *a, struct query *ret, struct err *err) MUST_USE;
// The first value of that name, or false. Never a guess between two: see query_count.
bool query_find(const struct query *p, struct str name, struct bytes *ret);
size_t query_count(const struct query *p, struct str name);

struct range {
    uint64_t first, count; // octets; count is never 0 when RANGE_PART
};
enum range_kind {
    RANGE_NONE,    // no range, another unit, several ranges or a form we do not know: send all
    RANGE_PART,    // send *ret
    RANGE_OUTSIDE, // 416
};
// Reads the value of a Range field over a thing of `size` octets. *ret is set for RANGE_PART alone.
enum range_kind range_read(struct str value, uint64_t size, struct range *ret);

// Reads "bytes FIRST-LAST/TOTAL" of an answer. False on any other form.
bool content_range_read(struct str value, struct range *ret, uint64_t *ret_total) MUST_USE;

// Is it a field name or method (RFC 9110 section 5.6.2)?
bool http_is_token(struct str s);
// Can it stand as a field value: no CR, LF, NUL or other control but TAB?
bool http_is_field_value(struct str s);
#endif
