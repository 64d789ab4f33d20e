#include "codebook/book.h"

#include "codebook/findings.h"
#include "codebook/pattern.h"
#include "tests/codebook/samples.h"

#include <stdio.h>

// A book as small as one can be, with every kind of row.
#define HEAD "elchi codebook v1\nname small\nversion 1\n"
#define DESK                                                                                   \
    "\ntable desk\nsource design\nchecked unchecked\ncode technical The technical desk\ncode " \
    "judicial The judicial desk\n"
#define NOTE "\ndisclaimer calm\nmeaning No harm is meant.\nsource design\nchecked unchecked\n"
#define RULES "stand-by no\nrespond none\noffer none\ndesks technical\nprecedence FLASH\n"
#define SOURCE "source design\nchecked unchecked\n"
#define ASK                                                                                      \
    "\nphrase A01\nmeaning Is it?\nparameter prefix prefix optional\nparameter as as optional\n" \
    "one-of prefix as\nreply none\nresponse yes-no\nstand-by yes\nrespond PT4H\noffer E03\n"     \
    "desks technical judicial\nprecedence PRIORITY\ndisclaimer calm\nsource design\n"            \
    "checked 2026-07-14 A. Person\n"
#define YES                                                                                      \
    "\nphrase E03\nmeaning Yes.\nparameter line line optional\nreply yes\nresponse none\n" RULES \
        SOURCE
static const char small[] = HEAD DESK NOTE ASK YES;

static bool parse(const char *text, struct arena *a, struct book *ret, struct err *err)
{
    return book_parse(bytes_of(text, strlen(text)), a, ret, err);
}

static struct str written(struct arena *a, const struct book *book)
{
    struct buffer b;
    struct str text;
    struct err err = {0};
    buffer_init(&b, a, 1 << 20);
    EXPECT_OK(book_write(book, &b, &err));
    EXPECT_OK(buffer_take_str(&b, &text, &err));
    return text;
}

TEST(a_book_writes_back_to_the_same_bytes)
{
    struct arena a;
    struct err err = {0};
    struct book book;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(parse(small, &a, &book, &err));
    EXPECT(str_eq(written(&a, &book), str_of(small)));
    struct bytes file = test_file(&a, "codebook/book-1.txt");
    EXPECT_OK(book_parse(file, &a, &book, &err));
    EXPECT(bytes_eq(str_bytes(written(&a, &book)), file));
    EXPECT(book.phrases_count >= 25);
    arena_release(&a);
}

// The canonical text, by hand: the file without `source` and `checked` lines.
TEST(the_hash_covers_all_but_who_checked_which_source)
{
    static const char bare[] = HEAD
        "\ntable desk\ncode technical The technical desk\ncode judicial The judicial desk\n"
        "\ndisclaimer calm\nmeaning No harm is meant.\n"
        "\nphrase A01\nmeaning Is it?\nparameter prefix prefix optional\nparameter as as optional\n"
        "one-of prefix as\nreply none\nresponse yes-no\nstand-by yes\nrespond PT4H\noffer E03\n"
        "desks technical judicial\nprecedence PRIORITY\ndisclaimer calm\n"
        "\nphrase E03\nmeaning Yes.\nparameter line line optional\nreply yes\nresponse "
        "none\n" RULES;
    struct arena a;
    struct err err = {0};
    struct book book, other;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(parse(small, &a, &book, &err));
    struct digest by_hand = digest_of(bytes_of(bare, sizeof bare - 1));
    EXPECT(digest_eq(&book.hash, &by_hand));
    EXPECT_OK(parse(HEAD DESK NOTE ASK "\nphrase E03\nmeaning Yes.\nparameter line line optional\n"
                                       "reply yes\nresponse none\n" RULES
                                       "source elsewhere\nchecked 2026-07-15 B. Person\n",
                    &a, &other, &err));
    EXPECT(digest_eq(&book.hash, &other.hash));
    EXPECT_OK(parse(HEAD DESK NOTE ASK
                    "\nphrase E03\nmeaning No.\nparameter line line optional\nreply yes\n"
                    "response none\n" RULES SOURCE,
                    &a, &other, &err));
    EXPECT(!digest_eq(&book.hash, &other.hash)); // another meaning is another book
    arena_release(&a);
}

