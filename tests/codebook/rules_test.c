// The eighteen rules: the book that is shipped keeps them, and a book with one thing broken is told
// exactly that.
#include "codebook/data.h"
#include "codebook/embedded.h"
#include "codebook/findings.h"
#include "codebook/rules.h"
#include "tests/test.h"

enum { ARENA_BYTES = 64 << 20, EDITS_MAX = 5 };

// In the file, from the first `anchor` on, the first `from` becomes `to`; a star at its end stands
// for the rest of the line.
struct edit {
    const char *anchor, *from, *to;
};
struct broken {
    enum finding_kind kind;
    const char *file;
    struct edit edits[EDITS_MAX];
};
#define BOOK "book-1.txt"
#define GUIDE "guide-1.txt"
static const struct broken broken[] = {
    {FINDING_OFFER_UNKNOWN, BOOK, {{"phrase N02", "E12 E13 E15", "E12 E13 E77"}}},
    {FINDING_OFFER_NO_ANSWER, BOOK, {{"phrase N02", "E12 E13 E15", "E12 E13 C01"}}},
    {FINDING_MEANING_FORM, BOOK, {{"phrase E01", "Received.", "Received"}}},
    {FINDING_MEANING_FORM, BOOK, {{"phrase N01", "our own sector.", "our own and/or other."}}},
    {FINDING_MEANING_FORM, BOOK, {{"phrase N01", "our own sector.", "us. It is. It lasts."}}},
    {FINDING_MEANING_ALIKE, BOOK, {{"phrase E04", "meaning No.", "meaning Yes, yes."}}},
    {FINDING_ONE_PARAMETER,
     BOOK,
     {{"phrase N09", "A planned outage of our systems takes place in the period named.",
       "Nature strikes our networks badly."},
      {"phrase N12", "An unplanned outage affects us.", "Power strikes our networks badly."}}},
    {FINDING_FAMILY, BOOK, {{"phrase A03", "of the addressee?", "of the addressee."}}},
    {FINDING_FAMILY, BOOK, {{"phrase O01", "response yes-no", "response can-cannot"}}},
    {FINDING_ORDERS, BOOK, {{"phrase R06", "We request", "You must give"}}},
    {FINDING_RESPOND_TIME, BOOK, {{"phrase R01", "respond PT4H", "respond P2D"}}},
    {FINDING_RESPOND_TIME, BOOK, {{"phrase R10", "respond PT12H", "respond PT10M"}}},
    {FINDING_NO_STAND_BY, BOOK, {{"phrase R01", "stand-by yes", "stand-by no"}}},
    {FINDING_NO_VALUE, BOOK, {{"phrase R02", "offer E10 E16 E05", "offer E05"}}},
    {FINDING_SUBJECT_APART, BOOK, {{"phrase R23", "offer E23 E25", "offer E25"}}},
    {FINDING_SUBJECT_APART, BOOK, {{"phrase A27", "offer E27", "offer E26"}}},
    {FINDING_NOT_ITS_TABLE,
     BOOK,
     {{"phrase P04", "parameter channel channel", "parameter channel product"}}},
    {FINDING_NO_LABEL, BOOK, {{"table parameter", "code rank ", "code ranks "}}},
    {FINDING_LINE_NOWHERE, BOOK, {{"phrase A26", "reference required", "reference optional"}}},
    {FINDING_DISCLAIMER_OWED, BOOK, {{"phrase E01", "disclaimer receipt-not-concurrence\n", ""}}},
    {FINDING_DISCLAIMER_OWED, BOOK, {{"phrase R01", "disclaimer origin-not-responsibility\n", ""}}},
    {FINDING_DISCLAIMER_OWED, BOOK, {{"phrase E25", "disclaimer not-legal-assistance\n", ""}}},
    {FINDING_DISCLAIMER_OWED, BOOK, {{"phrase O01", "disclaimer offer-not-obligation\n", ""}}},
    {FINDING_DISCLAIMER_OWED, BOOK, {{"phrase C06", "disclaimer regret-not-admission\n", ""}}},
    {FINDING_DISCLAIMER_UNUSED,
     BOOK,
     {{"disclaimer offer", "\n\nphrase P01",
       "\n\ndisclaimer calm\nmeaning So.\nsource design\nchecked unchecked\n\nphrase P01"}}},
    {FINDING_NEUTRAL_MISSING, BOOK, {{"phrase E09", "reply no-comment", "reply value"}}},
    {FINDING_NEUTRAL_BOUND, BOOK, {{"phrase E09", "precedence FLASH", "precedence PRIORITY"}}},
    {FINDING_NEUTRAL_BOUND, BOOK, {{"phrase E07", "judicial coordination", "judicial"}}},
    {FINDING_PROCEDURE, BOOK, {{"phrase P13", "is cancelled", "is withdrawn"}}},
    {FINDING_PROCEDURE, BOOK, {{"phrase P17", "parameter key key required\n", ""}}},
    {FINDING_FREE_TEXT_COUNT, BOOK, {{"phrase P90", "reply free-text", "reply none"}}},
    {FINDING_FREE_TEXT_FORM, BOOK, {{"phrase P90", "subject required", "subject optional"}}},
    {FINDING_NO_OTHER, BOOK, {{"table subject", "code other None of these subjects\n", ""}}},
    {FINDING_NO_OTHER, BOOK, {{"table reason", "code unspecified ", "code none "}}},
    {FINDING_UNSPEAKABLE,
     BOOK,
     {{"phrase P01", "reply none",
       "parameter prefix hash optional\nparameter as hash optional\nparameter domain hash "
       "optional\n"
       "parameter hash hash optional\nparameter systems hash optional\nparameter since hash "
       "optional\n"
       "parameter until hash optional\nparameter count hash optional\nparameter at hash optional\n"
       "parameter by hash optional\nreply none"}}},
    {FINDING_WRONG_BOOK, "ru.txt", {{"language", "book elchi 1", "book elchi 2"}}},
    {FINDING_PHRASE_MISSING,
     "ru.txt",
     {{"\nphrase C10", "\n\nphrase C11*", ""}, {"\nphrase C10", "\nwords C11*", ""}}},
    {FINDING_PHRASE_EXTRA,
     "ru.txt",
     {{"\nphrase C10", "\n\nphrase C11", "\n\nphrase C98 x\n\nphrase C11"}}},
    {FINDING_PARAMETER_LOST, "ru.txt", {{"\nphrase C05", "{measure}", ""}}},
    {FINDING_PLACE_UNKNOWN, "ru.txt", {{"\nphrase E14", "{detail}", "{detail} {weather}"}}},
    {FINDING_DISCLAIMER_MISSING, "ru.txt", {{"\ndisclaimer", "\ndisclaimer text-unofficial*", ""}}},
    {FINDING_CODE_MISSING, "ru.txt", {{"table desk", "\ncode judicial*", ""}}},
    {FINDING_CODE_EXTRA, "ru.txt", {{"table subject", "code other ", "code x x\ncode other "}}},
    {FINDING_STRING_MISSING, "ru.txt", {{"language", "\nstring draft*", ""}}},
    {FINDING_EXERCISE_MISSING, "ru.txt", {{"language", "\nstring exercise*", ""}}},
    {FINDING_SIGN_LOST, "ru.txt", {{"string book", "{version}", ""}}},
    {FINDING_SIGN_LOST, "ru.txt", {{"string unknown", "{code}", ""}}},
    {FINDING_SAME_AS_ENGLISH,
     "ru.txt",
     {{"table desk", "code judicial*", "code judicial judicial desk"}}},
    {FINDING_WORDS_TWICE,
     "ru.txt",
     {{"\nphrase N01", "words N01*", "words N01 one; two"},
      {"\nphrase N03", "words N03*", "words N03 three; two"}}},
    {FINDING_MARKER, "ru.txt", {{"\nphrase N03", "Уведомление.", "Сообщение."}}},
    {FINDING_MARKER, "en.txt", {{"\nphrase O02", "Offer.", "Offering."}}},
    {FINDING_MARKER_SHARED,
     "ru.txt",
     {{"\nphrase O01", "Предложение.", "Просьба."},
      {"\nphrase O02", "Предложение.", "Просьба."},
      {"\nphrase O03", "Предложение.", "Просьба."},
      {"\nphrase O04", "Предложение.", "Просьба."},
      {"\nphrase O05", "Предложение.", "Просьба."}}},
    {FINDING_SITUATION_MISSING, "ru.txt", {{"\nsituation", "\nsituation calm*", ""}}},
    {FINDING_SITUATION_EXTRA,
     "ru.txt",
     {{"\nsituation", "situation calm", "situation x x\nsituation calm"}}},
    {FINDING_GUIDE_UNKNOWN, GUIDE, {{"situation calm", "C01", "C01 C77"}}},
    {FINDING_WRONG_BOOK, GUIDE, {{"elchi guide", "book elchi 1", "book elchi 2"}}},
    {FINDING_UNREACHED, GUIDE, {{"situation not-understood", " P90", ""}}},
};

