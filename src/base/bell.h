// base/bell.h - a counter that threads wait on: something happened, look for yourself.
//
// Holds: ringing, waiting with a limit of time, waking one waiter by a flag of its own.
// Knows nothing of: what happened. It waits on the system's monotonic clock, for a condition can
// wait for no other; so code that a test runs on a fake clock does not wait here.
#ifndef BASE_BELL_H
#define BASE_BELL_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct bell {
    pthread_mutex_t lock;
    pthread_cond_t rung;
    uint64_t count; // how often it rang
    bool over;      // nobody waits any more
};
enum bell_reason { BELL_SILENT, BELL_RUNG, BELL_POKED };
// Nobody's last ring: bell_wait given this wakes for its flag alone.
#define BELL_DEAF UINT64_MAX

void bell_init(struct bell *b);
void bell_release(struct bell *b); // nobody may wait on it
void bell_ring(struct bell *b);
uint64_t bell_count(struct bell *b);
// Raises the flag and wakes whoever waits on it.
void bell_poke(struct bell *b, bool *flag);
// From now on bell_wait returns at once.
void bell_end(struct bell *b);
// Waits until it has rung since `heard`, until the flag is up (taken down again; NULL: none), until
// the end, or for `ms`.
//   BELL_POKED before BELL_RUNG; BELL_SILENT when time is over, or it has ended
enum bell_reason bell_wait(struct bell *b, uint64_t heard, bool *flag, int64_t ms);
#endif
