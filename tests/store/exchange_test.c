// Source of what is asked: DESIGN sections 5.4 and 9 (append in one, re-read before COMMIT).
#include "store/exchange.h"

#include "base/encode.h"
#include "store/stmt.h"
#include "tests/store/support.h"

#include <time.h>

static void append(struct fixture *f, uint64_t from, size_t count)
{
    struct err err = {0};
    struct digest root;
    struct made_batch b = made_batch(&f->arena, from, count);
    struct exchange_append what = made_append(f->log, from, &b);
    EXPECT_OK(exchange_append(&f->txn, &what, &root, &err));
}

static void expect_log(struct fixture *f, uint64_t size)
{
    struct err err = {0};
    struct exchange_log row;
    struct digest wanted = made_root(size);
    EXPECT_OK(exchange_log_get(&f->txn, f->log, &f->arena, &row, &err));
    EXPECT(row.size.n == size);
    EXPECT(digest_eq(&row.root, &wanted));
    struct digest by_edge = edge_root(&row.edge);
    EXPECT(digest_eq(&by_edge, &wanted));
}

TEST(batches_of_any_size_lead_to_the_same_log_as_one_by_one)
{
    static const size_t batches[] = {1, 1, 254, 1, 1, 255, 256, 257, 600, 3};
    struct fixture f;
    uint64_t size = 0;
    fixture_open(&f);
    expect_log(&f, 0);
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        append(&f, size, batches[i]);
        size += batches[i];
        if (i % 2 == 0)
            fixture_turn(&f);
        expect_log(&f, size);
    }
    fixture_turn(&f);
    expect_log(&f, size);
    fixture_close(&f);
}

TEST(tiles_are_those_of_the_specification_and_prove_every_entry)
{
    enum { SIZE = 700 };
    struct err err = {0};
    struct fixture f;
    struct bytes tile;
    struct exchange_tiles tiles;
    struct tree_size size = {SIZE};
    struct digest root = made_root(SIZE);
    fixture_open(&f);
    append(&f, 0, 300);
    append(&f, 300, 400);
    fixture_turn(&f);
    EXPECT_OK(exchange_tile_get(&f.txn, f.log, 0, 0, &f.arena, &tile, &err));
    EXPECT(tile.len == TILE_WIDTH * DIGEST_BYTES);
    EXPECT_OK(exchange_tile_get(&f.txn, f.log, 0, 2, &f.arena, &tile, &err));
    EXPECT(tile.len == (SIZE - 512) * DIGEST_BYTES);
    EXPECT_OK(exchange_tile_get(&f.txn, f.log, 1, 0, &f.arena, &tile, &err));
    EXPECT(tile.len == 2 * DIGEST_BYTES);
    EXPECT_ERR(exchange_tile_get(&f.txn, f.log, 0, 3, &f.arena, &tile, &err), ERR_NOT_FOUND);
    EXPECT_ERR(exchange_tile_get(&f.txn, f.log, 2, 0, &f.arena, &tile, &err), ERR_NOT_FOUND);
    EXPECT_ERR(exchange_tile_get(&f.txn, f.log, 0, UINT64_MAX, &f.arena, &tile, &err),
               ERR_NOT_FOUND);
    exchange_tiles_init(&tiles, &f.txn, f.log);
    for (uint64_t n = 0; n < SIZE; n += 7) {
        struct proof_made proof;
        uint8_t storage[MADE_BYTES];
        struct digest leaf = merkle_leaf(made_entry(n, storage));
        struct leaf_index at = {n};
        EXPECT_OK(merkle_make_inclusion(&tiles.source, at, size, &proof, &err));
        EXPECT_OK(merkle_check_inclusion(leaf, at, size, proof_of(&proof), root, &err));
    }
    for (uint64_t old = 1; old < SIZE; old += 41) {
        struct proof_made proof;
        EXPECT_OK(
            merkle_make_consistency(&tiles.source, (struct tree_size){old}, size, &proof, &err));
        EXPECT_OK(merkle_check_consistency((struct tree_size){old}, made_root(old), size, root,
                                           proof_of(&proof), &err));
    }
    fixture_close(&f);
}

