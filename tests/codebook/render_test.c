#include "base/world.h"
#include "codebook/dialogue.h"
#include "codebook/findings.h"
#include "codebook/render_form.h"
#include "tests/codebook/samples.h"

#include <stdio.h>
#include <stdlib.h>

// The languages are those that are embedded, whichever they are.
static struct render_with with_language(const struct codebook *c, struct str language)
{
    struct render_with with = {.book = c->current, .states = &sample_states};
    with.language = codebook_rendering(c, c->current, language);
    with.english = codebook_rendering(c, c->current, STR("en"));
    EXPECT(with.language != NULL);
    EXPECT(with.english != NULL);
    return with;
}

static struct str plain(struct arena *a, const struct render_with *with,
                        const struct phrase_line *lines, size_t count)
{
    struct err err = {0};
    struct rendered r;
    struct str text;
    EXPECT_OK(codebook_render(with, lines, count, a, &r, &err));
    EXPECT_OK(codebook_render_plain(with, &r, a, &text, &err));
    return text;
}

static bool holds(struct str text, struct str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (memcmp(text.ptr + i, part.ptr, part.len) == 0)
            return true;
    return false;
}

static void check_golden(struct arena *a, const char *name, struct str text)
{
    struct err err = {0};
    struct str path;
    EXPECT_OK(arena_fmt(a, &path, &err, "tests/golden/codebook/%s.txt", name));
    if (getenv("GOLDEN_WRITE") != NULL)
        EXPECT_OK(world_write_file(world_real(), path.ptr, str_bytes(text), 0644, &err));
    struct bytes wanted = test_file(a, path.ptr);
    if (!bytes_eq(wanted, str_bytes(text)))
        fail_msg("%s differs; GOLDEN_WRITE=1 writes it anew:\n%.*s", path.ptr, STR_ARG(text));
}

// Every phrase whole and bare, as one message after another: a message holds 99 lines at most.
static struct str every_phrase(struct arena *a, const struct codebook *c,
                               const struct render_with *with)
{
    struct buffer all;
    struct err err = {0};
    struct str text;
    struct phrase_line lines[PHRASE_LINES_MAX];
    size_t count = 0;
    buffer_init(&all, a, 1 << 20);
    for (size_t i = 0; i < c->current->phrases_count; i++) {
        for (int full = 1; full >= 0; full--, count++)
            lines[count] = sample_line(&c->current->phrases[i], (uint32_t)count + 1, full == 1);
        if (count + 2 <= PHRASE_LINES_MAX && i + 1 < c->current->phrases_count)
            continue;
        buffer_str(&all, plain(a, with, lines, count));
        count = 0;
    }
    EXPECT_OK(buffer_take_str(&all, &text, &err));
    return text;
}

TEST(each_phrase_renders_as_the_golden_file_of_its_language_says)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    for (size_t l = 0; l < c.renderings_count; l++) {
        struct render_with with = with_language(&c, c.renderings[l].language);
        struct str name;
        EXPECT_OK(arena_fmt(&a, &name, &err, "%.*s", STR_ARG(with.language->language)));
        check_golden(&a, name.ptr, every_phrase(&a, &c, &with));
    }
    arena_release(&a);
}

TEST(an_incident_from_notice_to_closing_reads_in_every_language)
{
    static const char *const told[] = {
        ("01 N02 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-15T03:55:00Z "
         "prefix=198.51.100.0/24 confidence=3"),
        "02 R01 by=2026-07-14T12:00:00Z",
        "03 C01",
        "04 E01 line=01",
        "05 E02 line=02 until=2026-07-14T08:00:00Z",
        "06 E05 line=02 by=2026-07-14T11:00:00Z",
        "07 N04 count=1 tlp=AMBER+STRICT",
        "08 N03 message=XA/XB-2026-0012 since=2026-07-14T11:30:00Z",
        "09 C03",
        "10 P15",
    };
    struct arena a;
    struct codebook c;
    struct err err = {0};
    struct phrase_line lines[10];
    struct str texts[10];
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    for (size_t i = 0; i < 10; i++)
        texts[i] = str_of(told[i]);
    EXPECT_OK(phrase_lines_read(texts, 10, lines, &err));
    for (size_t l = 0; l < c.renderings_count; l++) {
        struct render_with with = with_language(&c, c.renderings[l].language);
        struct str name;
        with.exercise = true;
        EXPECT_OK(arena_fmt(&a, &name, &err, "incident-%.*s", STR_ARG(with.language->language)));
        check_golden(&a, name.ptr, plain(&a, &with, lines, 10));
    }
    arena_release(&a);
}

