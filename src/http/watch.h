// http/watch.h - the server's own clock: ends waits that are over, cuts peers that are too slow.
//
// Holds: one thread a server, and waking. libmicrohttpd's time limit starts anew with every octet,
// so a peer that sends one a second would hold a connection for ever; the watch counts from the
// start of a head, and asks a body for a least average rate.
#ifndef HTTP_WATCH_H
#define HTTP_WATCH_H
#include "http/exchange.h"

bool watch_start(struct server *s, struct err *err) MUST_USE;
void watch_stop(struct server *s); // fine when it never started
// Wakes the request with this ticket, or with ticket 0 all that wait.
void watch_wake(struct server *s, struct wait_ticket ticket, enum wake_reason reason);
#endif
