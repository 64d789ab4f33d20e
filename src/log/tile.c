#include "log/tile.h"

#include "base/encode.h"

#include <stdio.h>

static const char clause[] = "C2SP tlog-tiles";

// The largest tile number: 256 entries each, below 2^63 entries.
#define TILE_INDEX_MAX (TREE_SIZE_MAX / TILE_WIDTH)

// -- paths -----------------------------------------------------------------------------------

// N in groups of three digits, all but the last marked by 'x'.
static size_t index_write(uint64_t n, char *ret, size_t cap)
{
    unsigned groups[8];
    size_t count = 0, len = 0;
    do {
        CHECK(count < sizeof groups / sizeof *groups);
        groups[count++] = (unsigned)(n % 1000);
        n /= 1000;
    } while (n > 0);
    while (count-- > 0) {
        int put = snprintf(ret + len, cap - len, count > 0 ? "x%03u/" : "%03u", groups[count]);
        CHECK(put > 0 && (size_t)put < cap - len);
        len += (size_t)put;
    }
    return len;
}

size_t tile_path_write(struct tile_at at, char ret_text[TILE_PATH_CHARS + 1])
{
    enum { CAP = TILE_PATH_CHARS + 1 };
    CHECK(at.width >= 1 && at.width <= TILE_WIDTH);
    CHECK(at.level <= TILE_LEVEL_MAX);
    CHECK(at.index <= TILE_INDEX_MAX);
    int put = at.kind == TILE_ENTRIES ? snprintf(ret_text, CAP, "tile/entries/")
                                      : snprintf(ret_text, CAP, "tile/%u/", (unsigned)at.level);
    CHECK(put > 0);
    size_t len = (size_t)put;
    len += index_write(at.index, ret_text + len, CAP - len);
    if (at.width < TILE_WIDTH) {
        put = snprintf(ret_text + len, CAP - len, ".p/%u", (unsigned)at.width);
        CHECK(put > 0 && (size_t)put < CAP - len);
        len += (size_t)put;
    }
    return len;
}

static bool group_read(struct str group, unsigned *ret)
{
    unsigned n = 0;
    if (group.len != 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (group.ptr[i] < '0' || group.ptr[i] > '9')
            return false;
        n = n * 10 + (unsigned)(group.ptr[i] - '0');
    }
    *ret = n;
    return true;
}

static bool index_read(struct str text, uint64_t *ret)
{
    uint64_t n = 0;
    unsigned group = 0;
    bool first = true;
    for (; text.len > 4 && text.ptr[0] == 'x' && text.ptr[4] == '/'; first = false) {
        if (!group_read(str_slice(text, 1, 4), &group) || n > TILE_INDEX_MAX / 1000)
            return false;
        if (first && group == 0)
            return false; // a leading group of zeros would be a second name for the same tile
        n = n * 1000 + group;
        text = str_slice(text, 5, text.len);
    }
    if (!group_read(text, &group) || n > TILE_INDEX_MAX / 1000)
        return false;
    *ret = n * 1000 + group;
    return *ret <= TILE_INDEX_MAX;
}

// "NUMBER" or "NUMBER.p/WIDTH"
static bool place_read(struct str text, struct tile_at *at)
{
    uint64_t width = TILE_WIDTH;
    size_t end = text.len;
    for (size_t i = 0; i + 3 <= text.len; i++) {
        if (!str_starts(str_slice(text, i, text.len), STR(".p/")))
            continue;
        if (!decimal_read(str_slice(text, i + 3, text.len), TILE_WIDTH - 1, &width) || width == 0)
            return false;
        end = i;
        break;
    }
    at->width = (uint16_t)width;
    return index_read(str_slice(text, 0, end), &at->index);
}

bool tile_path_read(struct str path, struct tile_at *ret, struct err *err)
{
    struct tile_at at = {.kind = TILE_HASHES};
    struct str rest = path, level;
    uint64_t n = 0;
    if (path.len > TILE_PATH_CHARS || !str_starts(path, STR("tile/")))
        return err_set(err, ERR_MALFORMED, clause, "not the path of a tile");
    rest = str_slice(rest, 5, rest.len);
    if (!str_split(&rest, '/', &level) || rest.len == 0)
        return err_set(err, ERR_MALFORMED, clause, "the path of a tile ends early");
    if (str_eq(level, STR("entries")))
        at.kind = TILE_ENTRIES;
    else if (!decimal_read(level, TILE_LEVEL_MAX, &n))
        return err_set(err, ERR_MALFORMED, clause, "the level of a tile is 0 to 63");
    at.level = (uint8_t)n;
    if (!place_read(rest, &at))
        return err_set(err, ERR_MALFORMED, clause, "not the number of a tile");
    *ret = at;
    return true;
}