struct seen {
    uint64_t next, count;
    bool good;
};
static bool see(void *context, struct leaf_index at, struct bytes entry, struct err *err)
{
    struct seen *seen = context;
    uint8_t storage[MADE_BYTES];
    (void)err;
    seen->good = seen->good && at.n == seen->next && bytes_eq(entry, made_entry(at.n, storage));
    seen->next++;
    seen->count++;
    return true;
}
static bool refuse(void *context, struct leaf_index at, struct bytes entry, struct err *err)
{
    (void)context;
    (void)at;
    (void)entry;
    return err_set(err, ERR_DENIED, NULL, "enough");
}

TEST(ranges_stop_at_the_count_the_octets_and_the_end)
{
    struct err err = {0};
    struct fixture f;
    uint64_t next = 0;
    fixture_open(&f);
    append(&f, 0, 50);
    struct seen seen = {.good = true};
    struct exchange_range range = {f.log, 0, 20, UINT64_MAX};
    EXPECT_OK(exchange_entries(&f.txn, range, see, &seen, &next, &err));
    EXPECT(seen.good && seen.count == 20 && next == 20);
    range = (struct exchange_range){f.log, 20, UINT64_MAX, UINT64_MAX};
    EXPECT_OK(exchange_entries(&f.txn, range, see, &seen, &next, &err));
    EXPECT(seen.good && seen.count == 50 && next == 50);
    seen = (struct seen){.good = true};
    range = (struct exchange_range){f.log, 0, 50, 3 * MADE_BYTES + 1};
    EXPECT_OK(exchange_entries(&f.txn, range, see, &seen, &next, &err));
    EXPECT(seen.good && next == 3);
    seen = (struct seen){.good = true, .next = 3};
    range = (struct exchange_range){f.log, 3, 50, 1}; // the first comes whatever its size
    EXPECT_OK(exchange_entries(&f.txn, range, see, &seen, &next, &err));
    EXPECT(seen.good && next == 4);
    range = (struct exchange_range){f.log, UINT64_MAX, UINT64_MAX, UINT64_MAX};
    EXPECT_OK(exchange_entries(&f.txn, range, see, &seen, &next, &err));
    EXPECT(next == UINT64_MAX);
    range = (struct exchange_range){f.log, 0, 50, UINT64_MAX};
    EXPECT_ERR(exchange_entries(&f.txn, range, refuse, &seen, &next, &err), ERR_DENIED);
    struct bytes entry;
    EXPECT_OK(exchange_entry_get(&f.txn, f.log, (struct leaf_index){49}, &f.arena, &entry, &err));
    EXPECT_ERR(exchange_entry_get(&f.txn, f.log, (struct leaf_index){50}, &f.arena, &entry, &err),
               ERR_NOT_FOUND);
    EXPECT_ERR(
        exchange_entry_get(&f.txn, f.log, (struct leaf_index){UINT64_MAX}, &f.arena, &entry, &err),
        ERR_NOT_FOUND);
    fixture_close(&f);
}

