// cli/cmd_test_log.c - a log in C2SP's static layout: checked, made, and proven from.
//
// They need no node: a folder as any web server or `curl` leaves it is enough. A bundle's memory
// goes before the next one is read, so a log of any size is checked in the room of a small one.
#include "base/encode.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "log/checkpoint.h"
#include "log/proof.h"
#include "log/tile.h"

#include <stdio.h>

enum { ENTRIES_MADE_MAX = 1 << 24, SCRATCH_BYTES_MAX = 64 << 20 };

// The folder, and the hash tiles that the entries so far lead to, one row a level.
struct row {
    struct digest hashes[TILE_WIDTH];
    uint16_t width;
    uint64_t number; // of the tile that is being filled
};
struct static_log {
    struct cli *cli;
    const char *folder;
    struct edge edge;
    struct row rows[TILE_LEVELS];
    // what is done with a tile once it is complete, or at the end
    bool (*on_tile)(struct static_log *l, struct tile_at at, const struct digest *hashes,
                    struct err *err);
};

static struct static_log *static_log_new(struct cli *cli, const char *folder)
{
    struct static_log *l = arena_new(&cli->arena, struct static_log, 1);
    CHECK(l != NULL);
    l->cli = cli;
    l->folder = folder;
    edge_init(&l->edge);
    return l;
}

// How wide tile `number` of a level is in a tree of `size`; 0: there is none.
static uint16_t width_at(unsigned level, uint64_t number, struct tree_size size)
{
    uint64_t full = tile_full_count(level, size);
    if (number < full)
        return TILE_WIDTH;
    return number == full ? tile_partial_width(level, size) : 0;
}

static bool read_file(const struct static_log *l, const char *path, size_t max, struct arena *a,
                      struct bytes *ret, struct err *err)
{
    struct str whole;
    return arena_fmt(a, &whole, err, "%s/%s", l->folder, path) &&
           world_read_file(l->cli->world, whole.ptr, max, a, ret, err);
}

static bool read_tile(const struct static_log *l, struct tile_at at, struct digest ret[TILE_WIDTH],
                      struct err *err)
{
    char path[TILE_PATH_CHARS + 1];
    struct bytes sent;
    struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES_MAX);
    (void)tile_path_write(at, path);
    bool done = read_file(l, path, TILE_BYTES_MAX, &scratch, &sent, err) &&
                (tile_read(sent, at.width, ret, err) || err_wrap(err, "%s", path));
    arena_release(&scratch);
    return done;
}

// The entries of a bundle, in the arena given.
static bool read_bundle(const struct static_log *l, struct tile_at at, struct arena *a,
                        struct bytes ret[TILE_WIDTH], struct err *err)
{
    char path[TILE_PATH_CHARS + 1];
    struct bytes sent;
    (void)tile_path_write(at, path);
    return read_file(l, path, BUNDLE_ENTRIES_BYTES_MAX, a, &sent, err) &&
           (tile_entries_read(sent, at.width, ret, err) || err_wrap(err, "%s", path));
}

// -- from entries to tiles -----------------------------------------------------------------------
static struct digest fold(const struct digest hashes[TILE_WIDTH])
{
    struct digest rest[TILE_WIDTH];
    memcpy(rest, hashes, sizeof rest);
    for (size_t count = TILE_WIDTH; count > 1; count /= 2)
        for (size_t i = 0; i < count / 2; i++)
            rest[i] = merkle_node(&rest[2 * i], &rest[2 * i + 1]);
    return rest[0];
}

static bool end_row(struct static_log *l, unsigned level, struct err *err)
{
    const struct row *r = &l->rows[level];
    struct tile_at at = {TILE_HASHES, (uint8_t)level, r->number, r->width};
    return l->on_tile(l, at, r->hashes, err);
}

static bool add_leaf(struct static_log *l, struct digest hash, struct err *err)
{
    edge_append(&l->edge, &hash);
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        struct row *r = &l->rows[level];
        r->hashes[r->width++] = hash;
        if (r->width < TILE_WIDTH)
            return true;
        if (!end_row(l, level, err))
            return false;
        hash = fold(r->hashes);
        r->width = 0;
        r->number++;
    }
    return true;
}

static bool end_rows(struct static_log *l, struct err *err)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++)
        if (l->rows[level].width > 0 && !end_row(l, level, err))
            return false;
    return true;
}

// -- test-log ------------------------------------------------------------------------------------
static bool compare_tile(struct static_log *l, struct tile_at at, const struct digest *hashes,
                         struct err *err)
{
    char path[TILE_PATH_CHARS + 1];
    struct digest held[TILE_WIDTH];
    (void)tile_path_write(at, path);
    if (!read_tile(l, at, held, err))
        return false;
    return memcmp(held, hashes, at.width * sizeof held[0]) == 0 ||
           err_set(err, ERR_TAMPERED, "C2SP tlog-tiles", "%s is not what its entries hash to",
                   path);
}

