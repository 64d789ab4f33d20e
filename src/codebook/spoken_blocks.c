#include "codebook/spoken_blocks.h"

#include "base/encode.h"
#include "codebook/spoken_check.h"

#define CLAUSE "docs/spoken.md, hearing"

struct cutting {
    struct raw raw;
    struct raw_block now; // being written down
    struct err *err;
};

static bool is_passed_over(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-' || c == '.';
}

static uint32_t line_of(const char *text)
{
    if (text[0] == 'Z' && text[1] == 'Z')
        return SPOKEN_CLOSING;
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return HEARD_NOWHERE;
    return (uint32_t)(text[0] - '0') * 10 + (uint32_t)(text[1] - '0');
}

// The block as its own fields and check characters say it must be, the filler included.
static bool block_agrees(const struct raw_block *b)
{
    char again[SPOKEN_BLOCK_CHARS_MAX + 1];
    if (b->strange || b->len < (size_t)2 * SPOKEN_GROUP_CHARS || b->len % SPOKEN_GROUP_CHARS != 0)
        return false;
    memcpy(again, b->text, b->len);
    spoken_seal(again, b->len, 4);
    if (memcmp(again, b->text, b->len) != 0)
        return false;
    bool counted = b->number >= 1 && b->number <= b->count && b->count <= SPOKEN_BLOCKS_MAX;
    bool full = b->number == b->count || b->len == SPOKEN_BLOCK_CHARS_MAX;
    return b->line != HEARD_NOWHERE && counted && full;
}

static bool end_block(struct cutting *c)
{
    struct raw_block *b = &c->now;
    if (b->len == 0 && !b->strange)
        return true;
    if (c->raw.blocks_count == SPOKEN_HEARD_BLOCKS_MAX)
        return err_set(c->err, ERR_LIMIT, CLAUSE, "more than %d blocks", SPOKEN_HEARD_BLOCKS_MAX);
    b->line = b->len < 2 ? HEARD_NOWHERE : line_of(b->text);
    b->number = b->len < 3 ? 0 : spoken_value(b->text[2]);
    b->count = b->len < 4 ? 0 : spoken_value(b->text[3]);
    b->agrees = block_agrees(b);
    c->raw.blocks[c->raw.blocks_count++] = *b;
    *b = (struct raw_block){.len = 0};
    return true;
}

static void put_written(struct raw_block *b, char written)
{
    if (is_passed_over(written))
        return;
    char symbol = spoken_symbol_of(written);
    if (symbol == '\0' || b->len == SPOKEN_BLOCK_CHARS_MAX)
        b->strange = true;
    else
        b->text[b->len++] = symbol;
}

// "REF N/M" before the colon.
static bool put_message(struct cutting *c, struct str head)
{
    struct raw_message m = {.strange = true};
    uint64_t number = 0, count = 0;
    struct str rest = head, ref, which, n, all;
    while (rest.len > 0 && is_passed_over(rest.ptr[0]))
        rest = str_slice(rest, 1, rest.len);
    if (str_split(&rest, ' ', &ref) && str_split(&rest, ' ', &which) && rest.len == 0 &&
        str_split(&which, '/', &n) && str_split(&which, '/', &all) && which.len == 0 &&
        decimal_read(n, RAW_MESSAGES_MAX, &number) && decimal_read(all, RAW_MESSAGES_MAX, &count))
        m = (struct raw_message){.ref = ref, .strange = number < 1 || number > count};
    m.number = (uint32_t)number;
    m.count = (uint32_t)count;
    if (c->raw.messages_count == RAW_MESSAGES_MAX)
        return err_set(c->err, ERR_LIMIT, CLAUSE, "more than %d messages", RAW_MESSAGES_MAX);
    c->raw.messages[c->raw.messages_count++] = m;
    return true;
}

// One piece between two marks: perhaps the head of an SMS, then a block.
static bool cut_piece(struct cutting *c, struct str piece)
{
    const char *colon = piece.len == 0 ? NULL : memchr(piece.ptr, ':', piece.len);
    if (colon != NULL) {
        size_t at = (size_t)(colon - piece.ptr);
        if (!put_message(c, str_slice(piece, 0, at)))
            return false;
        piece = str_slice(piece, at + 1, piece.len);
    }
    for (size_t i = 0; i < piece.len; i++)
        put_written(&c->now, piece.ptr[i]);
    return end_block(c);
}

static size_t count_of(struct bytes text, char mark)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == (uint8_t)mark ? 1 : 0;
    return count;
}

bool raw_cut(struct bytes text, struct arena *a, struct raw *ret, struct err *err)
{
    struct cutting c = {.err = err};
    struct str rest = {(const char *)text.ptr, text.len}, piece;
    if (text.len > SPOKEN_HEARD_BYTES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "a text of %zu octets; no message is that long",
                       text.len);
    size_t marks = count_of(text, '=');
    bool marked = marks > 0;
    if (!marked)
        marks = count_of(text, '\n');
    c.raw.blocks = arena_new(a, struct raw_block, marks + 1);
    c.raw.messages = arena_new(a, struct raw_message, marks + 1);
    if (c.raw.blocks == NULL || c.raw.messages == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small to hear a message");
    while (rest.len > 0 && str_split(&rest, marked ? '=' : '\n', &piece))
        if (!cut_piece(&c, piece))
            return false;
    *ret = c.raw;
    return true;
}
