#include "codebook/wrap.h"
#include "tests/test.h"

#define FSI "\xe2\x81\xa8"
#define PDI "\xe2\x81\xa9"

static struct str join_lines(struct arena *a, const struct wrapped *w)
{
    struct buffer to;
    struct str text;
    struct err err = {0};
    buffer_init(&to, a, 1 << 16);
    for (size_t i = 0; i < w->count; i++) {
        buffer_str(&to, w->lines[i]);
        buffer_str(&to, STR("|"));
    }
    EXPECT_OK(buffer_take_str(&to, &text, &err));
    return text;
}

TEST(lines_break_at_words_by_columns_and_outside_isolates)
{
    static const struct {
        const char *language, *text, *lines;
    } cases[] = {
        {"en", "", "|"},
        {"en", "short", "short|"},
        {"en", "twenty columns are h here", "twenty columns are h|here|"},
        {"en", "twenty columns are he    here", "twenty columns are|he    here|"},
        {"en", "sha256:0123456789abcdef0123", "sha256:0123456789abc|def0123|"}, // no word's edge
        {"ru", "Уведомление о событии сегодня", "Уведомление о|событии сегодня|"},
        {"zh", "请在源头制止该活动请在源头", "请在源头制止该活动请|在源头|"}, // two columns each
        // marks take none: e and U+0301 ten times
        {"en",
         "e\xcc\x81"
         "e\xcc\x81 bbbbbbbbbbbbbbbbb",
         "e\xcc\x81"
         "e\xcc\x81 bbbbbbbbbbbbbbbbb|"},
        // broken before the isolate, not in it
        {"ar", "abc def " FSI "gh ijklm nopq" PDI, "abc def|" FSI "gh ijklm nopq" PDI "|"},
        // an isolate longer than a line is closed and opened again
        {"ar", FSI "abcdefgh ijklmnopq rstuvw" PDI " x",
         FSI "abcdefgh ijklmnopq" PDI "|" FSI "rstuvw" PDI " x|"},
        {"ar", FSI "ab " FSI "cdefgh ijklmnopq rst" PDI PDI,
         FSI "ab " FSI "cdefgh ijklmnopq" PDI PDI "|" FSI FSI "rst" PDI PDI "|"},
    };
    struct arena a;
    struct err err = {0};
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct wrapped w;
        EXPECT_OK(wrap_columns(str_of(cases[i].language), str_of(cases[i].text), 20, &a, &w, &err));
        struct str got = join_lines(&a, &w);
        if (!str_eq(got, str_of(cases[i].lines)))
            fail_msg("wanted %s\ngot    %.*s", cases[i].lines, STR_ARG(got));
    }
    arena_release(&a);
}

TEST(a_text_is_shortened_at_a_words_edge_and_never_inside_an_isolate_or_a_cluster)
{
    static const struct {
        const char *language, *text;
        size_t clusters;
        const char *cut;
    } cases[] = {
        {"en", "one two three", 13, "one two three"},
        {"en", "one two three", 12, "one two"},
        {"en", "one two three", 7, "one two"},
        {"en", "one two three", 6, "one"},
        {"en", "one two three", 2, "on"}, // no edge of a word fits
        {"en", "one two three", 0, ""},
        {"en", "a" FSI "bc de" PDI " f", 5, "a"},
        {"en", FSI "bc de" PDI " f", 6, ""},
        {"en",
         "e\xcc\x81"
         "e\xcc\x81"
         "e\xcc\x81",
         2,
         "e\xcc\x81"
         "e\xcc\x81"},
        // man, ZWJ, woman: one character for a reader
        {"en",
         "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9"
         "ab cd",
         2, "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9"},
        {"zh", "请在源头制止", 3, "请在源"},
    };
    struct arena a;
    struct err err = {0};
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct str cut;
        size_t clusters;
        EXPECT_OK(text_shorten(str_of(cases[i].language), str_of(cases[i].text), cases[i].clusters,
                               &a, &cut, &err));
        if (!str_eq(cut, str_of(cases[i].cut)))
            fail_msg("%s to %zu: %.*s", cases[i].text, cases[i].clusters, STR_ARG(cut));
        EXPECT_OK(text_clusters(cut, &clusters, &err));
        EXPECT(clusters <= cases[i].clusters);
    }
    arena_release(&a);
}

TEST(what_is_too_long_or_nested_too_deep_is_refused)
{
    struct arena a;
    struct err err = {0};
    struct wrapped w;
    struct buffer deep, lone;
    struct str text;
    arena_init(&a, 4 << 20);
    buffer_init(&deep, &a, 1024);
    for (int i = 0; i <= WRAP_ISOLATES_MAX; i++)
        buffer_str(&deep, STR(FSI));
    EXPECT_OK(buffer_take_str(&deep, &text, &err));
    EXPECT(!wrap_columns(STR("en"), text, 20, &a, &w, &err));
    EXPECT(err.kind == ERR_LIMIT);
    buffer_init(&lone, &a, WRAP_BYTES_MAX + 2);
    for (int i = 0; i <= WRAP_BYTES_MAX; i++)
        buffer_str(&lone, STR("a"));
    EXPECT_OK(buffer_take_str(&lone, &text, &err));
    err = (struct err){0};
    EXPECT(!wrap_columns(STR("en"), text, 20, &a, &w, &err));
    EXPECT(err.kind == ERR_LIMIT);
    EXPECT_OK(wrap_columns(STR("en"), str_slice(text, 0, WRAP_BYTES_MAX), 20, &a, &w, &err));
    EXPECT(w.count == (WRAP_BYTES_MAX + 19) / 20);
    // a stray end of an isolate ends nothing
    EXPECT_OK(wrap_columns(STR("en"), STR("a" PDI " b"), 20, &a, &w, &err));
    EXPECT(w.count == 1);
    arena_release(&a);
}
