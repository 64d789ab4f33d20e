// Source of what is asked: DESIGN section 4, promises 1 and 9: nothing acknowledged is lost by
// kill -9 or a failing disk; what was erased is gone from database and log.
#include "store/exchange_blob.h"
#include "store/exchange_stage.h"
#include "tests/store/support.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// -- kill -9 ----------------------------------------------------------------------------------
enum { KILL_BATCH = 7 };

// Appends until it is killed; tells each size once it is durable.
_Noreturn static void append_for_ever(const char *path, int tell)
{
    struct err err = {0};
    struct db *db = NULL;
    struct log_id log = {0};
    struct exchange_log row;
    bool good = exchange_open_write(sqlite(), world_real(), path, &db, &err);
    while (good) {
        struct txn txn = {0};
        struct arena a;
        arena_init(&a, 1u << 20);
        good = db_begin(db, &txn, &err) &&
               exchange_log_add(&txn, STR("xa.example/demo"), true, &log, &err) &&
               exchange_log_get(&txn, log, &a, &row, &err);
        struct made_batch b = made_batch(&a, row.size.n, KILL_BATCH);
        struct exchange_append what = made_append(log, row.size.n, &b);
        good = good && exchange_append(&txn, &what, NULL, &err) && db_commit(&txn, &err);
        uint64_t size = row.size.n + KILL_BATCH;
        good = good && write(tell, &size, sizeof size) == (ssize_t)sizeof size;
        arena_release(&a);
    }
    _exit(1);
}

static uint64_t run_and_kill(const char *path, unsigned wait_us)
{
    int ends[2];
    uint64_t size = 0;
    uint64_t acknowledged = 0;
    EXPECT(pipe(ends) == 0);
    pid_t child = fork();
    EXPECT(child >= 0);
    if (child == 0)
        append_for_ever(path, ends[1]);
    (void)close(ends[1]);
    EXPECT(read(ends[0], &size, sizeof size) == (ssize_t)sizeof size); // it works
    struct timespec pause = {0, (long)wait_us * 1000};
    (void)nanosleep(&pause, NULL);
    EXPECT(kill(child, SIGKILL) == 0);
    int status = 0;
    EXPECT(waitpid(child, &status, 0) == child);
    EXPECT(WIFSIGNALED(status));
    do
        acknowledged = size;
    while (read(ends[0], &size, sizeof size) == (ssize_t)sizeof size);
    (void)close(ends[0]);
    return acknowledged;
}

// A reader alone, before any writer has come back.
static void expect_readable(const char *path, uint64_t acknowledged)
{
    struct err err = {0};
    struct arena a;
    struct db *reader = NULL;
    struct txn txn = {0};
    struct exchange_log row;
    arena_init(&a, 1u << 20);
    EXPECT_OK(exchange_open_read(sqlite(), world_real(), path, &reader, &err));
    EXPECT_OK(db_begin(reader, &txn, &err));
    EXPECT_OK(exchange_log_find(&txn, STR("xa.example/demo"), &a, &row, &err));
    EXPECT(row.size.n >= acknowledged);
    txn_release(&txn);
    db_close(reader);
    arena_release(&a);
}

TEST(what_was_acknowledged_survives_twenty_kills)
{
    struct err err = {0};
    struct arena a;
    arena_init(&a, 1u << 24);
    const char *path = path_in(&a, test_folder(&a), "exchange.db");
    for (unsigned round = 0; round < 20; round++) {
        uint64_t acknowledged = run_and_kill(path, 1000 + round * 777);
        struct db *db = NULL;
        struct txn txn = {0};
        struct exchange_log row;
        expect_readable(path, acknowledged);
        EXPECT_OK(exchange_open_write(sqlite(), world_real(), path, &db, &err));
        EXPECT_OK(db_integrity(db, &err));
        EXPECT_OK(db_begin(db, &txn, &err));
        EXPECT_OK(exchange_log_find(&txn, STR("xa.example/demo"), &a, &row, &err));
        EXPECT(row.size.n >= acknowledged);
        EXPECT(row.size.n <= acknowledged + KILL_BATCH);
        struct digest wanted = made_root(row.size.n);
        EXPECT(digest_eq(&row.root, &wanted));
        txn_release(&txn);
        db_close(db);
    }
    arena_release(&a);
}

