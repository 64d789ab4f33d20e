// The book on paper.
#include "codebook/embedded.h"
#include "codebook/print.h"
#include "tests/test.h"

enum { ARENA_BYTES = 96 << 20, PRINT_BYTES = 4 << 20 };

static struct codebook *embedded(struct arena *a)
{
    struct err err = {0};
    struct codebook *c = arena_new(a, struct codebook, 1);
    EXPECT(c != NULL);
    EXPECT_OK(codebook_embedded(a, c, &err));
    return c;
}

static struct str print(const struct codebook *c, const struct rendering *language,
                        struct str frame, struct arena *a)
{
    struct err err = {0};
    struct buffer to;
    struct str text;
    struct book_print what = {.book = c->current,
                              .guide = codebook_guide(c, c->current),
                              .english = codebook_rendering(c, c->current, STR("en")),
                              .language = language};
    buffer_init(&to, a, PRINT_BYTES);
    EXPECT_OK(codebook_print(&what, frame, a, &to, &err));
    EXPECT_OK(buffer_take_str(&to, &text, &err));
    return text;
}

static bool holds(struct str text, struct str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (memcmp(text.ptr + i, part.ptr, part.len) == 0)
            return true;
    return false;
}

TEST(the_printed_book_in_docs_is_the_book_of_this_program)
{
    struct arena a;
    arena_init(&a, ARENA_BYTES);
    struct bytes kept = test_file(&a, "docs/codebook.md");
    struct str made = print(embedded(&a), NULL, codebook_print_frame(), &a);
    if (!bytes_eq(kept, str_bytes(made)))
        fail_msg("docs/codebook.md is not what the program prints: run `make docs`");
    arena_release(&a);
}

TEST(every_phrase_code_and_disclaimer_is_printed)
{
    struct arena a;
    struct err err = {0};
    arena_init(&a, ARENA_BYTES);
    const struct codebook *c = embedded(&a);
    struct str made = print(c, NULL, codebook_print_frame(), &a);
    for (size_t i = 0; i < c->current->phrases_count; i++) {
        struct str heading;
        EXPECT_OK(arena_fmt(&a, &heading, &err, "\n### %.*s\n\n**",
                            STR_ARG(c->current->phrases[i].code)));
        EXPECT(holds(made, heading));
        EXPECT(holds(made, c->current->phrases[i].meaning));
    }
    for (size_t i = 0; i < c->current->tables_count; i++)
        for (size_t n = 0; n < c->current->tables[i].codes_count; n++) {
            struct str row;
            EXPECT_OK(arena_fmt(&a, &row, &err, "\n| `%.*s` | ",
                                STR_ARG(c->current->tables[i].codes[n].code)));
            EXPECT(holds(made, row));
        }
    for (size_t i = 0; i < c->current->disclaimers_count; i++)
        EXPECT(holds(made, c->current->disclaimers[i].meaning));
    EXPECT(holds(made, STR("wording not yet checked against the source")));
    arena_release(&a);
}

TEST(a_language_stands_beside_the_english)
{
    struct arena a;
    arena_init(&a, ARENA_BYTES);
    const struct codebook *c = embedded(&a);
    for (size_t i = 0; i < c->renderings_count; i++) {
        const struct rendering *r = &c->renderings[i];
        struct str made = print(c, r, codebook_print_frame(), &a);
        EXPECT(holds(made, *rendering_disclaimer(r, STR("receipt-not-concurrence"))));
        EXPECT(holds(made, *rendering_situation(r, STR("calm"))));
        EXPECT(holds(made, *rendering_code(r, STR("reason"), STR("law"))));
        EXPECT(holds(made, *rendering_phrase(r, STR("C01")))); // a sentence without places
        EXPECT(holds(made, c->current->phrases[0].meaning));
    }
    arena_release(&a);
}

TEST(a_frame_keeps_its_prose_and_names_only_parts_that_there_are)
{
    struct arena a;
    struct err err = {0};
    struct buffer to;
    arena_init(&a, ARENA_BYTES);
    const struct codebook *c = embedded(&a);
    struct book_print what = {.book = c->current};
    EXPECT(str_eq(print(c, NULL, STR("# A *book*\n\nan @book\n"), &a),
                  STR("# A *book*\n\nan @book\n")));
    buffer_init(&to, &a, PRINT_BYTES);
    EXPECT_ERR(codebook_print(&what, STR("@weather\n"), &a, &to, &err), ERR_MALFORMED);
    buffer_init(&to, &a, 100);
    EXPECT_ERR(codebook_print(&what, codebook_print_frame(), &a, &to, &err), ERR_LIMIT);
    arena_release(&a);
}

TEST(what_markdown_would_read_is_made_plain)
{
    struct arena a;
    struct err err = {0};
    struct buffer to;
    struct str text;
    arena_init(&a, ARENA_BYTES);
    buffer_init(&to, &a, 4096);
    print_text(&to, STR("a|b <c> *d* [e](f) `g` h_i \\"));
    EXPECT_OK(buffer_take_str(&to, &text, &err));
    EXPECT(str_eq(text, STR("a\\|b \\<c> \\*d\\* \\[e\\](f) \\`g\\` h\\_i \\\\")));
    arena_release(&a);
}
