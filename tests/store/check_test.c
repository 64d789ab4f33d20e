// A log checked again from its entries: what is whole passes, every fault is found and named, by
// one thread over a store in memory and by two over a file.
#include "store/exchange_check.h"
#include "store/stmt.h"
#include "tests/store/support.h"

enum { HELD = 5000, HELD_STEP = 3000 }; // three pieces, so that two threads share them

struct held {
    struct arena arena;
    struct world_fake fake;
    struct db *db;
    struct log_id log;
};

static void append_held(struct held *h, struct txn *txn, uint64_t from, size_t count)
{
    struct err err = {0};
    struct arena a;
    arena_init(&a, 1u << 26);
    struct made_batch batch = made_batch(&a, from, count);
    struct exchange_append what = made_append(h->log, from, &batch);
    EXPECT_OK(exchange_append(txn, &what, NULL, &err));
    arena_release(&a);
}

// A file of its own for every log, all in one folder.
static const char *new_path(struct arena *a)
{
    static char folder[256];
    static unsigned count;
    char name[32];
    if (folder[0] == '\0')
        (void)snprintf(folder, sizeof folder, "%s", test_folder(a));
    (void)snprintf(name, sizeof name, "%u.db", count++);
    return path_in(a, folder, name);
}

static void held_open(struct held *h, bool file)
{
    struct err err = {0};
    struct txn txn = {0};
    *h = (struct held){0};
    arena_init(&h->arena, 1u << 24);
    world_fake_init(&h->fake, 1784000000, test_seed());
    if (file)
        EXPECT_OK(exchange_open_write(sqlite(), world_real(), new_path(&h->arena), &h->db, &err));
    else
        EXPECT_OK(exchange_open_memory(sqlite(), &h->fake.world, &h->db, &err));
    EXPECT_OK(db_begin(h->db, &txn, &err));
    EXPECT((db_beside(h->db, 0) != NULL) == file);
    EXPECT((db_beside(h->db, 1) != NULL) == file);
    EXPECT_OK(exchange_log_add(&txn, STR("xa.example/demo"), false, &h->log, &err));
    append_held(h, &txn, 0, HELD);
    EXPECT_OK(db_commit(&txn, &err));
}

static void held_close(struct held *h)
{
    db_close(h->db);
    arena_release(&h->arena);
}

// What a bad disk or a hand in the file might do.
static void spoil(struct held *h, const char *how)
{
    struct err err = {0};
    struct txn txn = {0};
    void *prepared = NULL;
    bool row = false;
    EXPECT_OK(db_begin(h->db, &txn, &err));
    EXPECT_OK(db_prepare(h->db, DB_SLOTS, str_of(how), &prepared, &err));
    EXPECT_OK(db_driver_of(h->db)->step(prepared, DB_START, NULL, 0, &row, &err));
    EXPECT_OK(db_commit(&txn, &err));
}

static bool check(struct held *h, uint64_t from, uint64_t count_max, uint64_t *ret_next,
                  struct err *err)
{
    struct txn txn = {0};
    struct exchange_log log;
    EXPECT(db_begin(h->db, &txn, err));
    EXPECT(exchange_log_get(&txn, h->log, &h->arena, &log, err));
    bool good = exchange_check(&txn, &log, from, count_max, ret_next, err);
    txn_release(&txn);
    return good;
}

static void expect_found(struct held *h, const char *named)
{
    struct err err = {0};
    uint64_t next = 7;
    EXPECT(!check(h, 0, UINT64_MAX, &next, &err));
    EXPECT(err.kind == ERR_TAMPERED);
    if (strstr(err.text, named) == NULL)
        (void)fprintf(stderr, "wanted \"%s\", not \"%s\"\n", named, err.text);
    EXPECT(strstr(err.text, named) != NULL);
    EXPECT(next == 7); // outputs stay untouched on failure
}

static void expect_whole(struct held *h, uint64_t from)
{
    struct err err = {0};
    uint64_t next = 0;
    EXPECT_OK(check(h, from, UINT64_MAX, &next, &err));
    EXPECT(next == HELD);
}

