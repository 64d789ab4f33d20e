// crypto/secret.c - see secret.h.
#include "crypto/secret.h"

#include <pthread.h>
#include <sodium.h>

void crypto_start(void)
{
    CHECK(sodium_init() >= 0);
}

// Guarded and locked pages cost about as much as opening what they are for, so a few are kept,
// wiped, for the next secret of the same size.
enum { SPARES_MAX = 8 };
static struct {
    pthread_mutex_t lock;
    struct secret items[SPARES_MAX];
    size_t count;
} spares = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool take_spare(size_t size, struct secret *ret)
{
    bool found = false;
    CHECK(pthread_mutex_lock(&spares.lock) == 0);
    for (size_t i = 0; !found && i < spares.count; i++) {
        if (spares.items[i].len != size)
            continue;
        *ret = spares.items[i];
        spares.items[i] = spares.items[--spares.count];
        found = true;
    }
    CHECK(pthread_mutex_unlock(&spares.lock) == 0);
    return found;
}

static bool keep_spare(const struct secret *s)
{
    CHECK(pthread_mutex_lock(&spares.lock) == 0);
    bool room = spares.count < SPARES_MAX;
    if (room)
        spares.items[spares.count++] = *s;
    CHECK(pthread_mutex_unlock(&spares.lock) == 0);
    return room;
}

void secret_init(struct secret *ret, size_t size)
{
    CHECK(ret != NULL);
    CHECK(size > 0);
    // sodium_malloc needs the library's page size; starting twice does nothing.
    crypto_start();
    if (take_spare(size, ret))
        return;
    uint8_t *ptr = sodium_malloc(size);
    CHECK(ptr != NULL);
    memset(ptr, 0, size);
    *ret = (struct secret){ptr, size};
}

void secret_copy(struct secret *ret, struct bytes from)
{
    struct secret made;
    secret_init(&made, from.len);
    memcpy(made.ptr, from.ptr, from.len);
    *ret = made;
}

void secret_release(struct secret *s)
{
    if (s == NULL)
        return;
    if (s->ptr != NULL) {
        sodium_memzero(s->ptr, s->len);
        if (!keep_spare(s))
            sodium_free(s->ptr); // ends the process when a guard was overwritten
    }
    *s = (struct secret){0};
}

bool secret_eq(const struct secret *a, const struct secret *b)
{
    return a->len == b->len && (a->len == 0 || sodium_memcmp(a->ptr, b->ptr, a->len) == 0);
}

void secret_wipe(void *octets, size_t size)
{
    if (size > 0)
        sodium_memzero(octets, size);
}