TEST(books_that_break_the_format_are_refused)
{
    static const char *const cases[] = {
        "",
        "elchi codebook v2\n",
        HEAD,
        HEAD DESK,
        HEAD DESK NOTE ASK "\n",
        HEAD NOTE ASK YES,           // no table of desks
        HEAD DESK DESK NOTE ASK YES, // a table twice
        HEAD DESK NOTE NOTE ASK YES, // a disclaimer twice
        HEAD DESK ASK YES,           // a disclaimer nobody wrote
        HEAD DESK NOTE YES ASK,      // out of order
        HEAD DESK NOTE ASK YES YES,  // a phrase twice
        HEAD DESK ASK NOTE YES,
        "elchi codebook v1\nname small\nversion 0\n" DESK NOTE ASK YES,
        "elchi codebook v1\nname small\nversion 01\n" DESK NOTE ASK YES,
        "elchi codebook v1\nname Small\nversion 1\n" DESK NOTE ASK YES,
        HEAD "\ntable time\nsource design\nchecked unchecked\ncode a A\n" DESK NOTE ASK
            YES, // the name of a type
        HEAD "\ntable empty\nsource design\nchecked unchecked\n" DESK NOTE ASK YES,
        HEAD DESK NOTE ASK "\nphrase Z03\nmeaning Yes.\nreply none\nresponse none\n" RULES SOURCE,
        HEAD DESK NOTE ASK "\nphrase E03\nmeaning Yes.\nreply yes\nresponse none\n" RULES SOURCE,
        HEAD DESK NOTE ASK "\nphrase E03\nmeaning Wait.\nparameter line line optional\n"
                           "reply stand-by\nresponse none\n" RULES SOURCE,
        HEAD DESK NOTE "\nphrase C01\nmeaning So.\nparameter x country required\nreply none\n"
                       "response none\n" RULES SOURCE,
        HEAD DESK NOTE "\nphrase C01\nmeaning So.\nreply none\nresponse acknowledge\n" RULES SOURCE,
        HEAD DESK NOTE "\nphrase C01\nmeaning So.\nreply none\nresponse none\nstand-by yes\n"
                       "respond none\noffer none\ndesks technical\nprecedence FLASH\n" SOURCE,
        HEAD DESK NOTE
        "\nphrase C01\nmeaning So.\nreply none\nresponse none\nstand-by no\n"
        "respond none\noffer none\ndesks judicial technical\nprecedence FLASH\n" SOURCE,
        HEAD DESK NOTE "\nphrase C01\nmeaning So.\nreply none\nresponse acknowledge\nstand-by no\n"
                       "respond PT24H\noffer none\ndesks technical\nprecedence FLASH\n" SOURCE,
        HEAD DESK NOTE "\nphrase C01\nmeaning So.\nreply none\nresponse none\n" RULES
                       "source design\nchecked yesterday\n",
        HEAD DESK NOTE "\nphrase C01\nmeaning So.\nreply none\nresponse none\n" RULES
                       "source design\nchecked 2026-02-30 A. Person\n",
    };
    struct arena a;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct book book = {.version = 42};
        arena_init(&a, SAMPLE_ARENA_BYTES);
        if (parse(cases[i], &a, &book, &err))
            fail_msg("case %zu was taken", i);
        EXPECT(err.kind == ERR_MALFORMED);
        EXPECT(book.version == 42);
        arena_release(&a);
    }
}

TEST(a_book_cut_or_changed_anywhere_is_refused_or_writes_back_the_same)
{
    char text[sizeof small];
    size_t len = sizeof small - 1, taken = 0;
    memcpy(text, small, sizeof small);
    for (size_t at = 0; at <= len; at++) {
        for (int change = 0; change < 8; change++) {
            struct arena a;
            struct err err = {0};
            struct book book;
            // change 0 cuts; the others flip a bit
            char kept = text[at];
            struct bytes sent = bytes_of(text, change == 0 ? at : len);
            if (change > 0)
                text[at] = (char)(kept ^ (1 << (change - 1)));
            arena_init(&a, SAMPLE_ARENA_BYTES);
            if (book_parse(sent, &a, &book, &err)) {
                EXPECT(bytes_eq(str_bytes(written(&a, &book)), sent));
                taken++;
            }
            arena_release(&a);
            text[at] = kept;
        }
    }
    EXPECT(taken > 0); // letters of a meaning may change; that is another book
}

