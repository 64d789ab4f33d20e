// rooms: log
// What is taken as a note writes back to the same bytes, and opens for nobody without a key.
#include "log/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t again[NOTE_BYTES_MAX];
    struct bytes sent = {data, size};
    struct note note;
    struct err err = {0};
    uint64_t verified;
    struct writer w = writer_of(again, sizeof again);
    if (!note_read(sent, &note, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return 0;
    }
    note_write(&note, &w);
    CHECK(bytes_eq(writer_bytes(&w), sent));
    CHECK(!note_verify(&note, NULL, 0, &verified, &err));
    return 0;
}
