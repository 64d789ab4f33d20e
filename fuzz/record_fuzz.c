// rooms: record
// fuzz/record_fuzz.c - a record's text: what is read writes back the same, and what officers
// approve of it fills up to the same again.
#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err err = {0};
    struct record r;
    struct str again, approved;
    struct bytes sent = {data, size};
    arena_init(&a, 8 << 20);
    if (!record_read(&a, sent, &r, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
    } else {
        CHECK(record_write(&a, &r, &again, &err));
        CHECK(bytes_eq(str_bytes(again), sent));
        if (r.type->signer != RECORD_BY_ROOTS) {
            struct record_filling f = {r.ref, r.time, r.seen, r.seen_count};
            CHECK(record_text_approved(&a, sent, &approved, &err));
            CHECK(record_fill(&a, str_bytes(approved), &f, &again, &err));
            CHECK(bytes_eq(str_bytes(again), sent));
            CHECK(record_same_but_filled(&a, str_bytes(approved), sent, &err));
        }
    }
    arena_release(&a);
    return 0;
}