TEST(a_book_larger_than_its_bounds_is_refused)
{
    struct arena a;
    struct err err = {0};
    struct book book;
    struct buffer b;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    buffer_init(&b, &a, 1 << 20);
    buffer_str(&b, STR(HEAD "\ntable desk\nsource design\nchecked unchecked\n"));
    for (int i = 0; i < BOOK_CODES_MAX + 1; i++)
        buffer_fmt(&b, "code c%d A desk\n", i);
    EXPECT_ERR(book_parse(buffer_bytes(&b), &a, &book, &err), ERR_MALFORMED);
    uint8_t *huge = arena_alloc(&a, (1 << 20) + 1, 1, 1);
    EXPECT(huge != NULL);
    memset(huge, 'a', (1 << 20) + 1);
    EXPECT_ERR(book_parse(bytes_of(huge, (1 << 20) + 1), &a, &book, &err), ERR_LIMIT);
    arena_release(&a);
    // an arena that is too small is a limit, not a crash
    for (size_t limit = 1000; limit < 400000; limit += 3000) {
        arena_init(&a, limit);
        err = (struct err){0};
        if (!parse(small, &a, &book, &err))
            EXPECT(err.kind == ERR_LIMIT);
        arena_release(&a);
    }
}

TEST(versions_stand_side_by_side_by_hash)
{
    static const char second[] = "elchi codebook v1\nname small\nversion 2\n" DESK NOTE ASK YES;
    static const char forged[] = "elchi codebook v1\nname small\nversion 1\n" DESK NOTE YES;
    struct arena a;
    struct err err = {0};
    struct book one, two, other;
    struct shelf shelf = {.count = 0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(parse(small, &a, &one, &err));
    EXPECT_OK(parse(second, &a, &two, &err));
    EXPECT_OK(parse(forged, &a, &other, &err));
    EXPECT_OK(shelf_put(&shelf, &one, &err));
    EXPECT_OK(shelf_put(&shelf, &two, &err));
    EXPECT_OK(shelf_put(&shelf, &one, &err));
    EXPECT(shelf.count == 2);
    EXPECT(shelf_find(&shelf, &two.hash) == &two);
    EXPECT(shelf_find(&shelf, &other.hash) == NULL);
    EXPECT_ERR(shelf_put(&shelf, &other, &err), ERR_CONFLICT);
    arena_release(&a);
}

// -- renderings -----------------------------------------------------------------------------------

#define RENDERING_HEAD \
    "elchi rendering v1\nlanguage en\nbook small 1\nstatus draft\nreviewer none\n"

static bool parse_rendering(const char *text, struct arena *a, struct rendering *ret,
                            struct err *err)
{
    return rendering_parse(bytes_of(text, strlen(text)), a, ret, err);
}

TEST(every_rendering_file_writes_back_to_the_same_bytes)
{
    static const char *const files[] = {"codebook/en.txt", "codebook/ru.txt", "codebook/ar.txt"};
    for (size_t i = 0; i < 3; i++) {
        struct arena a;
        struct err err = {0};
        struct rendering r;
        struct buffer b;
        arena_init(&a, SAMPLE_ARENA_BYTES);
        struct bytes file = test_file(&a, files[i]);
        EXPECT_OK(rendering_parse(file, &a, &r, &err));
        EXPECT(!r.reviewed); // no speaker has read them yet
        EXPECT(str_eq(r.reviewer, STR("none")));
        EXPECT(r.right_to_left == (i == 2));
        buffer_init(&b, &a, 1 << 20);
        EXPECT_OK(rendering_write(&r, &b, &err));
        EXPECT(bytes_eq(buffer_bytes(&b), file));
        arena_release(&a);
    }
}

TEST(renderings_that_break_the_format_are_refused)
{
    static const char *const cases[] = {
        "",
        RENDERING_HEAD, // the blank line before the strings is missing
        RENDERING_HEAD "\nstring draft a\nstring draft b\n",
        RENDERING_HEAD "\nstring note {text}\nstring draft a\n",
        RENDERING_HEAD "\nstring weather fine\n",
        RENDERING_HEAD "\n\nphrase E03 Yes.\n\nphrase E03 Yes.\n",
        RENDERING_HEAD "\n\nphrase E03 It's so.\n",                // ICU quotes with it
        RENDERING_HEAD "\n\nphrase E03 {line\n",                   // does not close
        RENDERING_HEAD "\n\nphrase E03 line}\n",                   // closes nothing
        RENDERING_HEAD "\n\nphrase E03 {line, date, short}\n",     // not a sort we format
        RENDERING_HEAD "\n\nphrase E03 {line, select, yes {a}}\n", // ICU wants "other"
        RENDERING_HEAD "\n\nphrase E03 {line, plural, one {a}}\n",
        RENDERING_HEAD "\n\nphrase E03 {0}{1}{}\n",
        RENDERING_HEAD "\n\nphrase E3 Yes.\n",
        RENDERING_HEAD "\n\ntable sector\n",
        RENDERING_HEAD "\n\nsituation calm A calm day\n\nsituation storm A storm\n",
        RENDERING_HEAD "\n\nsituation calm A calm day\nsituation calm Again\n",
        RENDERING_HEAD "\n\nphrase E03 Yes.\n\nsituation calm A calm day\n",
        RENDERING_HEAD "\n\nphrase E03 Yes.\nwords E04 no\n",
        RENDERING_HEAD "\n\nphrase E03 Yes.\nwords E03 so; so\n",
        RENDERING_HEAD "\n\nphrase E03 Yes.\nwords E03 so; \n",
        RENDERING_HEAD "\n\nphrase E03 Yes.\nwords E03 ; so\n",
        RENDERING_HEAD "\n\nphrase E03 Yes.\nwords E03 so\nwords E03 also\n",
        RENDERING_HEAD "\n\nphrase E03 Yes.\n\ntable sector\ncode a b\n",
        "elchi rendering v1\nlanguage EN\nbook small 1\nstatus draft\nreviewer none\n\n",
        "elchi rendering v1\nlanguage en\nbook small 1\nstatus draft\nreviewer A. Person\n\n",
        "elchi rendering v1\nlanguage en\nbook small 1\nstatus reviewed\nreviewer none\n\n",
        "elchi rendering v1\nlanguage en\nbook small one\nstatus draft\nreviewer none\n\n",
        RENDERING_HEAD "\n\nphrase E03 \xe2\x81\xa8Yes.\xe2\x81\xa9\n", // isolates are ours to add
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena a;
        struct err err = {0};
        struct rendering r;
        arena_init(&a, SAMPLE_ARENA_BYTES);
        if (parse_rendering(cases[i], &a, &r, &err))
            fail_msg("case %zu was taken", i);
        EXPECT(err.kind == ERR_MALFORMED);
        arena_release(&a);
    }
}

TEST(patterns_nest_only_so_deep)
{
    struct arena a;
    struct err err = {0};
    struct pattern_places places;
    struct buffer b;
    struct str text;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    buffer_init(&b, &a, 4096);
    for (int i = 0; i < 100; i++)
        buffer_str(&b, STR("{a, select, other {"));
    for (int i = 0; i < 100; i++)
        buffer_str(&b, STR("}}"));
    EXPECT_OK(buffer_take_str(&b, &text, &err));
    EXPECT_ERR(pattern_places_read(text, &places, &err), ERR_LIMIT);
    arena_release(&a);
}

static size_t count_of(const struct findings *f, enum finding_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++)
        count += f->rows[i].kind == kind ? 1 : 0;
    return count;
}

