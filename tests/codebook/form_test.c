// The four forms in every embedded language: what each must carry, and that nothing is torn.
#include "base/world.h"
#include "codebook/pattern.h"
#include "codebook/render_form.h"
#include "codebook/wrap.h"
#include "tests/codebook/samples.h"

#include <stdio.h>
#include <stdlib.h>

#define FSI "\xe2\x81\xa8"
#define PDI "\xe2\x81\xa9"

static const char *const told[] = {
    ("01 N02 sector=energy class=ddos when=2026-07-14T02:10:00Z/2026-07-15T03:55:00Z "
     "prefix=198.51.100.0/24 url=https://node7.example/a/long/path/that/does/not/fit/in/one/line/"
     "of/a/page/at/all confidence=3"),
    "02 R01 by=2026-07-14T12:00:00Z",
    "03 C01",
    "04 N77 sector=energy",  // no such code
    "05 E07 reason=weather", // breaks a rule
    "06 N04 count=2 tlp=AMBER+STRICT",
};
enum { TOLD = sizeof told / sizeof told[0] };

static bool name_of(const void *who, struct str state, struct str language, struct str *ret)
{
    (void)who;
    (void)language;
    *ret = str_eq(state, STR("XA")) ? STR("Xanadu") : STR("Xebec");
    return true;
}

struct bench {
    struct arena a;
    struct codebook c;
    struct render_with with;
    struct phrase_line lines[PHRASE_LINES_MAX];
    struct rendered rendered;
    struct render_letter letter;
    struct render_text texts[2];
    struct render_enclosure enclosure;
};

static void write_letter(struct bench *b)
{
    b->texts[0] = (struct render_text){STR("en"), STR("We can be called at any hour.")};
    b->texts[1] = (struct render_text){STR("ar"), STR("\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7")};
    b->enclosure = (struct render_enclosure){
        STR("indicators.json"), STR("application/stix+json;version=2.1"),
        STR("sha256:91d20a3b91d20a3b91d20a3b91d20a3b91d20a3b91d20a3b91d20a3b91d20a3b")};
    b->letter = (struct render_letter){.from = STR("XA/technical"),
                                       .to = STR("XB/technical"),
                                       .printing = STR("XB"),
                                       .reference = STR("XA/XB-2026-0012"),
                                       .has_time = true,
                                       .time = {1784001665},
                                       .precedence = STR("IMMEDIATE"),
                                       .tlp = STR("AMBER"),
                                       .texts = b->texts,
                                       .texts_count = 2,
                                       .enclosures = &b->enclosure,
                                       .enclosures_count = 1};
}

static void set_up(struct bench *b)
{
    struct str rows[TOLD];
    struct err err = {0};
    arena_init(&b->a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(&b->a, &b->c, &err));
    for (size_t i = 0; i < TOLD; i++)
        rows[i] = str_of(told[i]);
    EXPECT_OK(phrase_lines_read(rows, TOLD, b->lines, &err));
    write_letter(b);
}

static void speak(struct bench *b, const struct rendering *language, size_t lines)
{
    struct err err = {0};
    b->with = (struct render_with){.book = b->c.current,
                                   .language = language,
                                   .english = codebook_rendering(&b->c, b->c.current, STR("en")),
                                   .states = &sample_states,
                                   .state_name = name_of,
                                   .exercise = true};
    EXPECT_OK(codebook_render(&b->with, b->lines, lines, &b->a, &b->rendered, &err));
}

static struct str shown(struct bench *b, enum render_form form, size_t width)
{
    const struct render_how how = {
        .form = form, .width = width, .bold = "<b>", .bold_end = "</b>", .letter = &b->letter};
    struct str text;
    struct err err = {0};
    EXPECT_OK(codebook_render_form(&b->with, &b->rendered, &how, &b->a, &text, &err));
    return text;
}

static bool holds(struct str text, struct str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (memcmp(text.ptr + i, part.ptr, part.len) == 0)
            return true;
    return false;
}

static void check_golden(struct bench *b, const char *what, struct str text)
{
    struct err err = {0};
    struct str path;
    EXPECT_OK(arena_fmt(&b->a, &path, &err, "tests/golden/codebook/%s-%.*s.txt", what,
                        STR_ARG(b->rendered.language)));
    if (getenv("GOLDEN_WRITE") != NULL)
        EXPECT_OK(world_write_file(world_real(), path.ptr, str_bytes(text), 0644, &err));
    if (!bytes_eq(test_file(&b->a, path.ptr), str_bytes(text)))
        fail_msg("%s differs; GOLDEN_WRITE=1 writes it anew:\n%.*s", path.ptr, STR_ARG(text));
}

