// keeper/service.h - the keeper's loop: one frame in, one answer out, by the table.
//
// Holds: dispatch by keeper/frames.h and by which socket a frame came on.
// Knows nothing of: what the acts check.
// Source: DESIGN section 9.
#ifndef KEEPER_SERVICE_H
#define KEEPER_SERVICE_H
#include "keeper/frames.h"
#include "keeper/vault.h"

struct keeper_door {
    int socket;            // owned by the caller
    enum keeper_caller is; // whose it is
};
// What a table row says, for tests that list every route to a secret.
struct keeper_row {
    const char *name;
    unsigned number, who;
    const char *what;
};
const struct keeper_row *keeper_rows(size_t *ret_count);

// One frame or a piece of one from each door in turn; no door waits for the rest of another's
// frame. Serves until the clerk's door closes (true), or a durable step fails (false), or *stop is
// set.
bool keeper_serve(struct vault *v, struct keeper_door *doors, size_t doors_count,
                  const volatile int *stop, struct err *err) MUST_USE;
// The same for a node: whoever holds the other end of `usher` brings each door its socket, and a
// new one when the process there was started anew (a frame whose kind is the caller, with the
// descriptor). A clerk that goes is waited for; who must not be restarted is the keeper alone, for
// somebody would have to type its passphrase. Ends well when the usher goes.
bool keeper_serve_ushered(struct vault *v, struct keeper_door *doors, size_t doors_count, int usher,
                          const volatile int *stop, struct err *err) MUST_USE;
#endif
