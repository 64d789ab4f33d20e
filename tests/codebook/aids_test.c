// The aids beside the book: guide, scale, what else people call a phrase; and files added at run
// time.
#include "codebook/pattern.h"
#include "tests/codebook/samples.h"

#define GUIDE "elchi guide v1\nbook elchi 1\n\n"
#define SCALE "elchi scale v1\nstate XA\nbook elchi 1\n\n"
#define RENDERING(language) \
    "elchi rendering v1\nlanguage " language "\nbook elchi 1\nstatus draft\nreviewer none\n\n"

TEST(a_guide_writes_back_to_the_same_bytes)
{
    struct arena a;
    struct err err = {0};
    struct guide guide;
    struct buffer to;
    struct bytes file = str_bytes(STR(GUIDE "situation calm C01 C02\nsituation storm N01\n"));
    arena_init(&a, 1 << 20);
    EXPECT_OK(guide_parse(file, &a, &guide, &err));
    EXPECT(guide.situations_count == 2);
    EXPECT(guide.situations[0].phrases_count == 2);
    buffer_init(&to, &a, 4096);
    EXPECT_OK(guide_write(&guide, &to, &err));
    EXPECT(bytes_eq(buffer_bytes(&to), file));
    arena_release(&a);
}

TEST(guides_that_break_the_format_are_refused)
{
    static const char *const cases[] = {
        "",
        "elchi guide v2\nbook elchi 1\n\nsituation calm C01\n",
        "elchi guide v1\nbook elchi 0\n\nsituation calm C01\n",
        "elchi guide v1\nbook elchi\n\nsituation calm C01\n",
        GUIDE,
        GUIDE "situation calm\n",
        GUIDE "situation Calm C01\n",
        GUIDE "situation calm c01\n",
        GUIDE "situation calm C01\nsituation calm C02\n",
        GUIDE "situation calm C01 \n",
        GUIDE "situation calm C01\n\nsituation storm C01\n",
        GUIDE "situation calm C01",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena a;
        struct err err = {0};
        struct guide guide;
        arena_init(&a, 1 << 20);
        if (guide_parse(str_bytes(str_of(cases[i])), &a, &guide, &err))
            fail_msg("case %zu was taken", i);
        EXPECT(err.kind == ERR_MALFORMED);
        arena_release(&a);
    }
}

TEST(a_scale_writes_back_to_the_same_bytes_and_finds_its_levels)
{
    struct arena a;
    struct err err = {0};
    struct scale scale;
    struct buffer to;
    struct bytes file = str_bytes(STR(SCALE "level LOW 1 Small effect\nlevel HIGH-2 4 Grave\n"));
    arena_init(&a, 1 << 20);
    EXPECT_OK(scale_parse(file, &a, &scale, &err));
    const struct scale_level *level = scale_level_find(&scale, STR("HIGH-2"));
    EXPECT(level != NULL);
    EXPECT(str_eq(level->severity, STR("4")));
    EXPECT(scale_level_find(&scale, STR("HIGH")) == NULL);
    buffer_init(&to, &a, 4096);
    EXPECT_OK(scale_write(&scale, &to, &err));
    EXPECT(bytes_eq(buffer_bytes(&to), file));
    arena_release(&a);
}

TEST(scales_that_break_the_format_are_refused)
{
    static const char *const cases[] = {
        "",
        "elchi scale v1\nstate xa\nbook elchi 1\n\nlevel LOW 1 Small\n",
        "elchi scale v1\nstate X\nbook elchi 1\n\nlevel LOW 1 Small\n",
        "elchi scale v1\nstate XA\nbook elchi one\n\nlevel LOW 1 Small\n",
        SCALE,
        SCALE "level LOW\n",
        SCALE "level LOW 1\n",
        SCALE "level LOW 11 Small\n",
        SCALE "level LOW x Small\n",
        SCALE "level -LOW 1 Small\n",
        SCALE "level ABCDEFGHIJKLMNOPQ 1 Small\n",
        SCALE "level LOW 1 Small\nlevel LOW 2 Twice\n",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena a;
        struct err err = {0};
        struct scale scale;
        arena_init(&a, 1 << 20);
        if (scale_parse(str_bytes(str_of(cases[i])), &a, &scale, &err))
            fail_msg("case %zu was taken", i);
        EXPECT(err.kind == ERR_MALFORMED);
        arena_release(&a);
    }
}

TEST(words_come_one_by_one)
{
    struct str rest = STR("attack; traffic from you; DDoS"), item;
    EXPECT(rendering_words_next(&rest, &item));
    EXPECT(str_eq(item, STR("attack")));
    EXPECT(rendering_words_next(&rest, &item));
    EXPECT(str_eq(item, STR("traffic from you")));
    EXPECT(rendering_words_next(&rest, &item));
    EXPECT(str_eq(item, STR("DDoS")));
    EXPECT(!rendering_words_next(&rest, &item));
}

TEST(a_file_added_takes_the_place_of_the_one_before_it)
{
    struct arena a;
    struct err err = {0};
    struct codebook c;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    size_t before = c.renderings_count;
    struct bytes uz = str_bytes(STR(RENDERING("uz") "\nsituation calm Tinch\n"));
    EXPECT_OK(codebook_add(&c, uz, &a, &err));
    EXPECT_OK(codebook_add(&c, uz, &a, &err));
    EXPECT(c.renderings_count == before + 1);
    const struct rendering *r = codebook_rendering(&c, c.current, STR("uz-Latn"));
    EXPECT(r != NULL);
    EXPECT(str_eq(*rendering_situation(r, STR("calm")), STR("Tinch")));
    EXPECT_OK(codebook_add(&c, str_bytes(STR(SCALE "level LOW 1 Small\n")), &a, &err));
    EXPECT_OK(codebook_add(&c, str_bytes(STR(SCALE "level LOW 2 Larger\n")), &a, &err));
    EXPECT(c.scales_count == 1);
    EXPECT(str_eq(codebook_scale(&c, STR("XA"))->levels[0].severity, STR("2")));
    EXPECT(codebook_scale(&c, STR("XB")) == NULL);
    EXPECT_ERR(codebook_add(&c, str_bytes(STR("elchi poem v1\n")), &a, &err), ERR_MALFORMED);
    arena_release(&a);
}

// "21 systems" in Russian shares its form with "1 system": only # tells them apart.
TEST(a_number_is_told_where_no_two_of_them_read_the_same)
{
    static const struct {
        const char *language, *pattern;
        bool told;
    } cases[] = {
        {"en", "{n, plural, one {# system} other {# systems}}", true},
        {"en", "{n, plural, one {one system} other {# systems}}", true},
        {"en", "{n, plural, one {one system} other {systems}}", false},
        {"ru", "{n, plural, one {# система} few {# системы} many {# систем} other {# системы}}",
         true},
        {"ru", "{n, plural, one {система} few {# системы} many {# систем} other {# системы}}",
         false},
        {"ar", "{n, plural, zero {لا} one {واحد} two {اثنان} few {#} many {# س} other {# ص}}",
         true},
        {"ar", "{n, plural, one {واحد} two {اثنان} other {كثير}}", false},
        {"en", "{has-n, select, yes { {n, plural, other {#}}} other {}}", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena a;
        struct err err = {0};
        bool told = !cases[i].told;
        arena_init(&a, 8 << 20);
        EXPECT_OK(pattern_tells_number(str_of(cases[i].pattern), str_of(cases[i].language),
                                       STR("n"), &a, &told, &err));
        if (told != cases[i].told)
            fail_msg("case %zu", i);
        arena_release(&a);
    }
}