// -- a failing disk ---------------------------------------------------------------------------
// The machine's own files, but the n-th write or sync fails with a code, and so does every later
// one until the disk is well again.
struct bad_disk {
    struct world world; // first
    struct world_ops ops;
    struct world *real;
    int code;
    bool syncs;     // syncs fail; otherwise writes
    long countdown; // -1: well
    long done;
};
static struct bad_disk *disk(struct world *w)
{
    return (struct bad_disk *)(void *)w;
}
static bool fails(struct bad_disk *d, bool sync, int *ret_code)
{
    if (d->syncs != sync)
        return false;
    d->done++;
    if (d->countdown < 0 || d->done <= d->countdown)
        return false;
    *ret_code = d->code;
    return true;
}
static int64_t bad_write(struct world *w, int fd, const void *from, size_t size, uint64_t offset,
                         int *ret_code)
{
    struct bad_disk *d = disk(w);
    if (fails(d, false, ret_code))
        return -1;
    return d->real->ops->write_at(d->real, fd, from, size, offset, ret_code);
}
static int bad_sync(struct world *w, int fd, int *ret_code)
{
    struct bad_disk *d = disk(w);
    return fails(d, true, ret_code) ? -1 : d->real->ops->sync(d->real, fd, ret_code);
}
static void bad_disk_init(struct bad_disk *d, bool syncs, int code)
{
    *d = (struct bad_disk){.real = world_real(), .syncs = syncs, .code = code, .countdown = -1};
    d->ops = *d->real->ops;
    d->ops.write_at = bad_write;
    d->ops.sync = bad_sync;
    d->world.ops = &d->ops;
}

// Appends batches until the disk fails; *ret_size is what was committed.
static bool append_until(struct db *db, struct arena *a, uint64_t *ret_size, struct err *err)
{
    struct log_id log = {0};
    struct exchange_log row;
    for (int i = 0; i < 12; i++) {
        struct txn txn = {0};
        bool good = db_begin(db, &txn, err) &&
                    exchange_log_add(&txn, STR("xa.example/demo"), true, &log, err) &&
                    exchange_log_get(&txn, log, a, &row, err);
        if (good) {
            struct made_batch b = made_batch(a, row.size.n, 300);
            struct exchange_append what = made_append(log, row.size.n, &b);
            good = exchange_append(&txn, &what, NULL, err) && db_commit(&txn, err);
        }
        txn_release(&txn);
        if (!good)
            return false;
        *ret_size = row.size.n + 300;
        if (i % 5 == 4 && !db_checkpoint_truncate(db, err))
            return false;
    }
    return true;
}

static void expect_healthy(const char *path, uint64_t acknowledged)
{
    struct err err = {0};
    struct arena a;
    struct db *db = NULL;
    struct txn txn = {0};
    struct exchange_log row;
    arena_init(&a, 1u << 24);
    EXPECT_OK(exchange_open_write(sqlite(), world_real(), path, &db, &err));
    EXPECT_OK(db_integrity(db, &err));
    if (acknowledged > 0) {
        EXPECT_OK(db_begin(db, &txn, &err));
        EXPECT_OK(exchange_log_find(&txn, STR("xa.example/demo"), &a, &row, &err));
        EXPECT(row.size.n >= acknowledged);
        struct digest wanted = made_root(row.size.n);
        EXPECT(digest_eq(&row.root, &wanted));
        txn_release(&txn);
    }
    uint64_t more = 0;
    EXPECT_OK(append_until(db, &a, &more, &err));
    EXPECT(more >= acknowledged + 300);
    db_close(db);
    arena_release(&a);
}

