// courier/bundle_write.h - what a partner does not hold yet, as a courier's file.
//
// Holds: choosing the members for one reader, their hashes, the signed index, the pax file.
// Knows nothing of: keys (the clerk has the index signed); who carries the file.
// Source: FORMATS section 8; docs/wire.md "Bundle".
#ifndef COURIER_BUNDLE_WRITE_H
#define COURIER_BUNDLE_WRITE_H
#include "clerk/client.h"
#include "store/exchange.h"

struct bundle_order {
    struct world *world;
    struct db *exchange;            // opened read-only, no transaction standing
    const struct clerk_link *clerk; // signs the index
    struct str own;                 // this node's origin
    struct str to;                  // the reader's origin
    bool all;                       // assume that the reader holds nothing
};
struct bundle_written {
    uint64_t octets; // of all members
    uint64_t members, entries, bodies, evidence;
};
// Writes a new file (mode 0600), synced; nothing is left behind when it fails.
//   errors  ERR_NOT_FOUND  no community here, or no such State in it
//           ERR_DENIED     exchange with that State is off
//           ERR_CONFLICT   the file exists;  ERR_LIMIT  more than one index holds
bool bundle_write(const struct bundle_order *order, const char *path, struct bundle_written *ret,
                  struct err *err) MUST_USE;
#endif