static bool take_bundle(struct static_log *l, uint64_t number, uint16_t width, struct err *err)
{
    struct bytes entries[TILE_WIDTH];
    struct arena scratch;
    struct tile_at at = {.kind = TILE_ENTRIES, .index = number, .width = width};
    arena_init(&scratch, SCRATCH_BYTES_MAX);
    bool done = read_bundle(l, at, &scratch, entries, err);
    for (uint16_t i = 0; done && i < width; i++)
        done = add_leaf(l, merkle_leaf(entries[i]), err);
    arena_release(&scratch);
    return done;
}

static bool check_tree(struct static_log *l, const struct checkpoint *head, struct err *err)
{
    uint16_t width;
    for (uint64_t n = 0; (width = width_at(0, n, head->size)) > 0; n++) {
        if (!take_bundle(l, n, width, err))
            return false;
        say_progress(l->cli, "entries", n * TILE_WIDTH + width, head->size.n);
    }
    say_progress_done(l->cli);
    if (!end_rows(l, err))
        return false;
    struct digest root = edge_root(&l->edge);
    return digest_eq(&root, &head->root) ||
           err_set(err, ERR_TAMPERED, "RFC 9162 2.1", "the entries lead to another root");
}

bool cmd_test_log(struct cli *cli, struct err *err)
{
    struct note_key key;
    struct bytes note;
    struct checkpoint head;
    struct static_log *l = static_log_new(cli, cli->arguments[1]);
    l->on_tile = compare_tile;
    if (!note_key_read(str_of(cli->arguments[0]), &key, err) ||
        !read_file(l, "checkpoint", NOTE_BYTES_MAX, &cli->arena, &note, err) ||
        !checkpoint_open(note, key.name, &key, 1, &head, NULL, err) || !check_tree(l, &head, err))
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:I,s:b}", "size", (json_int_t)head.size.n, "verified", 1),
                        err);
    say("%llu entries and every tile lead to the signed root.\n", (unsigned long long)head.size.n);
    return true;
}

// -- test-log-make -------------------------------------------------------------------------------
static bool put_file(struct static_log *l, const char *path, struct bytes content, struct err *err)
{
    struct str whole;
    struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES_MAX);
    bool done = arena_fmt(&scratch, &whole, err, "%s/%s", l->folder, path);
    for (size_t i = strlen(l->folder); done && i < whole.len; i++) {
        struct str part;
        if (whole.ptr[i] == '/')
            done = arena_fmt(&scratch, &part, err, "%.*s", (int)i, whole.ptr) &&
                   world_make_folder(l->cli->world, part.ptr, 0755, err);
    }
    done = done && command_write(l->cli, whole.ptr, content, false, err);
    arena_release(&scratch);
    return done;
}

static bool write_tile(struct static_log *l, struct tile_at at, const struct digest *hashes,
                       struct err *err)
{
    char path[TILE_PATH_CHARS + 1];
    uint8_t room[TILE_BYTES_MAX];
    struct writer w = writer_of(room, sizeof room);
    (void)tile_path_write(at, path);
    tile_write(hashes, at.width, &w);
    CHECK(!w.full);
    return put_file(l, path, writer_bytes(&w), err);
}

// Entry I is "entry I\n"; notecheck.go of tests/interop makes the same.
static bool make_bundle(struct static_log *l, uint64_t number, uint16_t width, struct err *err)
{
    char path[TILE_PATH_CHARS + 1];
    uint8_t room[TILE_WIDTH * 32];
    struct tile_at at = {.kind = TILE_ENTRIES, .index = number, .width = width};
    struct writer w = writer_of(room, sizeof room);
    for (uint16_t i = 0; i < width; i++) {
        char text[30];
        int len = snprintf(text, sizeof text, "entry %llu\n",
                           (unsigned long long)number * TILE_WIDTH + i);
        struct bytes entry = bytes_of(text, (size_t)len);
        tile_entry_write(entry, &w);
        if (!add_leaf(l, merkle_leaf(entry), err))
            return false;
    }
    CHECK(!w.full);
    (void)tile_path_write(at, path);
    return put_file(l, path, writer_bytes(&w), err);
}

static bool make_tree(struct static_log *l, struct tree_size size, struct err *err)
{
    uint16_t width;
    for (uint64_t n = 0; (width = width_at(0, n, size)) > 0; n++) {
        if (!make_bundle(l, n, width, err))
            return false;
        say_progress(l->cli, "entries", n * TILE_WIDTH + width, size.n);
    }
    say_progress_done(l->cli);
    CHECK(l->edge.size.n == size.n);
    return end_rows(l, err);
}

// The checkpoint comes last: a folder without one is no log yet.
static bool make_head(struct static_log *l, struct str origin, struct str *ret_vkey,
                      struct err *err)
{
    struct secret seed = {0};
    struct sign_public public_key;
    struct note_key key;
    struct checkpoint head;
    uint8_t room[CHECKPOINT_NOTE_BYTES];
    struct writer w = writer_of(room, sizeof room);
    struct digest root = edge_root(&l->edge);
    if (!sign_seed_new(l->cli->world, &seed, err))
        return false;
    sign_public_of(&seed, &public_key);
    bool done = note_key_make(origin, NOTE_KEY_ED25519, &public_key, &key, err) &&
                note_key_text(&key, &l->cli->arena, ret_vkey, err);
    if (done) {
        checkpoint_sign(l->edge.size, &root, &key, &seed, &w, &head);
        done = put_file(l, "checkpoint", writer_bytes(&w), err);
    }
    secret_release(&seed);
    return done;
}

