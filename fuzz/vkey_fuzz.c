// rooms: log
// What is taken as a verifier key writes back to the same bytes.
#include "log/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t again[NOTE_VKEY_CHARS_MAX];
    struct bytes sent = {data, size};
    struct note_key key;
    struct str text;
    struct err err = {0};
    struct writer w = writer_of(again, sizeof again);
    crypto_start();
    if (!text_check_line(sent, &text, &err) || !note_key_read(text, &key, &err)) {
        CHECK(err.kind != ERR_NONE);
        return 0;
    }
    note_key_write(&key, &w);
    CHECK(bytes_eq(writer_bytes(&w), sent));
    return 0;
}
