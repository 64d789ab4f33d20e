// rooms: record
// fuzz/entry_fuzz.c - a log entry: what is read writes back the same.
#include "record/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err err = {0};
    struct entry e;
    struct bytes sent = {data, size}, again;
    arena_init(&a, 1 << 20);
    if (!entry_read(sent, &e, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
    } else {
        CHECK(entry_write(&e, &a, &again, &err));
        CHECK(bytes_eq(again, sent));
    }
    arena_release(&a);
    return 0;
}
