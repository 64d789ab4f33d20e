// rooms: record
#include "record/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct str text)
{
    struct err err = {0};
    struct arena a;
    struct str again;
    struct keys_record record;
    if (!keys_record_read(text, &record, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return;
    }
    arena_init(&a, 1 << 20);
    CHECK(keys_record_write(&record, &a, &again, &err));
    CHECK(str_eq(text, again));
    arena_release(&a);
}

static void check_note(struct bytes sent)
{
    struct err err = {0};
    struct arena a;
    struct bytes again;
    struct note note;
    struct keys_record record;
    if (!keys_note_read(sent, &note, &record, &err)) {
        CHECK(err.kind != ERR_NONE);
        return;
    }
    arena_init(&a, 1 << 20);
    CHECK(keys_note_write(note.text, note.signatures, note.signatures_count, &a, &again, &err));
    CHECK(bytes_eq(sent, again));
    arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct str text;
    struct bytes sent = {data, size};
    crypto_start();
    check_note(sent);
    if (text_check(sent, &text, &err))
        check_text(text);
    return 0;
}