// Language-free values reach the reader unchanged, in every language.
TEST(a_rendering_keeps_every_value_and_disclaimer)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    for (size_t l = 0; l < c.renderings_count; l++) {
        struct render_with with = with_language(&c, c.renderings[l].language);
        for (size_t i = 0; i < c.current->phrases_count; i++) {
            const struct phrase *p = &c.current->phrases[i];
            struct phrase_line line = sample_line(p, 1, true);
            struct checked_line checked;
            struct rendered r;
            EXPECT_OK(phrase_line_check(c.current, &sample_states, &line, &checked, &err));
            EXPECT_OK(codebook_render(&with, &line, 1, &a, &r, &err));
            EXPECT(r.lines[0].disclaimers_count == p->disclaimers_count);
            EXPECT((r.lines[0].flags & (RENDERED_UNTRANSLATED | RENDERED_INVALID)) == 0);
            EXPECT(!holds(r.lines[0].text, STR("{")));
            for (size_t v = 0; v < p->parameters_count; v++) {
                struct str shown;
                EXPECT_OK(codebook_render_value(&with, &checked.values[v], p->parameters[v].table,
                                                &a, &shown, &err));
                // A number within its plural form needs no isolate: it is in the reader's digits.
                bool isolated = str_starts(shown, STR("\xe2\x81\xa8"));
                if (p->parameters[v].type == PARAMETER_COUNT && isolated)
                    shown = str_slice(shown, 3, shown.len - 3);
                if (!holds(r.lines[0].text, shown))
                    fail_msg("%.*s %.*s lost %.*s", STR_ARG(with.language->language),
                             STR_ARG(p->code), STR_ARG(p->parameters[v].name));
            }
        }
    }
    arena_release(&a);
}

TEST(right_to_left_text_isolates_codes_addresses_and_values)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    struct phrase_line line;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    EXPECT_OK(phrase_line_read(STR("01 N02 class=ddos when=2026-07-14T02:10:00Z/"
                                   "2026-07-14T03:55:00Z prefix=198.51.100.0/24 as=AS64500"),
                               &line, &err));
    struct render_with with = with_language(&c, STR("ar"));
    struct str text = plain(&a, &with, &line, 1);
    EXPECT(holds(text, STR("\xe2\x81\xa8"
                           "198.51.100.0/24\xe2\x81\xa9")));
    EXPECT(holds(text, STR("\xe2\x81\xa8"
                           "AS64500\xe2\x81\xa9")));
    EXPECT(holds(text, STR("\xe2\x81\xa8N02\xe2\x81\xa9")));
    EXPECT(holds(text, STR("\xe2\x81\xa8"
                           "01\xe2\x81\xa9")));
    with = with_language(&c, STR("ru"));
    text = plain(&a, &with, &line, 1);
    EXPECT(!holds(text, STR("\xe2\x81\xa8")));
    arena_release(&a);
}

TEST(an_unknown_code_is_shown_as_unknown_and_never_guessed)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    struct rendered r;
    struct phrase_line line;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    EXPECT_OK(phrase_line_read(STR("01 N77 sector=energy"), &line, &err));
    for (size_t l = 0; l < c.renderings_count; l++) {
        struct render_with with = with_language(&c, c.renderings[l].language);
        EXPECT_OK(codebook_render(&with, &line, 1, &a, &r, &err));
        EXPECT(r.lines[0].flags == RENDERED_UNKNOWN);
        EXPECT(holds(r.lines[0].text, STR("N77")));
        struct str text = plain(&a, &with, &line, 1);
        EXPECT(holds(text, STR("01 N77 sector=energy"))); // as signed
        struct str name;
        EXPECT_OK(arena_fmt(&a, &name, &err, "unknown-%.*s", STR_ARG(with.language->language)));
        check_golden(&a, name.ptr, text);
    }
    arena_release(&a);
}

