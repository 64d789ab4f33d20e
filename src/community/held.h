// community/held.h - what an exchange store says of the community: file, chains, functions.
//
// Holds: loading the applied community file, every State's key manifests and the partners'
// switched-on functions, each verified again as it is read. Knows nothing of: who loads it. The
// clerk, the courier and commands do. Source: DESIGN 5.5 and 5.6; section 9 (facts are derived,
// never kept twice).
#ifndef COMMUNITY_HELD_H
#define COMMUNITY_HELD_H
#include "community/chains.h"
#include "community/optin.h"
#include "store/exchange.h"

// Borrows from the arena it was loaded into. It may be copied while that arena lives; then call
// held_settle on the copy, for two of its members point at others.
struct held {
    bool has_community; // false: nothing else is set
    struct community community;
    struct chain **chain_items; // community.states_count; NULL where none is known
    struct chains chains;
    struct record_keys keys;
    struct optin optin;
};
//   errors  ERR_MALFORMED, ERR_TAMPERED, ERR_LIMIT  the store holds what no reader accepts
bool held_load(struct txn *txn, struct arena *a, struct held *ret, struct err *err) MUST_USE;
void held_settle(struct held *h, struct arena *a);

const struct chain *held_chain(const struct held *h, struct str origin); // or NULL
bool held_is_on(const struct held *h, struct str origin, enum optin_function f);
#endif