static void fail_at_each(bool syncs, int code, long step, long last)
{
    struct arena names;
    arena_init(&names, 1u << 20);
    const char *folder = test_folder(&names);
    bool good = false;
    for (long n = 0; n <= last; n += step) {
        struct err err = {0};
        struct arena a;
        char name[40];
        struct bad_disk d;
        struct db *db = NULL;
        uint64_t size = 0;
        arena_init(&a, 1u << 24);
        (void)snprintf(name, sizeof name, "%ld.db", n);
        const char *path = path_in(&a, folder, name);
        bad_disk_init(&d, syncs, code);
        d.countdown = n;
        bool opened = exchange_open_write(sqlite(), &d.world, path, &db, &err);
        good = opened && append_until(db, &a, &size, &err);
        EXPECT(n > 0 || !good);
        EXPECT(good || err.kind == ERR_IO);
        EXPECT(good || err.text[0] != '\0');
        if (!good && code == ENOSPC)
            EXPECT(strstr(err.text, "No space left") != NULL);
        d.countdown = -1;
        if (opened)
            db_close(db);
        expect_healthy(path, size);
        arena_release(&a);
    }
    EXPECT(good); // the last step was beyond all: the whole way was walked
    arena_release(&names);
}

TEST(a_full_disk_at_any_write_is_a_clean_error_and_the_store_stays_whole)
{
    fail_at_each(false, ENOSPC, test_long() ? 7 : 211, 4000);
}

TEST(a_sync_that_fails_is_a_clean_error_and_the_store_stays_whole)
{
    fail_at_each(true, EIO, test_long() ? 1 : 3, 40);
}

TEST(once_the_disk_has_room_again_the_same_connection_goes_on)
{
    struct err err = {0};
    struct arena a;
    struct bad_disk d;
    struct db *db = NULL;
    uint64_t size = 0;
    arena_init(&a, 1u << 24);
    const char *path = path_in(&a, test_folder(&a), "exchange.db");
    bad_disk_init(&d, false, ENOSPC);
    EXPECT_OK(exchange_open_write(sqlite(), &d.world, path, &db, &err));
    d.countdown = d.done + 90;
    EXPECT_ERR(append_until(db, &a, &size, &err), ERR_IO);
    d.countdown = -1;
    EXPECT_OK(append_until(db, &a, &size, &err));
    EXPECT_OK(db_integrity(db, &err));
    db_close(db);
    expect_healthy(path, size);
    arena_release(&a);
}

// -- erasing ----------------------------------------------------------------------------------
static bool holds(struct arena *a, const char *path, struct str word)
{
    if (!world_exists(world_real(), path))
        return false;
    struct bytes file = test_file(a, path);
    for (size_t i = 0; i + word.len <= file.len; i++)
        if (memcmp(file.ptr + i, word.ptr, word.len) == 0)
            return true;
    return false;
}

TEST(an_erased_body_leaves_no_word_in_database_or_log)
{
    struct err err = {0};
    struct arena a;
    struct db *db = NULL;
    struct txn txn = {0};
    struct str word = STR("planted-word-7f3a");
    arena_init(&a, 1u << 26);
    const char *path = path_in(&a, test_folder(&a), "exchange.db");
    struct str wal;
    EXPECT_OK(arena_fmt(&a, &wal, &err, "%s-wal", path));
    uint8_t *body = arena_new(&a, uint8_t, 200000);
    EXPECT(body != NULL);
    for (size_t i = 0; i + word.len < 200000; i += 4099)
        memcpy(body + i, word.ptr, word.len);
    struct bytes octets = bytes_of(body, 200000);
    struct digest hash = digest_of(octets);
    EXPECT_OK(exchange_open_write(sqlite(), world_real(), path, &db, &err));
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_blob_put(&txn, &hash, octets, &err));
    EXPECT_OK(exchange_setting_put(&txn, STR("s"), str_bytes(word), &err));
    EXPECT_OK(db_commit(&txn, &err));
    EXPECT(holds(&a, wal.ptr, word) || holds(&a, path, word)); // or the test shows nothing
    EXPECT_OK(db_begin(db, &txn, &err));
    EXPECT_OK(exchange_blob_erase(&txn, &hash, &err));
    EXPECT_OK(exchange_setting_drop(&txn, STR("s"), &err));
    EXPECT_OK(db_commit(&txn, &err));
    EXPECT_OK(db_checkpoint_truncate(db, &err));
    db_close(db); // reading the file below would otherwise cost the connection its locks
    EXPECT(!holds(&a, path, word));
    EXPECT(!holds(&a, wal.ptr, word));
    arena_release(&a);
}
