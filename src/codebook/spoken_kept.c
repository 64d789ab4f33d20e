#include "codebook/spoken_kept.h"

#include "codebook/spoken_blocks.h"

#define CLAUSE "docs/spoken.md, hearing"

enum { PLACES = (SPOKEN_CLOSING + 1) * (SPOKEN_BLOCKS_MAX + 1) };

static size_t place_of(const struct raw_block *b)
{
    CHECK(b->line <= SPOKEN_CLOSING);
    CHECK(b->number <= SPOKEN_BLOCKS_MAX);
    return (size_t)b->line * (SPOKEN_BLOCKS_MAX + 1) + b->number;
}

static void put_block(struct buffer *to, const struct raw_block *b)
{
    for (size_t at = 0; at < b->len; at += SPOKEN_GROUP_CHARS) {
        buffer_put(to, bytes_of(b->text + at, SPOKEN_GROUP_CHARS));
        buffer_put(to, str_bytes(at + SPOKEN_GROUP_CHARS < b->len ? STR(" ") : STR("\n")));
    }
}

bool spoken_kept(struct bytes text, struct arena *a, struct str *ret, struct err *err)
{
    struct raw raw;
    struct buffer to;
    if (!raw_cut(text, a, &raw, err))
        return false;
    const struct raw_block **places = arena_new(a, const struct raw_block *, PLACES);
    if (places == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small to keep a message");
    for (size_t i = 0; i < raw.blocks_count; i++)
        if (raw.blocks[i].agrees)
            places[place_of(&raw.blocks[i])] = &raw.blocks[i];
    buffer_init(&to, a, SPOKEN_KEPT_BYTES_MAX);
    for (size_t i = 0; i < PLACES; i++)
        if (places[i] != NULL)
            put_block(&to, places[i]);
    return buffer_take_str(&to, ret, err);
}
