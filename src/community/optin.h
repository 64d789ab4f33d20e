// community/optin.h - which functions this node has switched on, per partner.
//
// Holds: the table of functions, all off at first, and its text form for storage.
// Knows nothing of: what a function does. Nothing in it ever leaves the node: who refuses whom is
// nobody's business.
// Source: DESIGN section 1 ("Never": everything opt-in, per partner, all off at first).
//
//   elchi optin v1
//   partner XB exchange receipts    only partners with something on; codes ascending by octet,
//   partner XC exchange witness     functions in the table's order, at least one
#ifndef COMMUNITY_OPTIN_H
#define COMMUNITY_OPTIN_H
#include "base/limits.h"
#include "base/text.h"

#define OPTIN_FUNCTIONS(X)                                                                \
    X(OPTIN_EXCHANGE, "exchange") /* dial, answer, replicate its log, take its records */ \
    X(OPTIN_WITNESS, "witness")   /* cosign its checkpoints */                            \
    X(OPTIN_MIRROR, "mirror")     /* hold its entries and say so */                       \
    X(OPTIN_RELAY, "relay")       /* carry its bodies for others, and ours through it */  \
    X(OPTIN_RECEIPTS, "receipts") /* give it receipts */                                  \
    X(OPTIN_CHECKS, "checks")     /* answer its communication checks */                   \
    X(OPTIN_SILENCE, "silence")   /* take part in its silence procedures */               \
    X(OPTIN_MONITOR, "monitor")   /* name our monitor address to it */
#define OPTIN_ENUM(name, word) name,
enum optin_function { OPTIN_FUNCTIONS(OPTIN_ENUM) OPTIN_FUNCTION_COUNT };
#undef OPTIN_ENUM
const char *optin_word(enum optin_function f);
bool optin_from_word(struct str word, enum optin_function *ret) MUST_USE;

struct optin_row {
    struct str state; // code; borrowed
    unsigned on;      // bit f set: function f is on
};
struct optin {
    struct optin_row rows[COMMUNITY_STATES_MAX]; // ascending by code
    size_t count;
};

void optin_init(struct optin *o); // everything off
bool optin_is_on(const struct optin *o, struct str state, enum optin_function f);
// `state` must outlive the table.
//   errors  ERR_LIMIT  no room for another partner
bool optin_set(struct optin *o, struct str state, enum optin_function f, bool on,
               struct err *err) MUST_USE;
// The result borrows `sent`.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool optin_read(struct bytes sent, struct optin *ret, struct err *err) MUST_USE;
bool optin_write(const struct optin *o, struct arena *a, struct bytes *ret,
                 struct err *err) MUST_USE;
#endif
