// Source: C2SP tlog-tiles; the sizes 256 and 70000 and the tile 1234067 are its own examples.
#include "tests/log/made.h"

static bool path_is(struct tile_at at, const char *wanted)
{
    char path[TILE_PATH_CHARS + 1];
    size_t len = tile_path_write(at, path);
    return len == strlen(wanted) && strcmp(path, wanted) == 0;
}

TEST(paths_are_written_and_read_as_the_specification_shows)
{
    static const struct {
        struct tile_at at;
        const char *path;
    } known[] = {
        {{TILE_HASHES, 0, 0, 256}, "tile/0/000"},
        {{TILE_HASHES, 1, 0, 1}, "tile/1/000.p/1"},
        {{TILE_HASHES, 0, 1234067, 256}, "tile/0/x001/x234/067"},
        {{TILE_HASHES, 0, 273, 112}, "tile/0/273.p/112"},
        {{TILE_HASHES, 1, 1, 17}, "tile/1/001.p/17"},
        {{TILE_HASHES, 2, 0, 1}, "tile/2/000.p/1"},
        {{TILE_HASHES, 63, 999, 255}, "tile/63/999.p/255"},
        {{TILE_HASHES, 0, 1000, 256}, "tile/0/x001/000"},
        {{TILE_ENTRIES, 0, 0, 256}, "tile/entries/000"},
        {{TILE_ENTRIES, 0, 1234067, 8}, "tile/entries/x001/x234/067.p/8"},
        {{TILE_HASHES, 0, TREE_SIZE_MAX / 256, 255}, "tile/0/x036/x028/x797/x018/x963/967.p/255"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct tile_at at = {.width = 999};
        struct err err = {0};
        EXPECT(path_is(known[i].at, known[i].path));
        EXPECT_OK(tile_path_read(str_of(known[i].path), &at, &err));
        EXPECT(at.kind == known[i].at.kind && at.level == known[i].at.level);
        EXPECT(at.index == known[i].at.index && at.width == known[i].at.width);
    }
}

TEST(any_other_path_is_refused)
{
    static const char *const wrong[] = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/0/000/",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/x000/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x1/002",
        "tile/0/x001/x002",
        "tile/0/X001/002",
        "tile/0/x001//002",
        "tile/0/ 00",
        "tile/0/000 ",
        "tile/0/000\n",
        "tile/entries",
        "tile/entries/",
        "tile/entry/000",
        "tile/data/000",
        "tile/8/0/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/0/x036/x028/x797/x018/x963/968",
        "tile/0/../000",
        "tile/0/000.p/1/..",
        "tile/0/000.p/1.p/1",
        "tile//000",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct tile_at at = {.width = 999};
        struct err err = {0};
        if (tile_path_read(str_of(wrong[i]), &at, &err))
            fail_msg("taken: %s", wrong[i]);
        EXPECT(err.kind == ERR_MALFORMED && at.width == 999);
    }
}

TEST(a_size_has_the_tiles_the_specification_counts)
{
    struct tree_size small = {256}, large = {70000};
    EXPECT(tile_full_count(0, small) == 1 && tile_partial_width(0, small) == 0);
    EXPECT(tile_full_count(1, small) == 0 && tile_partial_width(1, small) == 1);
    EXPECT(tile_partial_width(2, small) == 0);
    EXPECT(tile_full_count(0, large) == 273 && tile_partial_width(0, large) == 112);
    EXPECT(tile_full_count(1, large) == 1 && tile_partial_width(1, large) == 17);
    EXPECT(tile_full_count(2, large) == 0 && tile_partial_width(2, large) == 1);
    EXPECT(tile_full_count(63, large) == 0 && tile_partial_width(63, large) == 0);
    EXPECT(tile_within((struct tile_at){TILE_HASHES, 0, 273, 112}, large));
    EXPECT(tile_within((struct tile_at){TILE_HASHES, 0, 273, 1}, large));
    EXPECT(!tile_within((struct tile_at){TILE_HASHES, 0, 273, 113}, large));
    EXPECT(!tile_within((struct tile_at){TILE_HASHES, 0, 274, 1}, large));
    EXPECT(tile_within((struct tile_at){TILE_ENTRIES, 0, 272, 256}, large));
    EXPECT(!tile_within((struct tile_at){TILE_HASHES, 3, 0, 1}, large));
    EXPECT(!tile_within((struct tile_at){TILE_HASHES, 0, 0, 1}, (struct tree_size){0}));
}

TEST(entry_bundles_hold_exactly_their_entries)
{
    uint8_t octets[64];
    struct bytes entries[TILE_WIDTH];
    struct err err = {0};
    struct writer w = writer_of(octets, sizeof octets);
    tile_entry_write(bytes_of("one", 3), &w);
    tile_entry_write(bytes_of("", 0), &w);
    tile_entry_write(bytes_of("three", 5), &w);
    EXPECT(w.len == 14 && octets[0] == 0 && octets[1] == 3);
    EXPECT_OK(tile_entries_read(writer_bytes(&w), 3, entries, &err));
    EXPECT(bytes_eq(entries[2], bytes_of("three", 5)) && entries[1].len == 0);
    EXPECT_ERR(tile_entries_read(writer_bytes(&w), 2, entries, &err), ERR_MALFORMED);
    EXPECT_ERR(tile_entries_read(writer_bytes(&w), 4, entries, &err), ERR_MALFORMED);
    for (size_t cut = 0; cut < w.len; cut++)
        EXPECT_ERR(tile_entries_read(bytes_of(octets, cut), 3, entries, &err), ERR_MALFORMED);
}

