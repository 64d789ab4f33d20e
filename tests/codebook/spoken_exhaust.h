// tests/codebook/spoken_exhaust.h - every small thing that can go wrong with a spoken message.
//
// Holds: for one message: each character of each block replaced by each other symbol, each two
// characters of a block exchanged, each block left out, each two lines exchanged in number, each
// block heard again as another. All of it must be noticed, and the place be asked for.
#ifndef TESTS_CODEBOOK_SPOKEN_EXHAUST_H
#define TESTS_CODEBOOK_SPOKEN_EXHAUST_H
#include "codebook/spoken.h"
#include "codebook/spoken_check.h"
#include "tests/test.h"

enum { EXHAUST_ARENA_BYTES = 4 << 20 };

struct exhaust {
    const struct shelf *shelf;
    const struct spoken *spoken;
    struct spoken_block *blocks; // a copy that is spoiled and mended again
    size_t hearings;
};

// One block a line, groups apart; `but` is left out (SIZE_MAX: none).
static inline struct bytes exhaust_text(const struct spoken_block *blocks, size_t count, size_t but,
                                        struct arena *a)
{
    struct buffer to;
    buffer_init(&to, a, 1 << 20);
    for (size_t i = 0; i < count; i++)
        if (i != but)
            buffer_fmt(&to, "%s\n", blocks[i].text);
    CHECK(!to.full);
    return buffer_bytes(&to);
}

static inline bool exhaust_asked(const struct heard *heard, uint32_t line, uint32_t block)
{
    for (size_t i = 0; i < heard->problems_count; i++) {
        const struct heard_problem *p = &heard->problems[i];
        if (p->line == line && (p->block == block || p->block == 0))
            return true;
    }
    return false;
}

// What is spoiled is noticed, and the block in its place is asked for.
static inline void exhaust_hear(struct exhaust *e, size_t but, const struct spoken_block *place)
{
    struct arena a;
    struct heard heard;
    struct err err = {0};
    arena_init(&a, EXHAUST_ARENA_BYTES);
    struct bytes text = exhaust_text(e->blocks, e->spoken->count, but, &a);
    EXPECT_OK(spoken_hear(e->shelf, text, &a, &heard, &err));
    e->hearings++;
    if (heard.whole || !exhaust_asked(&heard, place->line, place->number))
        fail_msg("line %u block %u is not asked for in:\n%.*s", (unsigned)place->line,
                 (unsigned)place->number, (int)text.len, (const char *)text.ptr);
    arena_release(&a);
}

static inline void exhaust_block(struct exhaust *e, size_t at)
{
    const struct spoken_block *said = &e->spoken->blocks[at];
    char *text = e->blocks[at].text;
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        for (unsigned v = 0; v < SPOKEN_SYMBOLS; v++) {
            text[i] = spoken_symbol(v);
            if (text[i] != said->text[i])
                exhaust_hear(e, SIZE_MAX, said);
        }
        text[i] = said->text[i];
        for (size_t k = i + 1; k < len; k++) {
            if (text[i] == text[k])
                continue;
            text[i] = said->text[k];
            text[k] = said->text[i];
            exhaust_hear(e, SIZE_MAX, said);
            text[i] = said->text[i];
            text[k] = said->text[k];
        }
    }
    exhaust_hear(e, at, said);
}

// The numbers of two lines exchanged in all their blocks: as if each stood in the other's place.
static inline void exhaust_lines(struct exhaust *e, uint32_t one, uint32_t two)
{
    const struct spoken_block *first = NULL;
    for (size_t i = 0; i < e->spoken->count; i++) {
        char name[3];
        struct spoken_block *b = &e->blocks[i];
        if (b->line != one && b->line != two)
            continue;
        spoken_line_name(b->line == one ? two : one, name);
        memcpy(b->text, name, 2);
        first = first == NULL ? &e->spoken->blocks[i] : first;
    }
    CHECK(first != NULL);
    exhaust_hear(e, SIZE_MAX, first);
    memcpy(e->blocks, e->spoken->blocks, e->spoken->count * sizeof *e->blocks);
}

// A block that agrees with itself and is heard beside the right one, or in its place.
static inline void exhaust_other(struct exhaust *e, size_t at)
{
    struct arena a;
    struct heard heard;
    struct err err = {0};
    const struct spoken_block *said = &e->spoken->blocks[at];
    struct spoken_block other = *said;
    size_t len = strlen(other.text);
    other.text[5] = other.text[5] == '7' ? '8' : '7';
    spoken_seal(other.text, len, 4);
    arena_init(&a, EXHAUST_ARENA_BYTES);
    struct buffer to;
    buffer_init(&to, &a, 1 << 20);
    buffer_put(&to, exhaust_text(e->spoken->blocks, e->spoken->count, SIZE_MAX, &a));
    buffer_fmt(&to, "%s\n", other.text);
    EXPECT_OK(spoken_hear(e->shelf, buffer_bytes(&to), &a, &heard, &err));
    EXPECT(!heard.whole);
    EXPECT(exhaust_asked(&heard, said->line, said->number));
    e->blocks[at] = other;
    EXPECT_OK(spoken_hear(e->shelf, exhaust_text(e->blocks, e->spoken->count, SIZE_MAX, &a), &a,
                          &heard, &err));
    EXPECT(!heard.whole);
    e->blocks[at] = *said;
    arena_release(&a);
    e->hearings += 2;
}

// Returns how many spoiled messages were heard.
static inline size_t spoken_exhaust(const struct shelf *shelf, const struct spoken *spoken)
{
    struct arena a;
    struct exhaust e = {.shelf = shelf, .spoken = spoken};
    uint32_t last = spoken->heading.lines_count;
    arena_init(&a, EXHAUST_ARENA_BYTES);
    e.blocks = arena_new(&a, struct spoken_block, spoken->count);
    CHECK(e.blocks != NULL);
    memcpy(e.blocks, spoken->blocks, spoken->count * sizeof *e.blocks);
    for (size_t i = 0; i < spoken->count; i++) {
        exhaust_block(&e, i);
        exhaust_other(&e, i);
    }
    for (uint32_t one = 1; one <= last; one++)
        for (uint32_t two = one + 1; two <= last; two++)
            exhaust_lines(&e, one, two);
    arena_release(&a);
    return e.hearings;
}
#endif
