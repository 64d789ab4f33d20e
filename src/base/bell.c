#include "base/bell.h"

#include "base/check.h"

#include <time.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

void bell_init(struct bell *b)
{
    pthread_condattr_t how;
    *b = (struct bell){.count = 0};
    CHECK(pthread_mutex_init(&b->lock, NULL) == 0);
    CHECK(pthread_condattr_init(&how) == 0);
    CHECK(pthread_condattr_setclock(&how, CLOCK_MONOTONIC) == 0);
    CHECK(pthread_cond_init(&b->rung, &how) == 0);
    (void)pthread_condattr_destroy(&how);
}

void bell_release(struct bell *b)
{
    CHECK(pthread_cond_destroy(&b->rung) == 0);
    CHECK(pthread_mutex_destroy(&b->lock) == 0);
}

static void lock(struct bell *b)
{
    CHECK(pthread_mutex_lock(&b->lock) == 0);
}

static void unlock(struct bell *b)
{
    CHECK(pthread_mutex_unlock(&b->lock) == 0);
}

static void wake(struct bell *b)
{
    CHECK(pthread_cond_broadcast(&b->rung) == 0);
    unlock(b);
}

void bell_ring(struct bell *b)
{
    lock(b);
    b->count++;
    CHECK(b->count != BELL_DEAF);
    wake(b);
}

uint64_t bell_count(struct bell *b)
{
    lock(b);
    uint64_t count = b->count;
    unlock(b);
    return count;
}

void bell_poke(struct bell *b, bool *flag)
{
    lock(b);
    *flag = true;
    wake(b);
}

void bell_end(struct bell *b)
{
    lock(b);
    b->over = true;
    wake(b);
}

static struct timespec moment_in(int64_t ms)
{
    struct timespec at = {0};
    CHECK(clock_gettime(CLOCK_MONOTONIC, &at) == 0);
    at.tv_sec += (time_t)(ms / MS_PER_S);
    at.tv_nsec += (long)(ms % MS_PER_S) * NS_PER_MS;
    if (at.tv_nsec >= NS_PER_S) {
        at.tv_sec++;
        at.tv_nsec -= NS_PER_S;
    }
    return at;
}

static enum bell_reason called(const struct bell *b, uint64_t heard, const bool *flag)
{
    if (flag != NULL && *flag)
        return BELL_POKED;
    return heard != BELL_DEAF && b->count != heard ? BELL_RUNG : BELL_SILENT;
}

enum bell_reason bell_wait(struct bell *b, uint64_t heard, bool *flag, int64_t ms)
{
    struct timespec until = moment_in(ms > 0 ? ms : 0);
    int said = 0;
    lock(b);
    while (said == 0 && !b->over && called(b, heard, flag) == BELL_SILENT)
        said = pthread_cond_timedwait(&b->rung, &b->lock, &until);
    enum bell_reason why = b->over ? BELL_SILENT : called(b, heard, flag);
    if (why == BELL_POKED)
        *flag = false;
    unlock(b);
    return why;
}