TEST(an_entry_above_65535_octets_fits_no_bundle)
{
    static uint8_t entry[ENTRY_BYTES_MAX + 1], octets[ENTRY_BYTES_MAX + 8];
    struct writer w = writer_of(octets, sizeof octets);
    tile_entry_write(bytes_of(entry, ENTRY_BYTES_MAX), &w);
    EXPECT(!w.full);
    w.len = 0;
    tile_entry_write(bytes_of(entry, ENTRY_BYTES_MAX + 1), &w);
    EXPECT(w.full);
}

TEST(a_hash_tile_has_32_octets_for_each_of_its_width)
{
    static struct digest hashes[TILE_WIDTH], back[TILE_WIDTH];
    static uint8_t octets[TILE_BYTES_MAX + 1];
    struct err err = {0};
    for (size_t i = 0; i < TILE_WIDTH; i++)
        hashes[i].octets[i % 32] = (uint8_t)i;
    struct writer w = writer_of(octets, sizeof octets);
    tile_write(hashes, TILE_WIDTH, &w);
    EXPECT(w.len == TILE_BYTES_MAX);
    EXPECT_OK(tile_read(writer_bytes(&w), TILE_WIDTH, back, &err));
    EXPECT(memcmp(hashes, back, sizeof back) == 0);
    EXPECT_ERR(tile_read(bytes_of(octets, TILE_BYTES_MAX - 1), TILE_WIDTH, back, &err),
               ERR_MALFORMED);
    EXPECT_ERR(tile_read(bytes_of(octets, TILE_BYTES_MAX + 1), TILE_WIDTH, back, &err),
               ERR_MALFORMED);
    EXPECT_ERR(tile_read(bytes_of(octets, 64), 1, back, &err), ERR_MALFORMED);
}

// Tiles as a store keeps them: what edge_append_visit gives at every eighth level.
enum { STORED = 70000, STORED_LEVELS = 3 };
struct stored {
    struct tile_source source; // first
    struct digest *level[STORED_LEVELS];
    size_t count[STORED_LEVELS];
};
static void stored_put(void *context, unsigned level, uint64_t index, const struct digest *node)
{
    struct stored *s = context;
    if (level % 8 != 0)
        return;
    CHECK(index == s->count[level / 8]);
    s->level[level / 8][s->count[level / 8]++] = *node;
}
static bool stored_hashes(struct tile_source *self, unsigned tile_level, uint64_t first,
                          size_t count, struct digest *ret, struct err *err)
{
    const struct stored *s = (const struct stored *)self;
    CHECK(first / TILE_WIDTH == (first + count - 1) / TILE_WIDTH); // one tile, as promised
    if (tile_level >= STORED_LEVELS || first + count > s->count[tile_level])
        return err_set(err, ERR_NOT_FOUND, NULL, "not held");
    memcpy(ret, s->level[tile_level] + first, count * sizeof *ret);
    return true;
}

TEST(proofs_from_stored_tiles_of_70000_entries_verify)
{
    static const struct tile_source_ops ops = {stored_hashes};
    struct stored s = {.source = {&ops}};
    struct arena a;
    struct edge e;
    struct digest old_root = {{0}};
    struct err err = {0};
    enum { OLD = 65537 };
    arena_init(&a, 32U << 20);
    struct digest *leaves = made_leaves(&a, STORED, STORED);
    for (size_t l = 0; l < STORED_LEVELS; l++) {
        s.level[l] = arena_new(&a, struct digest, STORED);
        EXPECT(s.level[l] != NULL);
    }
    edge_init(&e);
    for (size_t i = 0; i < STORED; i++) {
        edge_append_visit(&e, &leaves[i], stored_put, &s);
        if (i + 1 == OLD)
            old_root = edge_root(&e);
    }
    EXPECT(s.count[0] == STORED && s.count[1] == 273 && s.count[2] == 1);
    struct digest root = edge_root(&e);
    for (uint64_t i = 0; i < STORED; i += 997) {
        struct proof_made p;
        EXPECT_OK(merkle_make_inclusion(&s.source, (struct leaf_index){i},
                                        (struct tree_size){STORED}, &p, &err));
        EXPECT(p.count <= 17);
        EXPECT_OK(merkle_check_inclusion(leaves[i], (struct leaf_index){i},
                                         (struct tree_size){STORED}, proof_of(&p), root, &err));
    }
    struct proof_made p;
    EXPECT_OK(merkle_make_consistency(&s.source, (struct tree_size){OLD},
                                      (struct tree_size){STORED}, &p, &err));
    EXPECT_OK(merkle_check_consistency((struct tree_size){OLD}, old_root,
                                       (struct tree_size){STORED}, root, proof_of(&p), &err));
    EXPECT_ERR(merkle_make_inclusion(&s.source, (struct leaf_index){0},
                                     (struct tree_size){STORED + 1}, &p, &err),
               ERR_NOT_FOUND);
    EXPECT_ERR(merkle_make_inclusion(&s.source, (struct leaf_index){STORED},
                                     (struct tree_size){STORED}, &p, &err),
               ERR_MALFORMED);
    arena_release(&a);
}
