// store/db.c - see db.h.
#include "store/db.h"

#include "store/sqlite.h"

#include <string.h>

struct db {
    const struct db_driver *driver;
    struct world *world;
    void *link; // owned
    enum db_mode mode;
    char *path;                    // owned; NULL for DB_MEMORY
    struct db *beside[DB_BESIDES]; // owned; see db_beside
    bool busy;                     // a transaction is open
    void *prepared[DB_SLOTS];      // the driver's; by slot
    void *chores[DB_CHORE_COUNT];
    bool running[DB_SLOTS];
    size_t running_count;
};

// -- drivers ----------------------------------------------------------------------------------
static const struct db_driver *const drivers[] = {&sqlite_driver};

bool db_driver(const char *name, const struct db_driver **ret, struct err *err)
{
    for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
        if (!str_eq(str_of(drivers[i]->name), str_of(name)))
            continue;
        *ret = drivers[i];
        return true;
    }
    if (str_eq(str_of(name), STR("postgres")))
        return err_set(err, ERR_UNSUPPORTED, NULL,
                       "the PostgreSQL driver is not part of this program; use sqlite");
    return err_set(err, ERR_USAGE, NULL, "no store engine has this name; use sqlite");
}

// -- opening ----------------------------------------------------------------------------------
bool db_open(const struct db_driver *driver, struct db_target target, struct db **ret_owned,
             struct err *err)
{
    void *link = NULL;
    CHECK(driver != NULL);
    if (!driver->open(&target, &link, err))
        return false;
    CHECK(link != NULL);
    struct db *db = memory_new(1, sizeof *db);
    *db = (struct db){.driver = driver, .world = target.world, .link = link, .mode = target.mode};
    if (target.path != NULL) {
        size_t size = strlen(target.path) + 1;
        db->path = memory_new(1, size);
        memcpy(db->path, target.path, size);
    }
    *ret_owned = db;
    return true;
}

static void release(struct db *db)
{
    if (db == NULL)
        return;
    CHECK(!db->busy); // whoever began has to end
    db->driver->close(db->link);
    memory_release(db->path);
    memory_release(db);
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    for (size_t i = 0; i < DB_BESIDES; i++) {
        release(db->beside[i]);
        db->beside[i] = NULL;
    }
    release(db);
}

struct db *db_beside(struct db *db, size_t number)
{
    struct err ignored = {0};
    struct db_target target = {db->world, db->path, DB_WALK};
    CHECK(number < DB_BESIDES);
    struct db **at = &db->beside[number];
    // A made-up world is of one thread.
    if (*at == NULL && db->path != NULL && db->world == world_real() &&
        !db_open(db->driver, target, at, &ignored))
        return NULL;
    return *at;
}

bool db_is_reader(const struct db *db)
{
    return db->mode == DB_READ || db->mode == DB_WALK;
}

// -- transactions -----------------------------------------------------------------------------
static bool begin(struct db *db, enum db_wait wait, struct txn *ret, struct err *err)
{
    CHECK(!db->busy); // transactions do not nest
    CHECK(ret->db == NULL);
    if (!db->driver->begin(db->link, wait, err))
        return false;
    db->busy = true;
    *ret = (struct txn){.db = db};
    return true;
}

bool db_begin(struct db *db, struct txn *ret, struct err *err)
{
    return begin(db, DB_WAITS, ret, err);
}

bool db_begin_deferred(struct db *db, struct txn *ret, struct err *err)
{
    return begin(db, DB_DEFERRED, ret, err);
}

bool db_settle(struct db *db, struct err *err)
{
    CHECK(!db->busy);
    return db->driver->settle(db->link, err);
}

// Whatever a caller left half read on a way out must not outlive its transaction.
static void stop_all(struct db *db)
{
    for (size_t slot = 0; db->running_count > 0 && slot < DB_SLOTS; slot++) {
        bool row = false;
        struct err ignored = {0};
        if (!db->running[slot])
            continue;
        (void)db->driver->step(db->prepared[slot], DB_STOP, NULL, 0, &row, &ignored);
        db->running[slot] = false;
        db->running_count--;
    }
}

static void txn_end(struct txn *txn)
{
    txn->db->busy = false;
    txn->db = NULL;
}

static bool verify_all(struct txn *txn, struct err *err)
{
    for (size_t i = 0; i < txn->verify_count; i++)
        if (!txn->verifies[i].run(txn, txn->verifies[i].subject, txn->verifies[i].from,
                                  txn->verifies[i].to, err))
            return err_wrap(err, "re-reading before commit");
    txn->verify_count = 0;
    return true;
}

bool db_commit(struct txn *txn, struct err *err)
{
    CHECK(txn->db != NULL);
    struct db *db = txn->db;
    stop_all(db);
    if (!verify_all(txn, err) || !db->driver->commit(db->link, err)) {
        txn_release(txn);
        return false;
    }
    txn_end(txn);
    return true;
}

