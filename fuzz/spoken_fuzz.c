// rooms: codebook
#include "codebook/spoken_check.h"
#include "codebook/spoken_head.h"
#include "codebook/spoken_kept.h"
#include "codebook/spoken_pack.h"
#include "tests/codebook/spoken_book.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// A book that never changes, so that the seeds keep their meaning.
static const struct shelf *shelf_once(void)
{
    static struct arena a;
    static struct book book;
    static struct shelf shelf;
    struct err err = {0};
    if (shelf.count == 0) {
        arena_init(&a, 1 << 20);
        bool ready = spoken_book(&a, &book, &err) && shelf_put(&shelf, &book, &err);
        CHECK(ready);
    }
    return &shelf;
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
    bool same = spoken_hear(shelf_once(), buffer_bytes(&text), a, &twice, &err);
    CHECK(same);
    CHECK(twice.whole);
    bool is = heard->has_groups &&
              heard_is(&twice, &heard->heading, heard->lines, heard->lines_count, &some_note, &err);
    CHECK(is == heard->has_groups);
}

// Beyond the check characters, which no fuzzer guesses: any symbols as a line of each phrase. What
// is accepted packs to the same symbols.
static void unpack(struct bytes sent, struct arena *a)
{
    char symbols[SPOKEN_LINE_SYMBOLS_MAX], again[SPOKEN_LINE_SYMBOLS_MAX];
    struct writer from = writer_of(symbols, sizeof symbols), to = writer_of(again, sizeof again);
    struct spoken_heading heading;
    const struct book *book;
    struct phrase_line line;
    struct err err = {0};
    for (size_t i = 0; i < sent.len && from.len < sizeof symbols; i++)
        writer_u8(&from, (uint8_t)spoken_symbol(sent.ptr[i] % SPOKEN_SYMBOLS));
    struct str said = {symbols, from.len};
    if (spoken_unpack_line(shelf_once()->books[0], 1, said, a, &line, &err)) {
        bool packed = spoken_pack_line(shelf_once()->books[0], &line, &to, &err);
        CHECK(packed);
        CHECK(to.len <= said.len);
        CHECK(memcmp(again, symbols, to.len) == 0);
    }
    to = writer_of(again, sizeof again);
    if (spoken_unpack_heading(shelf_once(), said, a, &heading, &book, &err) && book != NULL) {
        bool packed = spoken_pack_heading(book, &heading, &to, &err);
        CHECK(packed);
        CHECK(memcmp(again, symbols, to.len) == 0);
    }
}

// What is kept of it is heard whole again, and kept as the same text.
static void keep(struct bytes sent, const struct heard *heard)
{
    struct arena own; // hearing has used up most of the other
    struct arena *a = &own;
    struct err err = {0};
    struct str once = {0}, twice = {0};
    struct heard again;
    arena_init(a, 64 << 20);
    bool kept = spoken_kept(sent, a, &once, &err) &&
                spoken_hear(shelf_once(), str_bytes(once), a, &again, &err) &&
                spoken_kept(str_bytes(once), a, &twice, &err);
    CHECK(kept);
    CHECK(again.whole);
    CHECK(again.lines_count == heard->lines_count);
    CHECK(str_eq(once, twice));
    arena_release(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct err err = {0};
    struct heard heard;
    arena_init(&a, 16 << 20);
    unpack(bytes_of(data, size), &a);
    if (!spoken_hear(shelf_once(), bytes_of(data, size), &a, &heard, &err)) {
        CHECK(err.kind != ERR_NONE);
    } else if (heard.whole) {
        use(&heard, &a);
        keep(bytes_of(data, size), &heard);
    } else {
        for (size_t i = 0; i < heard.problems_count; i++)
            CHECK(heard.problems[i].text.len > 0);
    }
    arena_release(&a);
    return 0;
}
