// store/sqlite.h - the SQLite driver: WAL, synchronous FULL, one writer.
//
// Holds: the row of eight calls for SQLite 3.40 and later, over vfs.h.
// Knows nothing of: tables. Only db.c asks for it, by name.
// Source: db.h (the contract); refs/dependencies.md section 5 (WAL-reset: one read-write connection
// per file, which alone checkpoints).
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H
#include "store/db.h"

extern const struct db_driver sqlite_driver;
#endif
