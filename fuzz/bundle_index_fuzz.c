// rooms: courier
// The first member of a courier's file: a note that is accepted has one signature line, a text that
// is accepted writes back the same, and so does a member's name.
#include "courier/bundle_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_index(struct str text, struct arena *a)
{
    struct bundle_index index;
    struct str again;
    struct err err = {0};
    if (!bundle_index_read(text, a, &index, &err)) {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
        return;
    }
    CHECK(bundle_index_write(&index, a, &again, &err));
    CHECK(str_eq(again, text));
    for (size_t i = 1; i < index.members_count; i++)
        CHECK(bundle_member_cmp(&index.members[i - 1], &index.members[i]) < 0);
}

static void try_name(struct str text)
{
    struct bundle_member m;
    struct err err = {0};
    char again[BUNDLE_NAME_CHARS + 1];
    if (!bundle_name_read(text, &m, &err)) {
        CHECK(err.kind != ERR_NONE);
        return;
    }
    bundle_name_write(&m, again);
    CHECK(str_eq(str_of(again), text));
    CHECK(text.ptr[0] != '/');
    CHECK(memchr(text.ptr, '.', text.len) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes sent = {data, size};
    struct note_signature line;
    struct str text;
    struct arena a;
    struct err err = {0};
    arena_init(&a, 64 << 20);
    if (bundle_note_read(sent, &text, &line, &err)) {
        CHECK(text.len < size);
        try_index(text, &a);
    } else {
        CHECK(err.kind != ERR_NONE);
    }
    if (text_check(sent, &text, &err)) {
        try_index(text, &a);
        try_name(text);
    }
    arena_release(&a);
    return 0;
}
