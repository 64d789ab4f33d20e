#include "codebook/spoken.h"

#include "base/encode.h"
#include "codebook/spoken_blocks.h"
#include "codebook/spoken_check.h"
#include "codebook/spoken_head.h"
#include "codebook/spoken_pack.h"

#include <stdio.h>

#define CLAUSE "docs/spoken.md, blocks"

void spoken_groups(const struct digest *note, uint32_t ret_groups[SPOKEN_GROUPS])
{
    struct reader r = reader_of(bytes_of(note->octets, sizeof note->octets));
    for (size_t i = 0; i < SPOKEN_GROUPS; i++)
        ret_groups[i] = reader_u32(&r) % 100000;
    CHECK(reader_done(&r));
}

void spoken_line_name(uint32_t line, char ret_name[3])
{
    CHECK(line <= SPOKEN_CLOSING);
    memcpy(ret_name, "ZZ", 3);
    if (line == SPOKEN_CLOSING)
        return;
    ret_name[0] = (char)('0' + line / 10);
    ret_name[1] = (char)('0' + line % 10);
}

void spoken_sum_begin(struct hash *sum)
{
    hash_init(sum);
    hash_put(sum, str_bytes(STR("elchi spoken v1\n")));
}

void spoken_sum_line(struct hash *sum, struct str symbols)
{
    hash_put(sum, str_bytes(symbols));
    hash_put(sum, str_bytes(STR("\n")));
}

void spoken_sum_end(struct hash *sum, uint32_t ret_groups[SPOKEN_SUM_GROUPS])
{
    uint32_t groups[SPOKEN_GROUPS];
    struct digest digest = hash_end(sum);
    spoken_groups(&digest, groups);
    memcpy(ret_groups, groups, SPOKEN_SUM_GROUPS * sizeof groups[0]);
}

// -- writing --------------------------------------------------------------------------------------

struct speaking {
    const struct spoken_message *message;
    struct spoken_block *blocks;
    size_t count, room;
    struct hash sum; // over the symbols of heading and lines
    struct err *err;
};

// How long a part of `left` symbols is in its block: the next of 1, 5, 9, 13.
static size_t part_chars(size_t left)
{
    if (left >= SPOKEN_PART_CHARS)
        return SPOKEN_PART_CHARS;
    return (left + 2) / SPOKEN_GROUP_CHARS * SPOKEN_GROUP_CHARS + 1;
}

// Fills a line's symbols with zeros to the end of its last block.
static void fill_up(struct writer *symbols)
{
    size_t last = symbols->len % SPOKEN_PART_CHARS;
    if (last == 0)
        return;
    for (size_t i = part_chars(last) - last; i > 0; i--)
        writer_u8(symbols, '0');
}

static void put_block(struct spoken_block *to, struct str part)
{
    char name[3];
    size_t len = SPOKEN_FRAME_CHARS + part.len;
    CHECK(len <= SPOKEN_BLOCK_CHARS_MAX);
    spoken_line_name(to->line, name);
    memcpy(to->text, name, 2);
    to->text[2] = spoken_symbol(to->number);
    to->text[3] = spoken_symbol(to->count);
    memcpy(to->text + 5, part.ptr, part.len);
    spoken_seal(to->text, len, 4);
    to->text[len] = '\0';
}

static bool put_line(struct speaking *s, uint32_t line, struct writer *symbols)
{
    fill_up(symbols);
    CHECK(symbols->len > 0);
    CHECK(!symbols->full); // the bound is a whole number of blocks
    struct str text = {(const char *)symbols->ptr, symbols->len};
    size_t count = (text.len + SPOKEN_PART_CHARS - 1) / SPOKEN_PART_CHARS;
    if (line != SPOKEN_CLOSING)
        spoken_sum_line(&s->sum, text);
    for (size_t i = 0; i < count; i++) {
        struct spoken_block *to = &s->blocks[s->count++];
        size_t from = i * SPOKEN_PART_CHARS;
        CHECK(s->count <= s->room);
        to->line = line;
        to->number = (uint32_t)i + 1;
        to->count = (uint32_t)count;
        put_block(to, str_slice(text, from, from + part_chars(text.len - from)));
    }
    return true;
}

static struct spoken_heading heading_of(const struct spoken_message *m)
{
    struct spoken_heading h = m->heading;
    h.of_record = m->note != NULL;
    h.book_version = m->book->version;
    hex_write(bytes_of(m->book->hash.octets, 3), h.book_start);
    h.lines_count = (uint32_t)m->lines_count;
    return h;
}

static bool put_lines(struct speaking *s, const struct spoken_heading *h)
{
    const struct spoken_message *m = s->message;
    char room[SPOKEN_LINE_SYMBOLS_MAX];
    struct writer symbols = writer_of(room, sizeof room);
    if (!spoken_pack_heading(m->book, h, &symbols, s->err) ||
        !put_line(s, SPOKEN_HEADING, &symbols))
        return false;
    for (size_t i = 0; i < m->lines_count; i++) {
        symbols = writer_of(room, sizeof room);
        CHECK(m->lines[i].number == i + 1);
        if (!spoken_pack_line(m->book, &m->lines[i], &symbols, s->err) ||
            !put_line(s, (uint32_t)i + 1, &symbols))
            return false;
    }
    return true;
}

static bool put_closing(struct speaking *s, struct spoken *to)
{
    char room[SPOKEN_LINE_SYMBOLS_MAX];
    struct writer symbols = writer_of(room, sizeof room);
    uint32_t sum[SPOKEN_SUM_GROUPS];
    if (s->message->note != NULL) {
        spoken_groups(s->message->note, to->groups);
        spoken_pack_groups(to->groups, SPOKEN_GROUPS, &symbols);
        spoken_sum_line(&s->sum, (struct str){room, symbols.len});
    }
    spoken_sum_end(&s->sum, sum);
    spoken_pack_groups(sum, SPOKEN_SUM_GROUPS, &symbols);
    return put_line(s, SPOKEN_CLOSING, &symbols);
}

bool spoken_write(const struct spoken_message *message, struct arena *a, struct spoken *ret,
                  struct err *err)
{
    struct speaking s = {.message = message, .err = err};
    struct spoken made = {.heading = heading_of(message), .of_record = message->note != NULL};
    CHECK(message->lines_count >= 1);
    CHECK(message->lines_count <= PHRASE_LINES_MAX);
    s.room = (message->lines_count + 2) * SPOKEN_BLOCKS_MAX;
    s.blocks = arena_new(a, struct spoken_block, s.room);
    if (s.blocks == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small to speak the message");
    spoken_sum_begin(&s.sum);
    if (!put_lines(&s, &made.heading) || !put_closing(&s, &made))
        return false;
    made.blocks = s.blocks;
    made.count = s.count;
    *ret = made;
    return true;
}
