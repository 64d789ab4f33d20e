// log/tile.h - tiles: the stored hashes and entries of a log, 256 at a time.
//
// Holds: paths of tiles and entry bundles, which of them a size has, their content, and the table
// of functions through which proofs read stored hashes.
// Knows nothing of: files, databases, the web.
// Source: C2SP tlog-tiles v0.1.0.
//
//   tile/0/x001/x234/067        the full tile 1234067 of level 0
//   tile/1/000.p/17             the first 17 hashes of tile 0 of level 1
//   tile/entries/273.p/112      112 entries, each u16 length and octets
#ifndef LOG_TILE_H
#define LOG_TILE_H
#include "log/merkle.h"

enum {
    TILE_WIDTH = 256,
    TILE_LEVEL_MAX = 63,
    TILE_LEVELS = 8, // a tree below 2^63 has hash tiles of levels 0 to 7
    TILE_BYTES_MAX = TILE_WIDTH * DIGEST_BYTES,
    TILE_PATH_CHARS = 63,
    BUNDLE_ENTRIES_BYTES_MAX = TILE_WIDTH * (2 + ENTRY_BYTES_MAX),
};
enum tile_kind { TILE_HASHES, TILE_ENTRIES };
struct tile_at {
    enum tile_kind kind;
    uint8_t level; // of a hash tile; 0 for entries
    uint64_t index;
    uint16_t width; // 1 to 256; 256 is full
};

// -- paths -----------------------------------------------------------------------------------
// NUL-terminated; returns the length without it.
size_t tile_path_write(struct tile_at at, char ret_text[TILE_PATH_CHARS + 1]);
// The path as it is asked for, without a leading '/'.
//   errors  ERR_MALFORMED
bool tile_path_read(struct str path, struct tile_at *ret, struct err *err) MUST_USE;

// -- which tiles a tree of a size has ------------------------------------------------------------
uint64_t tile_full_count(unsigned level, struct tree_size size);    // full tiles of this level
uint16_t tile_partial_width(unsigned level, struct tree_size size); // 0: no partial tile
// Is the tile (or the part asked for) within a tree of `size`?
bool tile_within(struct tile_at at, struct tree_size size);

// -- content ---------------------------------------------------------------------------------
// Hash tile: width times 32 octets, nothing else.
bool tile_read(struct bytes sent, uint16_t width, struct digest ret[TILE_WIDTH],
               struct err *err) MUST_USE;
void tile_write(const struct digest *hashes, uint16_t width, struct writer *w);
// Entry bundle: exactly `width` entries; they borrow from `sent`.
bool tile_entries_read(struct bytes sent, uint16_t width, struct bytes ret[TILE_WIDTH],
                       struct err *err) MUST_USE;
void tile_entry_write(struct bytes entry, struct writer *w); // full when above ENTRY_BYTES_MAX

// -- where proofs get their hashes -----------------------------------------------------------
struct tile_source_ops {
    // Gives `count` consecutive hashes (1 to 256) of nodes at level 8*tile_level, from `first` on.
    // They always lie within one tile. What is not held: ERR_NOT_FOUND.
    bool (*hashes)(struct tile_source *self, unsigned tile_level, uint64_t first, size_t count,
                   struct digest *ret, struct err *err);
};
struct tile_source {
    const struct tile_source_ops *ops;
};
// The complete node `index` at any level (0: leaf hashes), folded from one tile.
bool tile_source_node(struct tile_source *from, unsigned level, uint64_t index, struct digest *ret,
                      struct err *err) MUST_USE;

// A source over leaf hashes in memory, for small trees, tests and evidence; higher levels are
// computed when asked.
struct tile_memory {
    struct tile_source source;   // first
    const struct digest *leaves; // borrowed
    uint64_t count;
};
void tile_memory_init(struct tile_memory *m, const struct digest *leaves, uint64_t count);
#endif
