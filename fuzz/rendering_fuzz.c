// rooms: codebook
#include "codebook/embedded.h"
#include "codebook/findings.h"
#include "codebook/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool any_state(const void *who, struct str state)
{
    (void)who;
    return state.len == 2;
}

// What is accepted writes back to the same bytes; the checks and a rendering run over it.
static void use(const struct rendering *r, struct bytes sent, struct arena *a)
{
    struct str line_text = STR("01 N01 sector=energy class=ddos when=2026-07-14T02:10:00Z/"
                               "2026-07-14T03:55:00Z systems=23");
    static const struct electorate states = {.has = any_state};
    struct err err = {0};
    struct buffer again;
    struct codebook book;
    struct findings found;
    struct phrase_line line;
    struct rendered out;
    buffer_init(&again, a, 2 << 20);
    bool written = rendering_write(r, &again, &err);
    CHECK(written);
    CHECK(bytes_eq(buffer_bytes(&again), sent));
    bool ready = codebook_embedded(a, &book, &err);
    CHECK(ready);
    bool checked = codebook_check(book.current, r, 1, a, &found, &err);
    CHECK(checked);
    bool read = phrase_line_read(line_text, &line, &err);
    CHECK(read);
    struct render_with with = {.book = book.current, .language = r, .states = &states};
    if (!codebook_render(&with, &line, 1, a, &out, &err))
        CHECK(err.kind != ERR_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes sent = bytes_of(data, size);
    struct arena a;
    struct err err = {0};
    struct rendering r;
    arena_init(&a, 32 << 20);
    if (rendering_parse(sent, &a, &r, &err))
        use(&r, sent, &a);
    else
        CHECK(err.kind != ERR_NONE);
    arena_release(&a);
    return 0;
}
