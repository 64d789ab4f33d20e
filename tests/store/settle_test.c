// What a commit waits for: the disk, or only a later one. A lost wait would lose what was
// acknowledged; a wait too many is 2 ms of an officer's time.
#include "store/exchange_stage.h"
#include "tests/store/support.h"

// The machine's own files, every sync counted.
struct counting {
    struct world world; // first
    struct world_ops ops;
    long syncs;
    bool fails;
};

static int count_sync(struct world *w, int fd, int *ret_code)
{
    struct counting *c = (struct counting *)w;
    c->syncs++;
    if (!c->fails)
        return world_real()->ops->sync(world_real(), fd, ret_code);
    *ret_code = 5;
    return -1;
}

static struct db *open_counted(struct counting *c, struct arena *a)
{
    struct err err = {0};
    struct db *db = NULL;
    *c = (struct counting){.ops = *world_real()->ops};
    c->ops.sync = count_sync;
    c->world.ops = &c->ops;
    EXPECT_OK(exchange_open_write(sqlite(), &c->world, path_in(a, test_folder(a), "exchange.db"),
                                  &db, &err));
    c->syncs = 0;
    return db;
}

typedef bool begin_fn(struct db *db, struct txn *ret, struct err *err);
static bool put(struct db *db, begin_fn *begin, const char *value, struct err *err)
{
    struct txn txn = {0};
    bool done =
        begin(db, &txn, err) &&
        (value == NULL || exchange_setting_put(&txn, STR("key"), str_bytes(str_of(value)), err)) &&
        db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

TEST(a_commit_waits_for_the_disk_unless_it_was_begun_as_deferred)
{
    struct err err = {0};
    struct arena a;
    struct counting c;
    arena_init(&a, 1u << 20);
    struct db *db = open_counted(&c, &a);
    EXPECT_OK(put(db, db_begin, "one", &err)); // a fresh log's head is synced with it
    EXPECT(c.syncs >= 1);
    c.syncs = 0;
    EXPECT_OK(put(db, db_begin_deferred, "two", &err));
    EXPECT_OK(put(db, db_begin_deferred, "three", &err));
    EXPECT(c.syncs == 0);
    EXPECT_OK(put(db, db_begin, "four", &err));
    EXPECT(c.syncs == 1);
    EXPECT_OK(db_settle(db, &err));
    EXPECT(c.syncs == 1);                     // the one before made all of it durable
    for (int again = 0; again < 3; again++) { // and back, as often as asked
        c.syncs = 0;
        EXPECT_OK(put(db, db_begin_deferred, again % 2 == 0 ? "five" : "six", &err));
        EXPECT(c.syncs == 0);
        EXPECT_OK(put(db, db_begin, "seven", &err));
        EXPECT(c.syncs == 1);
    }
    db_close(db);
    arena_release(&a);
}

TEST(settling_syncs_what_is_owed_and_only_that)
{
    struct err err = {0};
    struct arena a;
    struct counting c;
    arena_init(&a, 1u << 20);
    struct db *db = open_counted(&c, &a);
    EXPECT_OK(put(db, db_begin, "one", &err));
    c.syncs = 0;
    EXPECT_OK(db_settle(db, &err));
    EXPECT_OK(put(db, db_begin_deferred, NULL, &err)); // wrote nothing: owes nothing
    EXPECT_OK(db_settle(db, &err));
    EXPECT(c.syncs == 0);
    EXPECT_OK(put(db, db_begin_deferred, "two", &err));
    EXPECT_OK(put(db, db_begin, NULL, &err)); // the engine syncs nothing here, so the debt stays
    EXPECT(c.syncs == 0);
    EXPECT_OK(db_settle(db, &err));
    EXPECT(c.syncs == 1);
    EXPECT_OK(db_settle(db, &err));
    EXPECT(c.syncs == 1);
    db_close(db);
    arena_release(&a);
}

TEST(a_disk_that_fails_while_settling_is_told_and_the_debt_stays)
{
    struct err err = {0};
    struct arena a;
    struct counting c;
    arena_init(&a, 1u << 20);
    struct db *db = open_counted(&c, &a);
    EXPECT_OK(put(db, db_begin, "one", &err));
    EXPECT_OK(put(db, db_begin_deferred, "two", &err));
    c.fails = true;
    EXPECT_ERR(db_settle(db, &err), ERR_IO);
    c.fails = false;
    c.syncs = 0;
    err = (struct err){0};
    EXPECT_OK(db_settle(db, &err));
    EXPECT(c.syncs == 1);
    db_close(db);
    arena_release(&a);
}