TEST(a_line_that_breaks_a_rule_is_shown_with_the_rule)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    struct rendered r;
    struct phrase_line line;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    EXPECT_OK(phrase_line_read(STR("01 E07 reason=weather"), &line, &err));
    struct render_with with = with_language(&c, STR("ru"));
    EXPECT_OK(codebook_render(&with, &line, 1, &a, &r, &err));
    EXPECT(r.lines[0].flags == RENDERED_INVALID);
    EXPECT(holds(r.lines[0].problem, STR("weather")));
    EXPECT(holds(plain(&a, &with, &line, 1), STR("01 E07 reason=weather")));
    arena_release(&a);
}

TEST(a_phrase_a_language_lacks_renders_in_english_marked_so)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    struct rendered r;
    struct phrase_line line;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    struct render_with with = with_language(&c, STR("ar"));
    struct rendering poor = *with.language;
    poor.phrases_count = 0;
    with.language = &poor;
    EXPECT_OK(phrase_line_read(STR("01 E09"), &line, &err));
    EXPECT_OK(codebook_render(&with, &line, 1, &a, &r, &err));
    EXPECT((r.lines[0].flags & RENDERED_UNTRANSLATED) != 0);
    EXPECT(str_eq(r.lines[0].text, STR("We make no comment. The channel stays open.")));
    EXPECT(str_eq(r.lines[0].mark, poor.strings[RENDERING_UNTRANSLATED]));
    // The disclaimer is there in the reader's language all the same.
    EXPECT(r.lines[0].disclaimers_count == 1);
    EXPECT(str_eq(r.lines[0].disclaimers[0],
                  *rendering_disclaimer(&poor, STR("receipt-not-concurrence"))));
    // Without any rendering the book's own meaning stands in.
    with.language = NULL;
    with.english = NULL;
    EXPECT_OK(codebook_render(&with, &line, 1, &a, &r, &err));
    EXPECT(str_eq(r.lines[0].text, STR("We make no comment; the channel stays open.")));
    EXPECT(holds(plain(&a, &with, &line, 1), STR("01 E09")));
    arena_release(&a);
}

TEST(a_draft_says_so_and_one_a_state_vouches_for_does_not)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    struct rendered r;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    struct render_with with = with_language(&c, STR("en"));
    EXPECT_OK(codebook_render(&with, NULL, 0, &a, &r, &err));
    EXPECT(str_eq(r.banner, STR("Draft rendering; the code is authentic.")));
    EXPECT(str_eq(r.exercise, STR("")));
    EXPECT(str_eq(r.book, STR("Codebook elchi, version 1")));
    EXPECT(r.draft);
    const struct str vouchers[] = {STR("XB"), STR("XC"), STR("XD")};
    with.vouchers = vouchers;
    with.vouchers_count = 3;
    with.exercise = true;
    EXPECT_OK(codebook_render(&with, NULL, 0, &a, &r, &err));
    EXPECT(!r.draft);
    EXPECT(
        str_eq(r.banner, STR("Rendering vouched for by XB, XC, and XD; the code is authentic.")));
    with.vouchers_count = 1;
    EXPECT_OK(codebook_render(&with, NULL, 0, &a, &r, &err));
    EXPECT(str_eq(r.banner, STR("Rendering vouched for by XB; the code is authentic.")));
    EXPECT(r.exercise.len > 0);
    arena_release(&a);
}

// Russian and Arabic count differently; ICU knows, the files follow.
TEST(plurals_follow_the_language)
{
    static const struct {
        const char *language, *line, *part;
    } cases[] = {
        {"en", "01 N04 count=1 tlp=RED", "1 indicator is attached."},
        {"en", "01 N04 count=21 tlp=RED", "21 indicators are attached."},
        {"ru", "01 N04 count=1 tlp=RED", "Приложен 1 индикатор."},
        {"ru", "01 N04 count=3 tlp=RED", "Приложены 3 индикатора."},
        {"ru", "01 N04 count=11 tlp=RED", "Приложено 11 индикаторов."},
        {"ru", "01 N04 count=21 tlp=RED", "Приложен 21 индикатор."},
        {"ar", "01 N04 count=2 tlp=RED", "أُرفق مؤشران تقنيان."},
        {"ar", "01 N04 count=5 tlp=RED", "أُرفقت ٥ مؤشرات تقنية."},
        {"ar", "01 N04 count=11 tlp=RED", "أُرفق ١١ مؤشراً تقنياً."},
    };
    struct arena a;
    struct codebook c;
    struct err err = {0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct phrase_line line;
        struct render_with with = with_language(&c, str_of(cases[i].language));
        EXPECT_OK(phrase_line_read(str_of(cases[i].line), &line, &err));
        struct str text = plain(&a, &with, &line, 1);
        if (!holds(text, str_of(cases[i].part)))
            fail_msg("wanted %s in\n%.*s", cases[i].part, STR_ARG(text));
    }
    arena_release(&a);
}