TEST(a_whole_log_is_checked_to_its_end_in_steps_from_wherever_one_begins)
{
    for (int file = 0; file < 2; file++) {
        struct held h;
        struct err err = {0};
        uint64_t next = 0;
        held_open(&h, file);
        EXPECT(check(&h, 0, HELD_STEP, &next, &err));
        EXPECT(next == HELD_STEP);
        EXPECT(check(&h, next, HELD_STEP, &next, &err));
        EXPECT(next == HELD);
        for (uint64_t from = 0; from <= HELD; from += 613)
            expect_whole(&h, from);
        expect_whole(&h, HELD);
        held_close(&h);
    }
}

TEST(one_changed_octet_of_an_entry_is_found_and_the_entry_named)
{
    static const unsigned places[] = {0, 1, 255, 256, 2047, 2048, 3071, 4096, 4864, 4999};
    for (size_t i = 0; i < 2 * sizeof places / sizeof places[0]; i++) {
        struct held h;
        char how[128], named[32];
        unsigned place = places[i / 2];
        held_open(&h, i % 2 == 1);
        (void)snprintf(how, sizeof how,
                       "UPDATE entry SET body = CAST(substr(body, 1, 199) || 'X' AS BLOB) "
                       "WHERE idx = %u",
                       place);
        (void)snprintf(named, sizeof named, "leaf hash at entry %u", place);
        spoil(&h, how);
        expect_found(&h, named);
        held_close(&h);
    }
}

struct fault {
    const char *how, *named;
};
TEST(whatever_is_wrong_is_found_by_one_thread_and_by_two)
{
    static const struct fault faults[] = {
        {"DELETE FROM entry WHERE idx = 2500", "entry 2500 is missing"},
        {"DELETE FROM entry WHERE idx = 4999", "nothing is held at entry 4999"},
        {"DELETE FROM entry", "nothing is held at entry 0"},
        {"UPDATE entry SET body = zeroblob(0) WHERE idx = 3", "leaf hash at entry 3"},
        {"UPDATE entry SET body = 'words' WHERE idx = 3", "another shape"},
        // the tile, not the entry
        {"UPDATE tile SET hashes = zeroblob(8192) WHERE level = 0 AND number = 9",
         "leaf hash at entry 2304"},
        {"UPDATE tile SET hashes = zeroblob(608) WHERE level = 1",
         "does not fold into the next at entry 255"},
        {"DELETE FROM tile WHERE level = 0 AND number = 4", "tile 0/4 is not held"},
        {"DELETE FROM tile WHERE level = 1", "tile 1/0 is not held"},
        {"UPDATE tile SET hashes = zeroblob(33) WHERE level = 0 AND number = 9", "whole number"},
        // the head, not the tiles
        {"UPDATE log SET root = zeroblob(32)", "another root at entry 5000"},
        // of two, the first, whichever thread comes upon it
        {"UPDATE entry SET body = x'00' WHERE idx IN (2040, 2050)", "leaf hash at entry 2040"},
        {"UPDATE entry SET body = x'00' WHERE idx IN (2047, 2048, 4999)", "hash at entry 2047"},
    };
    for (size_t i = 0; i < 2 * sizeof faults / sizeof faults[0]; i++) {
        struct held h;
        held_open(&h, i % 2 == 1);
        spoil(&h, faults[i / 2].how);
        expect_found(&h, faults[i / 2].named);
        held_close(&h);
    }
}

// A thread of its own reads what was committed; what is only in the transaction must not look
// missing because of that.
TEST(entries_not_yet_committed_are_checked_where_they_are)
{
    struct held h;
    struct err err = {0};
    struct txn txn = {0};
    struct exchange_log log;
    uint64_t next = 0;
    held_open(&h, true);
    EXPECT_OK(db_begin(h.db, &txn, &err));
    append_held(&h, &txn, HELD, 3000);
    EXPECT_OK(exchange_log_get(&txn, h.log, &h.arena, &log, &err));
    EXPECT_OK(exchange_check(&txn, &log, 0, UINT64_MAX, &next, &err));
    EXPECT(next == HELD + 3000);
    txn_release(&txn);
    held_close(&h);
}

TEST(an_empty_log_is_whole)
{
    struct fixture f;
    struct err err = {0};
    struct exchange_log log;
    uint64_t next = 9;
    fixture_open(&f);
    EXPECT_OK(exchange_log_get(&f.txn, f.log, &f.arena, &log, &err));
    EXPECT_OK(exchange_check(&f.txn, &log, 0, UINT64_MAX, &next, &err));
    EXPECT(next == 0);
    fixture_close(&f);
}