// -- a folder of files with one of them broken ----------------------------------------------------

static struct str file_text(const char *name)
{
    for (size_t i = 0; i < codebook_files_count; i++)
        if (strcmp(codebook_files[i].name, name) == 0)
            return (struct str){(const char *)codebook_files[i].content.ptr,
                                codebook_files[i].content.len};
    fail_msg("no file %s", name);
    return STR("");
}

static size_t place_of(struct str text, size_t from, const char *part)
{
    size_t len = strlen(part);
    for (size_t i = from; i + len <= text.len; i++)
        if (memcmp(text.ptr + i, part, len) == 0)
            return i;
    fail_msg("\"%s\" is not there", part);
    return 0;
}

static struct str edited(struct arena *a, struct str text, const struct edit *edit)
{
    struct err err = {0};
    struct buffer b;
    struct str made;
    size_t len = strlen(edit->from);
    bool star = edit->from[len - 1] == '*';
    char from[256];
    EXPECT(len < sizeof from);
    memcpy(from, edit->from, len + 1);
    from[star ? len - 1 : len] = '\0';
    size_t at = place_of(text, place_of(text, 0, edit->anchor), from);
    size_t end = star ? place_of(text, at + len - 1, "\n") : at + len;
    buffer_init(&b, a, text.len + 4096);
    buffer_str(&b, str_slice(text, 0, at));
    buffer_str(&b, str_of(edit->to));
    buffer_str(&b, str_slice(text, end, text.len));
    EXPECT_OK(buffer_take_str(&b, &made, &err));
    return made;
}

