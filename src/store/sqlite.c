// store/sqlite.c - see sqlite.h.
#include "store/sqlite.h"

#include "store/vfs.h"

#include <stdio.h>
#include <string.h>

enum { PARAMETERS_MAX = 32, RETRIES_MAX = 60, RETRY_MS = 50, BUSY_MS = 3000 };

struct prepared {
    struct link *link;             // borrowed
    sqlite3_stmt *stmt;            // owned
    int place[PARAMETERS_MAX + 1]; // $N stands at this index; SQLite numbers names as they come
    struct prepared *next;
};
enum fixed { FIXED_BEGIN, FIXED_COMMIT, FIXED_COUNT };
struct link {
    sqlite3 *handle; // owned
    enum db_mode mode;
    enum db_wait wait;                // as the engine is set now
    int64_t changes;                  // of all rows, when this transaction began
    bool owed;                        // committed, and not on the disk for sure
    struct vfs vfs;                   // not used by DB_MEMORY
    struct vfs_lock lock;             // of DB_WRITE
    struct prepared *prepared;        // owned; all of them, newest first
    sqlite3_stmt *fixed[FIXED_COUNT]; // owned; what every transaction says
};

static bool reads(const struct link *l)
{
    return l->mode == DB_READ || l->mode == DB_WALK;
}

// -- errors -----------------------------------------------------------------------------------
static enum err_kind kind_of(int extended)
{
    if (extended == SQLITE_READONLY_RECOVERY || extended == SQLITE_READONLY_CANTINIT ||
        extended == SQLITE_READONLY_CANTLOCK)
        return ERR_BUSY; // the writer is away or recovering
    switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR: // a statement that does not fit the tables
        return ERR_CONFLICT;
    case SQLITE_READONLY:
        return ERR_DENIED;
    case SQLITE_NOTADB:
        return ERR_MALFORMED;
    case SQLITE_CORRUPT:
        return ERR_TAMPERED;
    case SQLITE_TOOBIG:
        return ERR_LIMIT;
    default:
        return ERR_IO;
    }
}

static bool refuse(struct link *l, int result, const char *what, struct err *err)
{
    char disk[120];
    int extended = l->handle != NULL ? sqlite3_extended_errcode(l->handle) : result;
    vfs_failure(&l->vfs, disk, sizeof disk);
    l->vfs.failed = NULL;
    return err_set(err, kind_of(extended), "SQLite", "%s: %s%s%s", what,
                   l->handle != NULL ? sqlite3_errmsg(l->handle) : sqlite3_errstr(result),
                   disk[0] != '\0' ? "; disk: " : "", disk);
}

// Runs fixed text of ours, without rows of interest.
static bool tell(struct link *l, const char *text, struct err *err)
{
    int result = sqlite3_exec(l->handle, text, NULL, NULL, NULL);
    return result == SQLITE_OK ? true : refuse(l, result, text, err);
}

// -- opening ----------------------------------------------------------------------------------
static bool wal_on(struct link *l, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v2(l->handle, "PRAGMA journal_mode = WAL", -1, &stmt, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_step(stmt);
    bool on =
        result == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(stmt, 0), "wal") == 0;
    sqlite3_finalize(stmt);
    if (on)
        return true;
    if (result != SQLITE_ROW)
        return refuse(l, result, "write-ahead log", err);
    return err_set(err, ERR_IO, "SQLite", "the write-ahead log cannot be switched on");
}