// Every isolate that begins in a line ends in it, and no end stands alone.
static void expect_isolates_whole(struct str text)
{
    struct str line;
    while (text.len > 0 && str_split(&text, '\n', &line)) {
        int open = 0;
        for (size_t i = 0; i + 3 <= line.len; i++) {
            if (memcmp(line.ptr + i, "\xe2\x81", 2) != 0)
                continue;
            unsigned char c = (unsigned char)line.ptr[i + 2];
            open += c >= 0xa6 && c <= 0xa8 ? 1 : c == 0xa9 ? -1 : 0;
            if (open < 0)
                fail_msg("an isolate ends that did not begin:\n%.*s", STR_ARG(line));
        }
        if (open != 0)
            fail_msg("an isolate does not end:\n%.*s", STR_ARG(line));
    }
}

// In right-to-left text a letter or digit of ASCII stands in an isolate of its own, except the
// words UTC and TLP and the like that belong to the language's own text.
static void expect_walled(struct str text, struct str code)
{
    for (size_t i = 0; i + code.len <= text.len; i++) {
        if (memcmp(text.ptr + i, code.ptr, code.len) != 0)
            continue;
        bool inside = false;
        for (size_t at = i; at >= 3 && !inside && text.ptr[at - 1] != '\n'; at--) {
            if (memcmp(text.ptr + at - 3, PDI, 3) == 0)
                break;
            inside = memcmp(text.ptr + at - 3, FSI, 3) == 0;
        }
        if (!inside)
            fail_msg("%.*s stands bare at %zu in\n%.*s", STR_ARG(code), i, STR_ARG(text));
    }
}

TEST(forms_have_words_of_their_own)
{
    enum render_form form;
    for (size_t i = 0; i < RENDER_FORM_COUNT; i++) {
        EXPECT(render_form_read(str_of(render_form_word((enum render_form)i)), &form));
        EXPECT(form == i);
    }
    EXPECT(!render_form_read(STR("paper"), &form));
    EXPECT(!render_form_read(STR(""), &form));
}

TEST(every_form_carries_codes_version_exercise_draft_and_disclaimers)
{
    struct bench b;
    set_up(&b);
    for (size_t l = 0; l < b.c.renderings_count; l++) {
        const struct rendering *r = &b.c.renderings[l];
        speak(&b, r, TOLD);
        for (size_t f = 0; f < RENDER_SINGLE_LINE; f++) {
            struct str text = shown(&b, (enum render_form)f, 0);
            EXPECT(holds(text, STR("198.51.100.0/24")));
            EXPECT(holds(text, STR("04 N77 sector=energy")));
            EXPECT(holds(text, STR("05 E07 reason=weather")));
            for (size_t i = 0; i < TOLD; i++)
                EXPECT(holds(text, b.lines[i].code));
            if (f == RENDER_PLAIN) {
                EXPECT(holds(text, b.rendered.exercise));
                EXPECT(holds(text, b.rendered.banner));
                EXPECT(holds(text, b.rendered.book));
            }
            expect_isolates_whole(text);
        }
    }
    arena_release(&b.a);
}

TEST(a_screen_shows_codes_bold_within_its_width)
{
    struct bench b;
    set_up(&b);
    for (size_t l = 0; l < b.c.renderings_count; l++) {
        const struct rendering *r = &b.c.renderings[l];
        speak(&b, r, TOLD);
        struct str text = shown(&b, RENDER_SCREEN, 60), line;
        EXPECT(holds(text, STR("<b>N02</b>")));
        EXPECT(!holds(text, STR(WRAP_BOLD)));
        EXPECT(!holds(text, STR(WRAP_PLAIN)));
        check_golden(&b, "screen", text);
        while (text.len > 0 && str_split(&text, '\n', &line))
            EXPECT(str_starts(line, STR("\xe2\x81\xa7")) == r->right_to_left);
    }
    arena_release(&b.a);
}

TEST(pages_are_66_lines_of_72_columns_with_every_sign_on_each)
{
    struct bench b;
    set_up(&b);
    for (size_t l = 0; l < b.c.renderings_count; l++) {
        const struct rendering *r = &b.c.renderings[l];
        speak(&b, r, TOLD);
        struct str text = shown(&b, RENDER_PRINT, 0), page;
        check_golden(&b, "print", text);
        while (text.len > 0 && str_split(&text, '\f', &page)) {
            size_t lines = 0;
            struct str rest = page, line;
            struct wrapped w;
            struct err err = {0};
            EXPECT(holds(page, STR("XA/XB-2026-0012")));
            for (; rest.len > 0 && str_split(&rest, '\n', &line); lines++) {
                EXPECT_OK(wrap_columns(r->language, line, PAGE_COLUMNS, &b.a, &w, &err));
                EXPECT(w.count == 1);
            }
            EXPECT(lines == PAGE_LINES);
        }
    }
    arena_release(&b.a);
}

