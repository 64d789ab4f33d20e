// cli/request.h - the file that asks officers to approve: exactly what they would sign for.
//
// Holds: reading and writing it, what it says to hash, and the approval note an officer signs.
// Knows nothing of: nodes. It travels to machines that have none.
// Source: DESIGN section 8, FORMATS section 5; the lines are this header's own (docs/wire.md).
//
//   elchi request v1
//   log ORIGIN
//   draft HEX32
//   decision release|export|register      what an approval would decide
//   text SIZE                             and SIZE octets: the form officers approve (release), the
//                                         note to be disclosed (export), the register (register)
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H
#include "cli/keyfile.h"
#include "record/approval.h"

struct request {
    struct str log;
    struct draft_id draft;
    enum decision decision;
    struct bytes text;
};
enum { REQUEST_BYTES_MAX = 1048576 };
// Borrows from `sent`; writes back to the same bytes.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool request_read(struct bytes sent, struct request *ret, struct err *err) MUST_USE;
bool request_write(const struct request *r, struct arena *a, struct bytes *ret,
                   struct err *err) MUST_USE;
// What an approval binds: by kind of decision, see FORMATS section 5.
//   errors  ERR_MALFORMED  the text is not what the decision is about
bool request_digest(const struct request *r, struct arena *a, struct digest *ret,
                    struct err *err) MUST_USE;
// The officer's note. `decision` is the request's own, or a refusal.
//   errors  ERR_DENIED  the key is another log's, or no officer's
bool request_approve(const struct request *r, enum decision decision, const struct keyfile *officer,
                     struct moment until, struct arena *a, struct bytes *ret,
                     struct err *err) MUST_USE;
#endif