static bool name_of(const void *who, struct str state, struct str language, struct str *ret)
{
    (void)who;
    if (!str_eq(state, STR("XA")) || !str_eq(language, STR("en")))
        return false;
    *ret = STR("Republic of Xanadu");
    return true;
}

TEST(names_of_states_come_from_the_caller_and_else_the_code_shows)
{
    struct arena a;
    struct codebook c;
    struct err err = {0};
    struct value v;
    struct str shown;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    struct render_with with = with_language(&c, STR("en"));
    with.state_name = name_of;
    EXPECT_OK(parameter_read(PARAMETER_STATE, NULL, &sample_states, STR("XA"), &v, &err));
    EXPECT_OK(codebook_render_value(&with, &v, NULL, &a, &shown, &err));
    EXPECT(str_eq(shown, STR("Republic of Xanadu")));
    EXPECT_OK(parameter_read(PARAMETER_STATE, NULL, &sample_states, STR("XB"), &v, &err));
    EXPECT_OK(codebook_render_value(&with, &v, NULL, &a, &shown, &err));
    EXPECT(str_eq(shown, STR("XB")));
    arena_release(&a);
}

TEST(rendering_stops_at_the_arenas_limit_with_an_error)
{
    struct arena a, small;
    struct codebook c;
    struct err err = {0};
    struct rendered r;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    struct render_with with = with_language(&c, STR("ru"));
    struct phrase_line line = sample_line(book_phrase(c.current, STR("N02")), 1, true);
    for (size_t limit = 64; limit < 400000; limit += limit / 2) {
        arena_init(&small, limit);
        err = (struct err){0};
        if (!codebook_render(&with, &line, 1, &small, &r, &err))
            EXPECT(err.kind == ERR_LIMIT);
        arena_release(&small);
    }
    arena_release(&a);
}

TEST(the_embedded_book_and_its_renderings_have_no_finding_that_is_an_error)
{
    struct arena a;
    struct codebook c;
    struct findings f;
    struct err err = {0};
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    EXPECT(c.renderings_count >= 3);
    EXPECT_OK(codebook_check_rules(c.current, c.renderings, c.renderings_count,
                                   codebook_guide(&c, c.current), &a, &f, &err));
    for (size_t i = 0; i < f.count; i++)
        if (finding_is_error(f.rows[i].kind))
            print_message("%s %.*s %.*s %.*s\n", finding_word(f.rows[i].kind),
                          STR_ARG(f.rows[i].language), STR_ARG(f.rows[i].subject),
                          STR_ARG(f.rows[i].detail));
    EXPECT(f.errors == 0);
    EXPECT(f.sources == c.current->phrases_count + c.current->disclaimers_count);
    EXPECT(f.sources_unchecked == f.sources); // until a person has read the primary texts
    arena_release(&a);
}

// 99 lines fit the memory of one request.
TEST(a_full_message_renders_in_a_small_arena)
{
    struct arena a, small;
    struct codebook c;
    struct err err = {0};
    struct rendered r;
    struct phrase_line lines[PHRASE_LINES_MAX];
    struct str text;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    struct render_with with = with_language(&c, STR("ar"));
    for (uint32_t i = 0; i < PHRASE_LINES_MAX; i++)
        lines[i] = sample_line(book_phrase(c.current, STR("N02")), i + 1, true);
    arena_init(&small, 4 << 20);
    EXPECT_OK(codebook_render(&with, lines, PHRASE_LINES_MAX, &small, &r, &err));
    EXPECT_OK(codebook_render_plain(&with, &r, &small, &text, &err));
    arena_release(&small);
    arena_release(&a);
}
