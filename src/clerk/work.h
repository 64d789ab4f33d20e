// clerk/work.h - what a turn of the clerk's loop does after its frames were read.
//
// Holds: the connections, the releases of a turn, append, projection, receipts, restore, bell, the
// answers that waited for them, and what is done once nobody asks for anything.
// Knows nothing of: the listener and the table of frames (clerk/service.c).
// Source: DESIGN section 9.
#ifndef CLERK_WORK_H
#define CLERK_WORK_H
#include "clerk/acts.h"
#include "clerk/release.h"
#include "clerk/service.h"

enum { SERVICE_CONNECTIONS_MAX = CLERK_CONNECTIONS_MAX + 4 };

// How a socket came here. What was accepted or brought is closed here.
enum coming { GIVEN, ACCEPTED, BROUGHT, USHER }; // an usher is no caller: it brings sockets
struct connection {
    int socket; // -1: a free place
    enum coming came;
    enum clerk_caller caller;
    struct officer_session officer;
    bool waits; // for this turn's releases
    struct draft_id waits_for;
    struct release_done released; // its ref is not kept
};
struct service {
    struct clerk *clerk;
    const struct clerk_sockets *sockets;
    struct connection at[SERVICE_CONNECTIONS_MAX];
    size_t accepted;  // of them by the listener
    bool work;        // something asks for it
    bool at_once;     // ... and not only the courier
    int64_t asked_ms; // since when
    int64_t owes_ms;  // since when something is owed; 0: nothing is
    bool unsettled;   // something was committed that nobody waited for
    int64_t worked_ms;
    struct err last; // of the work: said once, until it changes
};

void service_hang_up(struct service *s, struct connection *from);
bool service_send_answer(struct connection *to, bool done, struct bytes payload, int fd,
                         const struct err *why, struct err *err) MUST_USE;
// Reports what went wrong, once; false when only a new start helps.
bool service_settle(struct service *s, const char *event, bool done, const struct err *why,
                    struct err *err) MUST_USE;

// All that officers asked for in this turn; logged, shown, and told to the courier; durable, and
// answered; then what follows from what was shown. Nothing that anybody is shown afterwards is owed
// by the exchange store.
bool service_work(struct service *s, struct err *err) MUST_USE;
// What nobody waits for: cosigning, the words of what others cosigned, making everything durable.
bool service_owes(const struct service *s);
bool service_work_quietly(struct service *s, struct err *err) MUST_USE;
#endif
