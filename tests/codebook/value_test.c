// One value of every type in every embedded language: times and their calendars, digits, isolation.
#include "base/world.h"
#include "codebook/render.h"
#include "tests/codebook/samples.h"

#include <stdlib.h>

static const struct {
    enum parameter_type type;
    const char *value;
} samples[] = {
    {PARAMETER_TIME, "2026-07-14T12:00:05Z"},
    {PARAMETER_TIME, "2026-03-20T23:59:59Z"}, // the last second before a Persian year begins
    {PARAMETER_TIME, "2026-03-21T00:00:00Z"},
    {PARAMETER_TIME, "9999-12-31T23:59:59Z"},
    {PARAMETER_INTERVAL, "2026-07-14T02:10:00Z/2026-07-14T03:55:00Z"},
    {PARAMETER_INTERVAL, "2026-07-14T02:10:00Z/2026-07-14T02:10:00Z"},
    {PARAMETER_INTERVAL, "2026-07-14T02:10:00Z/2026-07-16T03:55:00Z"},
    {PARAMETER_INTERVAL, "2026-12-31T23:00:00Z/2027-01-01T01:00:00Z"},
    {PARAMETER_STATE, "XB"},
    {PARAMETER_LEVEL, "XA:HIGH"},
    {PARAMETER_LEVEL, "XA:NIGH"}, // no level of its scale
    {PARAMETER_LEVEL, "XB:HIGH"}, // no scale of it is held
    {PARAMETER_COUNT, "0"},
    {PARAMETER_COUNT, "1"},
    {PARAMETER_COUNT, "1234567"},
    {PARAMETER_DURATION, "PT90M"},
    {PARAMETER_DURATION, "PT1H"},
    {PARAMETER_DURATION, "P2D"},
    {PARAMETER_DURATION, "PT45S"},
    {PARAMETER_PREFIX, "198.51.100.0/24"},
    {PARAMETER_PREFIX, "2001:db8::/32"},
    {PARAMETER_AS, "AS64500"},
    {PARAMETER_DOMAIN, "xn--bcher-kva.example"},
    {PARAMETER_URL, "https://node7.example/a?b%3D1"},
    {PARAMETER_HASH, "md5:00112233445566778899aabbccddeeff"},
    {PARAMETER_PRODUCT, "vendor:product:1.0"},
    {PARAMETER_VULNERABILITY, "CVE-2026-0001"},
    {PARAMETER_REFERENCE, "XA/XB-2026-0012"},
    {PARAMETER_LINE, "02"},
    {PARAMETER_LANGUAGE, "ru"},
    {PARAMETER_LANGUAGE, "zh-Hant"},
};
enum { SAMPLES = sizeof samples / sizeof samples[0] };

static struct render_with with_rendering(const struct codebook *c, const struct rendering *r)
{
    struct render_with with = {.book = c->current,
                               .language = r,
                               .states = &sample_states,
                               .scales = c->scales,
                               .scales_count = c->scales_count};
    with.english = codebook_rendering(c, c->current, STR("en"));
    return with;
}

static void add_scale(struct codebook *c, struct arena *a)
{
    struct str file = STR("elchi scale v1\nstate XA\nbook elchi 1\n\n"
                          "level HIGH 4 A service to the public stands still\n");
    struct err err = {0};
    EXPECT_OK(codebook_add(c, str_bytes(file), a, &err));
}

static struct str shown(struct arena *a, const struct render_with *with, enum parameter_type type,
                        const char *text)
{
    struct value value;
    struct str ret;
    struct err err = {0};
    EXPECT_OK(parameter_read(type, NULL, &sample_states, str_of(text), &value, &err));
    EXPECT_OK(codebook_render_value(with, &value, NULL, a, &ret, &err));
    return ret;
}

static bool holds(struct str text, struct str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (memcmp(text.ptr + i, part.ptr, part.len) == 0)
            return true;
    return false;
}

