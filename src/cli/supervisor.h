// cli/supervisor.h - starts the processes of a node in order, watches them, stops them in order.
//
// Holds: the node's lock, the socket pairs between the processes, restart with back-off.
// Knows nothing of: what the processes do; each is this program exec'ed anew with just its
// descriptors ("elchi process NAME ...").
// Source: DESIGN section 9.
//
// keeper -> clerk -> courier -> door. When one of them ends by itself, all are stopped and started
// again: each of them may be in the middle of a frame of the others.
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
