// rooms: codebook
#include "codebook/find.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena books_arena;
static struct codebook books;
static struct find_index *index_of_all;

static void open_once(void)
{
    struct err err = {0};
    if (index_of_all != NULL)
        return;
    arena_init(&books_arena, (size_t)256 << 20);
    bool opened =
        codebook_embedded(&books_arena, &books, &err) &&
        find_open(&books, books.current, STR("en"), false, &books_arena, &index_of_all, &err);
    CHECK(opened);
}

// Whatever is looked for: few answers, each phrase once, the same twice. A pattern that is none
// gives some text.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct str query, text;
    struct found found[FIND_FOUND_MAX], again[FIND_FOUND_MAX];
    size_t count = 0, again_count = 0;
    struct arena a;
    open_once();
    if (!text_check_line(bytes_of(data, size), &query, &err))
        return 0;
    if (!find_phrases(index_of_all, query, found, &count, &err)) {
        CHECK(err.kind == ERR_LIMIT);
        return 0;
    }
    CHECK(count <= FIND_FOUND_MAX);
    bool done = find_phrases(index_of_all, query, again, &again_count, &err);
    CHECK(done && again_count == count);
    for (size_t i = 0; i < count; i++) {
        CHECK(found[i].phrase == again[i].phrase);
        for (size_t j = 0; j < i; j++)
            CHECK(found[i].phrase != found[j].phrase);
    }
    arena_init(&a, 1 << 20);
    CHECK(find_sentence(query, &a, &text, &err) || err.kind == ERR_LIMIT);
    arena_release(&a);
    return 0;
}
