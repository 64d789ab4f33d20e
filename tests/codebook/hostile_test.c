#include "codebook/book.h"
#include "codebook/guide.h"
#include "codebook/rendering.h"
#include "codebook/scale.h"
#include "tests/test.h"

static const char *const files[] = {
    "book-crlf.txt",
    "book-many-parameters.txt",
    "book-many-tables.txt",
    "rendering-choice.txt",
    "rendering-deep.txt",
    "rendering-many-places.txt",
    "rendering-override.txt",
    "rendering-number-style.txt",
    "guide-many-situations.txt",
    "guide-many-phrases.txt",
    "scale-many-levels.txt",
    "scale-small.txt",
    "rendering-words-of-another.txt",
};

TEST(every_hostile_file_is_refused_with_a_reason_by_every_parser)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct arena a;
        struct err err = {0};
        struct str path;
        struct book book;
        struct rendering rendering;
        struct guide guide;
        struct scale scale;
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
        err = (struct err){0};
        EXPECT(!guide_parse(file, &a, &guide, &err));
        EXPECT(err.kind == ERR_MALFORMED || err.kind == ERR_LIMIT);
        err = (struct err){0};
        EXPECT(!scale_parse(file, &a, &scale, &err));
        EXPECT(err.kind == ERR_MALFORMED || err.kind == ERR_LIMIT);
        arena_release(&a);
    }
}
