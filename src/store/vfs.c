// store/vfs.c - see vfs.h.
#include "store/vfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MODE = 0600, WORLD_PATH_MAX = 1024 };

// -- the world's descriptors ------------------------------------------------------------------
// Closing any descriptor of a file drops all locks this process holds on it (POSIX). So databases
// share their descriptors by path, and the last connection to a path closes them.
struct shared {
    struct world *world;
    char path[WORLD_PATH_MAX];
    bool writable;
    int fd;
    size_t users;
    struct shared *next;
};
static struct shared *shared_first; // guarded by shared_mutex()

static sqlite3_mutex *shared_mutex(void)
{
    return sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
}

static struct shared *shared_find(struct world *w, const char *path, bool writable)
{
    for (struct shared *s = shared_first; s != NULL; s = s->next)
        if (s->world == w && s->writable == writable && strcmp(s->path, path) == 0)
            return s;
    return NULL;
}

static size_t shared_users(const char *path)
{
    size_t users = 0;
    for (const struct shared *s = shared_first; s != NULL; s = s->next)
        users += strcmp(s->path, path) == 0 ? s->users : 0;
    return users;
}

// Closes every descriptor of a path nobody uses any more.
static void shared_sweep(const char *path)
{
    struct shared **at = &shared_first;
    while (*at != NULL) {
        struct shared *s = *at;
        if (strcmp(s->path, path) != 0) {
            at = &s->next;
            continue;
        }
        int code = 0;
        CHECK(s->users == 0);
        *at = s->next;
        (void)s->world->ops->close(s->world, s->fd, &code); // nothing unsynced is left to lose
        memory_release(s);
    }
}

static struct shared *shared_take(struct world *w, const char *path, int flags, int *ret_code)
{
    bool writable = (flags & O_RDWR) != 0;
    sqlite3_mutex_enter(shared_mutex());
    struct shared *s = shared_find(w, path, writable);
    if (s == NULL) {
        int fd = w->ops->open(w, path, flags, FILE_MODE, ret_code);
        if (fd >= 0) {
            s = memory_new(1, sizeof *s);
            *s = (struct shared){.world = w, .writable = writable, .fd = fd, .next = shared_first};
            (void)snprintf(s->path, sizeof s->path, "%s", path);
            shared_first = s;
        }
    }
    if (s != NULL)
        s->users++;
    sqlite3_mutex_leave(shared_mutex());
    return s;
}

static void shared_give(struct shared *s)
{
    char path[WORLD_PATH_MAX];
    memcpy(path, s->path, sizeof path);
    sqlite3_mutex_enter(shared_mutex());
    CHECK(s->users > 0);
    s->users--;
    if (shared_users(path) == 0)
        shared_sweep(path);
    sqlite3_mutex_leave(shared_mutex());
}

// -- files ------------------------------------------------------------------------------------
// Behind this struct stands room for the system's own file, which a database uses for locks alone.
struct file {
    sqlite3_file base; // first
    struct vfs *vfs;
    struct shared *shared; // of a database; NULL for its journals, which nobody locks
    sqlite3_file *locks;   // of a database
    int fd;
    const char *path; // SQLite's; lives as long as the file
    bool sync_folder; // the file is new: its name must last too
};

static struct file *file_of(sqlite3_file *f)
{
    return (struct file *)(void *)f;
}

static int failed(struct vfs *v, const char *what, int code, int result)
{
    v->failed = what;
    v->failed_code = code;
    return result;
}

static int folder_sync(struct vfs *v, const char *path)
{
    char folder[WORLD_PATH_MAX];
    int code = 0;
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    (void)snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)len,
                   slash == NULL ? "." : path);
    if (v->world->ops->sync_folder(v->world, len == 0 && slash != NULL ? "/" : folder, &code) < 0)
        return failed(v, "sync of folder", code, SQLITE_IOERR_DIR_FSYNC);
    return SQLITE_OK;
}

static int file_close(sqlite3_file *f)
{
    struct file *file = file_of(f);
    int code = 0;
    int result = SQLITE_OK;
    if (file->locks != NULL && file->locks->pMethods != NULL)
        result = file->locks->pMethods->xClose(file->locks);
    if (file->shared != NULL)
        shared_give(file->shared);
    else if (file->vfs->world->ops->close(file->vfs->world, file->fd, &code) < 0)
        result = failed(file->vfs, "close", code, SQLITE_IOERR_CLOSE);
    file->base.pMethods = NULL;
    return result;
}

