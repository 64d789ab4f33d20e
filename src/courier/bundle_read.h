// courier/bundle_read.h - reading a courier's file is a session.
//
// Holds: pass one, which verifies the whole file and takes nothing; pass two, which hands each
// member to the clerk, and bodies that were not awaited then once more. Memory stays flat.
// Knows nothing of: stores it may write; where the file came from. A member's name is compared,
// never used as a path.
// Source: FORMATS section 8; docs/wire.md "Bundle".
#ifndef COURIER_BUNDLE_READ_H
#define COURIER_BUNDLE_READ_H
#include "courier/bundle_index.h"
#include "store/exchange.h"

struct bundle_gap {
    struct str origin;
    uint64_t from; // the first entry that is missing here
};
struct bundle_refused {
    struct str name; // of the member
    struct err why;
};
struct bundle_read_summary {
    struct bundle_index index;                                   // in the arena
    uint64_t manifests, entries, cosignatures, evidence, bodies; // new here
    uint64_t held;                                               // members that brought nothing new
    uint64_t skipped;                                            // bodies nobody here waits for
    struct bundle_gap *gaps;
    size_t gaps_count;
    struct bundle_refused *refused; // the rest of the file went on without them
    size_t refused_count;
};
struct bundle_source {
    struct db *exchange;            // opened read-only, no transaction standing
    const struct clerk_link *clerk; // takes; not asked by bundle_verify
    struct str own;                 // this node's origin
};
// Pass one alone. *ret_index lives in the arena.
//   errors  ERR_MALFORMED, ERR_LIMIT  not a bundle to the byte
//           ERR_TAMPERED  a member or the signature does not fit the index
//           ERR_DENIED    its writer is no State of this community, or exchange with it is off
//           ERR_CONFLICT  it is for another State;  ERR_NOT_FOUND  no community, keys or file
bool bundle_verify(const struct bundle_source *source, const char *path, struct arena *a,
                   struct bundle_index *ret_index, struct err *err) MUST_USE;
// Both passes. A member the clerk refuses is told in the summary; the rest goes on.
//   errors  as bundle_verify; ERR_OFFLINE, ERR_IO
bool bundle_read(const struct bundle_source *source, const char *path, struct arena *a,
                 struct bundle_read_summary *ret, struct err *err) MUST_USE;
#endif