TEST(an_append_that_does_not_fit_changes_nothing)
{
    struct err err = {0};
    struct fixture f;
    fixture_open(&f);
    append(&f, 0, 10);
    fixture_turn(&f);
    struct made_batch b = made_batch(&f.arena, 10, 5);
    struct exchange_append what = made_append(f.log, 9, &b);
    EXPECT_ERR(exchange_append(&f.txn, &what, NULL, &err), ERR_CONFLICT);
    what.from.n = 11;
    EXPECT_ERR(exchange_append(&f.txn, &what, NULL, &err), ERR_GAP);
    what.from.n = 10;
    what.log.n = 99;
    EXPECT_ERR(exchange_append(&f.txn, &what, NULL, &err), ERR_NOT_FOUND);
    what.log = f.log;
    what.count = 0;
    EXPECT_ERR(exchange_append(&f.txn, &what, NULL, &err), ERR_LIMIT);
    what.count = b.count;
    static uint8_t big[ENTRY_BYTES_MAX + 1];
    b.entries[4] = bytes_of(big, sizeof big);
    EXPECT_ERR(exchange_append(&f.txn, &what, NULL, &err), ERR_LIMIT);
    b = made_batch(&f.arena, 10, 5);
    what = made_append(f.log, 10, &b);
    struct digest wrong = made_root(14);
    what.root = &wrong;
    EXPECT_ERR(exchange_append(&f.txn, &what, NULL, &err), ERR_TAMPERED);
    txn_release(&f.txn);
    EXPECT_OK(db_begin(f.db, &f.txn, &err));
    expect_log(&f, 10);
    struct digest right = made_root(15);
    what.root = &right;
    EXPECT_OK(exchange_append(&f.txn, &what, NULL, &err));
    fixture_turn(&f);
    expect_log(&f, 15);
    fixture_close(&f);
}

TEST(a_leaf_hash_that_is_not_of_its_entry_is_caught_before_commit)
{
    struct err err = {0};
    struct fixture f;
    fixture_open(&f);
    fixture_turn(&f);
    struct made_batch b = made_batch(&f.arena, 0, 20);
    b.leaves[13].octets[0] ^= 1;
    struct exchange_append what = made_append(f.log, 0, &b);
    EXPECT_OK(exchange_append(&f.txn, &what, NULL, &err));
    EXPECT_ERR(db_commit(&f.txn, &err), ERR_TAMPERED);
    EXPECT_OK(db_begin(f.db, &f.txn, &err));
    expect_log(&f, 0);
    fixture_close(&f);
}

TEST(a_checkpoint_is_kept_only_for_what_is_held)
{
    struct err err = {0};
    struct fixture f;
    struct exchange_log row;
    struct bytes note = str_bytes(STR("a signed note\n"));
    fixture_open(&f);
    append(&f, 0, 30);
    struct digest root = made_root(20);
    EXPECT_OK(exchange_checkpoint_put(&f.txn, f.log, (struct tree_size){20}, &root, note, &err));
    EXPECT_OK(exchange_log_find(&f.txn, STR("xa.example/demo"), &f.arena, &row, &err));
    EXPECT(row.signed_size.n == 20 && row.size.n == 30 && bytes_eq(row.checkpoint, note));
    EXPECT_ERR(exchange_checkpoint_put(&f.txn, f.log, (struct tree_size){25}, &root, note, &err),
               ERR_CONFLICT);
    root = made_root(10);
    EXPECT_ERR(exchange_checkpoint_put(&f.txn, f.log, (struct tree_size){10}, &root, note, &err),
               ERR_CONFLICT);
    root = made_root(31);
    EXPECT_ERR(exchange_checkpoint_put(&f.txn, f.log, (struct tree_size){31}, &root, note, &err),
               ERR_CONFLICT);
    struct made_batch b = made_batch(&f.arena, 30, 3);
    struct exchange_append what = made_append(f.log, 30, &b);
    what.checkpoint = str_bytes(STR("a newer note\n"));
    EXPECT_OK(exchange_append(&f.txn, &what, NULL, &err));
    EXPECT_OK(exchange_log_get(&f.txn, f.log, &f.arena, &row, &err));
    EXPECT(row.signed_size.n == 33 && bytes_eq(row.checkpoint, what.checkpoint));
    fixture_close(&f);
}

TEST(entries_no_checkpoint_covers_can_be_taken_back_and_come_again)
{
    static const uint64_t sizes[] = {0, 1, 255, 256, 257, 300, 512, 599, 600};
    struct err err = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct fixture f;
        uint64_t to = sizes[i];
        fixture_open(&f);
        append(&f, 0, 600);
        fixture_turn(&f);
        EXPECT_OK(exchange_cut(&f.txn, f.log, (struct tree_size){to}, &err));
        fixture_turn(&f);
        expect_log(&f, to);
        append(&f, to, 600);
        fixture_turn(&f);
        expect_log(&f, to + 600);
        fixture_close(&f);
    }
}

