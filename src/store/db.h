// store/db.h - one database behind a driver: opening, transactions, upkeep.
//
// Holds: the driver contract (nine calls and a row of upkeep texts), the two ways to open a file
// (the one writer; readers), transactions that do not nest.
// Knows nothing of: tables (exchange.h, office.h), statements (stmt.h is for this room alone).
// Source: DESIGN sections 9 and 10; refs/dependencies.md section 5 for the rule of one writer.
//
// The SQL above the driver is one text for SQLite and PostgreSQL: $1 parameters, ON CONFLICT,
// RETURNING, BIGINT, BLOB, TEXT (PostgreSQL reads BLOB after CREATE DOMAIN blob AS bytea).
#ifndef STORE_DB_H
#define STORE_DB_H
#include "base/world.h"

// -- values ----------------------------------------------------------------------------------
enum db_kind { DB_NULL, DB_NUMBER, DB_OCTETS, DB_TEXT };
struct db_value {
    enum db_kind kind;
    int64_t number;
    struct bytes octets; // of DB_OCTETS and DB_TEXT; borrowed
};

// -- the driver contract ---------------------------------------------------------------------
enum db_step { DB_START, DB_NEXT, DB_STOP }; // run anew with values; the next row; give up the rest
// Upkeep is where engines differ in words, so each driver brings its own; NULL: nothing to do.
enum db_chore { DB_CHECKPOINT, DB_VACUUM, DB_BACKUP, DB_INTEGRITY, DB_CHORE_COUNT };
enum db_mode { DB_WRITE, DB_READ, DB_WALK, DB_MEMORY };
enum db_wait { DB_WAITS, DB_DEFERRED }; // does its commit wait for the disk?

struct db_target {
    struct world *world; // borrowed for as long as the link lives
    const char *path;    // NULL for DB_MEMORY
    enum db_mode mode;
};
struct db_driver {
    const char *name;
    bool (*open)(const struct db_target *target, void **ret_link, struct err *err);
    void (*close)(void *link);
    bool (*begin)(void *link, enum db_wait wait, struct err *err);
    bool (*commit)(void *link, struct err *err);
    void (*rollback)(void *link);
    bool (*settle)(void *link, struct err *err); // makes durable what was not waited for
    // What was prepared lives until close.
    bool (*prepare)(void *link, struct str text, void **ret_prepared, struct err *err);
    // *ret_row: a row stands ready. Values are read during DB_START only; NULL otherwise.
    bool (*step)(void *prepared, enum db_step what, const struct db_value *values, size_t count,
                 bool *ret_row, struct err *err);
    void (*column)(void *prepared, size_t number, struct db_value *ret); // borrowed until step
    const char *chores[DB_CHORE_COUNT];
};

// Finds a driver by its name: "sqlite".
//   errors  ERR_UNSUPPORTED  "postgres" is known by name and not built in
//           ERR_USAGE        any other name
bool db_driver(const char *name, const struct db_driver **ret, struct err *err) MUST_USE;

// -- opening ---------------------------------------------------------------------------------
struct db;
// Opens as the target's mode says. The stores' own openings (exchange.h, office.h) come through
// here.
//   DB_WRITE   the one read-write connection of a file, in one process, which alone checkpoints;
//              makes the file
//   DB_READ    never writes, never checkpoints; tries again for a bounded time while the writer
//              recovers
//   DB_WALK    reads too, once through much: its page cache is small enough to stay in the
//              processor's, which makes a walk a sixth faster
//   DB_MEMORY  lives as long as its connection, for tests
//   errors  ERR_BUSY  another connection, here or in another process, is the writer; or the writer
//           is still recovering;  ERR_NOT_FOUND  no such file to read;  ERR_MALFORMED  not a
//           database;  ERR_IO
bool db_open(const struct db_driver *driver, struct db_target target, struct db **ret_owned,
             struct err *err) MUST_USE;
void db_close(struct db *db); // NULL is fine
bool db_is_reader(const struct db *db);
enum { DB_BESIDES = 2 };
// Further connections to the same file for walks (DB_WALK), so that threads of this process can
// read side by side: they see what was committed. Opened when first asked for, closed with `db`.
//   NULL  a store in memory, a made-up world (it has one thread), or it cannot be opened now
struct db *db_beside(struct db *db, size_t number); // below DB_BESIDES

// -- transactions ----------------------------------------------------------------------------
// They do not nest: a second db_begin on one database is a programmer's error (CHECK). A reader's
// transaction sees one state of the store from its first statement on.
struct txn;
typedef bool txn_verify(struct txn *txn, int64_t subject, uint64_t from, uint64_t to,
                        struct err *err);
enum { TXN_VERIFIES_MAX = 32 };
struct txn {
    struct db *db; // borrowed; NULL when not begun, committed or released
    struct {
        txn_verify *run;
        int64_t subject;
        uint64_t from, to;
    } verifies[TXN_VERIFIES_MAX];
    size_t verify_count;
};
bool db_begin(struct db *db, struct txn *ret, struct err *err) MUST_USE;
// The same, but its commit does not wait for the disk: a crash of the process loses nothing, a loss
// of power may lose the newest such transactions, never one before a later one. For what is
// derived, or can be fetched again; the next transaction of db_begin that writes, or db_settle,
// makes it durable.
bool db_begin_deferred(struct db *db, struct txn *ret, struct err *err) MUST_USE;
// Makes durable all that was committed; costs nothing when nothing is owed. Outside transactions.
bool db_settle(struct db *db, struct err *err) MUST_USE;
// Runs what txn_verify_later put down, then commits. After a failure nothing of it remains.
//   errors  ERR_TAMPERED (what was written does not read back), ERR_IO, ERR_BUSY
bool db_commit(struct txn *txn, struct err *err) MUST_USE;
void txn_release(struct txn *txn); // rolls back unless committed; a zeroed one is fine
// Puts down a re-reading to be done before COMMIT. When the table is full it is done at once.
bool txn_verify_later(struct txn *txn, txn_verify *run, int64_t subject, uint64_t from, uint64_t to,
                      struct err *err) MUST_USE;

// -- upkeep (outside transactions; on the writer) -----------------------------------------------
// Moves the write-ahead log into the file and cuts it to nothing.
//   errors  ERR_BUSY  a reader still stands in it
bool db_checkpoint_truncate(struct db *db, struct err *err) MUST_USE;
bool db_vacuum(struct db *db, struct err *err) MUST_USE;
// A consistent copy as one new file.
//   errors  ERR_CONFLICT  the file exists
bool db_backup_to(struct db *db, const char *path, struct err *err) MUST_USE;
//   errors  ERR_TAMPERED  with the engine's first sentence
bool db_integrity(struct db *db, struct err *err) MUST_USE;

// -- for stmt.c and migrate.c --------------------------------------------------------------------
enum { DB_SLOTS = 256 };
// Prepares once per slot (named statements); with slot DB_SLOTS every time anew.
bool db_prepare(struct db *db, size_t slot, struct str text, void **ret_prepared,
                struct err *err) MUST_USE;
// A statement runs once at a time: what a list's callback calls must not start the same list.
void db_slot_run(struct db *db, size_t slot);  // CHECKs that it does not run
void db_slot_rest(struct db *db, size_t slot); // done, or failed
const struct db_driver *db_driver_of(const struct db *db);
struct world *db_world(const struct db *db);
#endif
