// crypto/secret.h - memory for secrets: locked, guarded, wiped.
//
// Holds: buffers from libsodium's guarded heap. They never enter an arena, a log line or a frame
// other than those the keeper's table names.
// A process calls crypto_start before it limits itself: libsodium looks for its dice and its
// page size once. Afterwards a secret needs mmap, mprotect, mlock, madvise, munlock and munmap.
#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H
#include "base/bytes.h"
#include "base/err.h"

struct secret {
    uint8_t *ptr; // owned; sodium_malloc
    size_t len;
};

void crypto_start(void); // once per process, before anything else of this room
void secret_init(struct secret *ret,
                 size_t size); // zeroed; the process ends when memory cannot be had
void secret_copy(struct secret *ret, struct bytes from);
void secret_release(struct secret *s);                          // wipes; a zeroed one is fine
bool secret_eq(const struct secret *a, const struct secret *b); // constant time
static inline struct bytes secret_bytes(const struct secret *s)
{
    return (struct bytes){s->ptr, s->len};
}
void secret_wipe(void *octets, size_t size); // for short-lived copies on the stack
#endif
