#include "codebook/line.h"

#include "tests/codebook/samples.h"

static struct codebook load(struct arena *a)
{
    struct codebook c;
    struct err err = {0};
    arena_init(a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(a, &c, &err));
    return c;
}

static struct str written(struct arena *a, const struct phrase_line *line)
{
    struct buffer b;
    struct str text;
    struct err err = {0};
    buffer_init(&b, a, 2 * PHRASE_LINE_BYTES_MAX);
    EXPECT_OK(phrase_line_write(line, &b, &err));
    EXPECT_OK(buffer_take_str(&b, &text, &err));
    return text;
}

TEST(the_line_of_the_design_reads_and_writes_back)
{
    struct arena a;
    struct codebook c = load(&a);
    struct err err = {0};
    struct phrase_line line;
    struct checked_line checked;
    struct str text = STR("01 N02 sector=energy class=ddos "
                          "when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z "
                          "prefix=198.51.100.0/24 confidence=3");
    EXPECT_OK(phrase_line_read(text, &line, &err));
    EXPECT(line.number == 1);
    EXPECT(str_eq(line.code, STR("N02")));
    EXPECT(line.parameters_count == 5);
    EXPECT(str_eq(written(&a, &line), text));
    EXPECT_OK(phrase_line_check(c.current, &sample_states, &line, &checked, &err));
    EXPECT(checked.status == LINE_KNOWN);
    EXPECT(checked.present == (1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 7));
    arena_release(&a);
}

TEST(every_phrase_with_all_or_with_its_required_parameters_stands)
{
    struct arena a;
    struct codebook c = load(&a);
    for (size_t i = 0; i < c.current->phrases_count; i++)
        for (int full = 0; full < 2; full++) {
            struct err err = {0};
            struct checked_line checked;
            struct phrase_line again, line = sample_line(&c.current->phrases[i], 7, full == 1);
            struct str text = written(&a, &line);
            EXPECT_OK(phrase_line_read(text, &again, &err));
            EXPECT(str_eq(written(&a, &again), text));
            EXPECT_OK(phrase_line_check(c.current, &sample_states, &again, &checked, &err));
        }
    arena_release(&a);
}

TEST(each_required_parameter_left_out_is_named)
{
    struct arena a;
    struct codebook c = load(&a);
    for (size_t i = 0; i < c.current->phrases_count; i++) {
        const struct phrase *p = &c.current->phrases[i];
        for (size_t without = 0; without < p->parameters_count; without++) {
            struct err err = {0};
            struct checked_line checked;
            struct phrase_line line = sample_line(p, 1, true);
            memmove(&line.parameters[without], &line.parameters[without + 1],
                    (line.parameters_count - without - 1) * sizeof line.parameters[0]);
            line.parameters_count--;
            bool good = phrase_line_check(c.current, &sample_states, &line, &checked, &err);
            EXPECT(good == !p->parameters[without].required);
            if (!good)
                EXPECT(strcmp(err.clause, "codebook: required parameter") == 0);
        }
    }
    arena_release(&a);
}

TEST(an_unknown_code_is_kept_as_unknown)
{
    struct arena a;
    struct codebook c = load(&a);
    struct err err = {0};
    struct phrase_line line;
    struct checked_line checked;
    EXPECT_OK(phrase_line_read(STR("03 Z99 later=thing"), &line, &err));
    EXPECT_OK(phrase_line_check(c.current, &sample_states, &line, &checked, &err));
    EXPECT(checked.status == LINE_UNKNOWN);
    EXPECT(checked.phrase == NULL);
    EXPECT(str_eq(written(&a, &checked.line), STR("03 Z99 later=thing")));
    arena_release(&a);
}

