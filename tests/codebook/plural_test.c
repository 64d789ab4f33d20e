// Counts in every embedded language, by the plural forms ICU knows of it.
#include "base/world.h"
#include "codebook/pattern.h"
#include "codebook/render_form.h"
#include "tests/codebook/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

static const unsigned counts[] = {0, 1, 2, 3, 5, 11, 21, 100};
enum { COUNTS = sizeof counts / sizeof counts[0] };

static struct render_with with_rendering(const struct codebook *c, const struct rendering *r)
{
    struct render_with with = {.book = c->current, .language = r, .states = &sample_states};
    with.english = codebook_rendering(c, c->current, STR("en"));
    return with;
}

static struct str sentence(struct arena *a, const struct render_with *with, unsigned count)
{
    char text[64];
    struct phrase_line line;
    struct rendered r;
    struct str kept;
    struct err err = {0};
    (void)snprintf(text, sizeof text, "01 N04 count=%u tlp=RED", count);
    EXPECT_OK(arena_str(a, str_of(text), &kept, &err));
    EXPECT_OK(phrase_line_read(kept, &line, &err));
    EXPECT_OK(codebook_render(with, &line, 1, a, &r, &err));
    EXPECT(r.lines[0].flags == 0);
    return r.lines[0].text;
}

TEST(counts_read_as_the_golden_file_of_their_language_says)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    for (size_t l = 0; l < c.renderings_count; l++) {
        struct render_with with = with_rendering(&c, &c.renderings[l]);
        struct buffer all;
        struct str text, path;
        buffer_init(&all, &a, 1 << 16);
        for (size_t i = 0; i < COUNTS; i++) {
            buffer_fmt(&all, "%u ", counts[i]);
            buffer_str(&all, sentence(&a, &with, counts[i]));
            buffer_str(&all, STR("\n"));
        }
        EXPECT_OK(buffer_take_str(&all, &text, &err));
        EXPECT_OK(arena_fmt(&a, &path, &err, "tests/golden/codebook/counts-%.*s.txt",
                            STR_ARG(with.language->language)));
        if (getenv("GOLDEN_WRITE") != NULL)
            EXPECT_OK(world_write_file(world_real(), path.ptr, str_bytes(text), 0644, &err));
        if (!bytes_eq(test_file(&a, path.ptr), str_bytes(text)))
            fail_msg("%s differs; GOLDEN_WRITE=1 writes it anew:\n%.*s", path.ptr, STR_ARG(text));
    }
    arena_release(&a);
}

// "few", "many": what ICU calls the form of a count in the language.
static void form_of(struct str language, unsigned count, char ret_word[16])
{
    char locale[LOCALE_CHARS];
    UChar wide[16];
    struct err err = {0};
    UErrorCode status = U_ZERO_ERROR;
    EXPECT_OK(locale_of(language, locale, &err));
    UPluralRules *rules = uplrules_open(locale, &status);
    (void)uplrules_select(rules, (double)count, wide, 16, &status);
    uplrules_close(rules);
    (void)u_strToUTF8(ret_word, 16, NULL, wide, -1, &status);
    EXPECT(U_SUCCESS(status));
}

static bool has_branch(struct str pattern, const char *word)
{
    char branch[24];
    int len = snprintf(branch, sizeof branch, " %s {", word);
    for (size_t i = 0; i + (size_t)len <= pattern.len; i++)
        if (memcmp(pattern.ptr + i, branch, (size_t)len) == 0)
            return true;
    return false;
}

// A language that has a form for a count has the words of it: nothing falls back on "other".
TEST(a_language_has_a_branch_for_every_form_of_its_counts)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    for (size_t l = 0; l < c.renderings_count; l++) {
        const struct rendering *r = &c.renderings[l];
        const struct str *pattern = rendering_phrase(r, STR("N04"));
        EXPECT(pattern != NULL);
        for (size_t i = 0; i < COUNTS; i++) {
            char word[16];
            form_of(r->language, counts[i], word);
            if (!has_branch(*pattern, word))
                fail_msg("%.*s N04 has no words for %s (%u)", STR_ARG(r->language), word,
                         counts[i]);
        }
    }
    arena_release(&a);
}
