#include "crypto/secret.h"

#include "tests/test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(a_secret_begins_as_zeros_and_ends_as_nothing)
{
    static const uint8_t zeros[100];
    struct secret s;
    secret_init(&s, sizeof zeros);
    EXPECT(bytes_eq(secret_bytes(&s), bytes_of(zeros, sizeof zeros)));
    secret_release(&s);
    EXPECT(s.ptr == NULL && s.len == 0);
    secret_release(&s);
}

TEST(a_secret_that_was_released_is_zeros_to_the_next_one_of_its_size)
{
    static const uint8_t zeros[48];
    struct secret held[12];
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 12; i++) { // more than are kept
            secret_init(&held[i], i % 2 == 0 ? sizeof zeros : 16);
            EXPECT(held[i].len == (i % 2 == 0 ? sizeof zeros : 16));
            EXPECT(bytes_eq(secret_bytes(&held[i]), bytes_of(zeros, held[i].len)));
            memset(held[i].ptr, 0xa5, held[i].len);
            for (size_t k = 0; k < i; k++)
                EXPECT(held[k].ptr != held[i].ptr);
        }
        for (size_t i = 0; i < 12; i++)
            secret_release(&held[i]);
    }
}

TEST(secrets_are_equal_by_size_and_octets)
{
    struct secret a, b, c, none = {0};
    secret_copy(&a, bytes_of("seed one", 8));
    secret_copy(&b, bytes_of("seed one", 8));
    secret_copy(&c, bytes_of("seed one", 7));
    EXPECT(secret_eq(&a, &b));
    EXPECT(!secret_eq(&a, &c));
    EXPECT(!secret_eq(&a, &none));
    EXPECT(secret_eq(&none, &none));
    b.ptr[7] ^= 1;
    EXPECT(!secret_eq(&a, &b));
    secret_release(&a);
    secret_release(&b);
    secret_release(&c);
}

TEST(a_short_lived_copy_is_wiped)
{
    static const uint8_t zeros[16];
    uint8_t octets[16];
    memset(octets, 7, sizeof octets);
    secret_wipe(octets, sizeof octets);
    EXPECT(memcmp(octets, zeros, sizeof zeros) == 0);
    secret_wipe(NULL, 0);
}

// The guard page stands right behind the secret: reading one octet too far ends the process.
TEST(reading_past_a_secret_ends_the_process)
{
    struct secret s;
    int status = 0;
    secret_copy(&s, bytes_of("seed", 4));
    pid_t child = fork();
    EXPECT(child >= 0);
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        const volatile uint8_t *past = s.ptr + s.len;
        _exit(*past == 0 ? 0 : 1);
    }
    EXPECT(waitpid(child, &status, 0) == child);
    EXPECT(WIFSIGNALED(status));
    secret_release(&s);
}
