// Source of what is asked: DESIGN sections 9 and 10; refs/dependencies.md section 5 (one writer).
#include "store/db.h"

#include "store/exchange_stage.h"
#include "store/office.h"
#include "tests/store/support.h"

#include <sys/wait.h>
#include <unistd.h>

TEST(only_sqlite_is_built_in_and_postgres_is_refused_with_a_sentence)
{
    struct err err = {0};
    const struct db_driver *driver = NULL;
    EXPECT_OK(db_driver("sqlite", &driver, &err));
    EXPECT(driver != NULL);
    driver = NULL;
    EXPECT_ERR(db_driver("postgres", &driver, &err), ERR_UNSUPPORTED);
    EXPECT(strstr(err.text, "PostgreSQL") != NULL);
    EXPECT(driver == NULL);
    EXPECT_ERR(db_driver("oracle", &driver, &err), ERR_USAGE);
}

// A store on disk with one setting, and its path.
static struct db *store_on_disk(struct arena *a, const char **ret_path)
{
    struct err err = {0};
    struct db *db = NULL;
    struct txn txn = {0};
    *ret_path = path_in(a, test_folder(a), "exchange.db");
    EXPECT_OK(exchange_open_write(sqlite(), world_real(), *ret_path, &db, &err));
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_setting_put(&txn, STR("k"), str_bytes(STR("one")), &err));
    EXPECT_OK(db_commit(&txn, &err));
    return db;
}

static bool setting_is(struct db *db, struct arena *a, struct str wanted)
{
    struct err err = {0};
    struct txn txn = {0};
    struct bytes value = {0};
    EXPECT_OK(db_begin(db, &txn, &err));
    bool held = exchange_setting_get(&txn, STR("k"), a, &value, &err);
    txn_release(&txn);
    return held && bytes_eq(value, str_bytes(wanted));
}

static void put_setting(struct db *db, struct str value)
{
    struct err err = {0};
    struct txn txn = {0};
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_setting_put(&txn, STR("k"), str_bytes(value), &err));
    EXPECT_OK(db_commit(&txn, &err));
}

TEST(a_second_writer_is_refused_in_this_process_and_in_another)
{
    struct err err = {0};
    struct arena a;
    const char *path = NULL;
    arena_init(&a, 1u << 20);
    struct db *db = store_on_disk(&a, &path);
    struct db *second = NULL;
    EXPECT_ERR(exchange_open_write(sqlite(), world_real(), path, &second, &err), ERR_BUSY);
    EXPECT(second == NULL);
    pid_t child = fork();
    EXPECT(child >= 0);
    if (child == 0) {
        bool refused = !exchange_open_write(sqlite(), world_real(), path, &second, &err);
        _exit(refused && err.kind == ERR_BUSY ? 0 : 1);
    }
    int status = 0;
    EXPECT(waitpid(child, &status, 0) == child);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    db_close(db);
    EXPECT_OK(exchange_open_write(sqlite(), world_real(), path, &second, &err));
    db_close(second);
    arena_release(&a);
}

TEST(a_reader_sees_one_state_until_its_transaction_ends)
{
    struct err err = {0};
    struct arena a;
    const char *path = NULL;
    arena_init(&a, 1u << 20);
    struct db *db = store_on_disk(&a, &path);
    struct db *reader = NULL;
    struct txn txn = {0};
    struct bytes value = {0};
    EXPECT_OK(exchange_open_read(sqlite(), world_real(), path, &reader, &err));
    EXPECT(db_is_reader(reader));
    EXPECT_OK(db_begin(reader, &txn, &err));
    put_setting(db, STR("two"));
    EXPECT_OK(exchange_setting_get(&txn, STR("k"), &a, &value, &err));
    EXPECT(bytes_eq(value, str_bytes(STR("one"))));
    txn_release(&txn);
    EXPECT(setting_is(reader, &a, STR("two")));
    // Closing a reader must not cost the writer its locks.
    db_close(reader);
    EXPECT_ERR(exchange_open_write(sqlite(), world_real(), path, &reader, &err), ERR_BUSY);
    put_setting(db, STR("three"));
    EXPECT(setting_is(db, &a, STR("three")));
    db_close(db);
    arena_release(&a);
}

TEST(a_reader_writes_nothing_and_does_no_upkeep)
{
    struct err err = {0};
    struct arena a;
    const char *path = NULL;
    arena_init(&a, 1u << 20);
    struct db *db = store_on_disk(&a, &path);
    struct db *reader = NULL;
    struct txn txn = {0};
    EXPECT_OK(exchange_open_read(sqlite(), world_real(), path, &reader, &err));
    EXPECT_OK(db_begin(reader, &txn, &err));
    EXPECT_ERR(exchange_setting_put(&txn, STR("k"), str_bytes(STR("x")), &err), ERR_DENIED);
    txn_release(&txn);
    EXPECT_ERR(db_checkpoint_truncate(reader, &err), ERR_DENIED);
    EXPECT_ERR(db_vacuum(reader, &err), ERR_DENIED);
    db_close(reader);
    EXPECT(setting_is(db, &a, STR("one")));
    db_close(db);
    arena_release(&a);
}