TEST(what_a_checkpoint_covers_cannot_be_taken_back)
{
    struct err err = {0};
    struct fixture f;
    fixture_open(&f);
    append(&f, 0, 30);
    struct digest root = made_root(20);
    EXPECT_OK(exchange_checkpoint_put(&f.txn, f.log, (struct tree_size){20}, &root,
                                      str_bytes(STR("note")), &err));
    EXPECT_ERR(exchange_cut(&f.txn, f.log, (struct tree_size){19}, &err), ERR_CONFLICT);
    EXPECT_ERR(exchange_cut(&f.txn, f.log, (struct tree_size){31}, &err), ERR_CONFLICT);
    EXPECT_OK(exchange_cut(&f.txn, f.log, (struct tree_size){20}, &err));
    fixture_turn(&f);
    expect_log(&f, 20);
    fixture_close(&f);
}

TEST(a_log_is_added_once_and_stays_own_or_not)
{
    struct err err = {0};
    struct fixture f;
    struct log_id id = {0};
    static char long_origin[ORIGIN_BYTES_MAX + 1];
    memset(long_origin, 'x', sizeof long_origin);
    fixture_open(&f);
    EXPECT_OK(exchange_log_add(&f.txn, STR("xa.example/demo"), false, &id, &err));
    EXPECT(id.n == f.log.n);
    EXPECT_ERR(exchange_log_add(&f.txn, STR("xa.example/demo"), true, &id, &err), ERR_CONFLICT);
    EXPECT_OK(exchange_log_add(&f.txn, STR("xb.example/demo"), true, &id, &err));
    EXPECT(id.n != f.log.n);
    EXPECT_ERR(
        exchange_log_add(&f.txn, (struct str){long_origin, sizeof long_origin}, true, &id, &err),
        ERR_LIMIT);
    EXPECT_ERR(exchange_log_add(&f.txn, STR(""), true, &id, &err), ERR_LIMIT);
    struct exchange_log row;
    EXPECT_ERR(exchange_log_find(&f.txn, STR("xc.example/demo"), &f.arena, &row, &err),
               ERR_NOT_FOUND);
    fixture_close(&f);
}

TEST(appending_a_hundred_thousand_entries_shows_its_speed)
{
    enum { BATCH = 1000, BATCHES = 100 };
    struct err err = {0};
    struct arena a;
    arena_init(&a, 1u << 28);
    const char *path = path_in(&a, test_folder(&a), "exchange.db");
    struct db *db = NULL;
    struct txn txn = {0};
    struct log_id log;
    struct timespec t[2];
    EXPECT_OK(exchange_open_write(sqlite(), world_real(), path, &db, &err));
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_log_add(&txn, STR("xa.example/demo"), true, &log, &err));
    EXPECT_OK(db_commit(&txn, &err));
    struct made_batch all = made_batch(&a, 0, BATCH * BATCHES);
    (void)clock_gettime(CLOCK_MONOTONIC, &t[0]);
    for (uint64_t n = 0; n < BATCHES; n++) {
        struct made_batch b = {all.entries + n * BATCH, all.leaves + n * BATCH, BATCH};
        struct exchange_append what = made_append(log, n * BATCH, &b);
        EXPECT_OK(db_begin(db, &txn, &err));
        EXPECT_OK(exchange_append(&txn, &what, NULL, &err));
        EXPECT_OK(db_commit(&txn, &err));
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &t[1]);
    double s = (double)(t[1].tv_sec - t[0].tv_sec) + (double)(t[1].tv_nsec - t[0].tv_nsec) / 1e9;
    print_message("appended %d entries of %d octets in %.2f s: %.0f entries/s, durable, re-read\n",
                  BATCH * BATCHES, MADE_BYTES, s, BATCH * BATCHES / s);
    EXPECT_OK(db_checkpoint_truncate(db, &err));
    EXPECT_OK(db_integrity(db, &err));
    db_close(db);
    arena_release(&a);
}