TEST(every_type_of_value_reads_as_the_golden_file_of_its_language_says)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    add_scale(&c, &a);
    for (size_t l = 0; l < c.renderings_count; l++) {
        struct render_with with = with_rendering(&c, &c.renderings[l]);
        struct buffer all;
        struct str text, path;
        buffer_init(&all, &a, 1 << 16);
        for (size_t i = 0; i < SAMPLES; i++) {
            buffer_fmt(&all, "%s ", samples[i].value);
            buffer_str(&all, shown(&a, &with, samples[i].type, samples[i].value));
            buffer_str(&all, STR("\n"));
        }
        EXPECT_OK(buffer_take_str(&all, &text, &err));
        EXPECT_OK(arena_fmt(&a, &path, &err, "tests/golden/codebook/values-%.*s.txt",
                            STR_ARG(with.language->language)));
        if (getenv("GOLDEN_WRITE") != NULL)
            EXPECT_OK(world_write_file(world_real(), path.ptr, str_bytes(text), 0644, &err));
        if (!bytes_eq(test_file(&a, path.ptr), str_bytes(text)))
            fail_msg("%s differs; GOLDEN_WRITE=1 writes it anew:\n%.*s", path.ptr, STR_ARG(text));
    }
    arena_release(&a);
}

// The calendar is a line of the file: a language that has none shows the Gregorian date alone.
TEST(the_readers_calendar_stands_beside_utc_and_never_in_its_place)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    add_scale(&c, &a);
    for (size_t l = 0; l < c.renderings_count; l++) {
        struct rendering r = c.renderings[l];
        struct render_with with = with_rendering(&c, &r);
        r.calendar = STR("");
        struct str bare = shown(&a, &with, PARAMETER_TIME, "2026-07-14T12:00:05Z");
        r.calendar = STR("hebrew");
        struct str both = shown(&a, &with, PARAMETER_TIME, "2026-07-14T12:00:05Z");
        EXPECT(both.len > bare.len);
        EXPECT(holds(bare, STR("UTC")));
        EXPECT(holds(both, STR("UTC")));
        // The order of the two is the pattern's alone.
        r.strings[RENDERING_TIME] = STR("{local}|{utc}");
        struct str turned = shown(&a, &with, PARAMETER_TIME, "2026-07-14T12:00:05Z");
        EXPECT(!str_eq(turned, both));
        EXPECT(holds(turned, STR("|")));
    }
    arena_release(&a);
}

TEST(a_file_names_a_calendar_icu_knows_and_not_the_one_all_show)
{
    static const struct {
        const char *line;
        bool good;
    } cases[] = {{"calendar persian\n", true},
                 {"calendar islamic-umalqura\n", true},
                 {"calendar hebrew\n", true},
                 {"", true},
                 {"calendar gregorian\n", false},
                 {"calendar maya\n", false},
                 {"calendar Persian\n", false},
                 {"calendar persian \n", false},
                 {"calendar persian\ncalendar persian\n", false}};
    struct arena a;
    struct err err = {0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rendering r;
        struct str file, again;
        struct buffer to;
        EXPECT_OK(arena_fmt(&a, &file, &err,
                            "elchi rendering v1\nlanguage fa\n%sbook elchi 1\nstatus draft\n"
                            "reviewer none\n\n",
                            cases[i].line));
        if (rendering_parse(str_bytes(file), &a, &r, &err) != cases[i].good)
            fail_msg("%s: %s", cases[i].line, err.text);
        if (!cases[i].good)
            continue;
        buffer_init(&to, &a, 1 << 16);
        EXPECT_OK(rendering_write(&r, &to, &err));
        EXPECT_OK(buffer_take_str(&to, &again, &err));
        EXPECT(str_eq(again, file));
    }
    arena_release(&a);
}

TEST(codes_and_addresses_keep_ascii_digits_in_every_language)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    add_scale(&c, &a);
    for (size_t l = 0; l < c.renderings_count; l++) {
        struct render_with with = with_rendering(&c, &c.renderings[l]);
        for (size_t i = 0; i < SAMPLES; i++) {
            if (samples[i].type < PARAMETER_PREFIX || samples[i].type > PARAMETER_LINE)
                continue;
            struct str text = shown(&a, &with, samples[i].type, samples[i].value);
            bool walled = str_starts(text, STR("\xe2\x81\xa8"));
            EXPECT(holds(text, str_of(samples[i].value)));
            EXPECT(walled == with.language->right_to_left);
        }
    }
    arena_release(&a);
}
