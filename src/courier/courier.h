// courier/courier.h - the process that meets strangers: peers' listener, outgoing sessions,
// monitor.
//
// Holds: start and loop of the courier.
// Knows nothing of: State keys but its own TLS key; the office store; what a body says.
// Source: DESIGN sections 5.4 and 9, FORMATS section 7.
#ifndef COURIER_COURIER_H
#define COURIER_COURIER_H
#include "base/world.h"

struct courier_options {
    struct world *world;
    const char *exchange_path; // opened read-only
    int clerk_socket;          // owned by the caller, as all descriptors here
    int keeper_socket;         // for its TLS key alone
    int bell;                  // readable when there is something new to look for
    int ready;                 // one octet is written once it serves; -1: nobody waits
    const char *listen;        // "127.0.0.1:7001", or NULL: dials out only
    const char *monitor; // the same without TLS, checkpoint, tiles and entries for anyone; or NULL
    bool dials;          // calls partners by the community's endpoints
    uint32_t poll_s;     // calls each partner at least this often
};
// Serves until *stop is set; then finishes what is in flight, bounded in time.
bool courier_serve(const struct courier_options *options, const volatile int *stop,
                   struct err *err) MUST_USE;
#endif