static int file_read(sqlite3_file *f, void *to, int size, sqlite3_int64 offset)
{
    struct file *file = file_of(f);
    struct world *w = file->vfs->world;
    uint8_t *at = to;
    size_t want = (size_t)size;
    size_t have = 0;
    while (have < want) {
        int code = 0;
        int64_t got =
            w->ops->read_at(w, file->fd, at + have, want - have, (uint64_t)offset + have, &code);
        if (got < 0)
            return failed(file->vfs, "read", code, SQLITE_IOERR_READ);
        if (got == 0)
            break;
        have += (size_t)got;
    }
    if (have == want)
        return SQLITE_OK;
    memset(at + have, 0, want - have); // SQLite relies on zeros past the end
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *f, const void *from, int size, sqlite3_int64 offset)
{
    struct file *file = file_of(f);
    struct world *w = file->vfs->world;
    int code = 0;
    int64_t put = w->ops->write_at(w, file->fd, from, (size_t)size, (uint64_t)offset, &code);
    if (put != size)
        return failed(file->vfs, "write", code, SQLITE_IOERR_WRITE);
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct file *file = file_of(f);
    int code = 0;
    if (file->vfs->world->ops->truncate(file->vfs->world, file->fd, (uint64_t)size, &code) < 0)
        return failed(file->vfs, "truncate", code, SQLITE_IOERR_TRUNCATE);
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *f, int flags)
{
    struct file *file = file_of(f);
    int code = 0;
    (void)flags; // the world knows one kind of sync: all of it
    if (file->vfs->world->ops->sync(file->vfs->world, file->fd, &code) < 0)
        return failed(file->vfs, "sync", code, SQLITE_IOERR_FSYNC);
    if (!file->sync_folder)
        return SQLITE_OK;
    int result = folder_sync(file->vfs, file->path);
    file->sync_folder = result != SQLITE_OK;
    return result;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    struct file *file = file_of(f);
    int code = 0;
    int64_t size = file->vfs->world->ops->size(file->vfs->world, file->fd, &code);
    if (size < 0)
        return failed(file->vfs, "size", code, SQLITE_IOERR_FSTAT);
    *ret = size;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *f, int level)
{
    sqlite3_file *locks = file_of(f)->locks;
    return locks == NULL ? SQLITE_OK : locks->pMethods->xLock(locks, level);
}

static int file_unlock(sqlite3_file *f, int level)
{
    sqlite3_file *locks = file_of(f)->locks;
    return locks == NULL ? SQLITE_OK : locks->pMethods->xUnlock(locks, level);
}

static int file_reserved(sqlite3_file *f, int *ret)
{
    sqlite3_file *locks = file_of(f)->locks;
    if (locks != NULL)
        return locks->pMethods->xCheckReservedLock(locks, ret);
    *ret = 0;
    return SQLITE_OK;
}

// Hints and questions for the system's file would bypass the world: none is known here.
static int file_control(sqlite3_file *f, int op, void *argument)
{
    (void)f;
    (void)op;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *f)
{
    sqlite3_file *locks = file_of(f)->locks;
    return locks == NULL ? 0 : locks->pMethods->xSectorSize(locks);
}

static int file_traits(sqlite3_file *f)
{
    sqlite3_file *locks = file_of(f)->locks;
    return locks == NULL ? 0 : locks->pMethods->xDeviceCharacteristics(locks);
}

static int file_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
    sqlite3_file *locks = file_of(f)->locks;
    CHECK(locks != NULL);
    return locks->pMethods->xShmMap(locks, page, size, extend, ret);
}

static int file_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    sqlite3_file *locks = file_of(f)->locks;
    CHECK(locks != NULL);
    return locks->pMethods->xShmLock(locks, offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *f)
{
    sqlite3_file *locks = file_of(f)->locks;
    CHECK(locks != NULL);
    locks->pMethods->xShmBarrier(locks);
}