// Every connection: nothing outside the store's folder, nothing that a file could make us run.
static bool settle(struct link *l, struct err *err)
{
    static const char common[] = "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
                                 "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;"
                                 "PRAGMA cache_size = -4096";
    // 4,000 pages are 16 MiB: a checkpoint is paid for by many batches, and the log stays small.
    static const char writer[] = "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
                                 "PRAGMA wal_autocheckpoint = 4000;"
                                 "PRAGMA journal_size_limit = 67108864";
    (void)sqlite3_extended_result_codes(l->handle, 1);
    (void)sqlite3_busy_timeout(l->handle, BUSY_MS);
    (void)sqlite3_db_config(l->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    if (!tell(l, common, err))
        return false;
    if (l->mode == DB_WALK && !tell(l, "PRAGMA cache_size = -512", err))
        return false;
    if (l->mode == DB_WRITE)
        return wal_on(l, err) && tell(l, writer, err);
    if (l->mode == DB_MEMORY)
        return tell(l, "PRAGMA secure_delete = ON", err);
    (void)sqlite3_db_config(l->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    return tell(l, "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0", err);
}

// Pins the reader's snapshot; while the writer recovers or is being started anew, waits a bounded
// time.
static bool snapshot(struct link *l, struct err *err)
{
    int result = SQLITE_OK;
    for (int tries = 0; tries < RETRIES_MAX; tries++) {
        result = sqlite3_exec(l->handle, "BEGIN; SELECT name FROM sqlite_schema LIMIT 1", NULL,
                              NULL, NULL);
        if (result == SQLITE_OK)
            return true;
        bool fails = refuse(l, result, "reading", err);
        (void)sqlite3_exec(l->handle, "ROLLBACK", NULL, NULL, NULL); // none may be open: fine
        if (err->kind != ERR_BUSY && (result & 0xff) != SQLITE_CANTOPEN)
            return fails;
        (void)sqlite3_sleep(RETRY_MS);
    }
    if (err->kind != ERR_BUSY)
        return false;
    return err_set(err, ERR_BUSY, "one writer", "the writer is still recovering the store");
}

static bool link_open(struct link *l, const struct db_target *target, struct err *err)
{
    static const int flags[] = {
        [DB_WRITE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [DB_READ] = SQLITE_OPEN_READONLY,
        [DB_WALK] = SQLITE_OPEN_READONLY,
        [DB_MEMORY] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY,
    };
    const char *path = l->mode == DB_MEMORY ? ":memory:" : target->path;
    if (reads(l) && !world_exists(target->world, path))
        return err_set(err, ERR_NOT_FOUND, NULL, "there is no store %s", path);
    if (l->mode != DB_MEMORY && !vfs_init(&l->vfs, target->world, err))
        return false;
    if (l->mode == DB_WRITE && !vfs_lock_take(&l->lock, path, err))
        return false;
    int result = sqlite3_open_v2(path, &l->handle, flags[l->mode] | SQLITE_OPEN_NOMUTEX,
                                 l->mode == DB_MEMORY ? NULL : l->vfs.name);
    if (result != SQLITE_OK)
        return refuse(l, result, path, err);
    if (!settle(l, err))
        return false;
    if (!reads(l))
        return true;
    return snapshot(l, err) && tell(l, "COMMIT", err);
}

static void sqlite_close(void *link)
{
    struct link *l = link;
    while (l->prepared != NULL) {
        struct prepared *p = l->prepared;
        l->prepared = p->next;
        (void)sqlite3_finalize(p->stmt); // repeats what its last step said
        memory_release(p);
    }
    for (size_t i = 0; i < FIXED_COUNT; i++)
        (void)sqlite3_finalize(l->fixed[i]);      // repeats what its last step said
    CHECK(sqlite3_close(l->handle) == SQLITE_OK); // refused only while a statement lives
    vfs_lock_release(&l->lock);
    vfs_release(&l->vfs);
    memory_release(l);
}

static bool sqlite_open(const struct db_target *target, void **ret_link, struct err *err)
{
    CHECK(target->mode == DB_MEMORY || target->path != NULL);
    struct link *l = memory_new(1, sizeof *l);
    l->mode = target->mode;
    if (!link_open(l, target, err)) {
        sqlite_close(l);
        return false;
    }
    *ret_link = l;
    return true;
}

// -- transactions -----------------------------------------------------------------------------
static bool tell_fixed(struct link *l, enum fixed which, struct err *err)
{
    static const char *const texts[FIXED_COUNT] = {
        [FIXED_BEGIN] = "BEGIN IMMEDIATE", [FIXED_COMMIT] = "COMMIT"};
    int result = SQLITE_OK;
    if (l->fixed[which] == NULL)
        result = sqlite3_prepare_v3(l->handle, texts[which], -1, SQLITE_PREPARE_PERSISTENT,
                                    &l->fixed[which], NULL);
    if (result == SQLITE_OK)
        result = sqlite3_step(l->fixed[which]);
    bool done = result == SQLITE_DONE || refuse(l, result, texts[which], err);
    (void)sqlite3_reset(l->fixed[which]); // repeats what the step said
    return done;
}

// FULL waits for the disk at each commit, NORMAL before each checkpoint only; in both a write-ahead
// log is always read back as some transaction left it (SQLite, PRAGMA synchronous).
static bool set_wait(struct link *l, enum db_wait wait, struct err *err)
{
    if (l->mode != DB_WRITE || l->wait == wait)
        return true;
    l->wait = wait;
    // Not prepared beforehand: this pragma works when it is compiled.
    return tell(l, wait == DB_WAITS ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                err);
}

static bool sqlite_begin(void *link, enum db_wait wait, struct err *err)
{
    struct link *l = link;
    if (reads(l))
        return snapshot(l, err);
    if (!set_wait(l, wait, err))
        return false;
    l->changes = sqlite3_total_changes64(l->handle);
    return tell_fixed(l, FIXED_BEGIN, err);
}

static void sqlite_rollback(void *link)
{
    struct link *l = link;
    // Some failures have rolled back already.
    if (sqlite3_get_autocommit(l->handle) == 0)
        (void)sqlite3_exec(l->handle, "ROLLBACK", NULL, NULL, NULL);
    CHECK(sqlite3_get_autocommit(l->handle) != 0);
}

// The write-ahead log is synced through the engine's own handle of it.
static bool sqlite_settle(void *link, struct err *err)
{
    struct link *l = link;
    sqlite3_file *log = NULL;
    if (!l->owed || l->mode != DB_WRITE)
        return true;
    int result = sqlite3_file_control(l->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (result == SQLITE_OK && log != NULL && log->pMethods != NULL)
        result = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
    if (result != SQLITE_OK)
        return refuse(l, result, "settling", err);
    l->owed = false;
    return true;
}

static bool sqlite_commit(void *link, struct err *err)
{
    struct link *l = link;
    if (sqlite3_get_autocommit(l->handle) != 0)
        return err_set(err, ERR_IO, "SQLite", "the transaction was rolled back by the engine");
    if (!tell_fixed(l, FIXED_COMMIT, err))
        return false;
    bool wrote = sqlite3_total_changes64(l->handle) != l->changes;
    if (l->wait == DB_DEFERRED) {
        l->owed = l->owed || wrote;
        return true;
    }
    l->owed = l->owed && !wrote; // the engine syncs only what writes
    return true;
}

// -- statements -------------------------------------------------------------------------------
static bool sqlite_prepare(void *link, struct str text, void **ret_prepared, struct err *err)
{
    struct link *l = link;
    CHECK(text.len < 1u << 20);
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v3(l->handle, text.ptr, (int)text.len, SQLITE_PREPARE_PERSISTENT,
                                    &stmt, NULL);
    if (result != SQLITE_OK)
        return refuse(l, result, "statement", err);
    CHECK(stmt != NULL); // an empty statement is our own mistake
    struct prepared *p = memory_new(1, sizeof *p);
    *p = (struct prepared){.link = l, .stmt = stmt, .next = l->prepared};
    l->prepared = p;
    CHECK(sqlite3_bind_parameter_count(stmt) <= PARAMETERS_MAX);
    for (int n = 1; n <= PARAMETERS_MAX; n++) {
        char name[16];
        (void)snprintf(name, sizeof name, "$%d", n);
        p->place[n] = sqlite3_bind_parameter_index(stmt, name);
    }
    *ret_prepared = p;
    return true;
}

static int bind(sqlite3_stmt *stmt, int place, const struct db_value *v)
{
    static const uint8_t none[1] = {0}; // a NULL pointer would bind NULL
    const void *octets = v->octets.len == 0 ? none : v->octets.ptr;
    switch (v->kind) {
    case DB_NULL:
        return sqlite3_bind_null(stmt, place);
    case DB_NUMBER:
        return sqlite3_bind_int64(stmt, place, v->number);
    case DB_OCTETS:
        return sqlite3_bind_blob64(stmt, place, octets, v->octets.len, SQLITE_TRANSIENT);
    case DB_TEXT:
        return sqlite3_bind_text64(stmt, place, octets, v->octets.len, SQLITE_TRANSIENT,
                                   SQLITE_UTF8);
    }
    return SQLITE_MISUSE;
}

static bool start(struct prepared *p, const struct db_value *values, size_t count, struct err *err)
{
    CHECK(count <= PARAMETERS_MAX);
    (void)sqlite3_reset(p->stmt); // repeats what the last run said
    for (size_t n = 1; n <= count; n++) {
        CHECK(p->place[n] > 0);
        int result = bind(p->stmt, p->place[n], &values[n - 1]);
        if (result != SQLITE_OK)
            return refuse(p->link, result, "value", err);
    }
    return true;
}

static bool sqlite_step(void *prepared, enum db_step what, const struct db_value *values,
                        size_t count, bool *ret_row, struct err *err)
{
    struct prepared *p = prepared;
    if (what == DB_STOP) {
        (void)sqlite3_reset(p->stmt);
        return true;
    }
    if (what == DB_START && !start(p, values, count, err))
        return false;
    int result = sqlite3_step(p->stmt);
    if (result == SQLITE_ROW) {
        *ret_row = true;
        return true;
    }
    if (result != SQLITE_DONE) {
        (void)refuse(p->link, result, "step", err);
        (void)sqlite3_reset(p->stmt);
        return false;
    }
    (void)sqlite3_reset(p->stmt); // a finished statement must not hold a lock
    *ret_row = false;
    return true;
}

static void sqlite_column(void *prepared, size_t number, struct db_value *ret)
{
    struct prepared *p = prepared;
    int n = (int)number;
    CHECK(n < sqlite3_column_count(p->stmt));
    // Looked up once: a walk over entries spends a good part of its time on columns. Its value is
    // read by this thread alone, as the connection is (SQLITE_OPEN_NOMUTEX).
    sqlite3_value *value = sqlite3_column_value(p->stmt, n);
    *ret = (struct db_value){0};
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        ret->kind = DB_NUMBER;
        ret->number = sqlite3_value_int64(value);
        break;
    case SQLITE_BLOB:
        ret->kind = DB_OCTETS;
        ret->octets.ptr = sqlite3_value_blob(value);
        ret->octets.len = (size_t)sqlite3_value_bytes(value);
        break;
    case SQLITE_TEXT:
        ret->kind = DB_TEXT;
        ret->octets.ptr = sqlite3_value_text(value);
        ret->octets.len = (size_t)sqlite3_value_bytes(value);
        break;
    default: // a fraction is in none of our tables; as NULL it is a misfit
        ret->kind = DB_NULL;
        break;
    }
}

const struct db_driver sqlite_driver = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .settle = sqlite_settle,
    .prepare = sqlite_prepare,
    .step = sqlite_step,
    .column = sqlite_column,
    .chores =
        {
            [DB_CHECKPOINT] = "PRAGMA wal_checkpoint(TRUNCATE)",
            [DB_VACUUM] = "VACUUM",
            [DB_BACKUP] = "VACUUM INTO $1",
            [DB_INTEGRITY] = "PRAGMA integrity_check(1)",
        },
};
