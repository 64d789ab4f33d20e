// cli/order.h - the file that asks a State's root holders for an order to their keeper.
//
// Holds: reading and writing it, the order it becomes once an act is chosen, and a root's signature
// on that order.
// Knows nothing of: nodes. It travels to machines that have none.
// Source: FORMATS section 5 for the order; the lines of the request are this header's own.
//
//   elchi order request v1
//   log ORIGIN
//   challenge HEX32                       from the keeper, good once
//   size N                                entries of its own log that the node holds
//   root BASE64                           of those
//   lock WORD                             why the keeper waits, as the node says
#ifndef CLI_ORDER_H
#define CLI_ORDER_H
#include "cli/keyfile.h"
#include "record/approval.h"

enum { ORDER_REQUEST_BYTES_MAX = 1024 };
struct order_request {
    struct order asked; // its act is ORDER_NONE
    struct str lock;
};
// Borrows from `sent`; writes back to the same bytes.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool order_request_read(struct bytes sent, struct order_request *ret, struct err *err) MUST_USE;
bool order_request_write(const struct order_request *r, struct arena *a, struct bytes *ret,
                         struct err *err) MUST_USE;

// What a root holder is handed: a request, or an order that others signed already.
struct order_sheet {
    struct order order; // act ORDER_NONE: a request
    struct str lock;    // empty in an order
    struct note note;   // no signatures: a request
};
// On failure *ret says nothing.
bool order_sheet_read(struct bytes sent, struct order_sheet *ret, struct err *err) MUST_USE;
// The order signed by one more root, lines sorted by key ID. Signed twice by one root is once.
//   errors  ERR_DENIED  the key is no root's of this log
bool order_sign(const struct order_sheet *s, const struct keyfile *root, struct arena *a,
                struct bytes *ret, size_t *ret_signatures, struct err *err) MUST_USE;
#endif
