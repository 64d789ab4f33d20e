// rooms: community
#include "community/optin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct arena a;
    struct bytes again, sent = {data, size};
    struct optin o;
    if (!optin_read(sent, &o, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return 0;
    }
    arena_init(&a, 1 << 20);
    CHECK(optin_write(&o, &a, &again, &err));
    CHECK(bytes_eq(sent, again));
    arena_release(&a);
    return 0;
}
