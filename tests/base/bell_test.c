// Tests of base/bell.h: ringing before, while and after somebody waits.
#include "base/bell.h"
#include "tests/test.h"

enum { SOON_MS = 20, LONG_MS = 20000 };

TEST(a_ring_before_the_wait_is_not_missed)
{
    struct bell b;
    bell_init(&b);
    uint64_t heard = bell_count(&b);
    bell_ring(&b);
    EXPECT(bell_wait(&b, heard, NULL, LONG_MS) == BELL_RUNG);
    EXPECT(bell_wait(&b, bell_count(&b), NULL, SOON_MS) == BELL_SILENT);
    bell_release(&b);
}

TEST(a_poke_is_heard_once_and_before_a_ring)
{
    struct bell b;
    bool flag = false;
    bell_init(&b);
    uint64_t heard = bell_count(&b);
    bell_poke(&b, &flag);
    bell_ring(&b);
    EXPECT(bell_wait(&b, heard, &flag, LONG_MS) == BELL_POKED);
    EXPECT(!flag);
    EXPECT(bell_wait(&b, heard, &flag, LONG_MS) == BELL_RUNG);
    bell_release(&b);
}

TEST(who_is_deaf_to_rings_hears_the_end_alone)
{
    struct bell b;
    bool flag = false;
    bell_init(&b);
    bell_ring(&b);
    EXPECT(bell_wait(&b, BELL_DEAF, &flag, SOON_MS) == BELL_SILENT);
    bell_end(&b);
    EXPECT(bell_wait(&b, 0, &flag, LONG_MS) == BELL_SILENT);
    bell_release(&b);
}

static void *ring_it(void *own)
{
    bell_ring(own);
    return NULL;
}

TEST(another_threads_ring_ends_the_wait)
{
    struct bell b;
    pthread_t thread;
    bell_init(&b);
    EXPECT(pthread_create(&thread, NULL, ring_it, &b) == 0);
    EXPECT(bell_wait(&b, 0, NULL, LONG_MS) == BELL_RUNG);
    EXPECT(pthread_join(thread, NULL) == 0);
    bell_release(&b);
}
