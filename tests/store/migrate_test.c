// Source of what is asked: STYLE section 7 (numbered, one transaction each, recorded with their
// hash), DESIGN section 10 (views are dropped and rebuilt).
#include "store/migrate.h"

#include "store/exchange_stage.h"
#include "store/office_view.h"
#include "tests/store/support.h"

static const unsigned char first[] = "-- one\nCREATE TABLE a (n BIGINT NOT NULL);\n";
static const unsigned char changed[] = "-- one\nCREATE TABLE a (n BIGINT);\n";
static const unsigned char second[] = "CREATE TABLE b (\n    n BIGINT NOT NULL\n);\n"
                                      "INSERT INTO b (n) VALUES (7);\n";
static const unsigned char broken[] = "CREATE TABLE b (n BIGINT NOT NULL);\nNONSENSE HERE;\n";

static struct sql_migration one(unsigned number, const unsigned char *text)
{
    return (struct sql_migration){"exchange", "000n_x.sql", number, text,
                                  strlen((const char *)text)};
}

struct played {
    struct sql_migration rows[2];
    struct migrate_list list;
};
static void play(struct played *p, const unsigned char *a, const unsigned char *b)
{
    p->rows[0] = one(1, a);
    if (b != NULL)
        p->rows[1] = one(2, b);
    p->list = (struct migrate_list){p->rows, b != NULL ? 2 : 1};
}

static struct db *bare(void)
{
    struct err err = {0};
    struct db *db = NULL;
    static struct world_fake fake;
    world_fake_init(&fake, 1784000000, test_seed());
    struct db_target target = {&fake.world, NULL, DB_MEMORY};
    EXPECT_OK(db_open(sqlite(), target, &db, &err));
    return db;
}

static bool runs(struct db *db, struct str text)
{
    struct err err = {0};
    struct txn txn = {0};
    void *prepared = NULL;
    bool row = false;
    EXPECT_OK(db_begin(db, &txn, &err));
    bool good = db_prepare(db, DB_SLOTS, text, &prepared, &err) &&
                db_driver_of(db)->step(prepared, DB_START, NULL, 0, &row, &err);
    if (good)
        good = db_driver_of(db)->step(prepared, DB_STOP, NULL, 0, &row, &err);
    txn_release(&txn);
    return good;
}

TEST(a_fresh_store_is_migrated_and_twice_changes_nothing)
{
    struct err err = {0};
    struct played p;
    struct db *db = bare();
    play(&p, first, second);
    EXPECT_OK(migrate_up_from(db, p.list, "exchange", &err));
    EXPECT(runs(db, STR("SELECT n FROM a")));
    EXPECT(runs(db, STR("SELECT n FROM b WHERE n = 7")));
    EXPECT_OK(migrate_up_from(db, p.list, "exchange", &err));
    db_close(db);
}

TEST(a_later_migration_is_added_to_an_older_store)
{
    struct err err = {0};
    struct played p;
    struct db *db = bare();
    play(&p, first, NULL);
    EXPECT_OK(migrate_up_from(db, p.list, "exchange", &err));
    EXPECT(!runs(db, STR("SELECT n FROM b")));
    play(&p, first, second);
    EXPECT_OK(migrate_up_from(db, p.list, "exchange", &err));
    EXPECT(runs(db, STR("SELECT n FROM b")));
    db_close(db);
}

TEST(a_migration_changed_after_it_was_applied_is_refused)
{
    struct err err = {0};
    struct played p;
    struct db *db = bare();
    play(&p, first, NULL);
    EXPECT_OK(migrate_up_from(db, p.list, "exchange", &err));
    play(&p, changed, second);
    EXPECT_ERR(migrate_up_from(db, p.list, "exchange", &err), ERR_CONFLICT);
    EXPECT(strstr(err.text, "changed") != NULL);
    EXPECT(!runs(db, STR("SELECT n FROM b"))); // nothing after it was applied either
    db_close(db);
}