void txn_release(struct txn *txn)
{
    if (txn->db == NULL)
        return;
    CHECK(txn->db->busy);
    stop_all(txn->db);
    txn->db->driver->rollback(txn->db->link);
    txn_end(txn);
}

bool txn_verify_later(struct txn *txn, txn_verify *run, int64_t subject, uint64_t from, uint64_t to,
                      struct err *err)
{
    CHECK(txn->db != NULL);
    CHECK(from <= to);
    if (txn->verify_count == TXN_VERIFIES_MAX)
        return run(txn, subject, from, to, err);
    txn->verifies[txn->verify_count].run = run;
    txn->verifies[txn->verify_count].subject = subject;
    txn->verifies[txn->verify_count].from = from;
    txn->verifies[txn->verify_count].to = to;
    txn->verify_count++;
    return true;
}

// -- upkeep -----------------------------------------------------------------------------------
// Runs a chore and hands its first column of the first row, if any, to the caller.
static bool chore(struct db *db, enum db_chore which, const char *path, struct db_value *ret_first,
                  struct err *err)
{
    CHECK(!db->busy);
    *ret_first = (struct db_value){0};
    const char *text = db->driver->chores[which];
    if (text == NULL || (db->mode == DB_MEMORY && which != DB_INTEGRITY))
        return true;
    if (db_is_reader(db) && which != DB_INTEGRITY)
        return err_set(err, ERR_DENIED, "one writer", "upkeep is the writer's");
    if (db->chores[which] == NULL &&
        !db->driver->prepare(db->link, str_of(text), &db->chores[which], err))
        return false;
    struct db_value value = {.kind = DB_TEXT};
    bool row = false;
    if (path != NULL)
        value.octets = str_bytes(str_of(path));
    if (!db->driver->step(db->chores[which], DB_START, &value, path != NULL ? 1 : 0, &row, err))
        return false;
    if (row)
        db->driver->column(db->chores[which], 0, ret_first);
    return true;
}

static void chore_end(struct db *db, enum db_chore which)
{
    bool row = false;
    struct err ignored = {0};
    if (db->chores[which] != NULL)
        (void)db->driver->step(db->chores[which], DB_STOP, NULL, 0, &row, &ignored);
}

bool db_checkpoint_truncate(struct db *db, struct err *err)
{
    struct db_value busy;
    if (!chore(db, DB_CHECKPOINT, NULL, &busy, err))
        return err_wrap(err, "checkpoint");
    bool done = busy.kind != DB_NUMBER || busy.number == 0;
    chore_end(db, DB_CHECKPOINT);
    return done ? true : err_set(err, ERR_BUSY, "SQLite", "a reader stands in the log");
}

bool db_vacuum(struct db *db, struct err *err)
{
    struct db_value ignored;
    bool done = chore(db, DB_VACUUM, NULL, &ignored, err);
    chore_end(db, DB_VACUUM);
    return done ? true : err_wrap(err, "vacuum");
}

bool db_backup_to(struct db *db, const char *path, struct err *err)
{
    struct db_value ignored;
    CHECK(path != NULL);
    if (world_exists(db->world, path))
        return err_set(err, ERR_CONFLICT, NULL, "%s exists already", path);
    bool done = chore(db, DB_BACKUP, path, &ignored, err);
    chore_end(db, DB_BACKUP);
    return done ? true : err_wrap(err, "backup");
}

bool db_integrity(struct db *db, struct err *err)
{
    struct db_value said;
    if (!chore(db, DB_INTEGRITY, NULL, &said, err))
        return err_wrap(err, "integrity");
    struct bytes ok = str_bytes(STR("ok"));
    bool sound = said.kind != DB_TEXT || bytes_eq(said.octets, ok);
    if (!sound)
        (void)err_set(err, ERR_TAMPERED, "SQLite", "the store is damaged: %.*s",
                      (int)said.octets.len, (const char *)said.octets.ptr);
    chore_end(db, DB_INTEGRITY);
    return sound;
}

// -- for stmt.c and migrate.c -----------------------------------------------------------------
bool db_prepare(struct db *db, size_t slot, struct str text, void **ret_prepared, struct err *err)
{
    CHECK(slot <= DB_SLOTS);
    if (slot < DB_SLOTS && db->prepared[slot] != NULL) {
        *ret_prepared = db->prepared[slot];
        return true;
    }
    void *made = NULL;
    if (!db->driver->prepare(db->link, text, &made, err))
        return false;
    if (slot < DB_SLOTS)
        db->prepared[slot] = made;
    *ret_prepared = made;
    return true;
}

void db_slot_run(struct db *db, size_t slot)
{
    CHECK(slot < DB_SLOTS);
    CHECK(!db->running[slot]);
    db->running[slot] = true;
    db->running_count++;
}

void db_slot_rest(struct db *db, size_t slot)
{
    CHECK(slot < DB_SLOTS);
    db->running_count -= db->running[slot] ? 1 : 0;
    db->running[slot] = false;
}

const struct db_driver *db_driver_of(const struct db *db)
{
    return db->driver;
}

struct world *db_world(const struct db *db)
{
    return db->world;
}