TEST(the_check_finds_what_a_rendering_loses)
{
    static const char english[] =
        RENDERING_HEAD "\nstring draft Draft.\n\ntable desk\ncode technical technical\n"
                       "code judicial judicial\n\ndisclaimer calm No harm is meant.\n"
                       "\nphrase A01 Is it {prefix}{as}?\n\nphrase E03 {has-line, select, yes "
                       "{Line {line}: yes.} other {Yes.}}\n";
    static const char other[] =
        "elchi rendering v1\nlanguage ru\nbook small 2\nstatus draft\nreviewer none\n"
        "\nstring draft Draft.\n\ntable desk\ncode technical other\ncode kitchen x\n"
        "\nphrase A01 Is it {prefix}{weather}?\n\nphrase C09 Calm.\n";
    struct arena a;
    struct err err = {0};
    struct book book;
    struct rendering r[2];
    struct findings f;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(parse(small, &a, &book, &err));
    EXPECT_OK(parse_rendering(english, &a, &r[0], &err));
    EXPECT_OK(parse_rendering(other, &a, &r[1], &err));
    EXPECT_OK(codebook_check(&book, r, 1, &a, &f, &err));
    EXPECT(count_of(&f, FINDING_STRING_MISSING) == RENDERING_STRING_COUNT - 2);
    EXPECT(count_of(&f, FINDING_EXERCISE_MISSING) == 1);
    EXPECT(f.errors == RENDERING_STRING_COUNT - 1);
    EXPECT(f.sources == 3);
    EXPECT(f.sources_unchecked == 2); // a person read one
    EXPECT_OK(codebook_check(&book, r, 2, &a, &f, &err));
    EXPECT(count_of(&f, FINDING_WRONG_BOOK) == 1);
    EXPECT(count_of(&f, FINDING_PARAMETER_LOST) == 1); // as
    EXPECT(count_of(&f, FINDING_PLACE_UNKNOWN) == 1);  // weather
    EXPECT(count_of(&f, FINDING_PHRASE_MISSING) == 1); // E03
    EXPECT(count_of(&f, FINDING_PHRASE_EXTRA) == 1);   // C09
    EXPECT(count_of(&f, FINDING_CODE_MISSING) == 1);   // judicial
    EXPECT(count_of(&f, FINDING_CODE_EXTRA) == 1);     // kitchen
    EXPECT(count_of(&f, FINDING_DISCLAIMER_MISSING) == 1);
    EXPECT(count_of(&f, FINDING_SAME_AS_ENGLISH) == 1); // the string
    EXPECT(count_of(&f, FINDING_DRAFT) == 2);
    arena_release(&a);
}

