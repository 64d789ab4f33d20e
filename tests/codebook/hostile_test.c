#include "codebook/book.h"
#include "codebook/rendering.h"
#include "tests/test.h"

static const char *const files[] = {
    "book-crlf.txt",          "book-many-parameters.txt",   "book-many-tables.txt",
    "rendering-choice.txt",   "rendering-deep.txt",         "rendering-many-places.txt",
    "rendering-override.txt", "rendering-number-style.txt",
};

TEST(every_hostile_file_is_refused_with_a_reason_by_both_parsers)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct arena a;
        struct err err = {0};
        struct str path;
        struct book book;
        struct rendering rendering;
        arena_init(&a, 16 << 20);
        EXPECT_OK(arena_fmt(&a, &path, &err, "tests/hostile/codebook/%s", files[i]));
        struct bytes file = test_file(&a, path.ptr);
        EXPECT(!book_parse(file, &a, &book, &err));
        EXPECT(err.kind == ERR_MALFORMED);
        EXPECT(err.clause != NULL);
        err = (struct err){0};
        EXPECT(!rendering_parse(file, &a, &rendering, &err));
        EXPECT(err.kind == ERR_MALFORMED);
        EXPECT(err.clause != NULL);
        arena_release(&a);
    }
}
