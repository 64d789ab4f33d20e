// web/door.h - the door that faces people and tools; so far it tells health and status.
//
// Holds: GET /health and GET /status over HTTP on the door's own address.
// Knows nothing of: State keys; it asks the clerk.
// Source: DESIGN sections 9 and 11.
#ifndef WEB_DOOR_H
#define WEB_DOOR_H
#include "base/world.h"
#include "http/route.h"

struct door_options {
    struct world *world;
    int clerk_socket;   // owned by the caller
    int ready;          // one octet is written once it serves; -1: nobody waits
    const char *listen; // "127.0.0.1:7101"
};
// What is answered here, for tests that try every way to a body.
struct route_table door_routes(void);
// Serves until *stop is set.
bool door_serve(const struct door_options *options, const volatile int *stop,
                struct err *err) MUST_USE;
#endif
