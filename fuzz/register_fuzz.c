// rooms: access
#include "access/register.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct arena a;
    struct bytes again, sent = {data, size};
    struct approver_register r;
    crypto_start();
    arena_init(&a, 16 << 20);
    if (!register_read(&a, sent, &r, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
    } else {
        CHECK(register_write(&r, &a, &again, &err));
        CHECK(bytes_eq(sent, again));
    }
    arena_release(&a);
    return 0;
}