TEST(the_check_finds_offers_that_lead_nowhere)
{
    static const char text[] =
        HEAD DESK NOTE "\nphrase A01\nmeaning Is it?\nreply none\nresponse value\nstand-by no\n"
                       "respond PT4H\noffer E77 C01\ndesks technical\nprecedence FLASH\n" SOURCE
                       "\nphrase C01\nmeaning So.\nreply none\nresponse none\n" RULES SOURCE;
    struct arena a;
    struct err err = {0};
    struct book book;
    struct findings f;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(parse(text, &a, &book, &err));
    EXPECT_OK(codebook_check(&book, NULL, 0, &a, &f, &err));
    EXPECT(count_of(&f, FINDING_OFFER_UNKNOWN) == 1);
    EXPECT(count_of(&f, FINDING_OFFER_NO_ANSWER) == 1);
    EXPECT(f.errors == 2);
    arena_release(&a);
}

// FORMATS asks that a code keeps its meaning for ever; this pins what was handed out.
TEST(version_1_keeps_its_codes)
{
    static const char codes[] =
        "P01 P02 P03 P04 P05 P06 P10 P11 P12 P13 P14 P15 P16 P17 P18 P19 P20 P90 N01 N02 "
        "N03 N04 N05 N06 N07 N08 N09 N10 N11 N12 N13 N14 N15 N16 N17 N18 A01 A02 A03 A05 "
        "A07 A08 A09 A24 A26 A27 A29 R01 R02 R06 R09 R10 R11 R12 R13 R14 R15 R23 R25 R28 "
        "R31 R32 E01 E02 E03 E04 E05 E06 E07 E08 E09 E10 E11 E12 E13 E14 E15 E16 E17 E19 "
        "E23 E24 E25 E26 E27 E28 E29 O01 O02 O03 O04 O05 C01 C02 C03 C04 C05 C06 C07 C08 "
        "C09 C10 C11 ";
    struct arena a;
    struct err err = {0};
    struct codebook c;
    struct buffer b;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    buffer_init(&b, &a, 4096);
    for (size_t i = 0; i < c.current->phrases_count; i++)
        buffer_fmt(&b, "%.*s ", STR_ARG(c.current->phrases[i].code));
    EXPECT(bytes_eq(buffer_bytes(&b), bytes_of(codes, sizeof codes - 1)));
    EXPECT(shelf_find(&c.shelf, &c.current->hash) == c.current);
    EXPECT(codebook_rendering(&c, c.current, STR("ru-Cyrl")) != NULL);
    EXPECT(codebook_rendering(&c, c.current, STR("xx")) == NULL);
    arena_release(&a);
}

TEST(a_rendering_cut_or_changed_anywhere_is_refused_or_writes_back_the_same)
{
    static const char whole[] =
        RENDERING_HEAD "\nstring draft Draft.\n\ntable desk\ncode technical technical\n"
                       "\ndisclaimer calm No harm is meant.\n"
                       "\nphrase E03 {has-line, select, yes {Line {line}: yes.} other {Yes.}} "
                       "{n, plural, one {#} other {# all}}\n";
    char text[sizeof whole];
    size_t len = sizeof whole - 1, taken = 0;
    memcpy(text, whole, sizeof whole);
    for (size_t at = 0; at <= len; at++) {
        for (int change = 0; change < 8; change++) {
            struct arena a;
            struct err err = {0};
            struct rendering r;
            struct buffer b;
            char kept = text[at];
            struct bytes sent = bytes_of(text, change == 0 ? at : len);
            if (change > 0)
                text[at] = (char)(kept ^ (1 << (change - 1)));
            arena_init(&a, 1 << 20);
            if (rendering_parse(sent, &a, &r, &err)) {
                buffer_init(&b, &a, 1 << 18);
                EXPECT_OK(rendering_write(&r, &b, &err));
                EXPECT(bytes_eq(buffer_bytes(&b), sent));
                taken++;
            } else {
                EXPECT(err.kind != ERR_NONE);
            }
            arena_release(&a);
            text[at] = kept;
        }
    }
    EXPECT(taken > 0);
}
