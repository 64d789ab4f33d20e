// Source of what is asked: docs/spoken.md, "Hearing": what is typed down in another order, twice or
// in another way is the same message.
#include "codebook/spoken_kept.h"

#include "tests/codebook/samples.h"

static struct spoken say_two_lines(const struct codebook *c, struct phrase_line lines[2],
                                   struct arena *a)
{
    static const struct digest note = {{1, 2, 3}};
    struct err err = {0};
    struct spoken spoken;
    struct spoken_message m = {.book = c->current,
                               .heading = {.of_record = true,
                                           .ref = STR("XA/XB-2026-0012"),
                                           .from = STR("XA/technical"),
                                           .to = STR("XB/technical"),
                                           .precedence = PRECEDENCE_IMMEDIATE,
                                           .tlp = STR("AMBER")},
                               .lines = lines,
                               .lines_count = 2,
                               .note = &note};
    const struct str texts[2] = {STR("01 R01 by=2026-07-14T12:00:00Z"), STR("02 C01")};
    EXPECT_OK(phrase_lines_read(texts, 2, lines, &err));
    EXPECT(moment_read(STR("2026-07-14T04:01:05Z"), &m.heading.time));
    EXPECT_OK(spoken_write(&m, a, &spoken, &err));
    return spoken;
}

static struct bytes typed(const struct spoken *s, const char *junk, bool backwards, size_t times,
                          struct arena *a)
{
    struct buffer to;
    buffer_init(&to, a, 1 << 16);
    buffer_fmt(&to, "%s", junk);
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < times; k++)
            buffer_fmt(&to, "%s=\n", s->blocks[backwards ? s->count - 1 - i : i].text);
    return buffer_bytes(&to);
}

TEST(what_was_heard_whole_is_kept_in_one_spelling)
{
    struct arena a;
    struct codebook c;
    struct phrase_line lines[2];
    struct err err = {0};
    struct heard heard;
    struct str first, again;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&a, &c, &err));
    struct spoken spoken = say_two_lines(&c, lines, &a);
    EXPECT_OK(spoken_kept(typed(&spoken, "", false, 1, &a), &a, &first, &err));
    EXPECT_OK(spoken_kept(typed(&spoken, "0111 AAAA=", true, 2, &a), &a, &again, &err));
    EXPECT(str_eq(first, again));
    EXPECT_OK(spoken_kept(str_bytes(first), &a, &again, &err));
    EXPECT(str_eq(first, again));
    EXPECT(first.len <= SPOKEN_KEPT_BYTES_MAX);
    EXPECT_OK(spoken_hear(&c.shelf, str_bytes(first), &a, &heard, &err));
    EXPECT(heard.whole);
    EXPECT(heard.lines_count == 2);
    EXPECT(heard.has_groups);
    arena_release(&a);
}

TEST(nothing_that_agrees_leaves_nothing_to_keep)
{
    struct arena a;
    struct err err = {0};
    struct str kept;
    arena_init(&a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(spoken_kept(str_bytes(STR("0111 AAAA\nno blocks at all\n")), &a, &kept, &err));
    EXPECT(kept.len == 0);
    arena_release(&a);
}