// The file as it is, or broken where it is the one.
static struct bytes text_of(struct arena *a, const struct broken *with, const char *name)
{
    struct str text = file_text(name);
    for (size_t i = 0; i < EDITS_MAX && strcmp(with->file, name) == 0; i++)
        if (with->edits[i].anchor != NULL)
            text = edited(a, text, &with->edits[i]);
    return str_bytes(text);
}

// A broken book is checked alone, because its languages and its guide fit the whole one.
static void check(struct arena *a, const struct broken *with, struct findings *ret)
{
    struct err err = {0};
    struct book book;
    struct guide guide;
    struct rendering r[2];
    size_t count = 0;
    bool alone = strcmp(with->file, BOOK) == 0;
    EXPECT_OK(book_parse(text_of(a, with, BOOK), a, &book, &err));
    EXPECT_OK(guide_parse(text_of(a, with, GUIDE), a, &guide, &err));
    EXPECT_OK(rendering_parse(text_of(a, with, "en.txt"), a, &r[count++], &err));
    EXPECT_OK(rendering_parse(text_of(a, with, "ru.txt"), a, &r[count++], &err));
    EXPECT_OK(
        codebook_check_rules(&book, r, alone ? 0 : count, alone ? NULL : &guide, a, ret, &err));
}

TEST(a_book_with_one_thing_broken_is_told_exactly_that)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct arena a;
        struct findings f;
        size_t hits = 0;
        arena_init(&a, ARENA_BYTES);
        check(&a, &broken[i], &f);
        for (size_t n = 0; n < f.count; n++) {
            const struct finding *one = &f.rows[n];
            hits += one->kind == broken[i].kind ? 1 : 0;
            if (finding_is_error(one->kind) && one->kind != broken[i].kind)
                fail_msg("case %zu, for %s: %s %.*s %.*s %.*s", i, finding_word(broken[i].kind),
                         finding_word(one->kind), STR_ARG(one->language), STR_ARG(one->subject),
                         STR_ARG(one->detail));
        }
        if (hits == 0)
            fail_msg("case %zu: no %s", i, finding_word(broken[i].kind));
        arena_release(&a);
    }
}

TEST(every_kind_of_finding_that_is_an_error_has_a_broken_book)
{
    for (size_t kind = 0; kind < FINDING_KIND_COUNT; kind++) {
        bool shown = kind == FINDING_SIZE; // below
        for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
            shown = shown || broken[i].kind == kind;
        if (!shown && finding_is_error((enum finding_kind)kind))
            fail_msg("%s is never shown", finding_word((enum finding_kind)kind));
    }
}

TEST(a_book_of_few_phrases_is_told_so)
{
    struct arena a;
    struct err err = {0};
    struct book book;
    struct findings f;
    struct str text = file_text(BOOK);
    bool told = false;
    arena_init(&a, ARENA_BYTES);
    text.len = place_of(text, 0, "\n\nphrase N01") + 1;
    EXPECT_OK(book_parse(str_bytes(text), &a, &book, &err));
    EXPECT_OK(codebook_check_rules(&book, NULL, 0, NULL, &a, &f, &err));
    for (size_t i = 0; i < f.count; i++)
        told = told || f.rows[i].kind == FINDING_SIZE;
    EXPECT(told);
    // A node would still take it: messages under an adopted book must stay readable.
    EXPECT_OK(codebook_check(&book, NULL, 0, &a, &f, &err));
    EXPECT(f.errors == 0);
    arena_release(&a);
}

TEST(every_rule_has_its_row_and_its_finding)
{
    for (uint32_t number = 1; number <= BOOK_RULES_COUNT; number++) {
        const struct book_rule *rule = book_rule(number);
        bool found = false;
        EXPECT(rule->number == number);
        EXPECT(rule->rule[strlen(rule->rule) - 1] == '.');
        EXPECT(strlen(rule->parents) > 0);
        EXPECT(strlen(rule->how) > 0);
        for (size_t kind = 0; kind < FINDING_KIND_COUNT; kind++)
            found = found || finding_rule((enum finding_kind)kind) == number;
        EXPECT(found == rule->by_machine || number == 17); // drafts are counted, not judged
    }
}
