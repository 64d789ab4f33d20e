#include "base/world.h"
#include "codebook/render_form.h"
#include "codebook/spoken_aloud.h"
#include "codebook/spoken_check.h"
#include "tests/codebook/samples.h"

#include <stdlib.h>

static const char *const languages[] = {"en", "ru", "ar", "zh", "fa", "tr", "kk"};
enum { LANGUAGES = sizeof languages / sizeof languages[0], LINES = 3 };

struct story {
    struct arena a;
    struct codebook c;
    struct phrase_line lines[LINES];
    struct spoken spoken;
};

static void begin(struct story *s, bool of_record)
{
    static const char *const told[LINES] = {
        ("01 N02 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-14T03:55:00Z "
         "prefix=198.51.100.0/24 confidence=3"),
        "02 R01 by=2026-07-14T12:00:00Z",
        "03 C01",
    };
    struct err err = {0};
    struct str texts[LINES];
    struct digest note = digest_of(str_bytes(STR("a note")));
    arena_init(&s->a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&s->a, &s->c, &err));
    for (size_t i = 0; i < LINES; i++)
        texts[i] = str_of(told[i]);
    EXPECT_OK(phrase_lines_read(texts, LINES, s->lines, &err));
    struct spoken_message m = {
        .book = s->c.current,
        .lines = s->lines,
        .lines_count = LINES,
        .note = of_record ? &note : NULL,
        .heading = {.exercise = true,
                    .more = true,
                    .ref = STR("XA/XB-2026-0012"),
                    .from = STR("XA/technical"),
                    .to = STR("XB/technical"),
                    .precedence = PRECEDENCE_IMMEDIATE,
                    .tlp = STR("AMBER")},
    };
    EXPECT(moment_read(STR("2026-07-14T04:01:05Z"), &m.heading.time));
    EXPECT_OK(spoken_write(&m, &s->a, &s->spoken, &err));
}

static bool with_language(const struct story *s, const char *language, struct render_with *ret)
{
    *ret = (struct render_with){.book = s->c.current, .states = &sample_states, .exercise = true};
    ret->language = codebook_rendering(&s->c, s->c.current, str_of(language));
    ret->english = codebook_rendering(&s->c, s->c.current, STR("en"));
    EXPECT(ret->english != NULL);
    return ret->language != NULL;
}

static void check_golden(struct arena *a, const char *name, const char *language, struct str text)
{
    struct err err = {0};
    struct str path;
    EXPECT_OK(arena_fmt(a, &path, &err, "tests/golden/codebook/%s-%s.txt", name, language));
    if (getenv("GOLDEN_WRITE") != NULL)
        EXPECT_OK(world_write_file(world_real(), path.ptr, str_bytes(text), 0644, &err));
    struct bytes wanted = test_file(a, path.ptr);
    if (!bytes_eq(wanted, str_bytes(text)))
        fail_msg("%s differs; GOLDEN_WRITE=1 writes it anew:\n%.*s", path.ptr, STR_ARG(text));
}

TEST(a_message_reads_aloud_in_every_language_that_is_here)
{
    struct story s;
    struct err err = {0};
    struct render_with with;
    struct str text;
    begin(&s, true);
    for (size_t l = 0; l < LANGUAGES; l++) {
        if (!with_language(&s, languages[l], &with))
            continue;
        EXPECT_OK(spoken_aloud(&with, &s.spoken, &s.a, &text, &err));
        check_golden(&s.a, "aloud", languages[l], text);
    }
    arena_release(&s.a);
}

TEST(a_fax_carries_blocks_and_both_renderings_on_numbered_pages)
{
    struct story s;
    struct err err = {0};
    struct render_with ours, theirs;
    struct str text, rest, line;
    begin(&s, true);
    EXPECT(with_language(&s, "en", &theirs));
    for (size_t l = 0; l < LANGUAGES; l++) {
        struct fax fax = {&s.spoken, s.lines, LINES, &ours, &theirs};
        size_t exercises = 0, pages = 1;
        if (!with_language(&s, languages[l], &ours))
            continue;
        EXPECT_OK(spoken_fax(&fax, &s.a, &text, &err));
        check_golden(&s.a, "fax", languages[l], text);
        rest = text;
        while (rest.len > 0 && str_split(&rest, '\n', &line)) {
            pages += line.len > 0 && line.ptr[0] == '\f' ? 1 : 0;
            struct str top =
                line.len > 0 && line.ptr[0] == '\f' ? str_slice(line, 1, line.len) : line;
            exercises += str_eq(top, ours.english->strings[RENDERING_EXERCISE]) ? 1 : 0;
        }
        EXPECT(pages >= (l == 0 ? 1u : 2u)); // English once, or both
        EXPECT(exercises >= pages);          // on every page, and in the rendering
    }
    arena_release(&s.a);
}

