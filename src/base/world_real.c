// base/world_real.c - the machine itself, and a fake clock and dice over its files.
#include "base/world.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ms(clockid_t id)
{
    struct timespec t;
    CHECK(clock_gettime(id, &t) == 0);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t real_now_ms(struct world *w)
{
    (void)w;
    return clock_ms(CLOCK_REALTIME);
}

static int64_t real_monotonic_ms(struct world *w)
{
    (void)w;
    return clock_ms(CLOCK_MONOTONIC);
}

static void real_random(struct world *w, uint8_t *ret_octets, size_t size)
{
    (void)w;
    randombytes_buf(ret_octets, size);
}

static int result_of(int result, int *ret_code)
{
    if (result != 0)
        *ret_code = errno;
    return result;
}

static int real_open(struct world *w, const char *path, int flags, int mode, int *ret_code)
{
    (void)w;
    int fd = open(path, flags | O_CLOEXEC, (mode_t)mode);
    if (fd < 0)
        *ret_code = errno;
    return fd;
}

static int64_t real_read_at(struct world *w, int fd, void *to, size_t size, uint64_t offset,
                            int *ret_code)
{
    (void)w;
    ssize_t n;
    do
        n = pread(fd, to, size, (off_t)offset);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        *ret_code = errno;
    return n;
}

static int64_t real_write_at(struct world *w, int fd, const void *from, size_t size,
                             uint64_t offset, int *ret_code)
{
    (void)w;
    ssize_t n;
    do
        n = pwrite(fd, from, size, (off_t)offset);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        *ret_code = errno;
    return n;
}

static int real_sync(struct world *w, int fd, int *ret_code)
{
    (void)w;
    return result_of(fsync(fd), ret_code);
}

static int real_truncate(struct world *w, int fd, uint64_t size, int *ret_code)
{
    (void)w;
    return result_of(ftruncate(fd, (off_t)size), ret_code);
}

static int64_t real_size(struct world *w, int fd, int *ret_code)
{
    (void)w;
    struct stat st;
    if (fstat(fd, &st) != 0) {
        *ret_code = errno;
        return -1;
    }
    return st.st_size;
}

static int real_close(struct world *w, int fd, int *ret_code)
{
    (void)w;
    return result_of(close(fd), ret_code);
}

static int real_rename(struct world *w, const char *from, const char *to, int *ret_code)
{
    (void)w;
    return result_of(rename(from, to), ret_code);
}

static int real_remove(struct world *w, const char *path, int *ret_code)
{
    (void)w;
    return result_of(unlink(path), ret_code);
}

static int real_sync_folder(struct world *w, const char *path, int *ret_code)
{
    (void)w;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return result_of(-1, ret_code);
    int result = result_of(fsync(fd), ret_code);
    (void)close(fd); // opened for the sync alone
    return result;
}

static int real_make_folder(struct world *w, const char *path, int mode, int *ret_code)
{
    (void)w;
    return result_of(mkdir(path, (mode_t)mode), ret_code);
}

static bool real_exists(struct world *w, const char *path)
{
    (void)w;
    struct stat st;
    return stat(path, &st) == 0;
}

static const struct world_ops real_ops = {
    .now_ms = real_now_ms,
    .monotonic_ms = real_monotonic_ms,
    .random = real_random,
    .open = real_open,
    .read_at = real_read_at,
    .write_at = real_write_at,
    .sync = real_sync,
    .truncate = real_truncate,
    .size = real_size,
    .close = real_close,
    .rename = real_rename,
    .remove = real_remove,
    .sync_folder = real_sync_folder,
    .make_folder = real_make_folder,
    .exists = real_exists,
};
static struct world real = {&real_ops};

struct world *world_real(void)
{
    return &real;
}

static int64_t fake_now_ms(struct world *w)
{
    return ((struct world_fake *)w)->now_ms;
}

static int64_t fake_monotonic_ms(struct world *w)
{
    return ((struct world_fake *)w)->monotonic_ms;
}

// SplitMix64: dice that a printed seed throws again.
static void fake_random(struct world *w, uint8_t *ret_octets, size_t size)
{
    struct world_fake *f = (struct world_fake *)w;
    for (size_t i = 0; i < size; i++) {
        f->dice += UINT64_C(0x9e3779b97f4a7c15);
        uint64_t z = f->dice;
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        ret_octets[i] = (uint8_t)(z >> 56);
    }
}

void world_fake_init(struct world_fake *f, int64_t now_s, uint64_t seed)
{
    static struct world_ops ops;
    ops = real_ops;
    ops.now_ms = fake_now_ms;
    ops.monotonic_ms = fake_monotonic_ms;
    ops.random = fake_random;
    *f = (struct world_fake){{&ops}, now_s * 1000, 0, seed};
}