TEST(lines_that_break_a_rule_of_the_book_are_refused_with_its_name)
{
    static const struct {
        const char *text, *clause;
    } cases[] = {
        {"01 E01 mood=good", "codebook: unknown parameter"},
        {"01 E02 until=2026-07-14T08:00:00Z line=01", "codebook: order of parameters"},
        {"01 E02", "codebook: required parameter"},
        {"01 A01 class=ddos", "codebook: one of these parameters"},
    };
    struct arena a;
    struct codebook c = load(&a);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct phrase_line line;
        struct checked_line checked;
        EXPECT_OK(phrase_line_read(str_of(cases[i].text), &line, &err));
        EXPECT_ERR(phrase_line_check(c.current, &sample_states, &line, &checked, &err),
                   ERR_MALFORMED);
        EXPECT(strcmp(err.clause, cases[i].clause) == 0);
    }
    arena_release(&a);
}

TEST(lines_out_of_shape_are_refused)
{
    static const char *const cases[] = {
        "",
        "01",
        "01 ",
        "01 N0",
        "1 N02",
        "00 N02",
        "01 n02",
        "01  N02",
        "01 N02 ",
        "01 N02  a=b",
        "01 N02 a",
        "01 N02 a=",
        "01 N02 =b",
        "01 N02 A=b",
        "01 N02 a=b=c",
        "01 N02 a=b a=c",
        "01 N02x",
        "01 N02\ta=b",
        "01 N02 a=\xd0\xb1",
        "01 N02 a=b\n",
        "001 N02",
        "01 N002",
        " 01 N02",
        "01 N02 a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1 j=1 k=1",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct phrase_line line = {.number = 42};
        if (phrase_line_read(str_of(cases[i]), &line, &err))
            fail_msg("taken: \"%s\"", cases[i]);
        EXPECT(err.kind == ERR_MALFORMED || err.kind == ERR_LIMIT);
        EXPECT(line.number == 42);
    }
}

TEST(numbers_run_from_one_without_a_gap)
{
    struct err err = {0};
    struct phrase_line lines[3];
    struct str good[] = {STR("01 C01"), STR("02 C02"), STR("03 C03")};
    struct str gap[] = {STR("01 C01"), STR("03 C02")};
    struct str late[] = {STR("02 C01")};
    struct str twice[] = {STR("01 C01"), STR("01 C01")};
    EXPECT_OK(phrase_lines_read(good, 3, lines, &err));
    EXPECT(lines[2].number == 3);
    EXPECT_ERR(phrase_lines_read(gap, 2, lines, &err), ERR_MALFORMED);
    EXPECT_ERR(phrase_lines_read(late, 1, lines, &err), ERR_MALFORMED);
    EXPECT_ERR(phrase_lines_read(twice, 2, lines, &err), ERR_MALFORMED);
    EXPECT_ERR(phrase_lines_read(good, 100, lines, &err), ERR_LIMIT);
}

TEST(a_line_cut_or_changed_anywhere_is_refused_or_writes_back_the_same)
{
    struct arena a;
    char text[] = "01 R02 message=XA/XB-2026-0012 about=03 by=2026-07-14T12:00:00Z";
    size_t len = sizeof text - 1;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    for (size_t at = 0; at < len; at++) {
        char kept = text[at];
        for (int change = 1; change < 128; change++) {
            struct err err = {0};
            struct phrase_line line;
            text[at] = (char)(kept ^ change);
            struct str changed = {text, len};
            if (phrase_line_read(changed, &line, &err))
                EXPECT(str_eq(written(&a, &line), changed));
            else
                EXPECT(err.kind != ERR_NONE);
            if (a.used > SAMPLE_ARENA_BYTES / 2) {
                arena_release(&a);
                arena_init(&a, SAMPLE_ARENA_BYTES);
            }
        }
        text[at] = kept;
        struct err err = {0};
        struct phrase_line line;
        struct str cut = {text, at};
        if (phrase_line_read(cut, &line, &err))
            EXPECT(str_eq(written(&a, &line), cut));
    }
    arena_release(&a);
}