// -- which tiles a size has --------------------------------------------------------------------

// Complete nodes at the tile's level: floor(size / 256^level).
static uint64_t nodes_at(unsigned level, struct tree_size size)
{
    return level < TILE_LEVELS ? size.n >> (8 * level) : 0;
}

uint64_t tile_full_count(unsigned level, struct tree_size size)
{
    return nodes_at(level, size) / TILE_WIDTH;
}

uint16_t tile_partial_width(unsigned level, struct tree_size size)
{
    return (uint16_t)(nodes_at(level, size) % TILE_WIDTH);
}

bool tile_within(struct tile_at at, struct tree_size size)
{
    uint64_t nodes = nodes_at(at.kind == TILE_ENTRIES ? 0 : at.level, size);
    return at.index <= nodes / TILE_WIDTH && at.width <= nodes - at.index * TILE_WIDTH;
}

// -- content ---------------------------------------------------------------------------------

bool tile_read(struct bytes sent, uint16_t width, struct digest ret[TILE_WIDTH], struct err *err)
{
    CHECK(width >= 1 && width <= TILE_WIDTH);
    if (sent.len != (size_t)width * DIGEST_BYTES)
        return err_set(err, ERR_MALFORMED, clause, "a tile of %u hashes has %zu octets",
                       (unsigned)width, sent.len);
    for (size_t i = 0; i < width; i++)
        memcpy(ret[i].octets, sent.ptr + i * DIGEST_BYTES, DIGEST_BYTES);
    return true;
}

void tile_write(const struct digest *hashes, uint16_t width, struct writer *w)
{
    CHECK(width >= 1 && width <= TILE_WIDTH);
    for (size_t i = 0; i < width; i++)
        writer_put(w, bytes_of(hashes[i].octets, DIGEST_BYTES));
}

bool tile_entries_read(struct bytes sent, uint16_t width, struct bytes ret[TILE_WIDTH],
                       struct err *err)
{
    struct reader r = reader_of(sent);
    CHECK(width >= 1 && width <= TILE_WIDTH);
    for (size_t i = 0; i < width; i++)
        ret[i] = reader_block16(&r);
    if (!reader_done(&r))
        return err_set(err, ERR_MALFORMED, clause, "a bundle does not hold exactly %u entries",
                       (unsigned)width);
    return true;
}

void tile_entry_write(struct bytes entry, struct writer *w)
{
    writer_block16(w, entry);
}

// -- where proofs get their hashes -----------------------------------------------------------

bool tile_source_node(struct tile_source *from, unsigned level, uint64_t index, struct digest *ret,
                      struct err *err)
{
    struct digest hashes[TILE_WIDTH / 2];
    CHECK(level < EDGE_LEVELS);
    size_t count = (size_t)1 << (level % 8);
    if (!from->ops->hashes(from, level / 8, index << (level % 8), count, hashes, err))
        return false;
    for (; count > 1; count /= 2)
        for (size_t i = 0; i < count / 2; i++)
            hashes[i] = merkle_node(&hashes[2 * i], &hashes[2 * i + 1]);
    *ret = hashes[0];
    return true;
}

static bool memory_hashes(struct tile_source *self, unsigned tile_level, uint64_t first,
                          size_t count, struct digest *ret, struct err *err)
{
    const struct tile_memory *m = (const struct tile_memory *)self;
    unsigned shift = 8 * tile_level;
    CHECK(tile_level < TILE_LEVELS);
    if (first > m->count >> shift || count > (m->count >> shift) - first)
        return err_set(err, ERR_NOT_FOUND, clause, "the hashes asked for are not held");
    for (size_t i = 0; i < count; i++) {
        struct edge e;
        edge_init(&e);
        edge_append_many(&e, m->leaves + ((first + i) << shift), (size_t)1 << shift);
        ret[i] = edge_root(&e);
    }
    return true;
}

void tile_memory_init(struct tile_memory *m, const struct digest *leaves, uint64_t count)
{
    static const struct tile_source_ops ops = {memory_hashes};
    *m = (struct tile_memory){.source = {&ops}, .leaves = leaves, .count = count};
}
