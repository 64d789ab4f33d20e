// clerk/service.h - the clerk's loop: frames in, answers out, then the work they made.
//
// Holds: the local listener and its connections, the courier's and the door's sockets, dispatch by
// clerk/frames.h, and what follows each turn: append, project, receipts, restore, bell.
// Knows nothing of: what the acts check.
// Source: DESIGN section 9.
//
// One turn: every socket that is ready gives one frame; each is answered at once, but RELEASE,
// whose answers wait. Then all that officers released goes through each durable step together, one
// projection shows it, and only then come the waiting answers. What a courier brings piece by piece
// is worked on once it pauses for some milliseconds; cosigning waits until nobody asks for
// anything.
#ifndef CLERK_SERVICE_H
#define CLERK_SERVICE_H
#include "clerk/node.h"

struct clerk_sockets { // each owned by the caller, or -1
    int listener;      // local socket: whoever connects is LOCAL
    int command;       // one LOCAL caller connected already; the service ends when it hangs up
    int courier, door;
    int usher; // brings courier and door their sockets, a new one each time they start; 0: nobody
               // does
};

// Makes the node's local socket at `path`, for this uid alone; a stale one is replaced. The caller
// holds node.lock, so nobody else serves there.
//   errors  ERR_LIMIT (the path), ERR_IO
bool clerk_listen(const char *path, int *ret_listener, struct err *err) MUST_USE;
// What is done before the first command: releases a crash left, the stage, the views.
bool clerk_start(struct clerk *c, struct err *err) MUST_USE;
// Starts, then serves until *stop is set or the command's caller has gone (true), or until the
// keeper has gone or a store fails (false): the process ends then, and is started anew. What a
// caller sends never ends it.
bool clerk_serve(struct clerk *c, const struct clerk_sockets *s, const volatile int *stop,
                 struct err *err) MUST_USE;
#endif
