// courier/listener.h - what peers may ask of this node over TLS, and anyone of its monitor address.
//
// Holds: the two route tables, starting and stopping their servers.
// Knows nothing of: what is inside a session (courier/talk.h).
// Source: FORMATS section 7, C2SP tlog-tiles and tlog-witness.
//
// Keys authenticate themselves, so /keys is for any TLS client. Everything else needs a TLS key
// that the newest manifest of a State with exchange on names. A blob is given only to the States
// its author wrote beside it; to all others it reads as one that does not exist.
#ifndef COURIER_LISTENER_H
#define COURIER_LISTENER_H
#include "courier/share.h"
#include "http/server.h"

struct listener; // opaque
// Starts what the options name: the peers' listener, the monitor, both or neither.
bool listener_start(struct share *s, struct listener **ret_owned, struct err *err) MUST_USE;
void listener_ring(struct listener *l); // whoever waits is answered
void listener_stop(struct listener *l); // NULL is fine

// For tests that try every way to a body.
struct route_table courier_routes(void);
struct route_table courier_monitor_routes(void);
#endif
