// Source of what is asked: DESIGN section 6 (a message names its book; old books stay readable).
#include "codebook/data.h"
#include "codebook/embedded.h"
#include "tests/test.h"

#include <stdio.h>

static struct bytes embedded(const char *name)
{
    for (size_t i = 0; i < codebook_files_count; i++)
        if (strcmp(codebook_files[i].name, name) == 0)
            return codebook_files[i].content;
    fail_msg("no file %s is embedded", name);
    return (struct bytes){0};
}

// The file with the first `from` replaced.
static struct bytes with(struct arena *a, struct bytes file, const char *from, const char *to)
{
    struct buffer b;
    struct bytes made;
    struct err err = {0};
    size_t at = 0;
    while (at + strlen(from) <= file.len && memcmp(file.ptr + at, from, strlen(from)) != 0)
        at++;
    EXPECT(at + strlen(from) <= file.len);
    buffer_init(&b, a, file.len + strlen(to) + 1);
    buffer_put(&b, bytes_of(file.ptr, at));
    buffer_put(&b, str_bytes(str_of(to)));
    at += strlen(from);
    buffer_put(&b, bytes_of(file.ptr + at, file.len - at));
    EXPECT_OK(buffer_take(&b, &made, &err));
    return made;
}

struct fixture {
    struct arena a;
    struct codebook c;
    struct bytes book, ru; // of version 2
};

static void begin(struct fixture *f)
{
    struct err err = {0};
    arena_init(&f->a, (size_t)32 << 20);
    EXPECT_OK(codebook_embedded(&f->a, &f->c, &err));
    f->book = with(&f->a, embedded("book-1.txt"), "version 1\n", "version 2\n");
    f->ru = with(&f->a, embedded("ru.txt"), "book elchi 1\n", "book elchi 2\n");
}

TEST(a_second_book_stands_beside_the_first_and_is_the_newest)
{
    struct fixture f;
    struct err err = {0};
    begin(&f);
    const struct book *first = f.c.current;
    size_t files = f.c.files_count;
    EXPECT_OK(codebook_add(&f.c, f.book, &f.a, &err));
    EXPECT(f.c.current->version == 2 && f.c.shelf.count == 2);
    EXPECT(codebook_book(&f.c, STR("elchi"), 1) == first);
    EXPECT(shelf_find(&f.c.shelf, &first->hash) == first);
    EXPECT(codebook_book(&f.c, STR("elchi"), 3) == NULL);
    struct digest hash = digest_of(f.book);
    const struct codebook_file *file = codebook_file(&f.c, &hash);
    EXPECT(file != NULL && f.c.files_count == files + 1);
    EXPECT(file->kind == CODEBOOK_BOOK && file->version == 2 && !file->embedded);
    arena_release(&f.a);
}

TEST(a_rendering_belongs_to_its_book_and_the_later_one_takes_the_place_of_the_earlier)
{
    struct fixture f;
    struct err err = {0};
    begin(&f);
    const struct rendering *old = codebook_rendering(&f.c, f.c.current, STR("ru"));
    EXPECT_OK(codebook_add(&f.c, f.book, &f.a, &err));
    EXPECT(codebook_rendering(&f.c, f.c.current, STR("ru")) == NULL);
    EXPECT_OK(codebook_add(&f.c, f.ru, &f.a, &err));
    const struct rendering *r = codebook_rendering(&f.c, f.c.current, STR("ru"));
    EXPECT(r != NULL && r->book_version == 2);
    EXPECT(codebook_rendering(&f.c, codebook_book(&f.c, STR("elchi"), 1), STR("ru")) == old);
    size_t count = f.c.renderings_count, files = f.c.files_count;
    struct bytes again = with(&f.a, f.ru, "reviewer none", "reviewer Someone");
    again = with(&f.a, again, "status draft", "status reviewed");
    EXPECT_OK(codebook_add(&f.c, again, &f.a, &err));
    EXPECT(f.c.renderings_count == count && f.c.files_count == files && r->reviewed);
    struct digest hash = digest_of(f.ru), next = digest_of(again);
    EXPECT(codebook_file(&f.c, &hash) == NULL && codebook_file(&f.c, &next) != NULL);
    arena_release(&f.a);
}

TEST(what_is_refused_leaves_the_codebook_as_it_was)
{
    struct fixture f;
    struct err err = {0};
    begin(&f);
    struct bytes other = with(&f.a, embedded("book-1.txt"), "meaning ", "meaning Another. ");
    struct bytes half = bytes_of(f.book.ptr, f.book.len / 2);
    struct codebook before = f.c;
    EXPECT_ERR(codebook_add(&f.c, other, &f.a, &err), ERR_CONFLICT);
    EXPECT_ERR(codebook_add(&f.c, half, &f.a, &err), ERR_MALFORMED);
    EXPECT_ERR(codebook_add(&f.c, (struct bytes){0}, &f.a, &err), ERR_MALFORMED);
    EXPECT_ERR(codebook_add(&f.c, str_bytes(STR("elchi codebook v2\n")), &f.a, &err),
               ERR_MALFORMED);
    EXPECT(f.c.current == before.current && f.c.shelf.count == before.shelf.count);
    EXPECT(f.c.renderings_count == before.renderings_count);
    EXPECT(f.c.files_count == before.files_count);
    arena_release(&f.a);
}

TEST(a_book_of_another_name_is_held_and_is_not_the_newest_of_ours)
{
    struct fixture f;
    struct err err = {0};
    begin(&f);
    const struct book *first = f.c.current;
    EXPECT_OK(codebook_add(&f.c, with(&f.a, f.book, "name elchi\n", "name other\n"), &f.a, &err));
    EXPECT(f.c.current == first && codebook_book(&f.c, STR("other"), 2) != NULL);
    arena_release(&f.a);
}

TEST(there_is_a_most_of_files)
{
    struct fixture f;
    struct err err = {0};
    char name[32];
    begin(&f);
    size_t held = f.c.renderings_count;
    for (size_t i = 0; i < CODEBOOK_RENDERINGS_MAX; i++) {
        (void)snprintf(name, sizeof name, "book elchi %zu\n", i + 3);
        struct bytes file = with(&f.a, f.ru, "book elchi 2\n", name);
        if (held + i < CODEBOOK_RENDERINGS_MAX)
            EXPECT_OK(codebook_add(&f.c, file, &f.a, &err));
        else
            EXPECT_ERR(codebook_add(&f.c, file, &f.a, &err), ERR_LIMIT);
    }
    arena_release(&f.a);
}