// The numbers of TS 23.038's default alphabet matter less than that no character needs two septets.
TEST(an_sms_has_160_plain_characters_and_is_heard_in_any_order)
{
    struct story s;
    struct err err = {0};
    const struct str *sms;
    size_t count;
    struct heard heard;
    begin(&s, true);
    EXPECT_OK(spoken_sms(&s.spoken, &s.a, &sms, &count, &err));
    EXPECT(count >= 2);
    struct buffer to;
    buffer_init(&to, &s.a, 1 << 16);
    for (size_t i = count; i-- > 0;) {
        EXPECT(sms[i].len <= SPOKEN_SMS_CHARS_MAX);
        EXPECT(str_starts(sms[i], STR("XA/XB-2026-0012 ")));
        for (size_t k = 0; k < sms[i].len; k++)
            EXPECT(strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ/-:= ", sms[i].ptr[k]) != NULL);
        buffer_fmt(&to, "%.*s%s", STR_ARG(sms[i]), i % 2 == 0 ? "\n" : " ");
    }
    EXPECT_OK(spoken_hear(&s.c.shelf, buffer_bytes(&to), &s.a, &heard, &err));
    EXPECT(heard.whole);
    EXPECT(heard.lines_count == LINES);
    // One is missing: it is named, and so are its blocks.
    EXPECT_OK(spoken_hear(&s.c.shelf, str_bytes(sms[0]), &s.a, &heard, &err));
    EXPECT(!heard.whole);
    bool named = false;
    for (size_t i = 0; i < heard.problems_count; i++)
        named = named || (heard.problems[i].kind == HEARD_MESSAGE && heard.problems[i].place == 2);
    EXPECT(named);
    arena_release(&s.a);
}

TEST(an_sms_of_another_reference_among_them_is_noticed)
{
    struct story s;
    struct err err = {0};
    const struct str *sms;
    size_t count;
    struct heard heard;
    begin(&s, true);
    EXPECT_OK(spoken_sms(&s.spoken, &s.a, &sms, &count, &err));
    struct buffer to;
    buffer_init(&to, &s.a, 1 << 16);
    for (size_t i = 0; i < count; i++)
        buffer_fmt(&to, "%.*s\n", STR_ARG(sms[i]));
    struct bytes text = buffer_bytes(&to);
    for (size_t at = 0; at < 18; at++) { // "XA/XB-2026-0012 1/3"
        uint8_t was = to.ptr[at];
        to.ptr[at] = was == '7' ? '8' : '7';
        EXPECT_OK(spoken_hear(&s.c.shelf, text, &s.a, &heard, &err));
        EXPECT(!heard.whole);
        to.ptr[at] = was;
    }
    EXPECT_OK(spoken_hear(&s.c.shelf, text, &s.a, &heard, &err));
    EXPECT(heard.whole);
    arena_release(&s.a);
}

TEST(lines_without_a_record_are_sent_under_a_name_of_their_own)
{
    struct story s;
    struct err err = {0};
    const struct str *sms;
    size_t count;
    begin(&s, false);
    EXPECT_OK(spoken_sms(&s.spoken, &s.a, &sms, &count, &err));
    EXPECT(str_starts(sms[0], STR(SPOKEN_NO_REF " 1/")));
    arena_release(&s.a);
}

TEST(what_to_ask_for_is_said_in_the_readers_language)
{
    struct story s;
    struct err err = {0};
    struct render_with with;
    struct heard heard;
    struct str text;
    struct buffer to;
    begin(&s, true);
    buffer_init(&to, &s.a, 1 << 16);
    for (size_t i = 0; i < s.spoken.count; i++)
        if (s.spoken.blocks[i].line != 2 && i != 6)
            buffer_fmt(&to, "%s\n", s.spoken.blocks[i].text);
    EXPECT_OK(spoken_hear(&s.c.shelf, buffer_bytes(&to), &s.a, &heard, &err));
    EXPECT(with_language(&s, "en", &with));
    EXPECT_OK(spoken_again(&with, &heard, &s.a, &text, &err));
    EXPECT(str_eq(text, STR("Please say again: line 01, block 2.\nPlease say again: line 02.\n")));
    EXPECT(with_language(&s, "ru", &with));
    EXPECT_OK(spoken_again(&with, &heard, &s.a, &text, &err));
    EXPECT(str_starts(text, STR("Просим повторить: строка 01, блок 2.\n")));
    arena_release(&s.a);
}