TEST(the_printing_state_stands_first_on_its_own_paper)
{
    struct bench b;
    struct render_how how = {.form = RENDER_PRINT, .letter = &b.letter};
    struct str text;
    struct err err = {0};
    set_up(&b);
    speak(&b, codebook_rendering(&b.c, b.c.current, STR("en")), TOLD);
    EXPECT_OK(codebook_render_form(&b.with, &b.rendered, &how, &b.a, &text, &err));
    EXPECT(holds(text, STR("\nXebec and Xanadu\n")));
    b.letter.printing = STR("XA");
    EXPECT_OK(codebook_render_form(&b.with, &b.rendered, &how, &b.a, &text, &err));
    EXPECT(holds(text, STR("\nXanadu and Xebec\n")));
    b.letter.to = STR("all"); // an open message has no second party
    EXPECT_OK(codebook_render_form(&b.with, &b.rendered, &how, &b.a, &text, &err));
    EXPECT(!holds(text, STR("Xanadu and")));
    arena_release(&b.a);
}

// 99 whole phrases: many pages, and no phrase is parted from its disclaimers that need not be.
TEST(a_full_message_prints_on_numbered_pages)
{
    struct bench b;
    set_up(&b);
    for (uint32_t i = 0; i < PHRASE_LINES_MAX; i++)
        b.lines[i] = sample_line(book_phrase(b.c.current, STR("N02")), i + 1, true);
    speak(&b, codebook_rendering(&b.c, b.c.current, STR("en")), PHRASE_LINES_MAX);
    struct str text = shown(&b, RENDER_PRINT, 0), page;
    struct str exercise = b.rendered.exercise, banner = b.rendered.banner;
    size_t pages = 0, all = 1;
    for (size_t i = 0; i < text.len; i++)
        all += text.ptr[i] == '\f' ? 1 : 0;
    while (text.len > 0 && str_split(&text, '\f', &page)) {
        char foot[64];
        (void)snprintf(foot, sizeof foot, "\nPage %zu of %zu\n", ++pages, all);
        if (!holds(page, str_of(foot)))
            fail_msg("no %s", foot);
        EXPECT(holds(page, exercise));
        EXPECT(holds(page, banner));
    }
    EXPECT(pages == all);
    EXPECT(pages > 10);
    arena_release(&b.a);
}

TEST(a_single_line_is_never_longer_than_asked_nor_torn)
{
    struct bench b;
    struct err err = {0};
    set_up(&b);
    for (size_t l = 0; l < b.c.renderings_count; l++) {
        for (size_t lines = 1; lines <= TOLD; lines++) {
            speak(&b, &b.c.renderings[l], lines);
            for (size_t width = BRIEF_CLUSTERS_MIN; width <= 400; width += 1 + width / 40) {
                struct str text = shown(&b, RENDER_SINGLE_LINE, width);
                size_t clusters = 0;
                EXPECT(text.len > 0 && text.ptr[text.len - 1] == '\n');
                text.len--;
                EXPECT_OK(text_clusters(text, &clusters, &err));
                if (clusters > width)
                    fail_msg("%zu over %zu: %.*s", clusters, width, STR_ARG(text));
                EXPECT(!holds(text, STR("\n")));
                EXPECT(holds(text, b.lines[0].code));
                EXPECT(holds(text, b.rendered.book_id));
                expect_isolates_whole(text);
            }
        }
    }
    arena_release(&b.a);
}

TEST(single_lines_read_as_the_golden_file_of_their_language_says)
{
    struct bench b;
    set_up(&b);
    for (size_t l = 0; l < b.c.renderings_count; l++) {
        static const size_t widths[] = {BRIEF_CLUSTERS_MIN, BRIEF_CLUSTERS, 160, 400};
        struct buffer all;
        struct str text;
        struct err err = {0};
        buffer_init(&all, &b.a, 1 << 16);
        for (size_t i = 0; i < 4; i++) {
            speak(&b, &b.c.renderings[l], i < 2 ? 1 : TOLD);
            buffer_str(&all, shown(&b, RENDER_SINGLE_LINE, widths[i]));
        }
        EXPECT_OK(buffer_take_str(&all, &text, &err));
        check_golden(&b, "line", text);
    }
    arena_release(&b.a);
}

TEST(a_width_too_small_for_the_signs_is_refused_and_never_cuts_one)
{
    struct bench b;
    struct str text = STR("as it was");
    struct err err = {0};
    struct render_how how = {.form = RENDER_SINGLE_LINE, .width = 20};
    set_up(&b);
    speak(&b, codebook_rendering(&b.c, b.c.current, STR("en")), TOLD);
    EXPECT(!codebook_render_form(&b.with, &b.rendered, &how, &b.a, &text, &err));
    EXPECT(err.kind == ERR_LIMIT);
    EXPECT(str_eq(text, STR("as it was")));
    arena_release(&b.a);
}

