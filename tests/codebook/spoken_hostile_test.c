#include "codebook/spoken.h"
#include "codebook/spoken_check.h"
#include "tests/codebook/samples.h"
#include "tests/codebook/spoken_book.h"
#include "tests/codebook/spoken_exhaust.h"

// Spoken with the book of tests/codebook/spoken_book.h; whatever is wrong has its name.
static const struct {
    const char *file;
    enum heard_kind kind;
} files[] = {
    {"spoken-letter-u.txt", HEARD_CHECK},
    {"spoken-other-script.txt", HEARD_CHECK}, // a letter that looks like A
    {"spoken-nul.txt", HEARD_CHECK},
    {"spoken-one-long-line.txt", HEARD_CHECK},
    {"spoken-second-filler.txt", HEARD_CHECK}, // a block has one spelling
    {"spoken-line-of-letters.txt", HEARD_CHECK},
    {"spoken-block-out-of-count.txt", HEARD_CHECK},
    {"spoken-counted-twice.txt", HEARD_COUNT},
    {"spoken-two-ways.txt", HEARD_TWO_WAYS},
    {"spoken-one-line-too-many.txt", HEARD_NOT_COUNTED},
    {"spoken-no-lines.txt", HEARD_NO_SENSE},
    {"spoken-flags-of-a-record.txt", HEARD_NO_SENSE},
    {"spoken-unknown-phrase.txt", HEARD_NO_SENSE},
    {"spoken-no-such-place.txt", HEARD_NO_SENSE},
    {"spoken-month-13.txt", HEARD_NO_SENSE},
    {"spoken-filled-with-sevens.txt", HEARD_NO_SENSE},
    {"spoken-closing-of-a-record.txt", HEARD_NO_SENSE},
    {"spoken-another-sum.txt", HEARD_APART},
    {"spoken-unheld-book.txt", HEARD_BOOK},
    {"spoken-colons.txt", HEARD_MESSAGE},
    {"spoken-sms-number-wraps.txt", HEARD_MESSAGE},
    {"spoken-sms-two-counts.txt", HEARD_MESSAGE},
};
enum { FILES = sizeof files / sizeof files[0] };

static void small_shelf(struct arena *a, struct book *book, struct shelf *ret)
{
    struct err err = {0};
    *ret = (struct shelf){.count = 0};
    EXPECT_OK(spoken_book(a, book, &err));
    EXPECT_OK(shelf_put(ret, book, &err));
}

TEST(every_hostile_text_is_heard_as_what_is_wrong_with_it)
{
    struct arena a;
    struct shelf shelf;
    struct book book;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    small_shelf(&a, &book, &shelf);
    for (size_t i = 0; i < FILES; i++) {
        struct err err = {0};
        struct str path;
        struct heard heard;
        bool named = false;
        EXPECT_OK(arena_fmt(&a, &path, &err, "tests/hostile/codebook/%s", files[i].file));
        EXPECT_OK(spoken_hear(&shelf, test_file(&a, path.ptr), &a, &heard, &err));
        for (size_t k = 0; k < heard.problems_count; k++)
            named = named || heard.problems[k].kind == files[i].kind;
        if (heard.whole || !named)
            fail_msg("%s is not heard as %s", files[i].file, heard_kind_word(files[i].kind));
    }
    arena_release(&a);
}

// A message of every type of value, and one that is cut off anywhere.
TEST(a_message_cut_off_anywhere_is_never_whole)
{
    static const char *const seeds[] = {"fuzz/corpus/spoken/record", "fuzz/corpus/spoken/alone",
                                        "fuzz/corpus/spoken/sms"};
    struct arena a, each;
    struct shelf shelf;
    struct book book;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    small_shelf(&a, &book, &shelf);
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        struct bytes text = test_file(&a, seeds[i]);
        struct err err = {0};
        struct heard heard;
        EXPECT_OK(spoken_hear(&shelf, text, &a, &heard, &err));
        EXPECT(heard.whole);
        // The last character ends a line or a block and says no more.
        for (size_t len = 0; len + 1 < text.len; len++) {
            arena_init(&each, EXHAUST_ARENA_BYTES);
            EXPECT_OK(spoken_hear(&shelf, bytes_of(text.ptr, len), &each, &heard, &err));
            EXPECT(!heard.whole);
            arena_release(&each);
        }
    }
    arena_release(&a);
}

// -- the example of docs/spoken.md ----------------------------------------------------------------

static struct str after(struct str text, struct str mark)
{
    for (size_t i = 0; i + mark.len <= text.len; i++)
        if (memcmp(text.ptr + i, mark.ptr, mark.len) == 0)
            return str_slice(text, i + mark.len, text.len);
    fail_msg("docs/spoken.md has no \"%.*s\"", STR_ARG(mark));
    return text;
}

// The next row that is indented by four, without it.
static struct str indented(struct str *rest)
{
    struct str row = {"", 0};
    while (rest->len > 0 && str_split(rest, '\n', &row))
        if (str_starts(row, STR("    ")))
            return str_slice(row, 4, row.len);
    fail_msg("docs/spoken.md shows no more");
    return row;
}

// What stands between the first two backquotes of the next row of the table.
static struct str cell(struct str *rest)
{
    struct str row = {"", 0}, before = {"", 0}, quoted = {"", 0};
    while (rest->len > 0 && str_split(rest, '\n', &row)) {
        if (str_starts(row, STR("| ")) && str_split(&row, '`', &before) &&
            str_split(&row, '`', &quoted) && row.len > 0)
            return quoted;
    }
    fail_msg("the table of docs/spoken.md is too short");
    return quoted;
}

TEST(the_example_of_the_documentation_is_what_is_spoken)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    struct spoken spoken;
    struct phrase_line lines[2];
    size_t first = 0;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    struct str doc = {NULL, 0};
    struct bytes file = test_file(&a, "docs/spoken.md");
    EXPECT_OK(text_check(file, &doc, &err));
    doc = after(doc, STR("## An example\n"));
    EXPECT_OK(phrase_line_read(STR("01 C01"), &lines[0], &err));
    EXPECT_OK(phrase_line_read(indented(&doc), &lines[1], &err));
    struct spoken_message m = {.book = c.current, .lines = lines, .lines_count = 2};
    EXPECT_OK(spoken_write(&m, &a, &spoken, &err));
    while (first + 2 < spoken.count && spoken.blocks[first].line != 2)
        first++;
    const struct spoken_block *blocks = spoken.blocks + first;
    EXPECT(blocks[0].count == 2);
    for (size_t i = 0; i < 2; i++) {
        struct str shown = indented(&doc);
        size_t at = 0;
        for (size_t k = 0; k < shown.len; k++)
            if (shown.ptr[k] != ' ')
                EXPECT(shown.ptr[k] == blocks[i].text[at++]);
        EXPECT(blocks[i].text[at] == '\0');
    }
    // The table takes the first block apart, octet by octet.
    size_t len = strlen(blocks[0].text);
    for (size_t at = 0; at < len;) {
        struct str part = cell(&doc);
        EXPECT(part.len <= len - at);
        EXPECT(memcmp(part.ptr, blocks[0].text + at, part.len) == 0);
        at += part.len;
    }
    arena_release(&a);
}
