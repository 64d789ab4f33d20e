// base/world.h - the outside world as one argument: clock, randomness, files.
//
// Holds: the vtable that the real machine and the simulator both fill in. No room above base calls
// time(), getrandom() or open() for durable state; it asks the world it was given.
// Knows nothing of: what is stored. Sockets belong to the processes' own loops.
#ifndef BASE_WORLD_H
#define BASE_WORLD_H
#include "base/arena.h"
#include "base/text.h"

struct world;
struct world_ops {
    int64_t (*now_ms)(struct world *w);       // UTC, milliseconds since 1970
    int64_t (*monotonic_ms)(struct world *w); // never goes back; only differences mean anything
    void (*random)(struct world *w, uint8_t *ret_octets, size_t size);

    // Files by path. Descriptors are the world's own numbers, >= 0; -1 and an errno-like code in
    // *ret_code say failure.
    int (*open)(struct world *w, const char *path, int flags, int mode, int *ret_code);
    int64_t (*read_at)(struct world *w, int fd, void *to, size_t size, uint64_t offset,
                       int *ret_code);
    int64_t (*write_at)(struct world *w, int fd, const void *from, size_t size, uint64_t offset,
                        int *ret_code);
    int (*sync)(struct world *w, int fd, int *ret_code);
    int (*truncate)(struct world *w, int fd, uint64_t size, int *ret_code);
    int64_t (*size)(struct world *w, int fd, int *ret_code);
    int (*close)(struct world *w, int fd, int *ret_code);
    int (*rename)(struct world *w, const char *from, const char *to, int *ret_code);
    int (*remove)(struct world *w, const char *path, int *ret_code);
    int (*sync_folder)(struct world *w, const char *path, int *ret_code);
    int (*make_folder)(struct world *w, const char *path, int mode, int *ret_code);
    bool (*exists)(struct world *w, const char *path);
};
struct world {
    const struct world_ops *ops;
};

struct world *world_real(void); // the machine itself; one for the process
// A clock that stands where the test puts it and dice from a seed; files are the machine's own.
struct world_fake {
    struct world world; // first
    int64_t now_ms, monotonic_ms;
    uint64_t dice;
};
void world_fake_init(struct world_fake *f, int64_t now_s, uint64_t seed);

struct moment world_now(struct world *w);
int64_t world_now_ms(struct world *w);
int64_t world_monotonic_ms(struct world *w);
void world_random(struct world *w, uint8_t *ret_octets, size_t size);

// Reads a whole file of at most `max` octets.
//   errors  ERR_NOT_FOUND, ERR_LIMIT, ERR_IO
bool world_read_file(struct world *w, const char *path, size_t max, struct arena *a,
                     struct bytes *ret, struct err *err) MUST_USE;
// Durable replacement: temporary beside it, fsync, rename, fsync of the folder.
bool world_write_file(struct world *w, const char *path, struct bytes content, int mode,
                      struct err *err) MUST_USE;
// Appends and syncs; the file is made when missing (its folder is synced then).
bool world_append_file(struct world *w, const char *path, struct bytes content, int mode,
                       struct err *err) MUST_USE;
bool world_make_folder(struct world *w, const char *path, int mode, struct err *err) MUST_USE;
bool world_exists(struct world *w, const char *path);
bool world_remove(struct world *w, const char *path, struct err *err) MUST_USE; // missing is fine
#endif
