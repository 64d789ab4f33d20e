// rooms: codebook
#include "codebook/dialogue.h"
#include "codebook/embedded.h"
#include "codebook/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool any_state(const void *who, struct str state)
{
    (void)who;
    return state.len == 2;
}

static const struct codebook *book_once(void)
{
    static struct arena a;
    static struct codebook book;
    struct err err = {0};
    if (book.current == NULL) {
        arena_init(&a, 8 << 20);
        bool ready = codebook_embedded(&a, &book, &err);
        CHECK(ready);
    }
    return &book;
}

// A line round-trips, answers every phrase or is refused with a rule, and always renders.
static void use(const struct phrase_line *line, struct str sent, struct arena *a)
{
    static const struct electorate states = {.has = any_state};
    const struct codebook *c = book_once();
    struct err err = {0};
    struct buffer again;
    struct rendered out;
    struct answer answer;
    struct render_with with = {.book = c->current, .states = &states};
    buffer_init(&again, a, 2 * PHRASE_LINE_BYTES_MAX);
    bool written = phrase_line_write(line, &again, &err);
    CHECK(written);
    CHECK(bytes_eq(buffer_bytes(&again), str_bytes(sent)));
    if (!codebook_answer_check(c->current, line, 1, line, &answer, &err))
        CHECK(err.clause != NULL);
    with.language = codebook_rendering(c, c->current, STR("ar"));
    bool rendered = codebook_render(&with, line, 1, a, &out, &err);
    CHECK(rendered);
    CHECK(out.lines[0].source.len == sent.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err err = {0};
    struct str sent;
    struct phrase_line line;
    arena_init(&a, 8 << 20);
    if (!text_check_line(bytes_of(data, size), &sent, &err) || !phrase_line_read(sent, &line, &err))
        CHECK(err.kind != ERR_NONE);
    else
        use(&line, sent, &a);
    arena_release(&a);
    return 0;
}
