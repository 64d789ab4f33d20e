// tests/store/support.h - what the store's tests share: a store on disk or in memory, and a log of
// made-up entries.
#ifndef TESTS_STORE_SUPPORT_H
#define TESTS_STORE_SUPPORT_H
#include "store/exchange.h"
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

static inline const struct db_driver *sqlite(void)
{
    struct err err = {0};
    const struct db_driver *driver = NULL;
    EXPECT_OK(db_driver("sqlite", &driver, &err));
    return driver;
}

static inline const char *path_in(struct arena *a, const char *folder, const char *name)
{
    struct err err = {0};
    struct str path;
    EXPECT_OK(arena_fmt(a, &path, &err, "%s/%s", folder, name));
    return path.ptr;
}

// Entry n of a made-up log: its number and some filling.
enum { MADE_BYTES = 200 };
static inline struct bytes made_entry(uint64_t n, uint8_t storage[MADE_BYTES])
{
    memset(storage, (int)('a' + n % 26), MADE_BYTES);
    (void)snprintf((char *)storage, MADE_BYTES, "made entry %llu ", (unsigned long long)n);
    return bytes_of(storage, MADE_BYTES);
}

struct made_batch {
    struct bytes *entries;
    struct digest *leaves;
    size_t count;
};
static inline struct made_batch made_batch(struct arena *a, uint64_t from, size_t count)
{
    struct made_batch b = {arena_new(a, struct bytes, count), arena_new(a, struct digest, count),
                           count};
    EXPECT(b.entries != NULL);
    EXPECT(b.leaves != NULL);
    for (size_t i = 0; i < count; i++) {
        uint8_t *storage = arena_new(a, uint8_t, MADE_BYTES);
        EXPECT(storage != NULL);
        b.entries[i] = made_entry(from + i, storage);
        b.leaves[i] = merkle_leaf(b.entries[i]);
    }
    return b;
}

static inline struct exchange_append made_append(struct log_id log, uint64_t from,
                                                 const struct made_batch *b)
{
    return (struct exchange_append){
        .log = log, .from = {from}, .entries = b->entries, .leaves = b->leaves, .count = b->count};
}

// The root of a made-up log, by the edge alone.
static inline struct digest made_root(uint64_t size)
{
    struct edge edge;
    uint8_t storage[MADE_BYTES];
    edge_init(&edge);
    for (uint64_t n = 0; n < size; n++) {
        struct digest leaf = merkle_leaf(made_entry(n, storage));
        edge_append(&edge, &leaf);
    }
    return edge_root(&edge);
}

struct fixture {
    struct arena arena;
    struct world_fake fake;
    struct db *db;
    struct txn txn;
    struct log_id log;
};
// An exchange store in memory with one log, inside a transaction.
static inline void fixture_open(struct fixture *f)
{
    struct err err = {0};
    *f = (struct fixture){0};
    arena_init(&f->arena, 1u << 28);
    world_fake_init(&f->fake, 1784000000, test_seed());
    EXPECT_OK(exchange_open_memory(sqlite(), &f->fake.world, &f->db, &err));
    EXPECT_OK(db_begin(f->db, &f->txn, &err));
    EXPECT_OK(exchange_log_add(&f->txn, STR("xa.example/demo"), false, &f->log, &err));
}
static inline void fixture_close(struct fixture *f)
{
    txn_release(&f->txn);
    db_close(f->db);
    arena_release(&f->arena);
}
// Commits and begins anew.
static inline void fixture_turn(struct fixture *f)
{
    struct err err = {0};
    EXPECT_OK(db_commit(&f->txn, &err));
    EXPECT_OK(db_begin(f->db, &f->txn, &err));
}
#endif
