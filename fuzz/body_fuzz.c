// rooms: record
// fuzz/body_fuzz.c - the plaintext of a sealed body, and an open one: what is read writes back the
// same.
#include "record/body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err err = {0};
    struct sealed_body sealed;
    struct open_body open;
    struct bytes sent = {data, size}, again;
    arena_init(&a, 2 << 20);
    if (!sealed_body_read(sent, &sealed, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
    } else {
        CHECK(sealed_body_write(&sealed, &a, &again, &err));
        CHECK(bytes_eq(again, sent));
    }
    if (open_body_read(sent, &open, &err)) {
        CHECK(open_body_write(&open, &a, &again, &err));
        CHECK(bytes_eq(again, sent));
    }
    arena_release(&a);
    return 0;
}
