// crypto/secret.c - see secret.h.
#include "crypto/secret.h"

#include <sodium.h>

void crypto_start(void)
{
    CHECK(sodium_init() >= 0);
}

void secret_init(struct secret *ret, size_t size)
{
    CHECK(ret != NULL);
    CHECK(size > 0);
    // sodium_malloc needs the library's page size; starting twice does nothing.
    crypto_start();
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
    sodium_free(s->ptr); // wipes, and ends the process when a guard was overwritten
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