static int file_shm_unmap(sqlite3_file *f, int remove)
{
    sqlite3_file *locks = file_of(f)->locks;
    CHECK(locks != NULL);
    return locks->pMethods->xShmUnmap(locks, remove);
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

// -- the vfs ----------------------------------------------------------------------------------
static struct vfs *vfs_of(sqlite3_vfs *v)
{
    return v->pAppData;
}

static int world_flags(int flags)
{
    int how = (flags & SQLITE_OPEN_READWRITE) != 0 ? O_RDWR : O_RDONLY;
    if ((flags & SQLITE_OPEN_CREATE) != 0)
        how |= O_CREAT;
    if ((flags & SQLITE_OPEN_EXCLUSIVE) != 0)
        how |= O_EXCL;
    return how;
}

// The world's file is opened first: it decides on the mode of a new one.
static int database_open(struct file *file, struct vfs *v, const char *name, int flags,
                         int *ret_flags)
{
    int code = 0;
    file->shared = shared_take(v->world, name, world_flags(flags), &code);
    if (file->shared == NULL)
        return failed(v, "open", code, SQLITE_CANTOPEN);
    file->fd = file->shared->fd;
    file->locks = (sqlite3_file *)(void *)(file + 1);
    int result = v->system->xOpen(v->system, name, file->locks, flags, ret_flags);
    if (result == SQLITE_OK)
        return SQLITE_OK;
    if (file->locks->pMethods != NULL)
        (void)file->locks->pMethods->xClose(file->locks);
    shared_give(file->shared);
    return result;
}

static int vfs_open(sqlite3_vfs *api, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
    enum { KINDS = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL };
    struct vfs *v = vfs_of(api);
    struct file *file = file_of(f);
    memset(file, 0, (size_t)api->szOsFile);
    // Temporary files would carry pages outside the store's folder; temp_store keeps them in
    // memory, so nothing asks for one.
    if (name == NULL || (flags & KINDS) == 0 || strlen(name) >= WORLD_PATH_MAX)
        return SQLITE_CANTOPEN;
    *file = (struct file){.vfs = v, .path = name, .fd = -1};
    file->sync_folder = (flags & SQLITE_OPEN_CREATE) != 0 && !v->world->ops->exists(v->world, name);
    int result = SQLITE_OK;
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
        result = database_open(file, v, name, flags, ret_flags);
    } else {
        int code = 0;
        file->fd = v->world->ops->open(v->world, name, world_flags(flags), FILE_MODE, &code);
        if (file->fd < 0)
            result = failed(v, "open", code, SQLITE_CANTOPEN);
        if (ret_flags != NULL)
            *ret_flags = flags;
    }
    file->base.pMethods = result == SQLITE_OK ? &file_methods : NULL;
    return result;
}

static int vfs_delete(sqlite3_vfs *api, const char *name, int sync_folder)
{
    struct vfs *v = vfs_of(api);
    int code = 0;
    if (!v->world->ops->exists(v->world, name))
        return SQLITE_IOERR_DELETE_NOENT;
    if (v->world->ops->remove(v->world, name, &code) < 0)
        return failed(v, "remove", code, SQLITE_IOERR_DELETE);
    return sync_folder != 0 ? folder_sync(v, name) : SQLITE_OK;
}

// SQLite asks whether a journal is there; an empty one counts as none.
static int vfs_access(sqlite3_vfs *api, const char *name, int flags, int *ret)
{
    struct vfs *v = vfs_of(api);
    struct world *w = v->world;
    int code = 0;
    if (flags != SQLITE_ACCESS_EXISTS)
        return v->system->xAccess(v->system, name, flags, ret);
    *ret = w->ops->exists(w, name);
    sqlite3_mutex_enter(shared_mutex());
    bool locked = shared_users(name) > 0; // opening and closing it would drop its locks
    sqlite3_mutex_leave(shared_mutex());
    if (*ret == 0 || locked)
        return SQLITE_OK;
    int fd = w->ops->open(w, name, O_RDONLY, 0, &code);
    if (fd < 0)
        return failed(v, "open", code, SQLITE_IOERR_ACCESS);
    int64_t size = w->ops->size(w, fd, &code);
    int ignored = 0;
    (void)w->ops->close(w, fd, &ignored); // it was only read
    *ret = size > 0;
    return size < 0 ? failed(v, "size", code, SQLITE_IOERR_ACCESS) : SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *api, const char *name, int size, char *ret)
{
    struct vfs *v = vfs_of(api);
    return v->system->xFullPathname(v->system, name, size, ret);
}

