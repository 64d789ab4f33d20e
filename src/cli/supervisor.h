// cli/supervisor.h - starts the processes of a node in order, watches them, stops them in order.
//
// Holds: the node's lock, the socket pairs between the processes, restart with back-off.
// Knows nothing of: what the processes do; each is this program exec'ed anew with just its
// descriptors ("elchi process NAME ...").
// Source: DESIGN section 9.
//
// keeper -> clerk -> courier -> door. What ends by itself is started anew, with new sockets, and so
// is whatever stands after it in this row and needs it: after the clerk courier and door, after the
// courier nobody. So a stranger who ends the courier neither stops the keeper nor makes somebody
// type its passphrase.
#ifndef CLI_SUPERVISOR_H
#define CLI_SUPERVISOR_H
#include "cli/config.h"

#include <sys/types.h>

enum process { PROCESS_KEEPER, PROCESS_CLERK, PROCESS_COURIER, PROCESS_DOOR, PROCESS_COUNT };
const char *process_word(enum process p);

struct supervisor {
    const struct config *config;
    char program[4096]; // our own executable
    bool whole;         // with courier and door; without: keeper and clerk for a command's length
    int lock;           // of FOLDER/node.lock; held as long as any process of the node lives
    pid_t pids[PROCESS_COUNT]; // 0: not running
    // Our ends of the sockets over which keeper and clerk are brought those of the others; -1:
    // none.
    int ushers[PROCESS_COUNT];
    int bell[2]; // the courier reads from the first, the clerk writes to the second; kept
};

// Takes the node's lock.
//   errors  ERR_BUSY  a node runs in this folder already
bool supervisor_init(struct supervisor *s, const struct config *config, bool whole,
                     struct err *err) MUST_USE;
// Starts the processes, each when the one before says it is ready.
bool supervisor_start(struct supervisor *s, struct err *err) MUST_USE;
// Stops them in the opposite order: asks, waits, then ends what does not listen.
void supervisor_stop(struct supervisor *s);
void supervisor_release(struct supervisor *s); // lets the lock go
// Start, watch, restart until *stop is set.
//   errors  what the first start said; or ERR_IO after too many restarts in a row
bool supervisor_run(struct supervisor *s, const volatile int *stop, struct err *err) MUST_USE;
#endif
