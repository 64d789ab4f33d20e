// community/chains.h - every State's chain of a community, as one table.
//
// Holds: the look-up by origin, and what the record room asks of manifests and electorate.
// Knows nothing of: where chains are kept.
// Source: DESIGN 5.1 (a record is valid only under the key in force at its index), 5.5.
#ifndef COMMUNITY_CHAINS_H
#define COMMUNITY_CHAINS_H
#include "community/chain.h"
#include "community/community.h"

// The chains a node holds, in the community's order of States; NULL where none is known yet.
struct chains {
    const struct community *community; // borrowed
    const struct chain *const *items;  // community->states_count of them; borrowed
};
const struct chain *chains_of(const struct chains *all, struct str origin); // or NULL

// The table record_open asks: keys by the manifest in force at the index, States by the community.
// A key that was named compromised at or below the index is not found. `all` is borrowed.
struct record_keys chains_record_keys(const struct chains *all);

// No public key twice in a community: the same key under two roles or two States is refused;
// versions of one State may keep a key in its role.
//   errors  ERR_DENIED, naming both keys; ERR_LIMIT  the scratch arena
bool chains_check_keys(const struct chains *all, struct arena *scratch, struct err *err) MUST_USE;
#endif