TEST(a_book_not_held_and_a_language_not_held_are_said_in_each_form)
{
    struct bench b;
    struct err err = {0};
    set_up(&b);
    for (size_t l = 0; l < b.c.renderings_count; l++) {
        speak(&b, &b.c.renderings[l], TOLD);
        b.with.book = NULL;
        b.with.unheld_version = 7;
        EXPECT_OK(codebook_render(&b.with, b.lines, TOLD, &b.a, &b.rendered, &err));
        EXPECT(holds(b.rendered.book, STR("7")));
        for (size_t i = 0; i < TOLD; i++)
            EXPECT(b.rendered.lines[i].flags == RENDERED_UNKNOWN);
        for (size_t f = 0; f < RENDER_FORM_COUNT; f++)
            EXPECT(holds(shown(&b, (enum render_form)f, 0), STR("7")));
        check_golden(&b, "unheld", shown(&b, RENDER_PLAIN, 0));
    }
    speak(&b, NULL, TOLD);
    b.with.wanted = STR("xx");
    EXPECT_OK(codebook_render(&b.with, b.lines, TOLD, &b.a, &b.rendered, &err));
    EXPECT(b.rendered.notice.len > 0);
    for (size_t f = 0; f < RENDER_SINGLE_LINE; f++)
        EXPECT(holds(shown(&b, (enum render_form)f, 0), STR("this language: xx.")));
    EXPECT(holds(shown(&b, RENDER_SINGLE_LINE, 0), STR("6 without rendering")));
    arena_release(&b.a);
}

TEST(right_to_left_forms_isolate_every_code_and_address)
{
    struct bench b;
    set_up(&b);
    for (size_t l = 0; l < b.c.renderings_count; l++) {
        if (!b.c.renderings[l].right_to_left)
            continue;
        speak(&b, &b.c.renderings[l], TOLD);
        for (size_t f = 0; f < RENDER_FORM_COUNT; f++) {
            struct str text = shown(&b, (enum render_form)f, 0);
            expect_isolates_whole(text);
            expect_walled(text, STR("N02"));
            expect_walled(text, STR("198.51.100.0/24"));
            expect_walled(text, STR("sector=energy"));
            expect_walled(text, STR("XA/XB-2026-0012"));
        }
    }
    arena_release(&b.a);
}

// Nothing stands beside another but by a pattern of the language: turn the places of every string
// round and they stand the other way round.
TEST(the_order_of_words_is_the_patterns_alone)
{
    struct bench b;
    struct rendering turned;
    set_up(&b);
    for (size_t l = 0; l < b.c.renderings_count; l++) {
        turned = b.c.renderings[l];
        turned.strings[RENDERING_LINE] = STR("{text} <{code}> {line}");
        turned.strings[RENDERING_JOIN] = STR("{second} & {first}");
        turned.strings[RENDERING_CUT] = STR("[...] {text}");
        turned.strings[RENDERING_PAGE] = STR("{pages}/{page}");
        turned.strings[RENDERING_BRIEF] =
            STR("{book} {text} {codes} {draft} {exercise} {notes} {faults}");
        speak(&b, &turned, 3);
        struct str plain = shown(&b, RENDER_PLAIN, 0);
        EXPECT(holds(plain, turned.right_to_left ? STR(" <" FSI "N02" PDI "> " FSI "01" PDI "\n")
                                                 : STR(" <N02> 01\n")));
        struct str brief = shown(&b, RENDER_SINGLE_LINE, 2000);
        EXPECT(str_starts(brief, turned.right_to_left ? STR(FSI "elchi 1" PDI) : STR("elchi 1")));
        EXPECT(holds(brief, STR(" & ")));
        EXPECT(holds(shown(&b, RENDER_SINGLE_LINE, 100), STR("[...]")));
        if (!turned.right_to_left)
            EXPECT(holds(shown(&b, RENDER_PRINT, 0), STR("\n1/1\n")));
    }
    arena_release(&b.a);
}

TEST(forms_stop_at_the_arenas_limit_with_an_error)
{
    struct bench b;
    set_up(&b);
    speak(&b, codebook_rendering(&b.c, b.c.current, STR("ar")), TOLD);
    for (size_t f = 0; f < RENDER_FORM_COUNT; f++) {
        for (size_t limit = 64; limit < 200000; limit += limit / 2) {
            const struct render_how how = {.form = (enum render_form)f, .letter = &b.letter};
            struct arena small;
            struct str text;
            struct err err = {0};
            arena_init(&small, limit);
            if (!codebook_render_form(&b.with, &b.rendered, &how, &small, &text, &err))
                EXPECT(err.kind == ERR_LIMIT);
            arena_release(&small);
        }
    }
    arena_release(&b.a);
}
