// store/vfs.h - SQLite's files through the world, so that a test can let the disk fail.
//
// Holds: one SQLite VFS per connection. Reads, writes, syncs, truncation, deletion, the clock and
// dice go to the world; locks and shared memory, which must hold between processes, stay with
// SQLite's own unix VFS on the same file.
// Knows nothing of: SQL. Used by sqlite.c alone.
// Source: sqlite3.h (sqlite3_vfs, sqlite3_io_methods version 2), SQLite 3.40.
#ifndef STORE_VFS_H
#define STORE_VFS_H
#include "base/world.h"

#include <sqlite3.h>

struct vfs {
    sqlite3_vfs api;     // first; registered under `name`
    sqlite3_vfs *system; // borrowed: SQLite's own
    struct world *world; // borrowed
    char name[32];
    const char *failed; // what failed last on the disk: "write", or NULL
    int failed_code;    // and the world's code for it
};

// Registers the VFS under a name of its own; it stays at its address until vfs_release.
//   errors  ERR_IO
bool vfs_init(struct vfs *v, struct world *w, struct err *err) MUST_USE;
void vfs_release(struct vfs *v); // all its files are closed; a zeroed one is fine
// "write: No space left on device", or "" when nothing failed.
void vfs_failure(const struct vfs *v, char *ret_text, size_t cap);

// The lock that makes a connection the only writer of its file, in this process and any other.
// The system drops it when the process ends.
struct vfs_lock {
    sqlite3_file *file; // owned
    char *path;         // owned
};
//   errors  ERR_BUSY  somebody holds it;  ERR_IO
bool vfs_lock_take(struct vfs_lock *l, const char *path, struct err *err) MUST_USE;
void vfs_lock_release(struct vfs_lock *l); // a zeroed one is fine
#endif