TEST(a_reader_process_reads_whole_batches_while_the_writer_writes)
{
    struct err err = {0};
    struct arena a;
    const char *path = NULL;
    enum { BATCH = 100, BATCHES = 40 };
    arena_init(&a, 1u << 24);
    struct db *db = store_on_disk(&a, &path);
    struct txn txn = {0};
    struct log_id log;
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_log_add(&txn, STR("xa.example/demo"), true, &log, &err));
    EXPECT_OK(db_commit(&txn, &err));
    pid_t child = fork();
    EXPECT(child >= 0);
    if (child == 0) {
        struct db *reader = NULL;
        struct exchange_log row = {0};
        bool good = exchange_open_read(sqlite(), world_real(), path, &reader, &err);
        while (good && row.size.n < BATCH * BATCHES) {
            struct digest root = merkle_empty();
            struct exchange_tiles tiles;
            struct txn look = {0};
            struct arena scratch;
            arena_init(&scratch, 1u << 20);
            good =
                db_begin(reader, &look, &err) && exchange_log_get(&look, log, &scratch, &row, &err);
            exchange_tiles_init(&tiles, &look, log);
            if (good && row.size.n > 0)
                good = merkle_subtree_hash(&tiles.source, (struct subtree){0, row.size.n}, &root,
                                           &err);
            good = good && row.size.n % BATCH == 0 && digest_eq(&root, &row.root);
            txn_release(&look);
            arena_release(&scratch);
        }
        db_close(reader);
        _exit(good ? 0 : 1);
    }
    for (uint64_t n = 0; n < BATCHES; n++) {
        struct made_batch b = made_batch(&a, n * BATCH, BATCH);
        struct exchange_append what = made_append(log, n * BATCH, &b);
        EXPECT_OK(db_begin(db, &txn, &err));
        EXPECT_OK(exchange_append(&txn, &what, NULL, &err));
        EXPECT_OK(db_commit(&txn, &err));
        if (n % 10 == 5) // a reader may stand in the log: then it is not cut this time
            EXPECT(db_checkpoint_truncate(db, &err) || err.kind == ERR_BUSY);
    }
    int status = 0;
    EXPECT(waitpid(child, &status, 0) == child);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_OK(db_integrity(db, &err));
    db_close(db);
    arena_release(&a);
}

TEST(a_transaction_not_committed_leaves_nothing)
{
    struct err err = {0};
    struct arena a;
    const char *path = NULL;
    arena_init(&a, 1u << 20);
    struct db *db = store_on_disk(&a, &path);
    struct txn txn = {0};
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_setting_put(&txn, STR("k"), str_bytes(STR("lost")), &err));
    txn_release(&txn);
    txn_release(&txn); // again is fine
    EXPECT(setting_is(db, &a, STR("one")));
    db_close(db);
    db_close(NULL);
    arena_release(&a);
}

TEST(the_other_store_a_missing_file_and_a_text_file_are_refused)
{
    struct err err = {0};
    struct arena a;
    const char *path = NULL;
    arena_init(&a, 1u << 20);
    struct db *db = store_on_disk(&a, &path);
    struct db *other = NULL;
    db_close(db);
    EXPECT_ERR(office_open_write(sqlite(), world_real(), path, &other, &err), ERR_CONFLICT);
    EXPECT_ERR(office_open_read(sqlite(), world_real(), path, &other, &err), ERR_CONFLICT);
    const char *missing = path_in(&a, test_folder(&a), "none.db");
    EXPECT_ERR(exchange_open_read(sqlite(), world_real(), missing, &other, &err), ERR_NOT_FOUND);
    EXPECT(!world_exists(world_real(), missing));
    const char *text = path_in(&a, test_folder(&a), "text.db");
    uint8_t filling[8192];
    memset(filling, 'x', sizeof filling);
    EXPECT_OK(world_write_file(world_real(), text, bytes_of(filling, sizeof filling), 0600, &err));
    EXPECT_ERR(exchange_open_write(sqlite(), world_real(), text, &other, &err), ERR_MALFORMED);
    EXPECT_ERR(exchange_open_read(sqlite(), world_real(), text, &other, &err), ERR_MALFORMED);
    EXPECT(other == NULL);
    arena_release(&a);
}

TEST(a_backup_is_a_whole_store_and_overwrites_nothing)
{
    struct err err = {0};
    struct arena a;
    const char *path = NULL;
    arena_init(&a, 1u << 20);
    struct db *db = store_on_disk(&a, &path);
    struct db *copy = NULL;
    const char *to = path_in(&a, test_folder(&a), "copy.db");
    EXPECT_OK(db_backup_to(db, to, &err));
    EXPECT_ERR(db_backup_to(db, to, &err), ERR_CONFLICT);
    put_setting(db, STR("later"));
    EXPECT_OK(exchange_open_write(sqlite(), world_real(), to, &copy, &err));
    EXPECT(setting_is(copy, &a, STR("one")));
    EXPECT_OK(db_integrity(copy, &err));
    EXPECT_OK(db_vacuum(db, &err));
    EXPECT_OK(db_checkpoint_truncate(db, &err));
    EXPECT(setting_is(db, &a, STR("later")));
    db_close(copy);
    db_close(db);
    arena_release(&a);
}

TEST(a_damaged_page_is_found)
{
    struct err err = {0};
    struct arena a;
    const char *path = NULL;
    arena_init(&a, 1u << 24);
    struct db *db = store_on_disk(&a, &path);
    EXPECT_OK(db_checkpoint_truncate(db, &err));
    EXPECT_OK(db_integrity(db, &err));
    db_close(db);
    struct bytes file = test_file(&a, path);
    struct bytes copy;
    EXPECT_OK(arena_copy(&a, file, &copy, &err));
    uint8_t *octets = (uint8_t *)(uintptr_t)copy.ptr;
    memset(octets + 3 * 4096, 0xff, copy.len - 3 * 4096 - 100);
    EXPECT_OK(world_write_file(world_real(), path, copy, 0600, &err));
    bool opened = exchange_open_write(sqlite(), world_real(), path, &db, &err);
    EXPECT(!opened || !db_integrity(db, &err));
    EXPECT(err.kind == ERR_TAMPERED || err.kind == ERR_MALFORMED);
    if (opened)
        db_close(db);
    arena_release(&a);
}