static int vfs_random(sqlite3_vfs *api, int size, char *ret)
{
    world_random(vfs_of(api)->world, (uint8_t *)ret, (size_t)size);
    return size;
}

static int vfs_sleep(sqlite3_vfs *api, int microseconds)
{
    struct vfs *v = vfs_of(api);
    return v->system->xSleep(v->system, microseconds);
}

static int vfs_now(sqlite3_vfs *api, sqlite3_int64 *ret)
{
    // 1970-01-01 in milliseconds of the Julian day.
    *ret = INT64_C(210866760000000) + world_now_ms(vfs_of(api)->world);
    return SQLITE_OK;
}

static int vfs_day(sqlite3_vfs *api, double *ret)
{
    sqlite3_int64 ms = 0;
    int result = vfs_now(api, &ms);
    *ret = (double)ms / 86400000.0;
    return result;
}

bool vfs_init(struct vfs *v, struct world *w, struct err *err)
{
    CHECK(w != NULL);
    *v = (struct vfs){.world = w, .system = sqlite3_vfs_find("unix")};
    if (v->system == NULL)
        return err_set(err, ERR_IO, NULL, "SQLite has no unix VFS");
    (void)snprintf(v->name, sizeof v->name, "elchi-%p", (void *)v);
    v->api = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(struct file) + v->system->szOsFile,
        .mxPathname = WORLD_PATH_MAX - 1,
        .zName = v->name,
        .pAppData = v,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_day,
        .xCurrentTimeInt64 = vfs_now,
    };
    if (sqlite3_vfs_register(&v->api, 0) != SQLITE_OK)
        return err_set(err, ERR_IO, NULL, "SQLite refuses our VFS");
    return true;
}

void vfs_release(struct vfs *v)
{
    if (v->api.zName != NULL)
        (void)sqlite3_vfs_unregister(&v->api);
    *v = (struct vfs){0};
}

void vfs_failure(const struct vfs *v, char *ret_text, size_t cap)
{
    char why[80] = "";
    CHECK(cap > 0);
    ret_text[0] = '\0';
    if (v->failed == NULL)
        return;
    if (v->failed_code == 0 || strerror_r(v->failed_code, why, sizeof why) != 0)
        (void)snprintf(why, sizeof why, "code %d", v->failed_code);
    (void)snprintf(ret_text, cap, "%s: %s", v->failed, why);
}

// -- the writer's lock ------------------------------------------------------------------------
bool vfs_lock_take(struct vfs_lock *l, const char *path, struct err *err)
{
    static const char suffix[] = "-writer";
    sqlite3_vfs *system = sqlite3_vfs_find("unix");
    CHECK(system != NULL);
    size_t size = strlen(path) + sizeof suffix;
    l->path = memory_new(1, size);
    (void)snprintf(l->path, size, "%s%s", path, suffix);
    l->file = memory_new(1, (size_t)system->szOsFile);
    int flags = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int result = system->xOpen(system, l->path, l->file, flags, NULL);
    if (result == SQLITE_OK)
        result = l->file->pMethods->xLock(l->file, SQLITE_LOCK_SHARED);
    if (result == SQLITE_OK)
        result = l->file->pMethods->xLock(l->file, SQLITE_LOCK_RESERVED);
    if (result == SQLITE_OK)
        return true;
    vfs_lock_release(l);
    if (result == SQLITE_BUSY)
        return err_set(err, ERR_BUSY, "one writer", "another process writes to %s", path);
    return err_set(err, ERR_IO, NULL, "cannot lock %s: %s", path, sqlite3_errstr(result));
}

void vfs_lock_release(struct vfs_lock *l)
{
    if (l->file != NULL && l->file->pMethods != NULL)
        (void)l->file->pMethods->xClose(l->file); // closing is unlocking
    memory_release(l->file);
    memory_release(l->path);
    *l = (struct vfs_lock){0};
}