TEST(a_store_newer_than_the_program_is_refused)
{
    struct err err = {0};
    struct played p;
    struct db *db = bare();
    play(&p, first, second);
    EXPECT_OK(migrate_up_from(db, p.list, "exchange", &err));
    play(&p, first, NULL);
    EXPECT_ERR(migrate_up_from(db, p.list, "exchange", &err), ERR_UNSUPPORTED);
    EXPECT(strstr(err.text, "newer") != NULL);
    db_close(db);
}

TEST(a_migration_that_fails_half_way_leaves_nothing)
{
    struct err err = {0};
    struct played p;
    struct db *db = bare();
    play(&p, first, broken);
    EXPECT_ERR(migrate_up_from(db, p.list, "exchange", &err), ERR_CONFLICT);
    EXPECT(runs(db, STR("SELECT n FROM a")));
    EXPECT(!runs(db, STR("SELECT n FROM b")));
    play(&p, first, second);
    EXPECT_OK(migrate_up_from(db, p.list, "exchange", &err));
    db_close(db);
}

TEST(a_reader_waits_for_the_writer_to_bring_the_store_up_to_date)
{
    struct err err = {0};
    struct arena a;
    arena_init(&a, 1u << 20);
    const char *path = path_in(&a, test_folder(&a), "exchange.db");
    struct db *db = NULL;
    struct db *reader = NULL;
    struct db_target target = {world_real(), path, DB_WRITE};
    EXPECT_OK(db_open(sqlite(), target, &db, &err));
    EXPECT_ERR(exchange_open_read(sqlite(), world_real(), path, &reader, &err), ERR_BUSY);
    db_close(db);
    EXPECT_OK(exchange_open_write(sqlite(), world_real(), path, &db, &err));
    EXPECT_OK(exchange_open_read(sqlite(), world_real(), path, &reader, &err));
    db_close(reader);
    db_close(db);
    arena_release(&a);
}

TEST(every_named_statement_fits_the_tables_of_one_store)
{
    struct err err = {0};
    static struct world_fake fake;
    struct db *stores[2] = {NULL, NULL};
    world_fake_init(&fake, 1784000000, test_seed());
    EXPECT_OK(exchange_open_memory(sqlite(), &fake.world, &stores[0], &err));
    EXPECT_OK(office_open_memory(sqlite(), &fake.world, &stores[1], &err));
    for (size_t i = 0; i < SQL_COUNT; i++) {
        int fits = 0;
        for (size_t k = 0; k < 2; k++) {
            void *prepared = NULL;
            fits +=
                db_prepare(stores[k], DB_SLOTS, str_of(sql_statements[i].text), &prepared, &err);
        }
        if (fits == 0)
            fail_msg("%s: %s", sql_statements[i].name, err.text);
    }
    db_close(stores[0]);
    db_close(stores[1]);
}

TEST(views_can_be_dropped_and_built_and_the_cursors_go_back)
{
    struct err err = {0};
    static struct world_fake fake;
    struct db *db = NULL;
    struct txn txn = {0};
    uint64_t next = 0;
    bool current = false;
    world_fake_init(&fake, 1784000000, test_seed());
    EXPECT_OK(office_open_memory(sqlite(), &fake.world, &db, &err));
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(office_views_current(&txn, &current, &err));
    EXPECT(current);
    struct office_receipt row = {
        .by = STR("XB"), .state = STR("held"), .origin = STR("xb.example")};
    EXPECT_OK(office_receipt_put(&txn, &row, &err));
    EXPECT_OK(office_cursor_put(&txn, STR("xb.example"), 12, &err));
    EXPECT_ERR(office_cursor_put(&txn, STR("xb.example"), 11, &err), ERR_CONFLICT);
    EXPECT_OK(office_views_reset(&txn, &err));
    EXPECT_OK(office_cursor_get(&txn, STR("xb.example"), &next, &err));
    EXPECT(next == 0);
    EXPECT_OK(db_commit(&txn, &err));
    db_close(db);
}