bool cmd_test_log_make(struct cli *cli, struct err *err)
{
    struct tree_size size;
    struct str vkey;
    struct str origin = str_of(cli->arguments[0]);
    struct static_log *l = static_log_new(cli, cli->arguments[1]);
    l->on_tile = write_tile;
    if (!checkpoint_origin_check(origin, err))
        return false;
    if (!decimal_read(str_of(cli->arguments[2]), ENTRIES_MADE_MAX, &size.n))
        return err_set(err, ERR_USAGE, NULL, "a number of entries, at most %d", ENTRIES_MADE_MAX);
    if (world_exists(cli->world, l->folder))
        return err_set(err, ERR_CONFLICT, NULL, "%.160s exists; name a new folder", l->folder);
    if (!make_tree(l, size, err) || !make_head(l, origin, &vkey, err))
        return false;
    if (command_json(cli))
        return say_json(
            json_pack("{s:I,s:s%}", "size", (json_int_t)size.n, "vkey", vkey.ptr, vkey.len), err);
    say("%.*s\n", STR_ARG(vkey));
    return true;
}

// -- test-proof-make -----------------------------------------------------------------------------
struct folder_source {
    struct tile_source source; // first
    const struct static_log *log;
    struct tree_size size;
};

static bool folder_hashes(struct tile_source *self, unsigned level, uint64_t first, size_t count,
                          struct digest *ret, struct err *err)
{
    const struct folder_source *from = (const struct folder_source *)self;
    struct digest held[TILE_WIDTH];
    uint64_t number = first / TILE_WIDTH;
    size_t at = first % TILE_WIDTH;
    uint16_t width = width_at(level, number, from->size);
    CHECK(at + count <= width);
    struct tile_at tile = {TILE_HASHES, (uint8_t)level, number, width};
    if (!read_tile(from->log, tile, held, err))
        return false;
    memcpy(ret, held + at, count * sizeof *ret);
    return true;
}

static bool read_entry(struct static_log *l, uint64_t index, struct tree_size size,
                       struct bytes *ret, struct err *err)
{
    struct bytes entries[TILE_WIDTH];
    uint64_t number = index / TILE_WIDTH;
    struct tile_at at = {TILE_ENTRIES, 0, number, width_at(0, number, size)};
    if (!read_bundle(l, at, &l->cli->arena, entries, err))
        return false;
    *ret = entries[index % TILE_WIDTH];
    return true;
}

// A path that does not lead to the root is no proof: it is checked before anybody sees it.
static bool find_path(struct static_log *l, const struct checkpoint *head, struct log_proof *proof,
                      struct err *err)
{
    static const struct tile_source_ops ops = {folder_hashes};
    struct folder_source from = {{&ops}, l, head->size};
    struct bytes entry;
    return merkle_make_inclusion(&from.source, proof->index, head->size, &proof->path, err) &&
           read_entry(l, proof->index.n, head->size, &entry, err) &&
           merkle_check_inclusion(merkle_leaf(entry), proof->index, head->size,
                                  proof_of(&proof->path), head->root, err);
}

// Whoever reads the proof checks the signature; without a key this only carries it over.
bool cmd_test_proof_make(struct cli *cli, struct err *err)
{
    struct checkpoint_claim claim;
    struct static_log *l = static_log_new(cli, cli->arguments[0]);
    struct log_proof *proof = arena_new(&cli->arena, struct log_proof, 1);
    struct note *note = arena_new(&cli->arena, struct note, 1);
    uint8_t *room = arena_new(&cli->arena, uint8_t, PROOF_BYTES_MAX);
    CHECK(proof != NULL && note != NULL && room != NULL);
    struct writer w = writer_of(room, PROOF_BYTES_MAX);
    if (!read_file(l, "checkpoint", NOTE_BYTES_MAX, &cli->arena, &proof->note, err) ||
        !note_read(proof->note, note, err) || !checkpoint_read(note->text, &claim, err))
        return false;
    if (!decimal_read(str_of(cli->arguments[1]), TREE_SIZE_MAX, &proof->index.n) ||
        proof->index.n >= claim.said.size.n)
        return err_set(err, ERR_USAGE, NULL, "an index below %llu, the number of entries",
                       (unsigned long long)claim.said.size.n);
    if (!find_path(l, &claim.said, proof, err))
        return false;
    proof_write(proof, &w);
    CHECK(!w.full);
    if (command_json(cli))
        return say_json(json_pack("{s:I,s:I,s:s%}", "index", (json_int_t)proof->index.n, "size",
                                  (json_int_t)claim.said.size.n, "proof", (const char *)w.ptr,
                                  w.len),
                        err);
    return command_write(cli, "-", writer_bytes(&w), false, err);
}
