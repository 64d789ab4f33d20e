// rooms: codebook
#include "codebook/embedded.h"
#include "codebook/spoken.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

// What was heard whole is written again, and each of its blocks stands in what was sent.
static void use(const struct heard *heard, struct arena *a)
{
    static const struct digest some_note;
    struct spoken_message m = {.book = heard->book,
                               .heading = heard->heading,
                               .lines = heard->lines,
                               .lines_count = heard->lines_count,
                               .note = heard->has_groups ? &some_note : NULL};
    struct err err = {0};
    struct spoken again;
    struct heard twice;
    struct buffer text;
    bool written = spoken_write(&m, a, &again, &err);
    CHECK(written);
    buffer_init(&text, a, 1 << 20);
    for (size_t i = 0; i < again.count; i++)
        buffer_fmt(&text, "%s=", again.blocks[i].text);
    bool same = spoken_hear(&book_once()->shelf, buffer_bytes(&text), a, &twice, &err);
    CHECK(same);
    CHECK(twice.whole);
    bool is = heard->has_groups &&
              heard_is(&twice, &heard->heading, heard->lines, heard->lines_count, &some_note, &err);
    CHECK(is == heard->has_groups);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err err = {0};
    struct heard heard;
    arena_init(&a, 16 << 20);
    if (!spoken_hear(&book_once()->shelf, bytes_of(data, size), &a, &heard, &err)) {
        CHECK(err.kind != ERR_NONE);
    } else if (heard.whole) {
        use(&heard, &a);
    } else {
        for (size_t i = 0; i < heard.problems_count; i++)
            CHECK(heard.problems[i].text.len > 0);
    }
    arena_release(&a);
    return 0;
}
