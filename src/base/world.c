#include "base/world.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct moment world_now(struct world *w)
{
    return (struct moment){w->ops->now_ms(w) / 1000};
}

int64_t world_now_ms(struct world *w)
{
    return w->ops->now_ms(w);
}

int64_t world_monotonic_ms(struct world *w)
{
    return w->ops->monotonic_ms(w);
}

void world_random(struct world *w, uint8_t *ret_octets, size_t size)
{
    w->ops->random(w, ret_octets, size);
}

static bool io_failed(struct err *err, const char *act, const char *path, int code)
{
    char reason[96] = "";
    if (strerror_r(code, reason, sizeof reason) != 0)
        (void)snprintf(reason, sizeof reason, "error %d", code);
    return err_set(err, ERR_IO, NULL, "cannot %s %.120s: %s", act, path, reason);
}

static bool read_all(struct world *w, int fd, uint8_t *to, size_t size, int *ret_code)
{
    size_t done = 0;
    while (done < size) {
        int64_t n = w->ops->read_at(w, fd, to + done, size - done, done, ret_code);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool write_all(struct world *w, int fd, struct bytes content, uint64_t offset, int *ret_code)
{
    size_t done = 0;
    while (done < content.len) {
        int64_t n = w->ops->write_at(w, fd, content.ptr + done, content.len - done, offset + done,
                                     ret_code);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool read_open_file(struct world *w, int fd, const char *path, size_t max, struct arena *a,
                           struct bytes *ret, struct err *err)
{
    int code = 0;
    int64_t size = w->ops->size(w, fd, &code);
    if (size < 0)
        return io_failed(err, "measure", path, code);
    if ((uint64_t)size > max)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%.120s has more than %zu octets", path,
                       max);
    uint8_t *to = arena_new(a, uint8_t, (size_t)size + 1);
    if (to == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%.120s does not fit into memory", path);
    if (!read_all(w, fd, to, (size_t)size, &code))
        return io_failed(err, "read", path, code);
    *ret = (struct bytes){to, (size_t)size};
    return true;
}

bool world_read_file(struct world *w, const char *path, size_t max, struct arena *a,
                     struct bytes *ret, struct err *err)
{
    int code = 0;
    int fd = w->ops->open(w, path, O_RDONLY, 0, &code);
    if (fd < 0 && !w->ops->exists(w, path))
        return err_set(err, ERR_NOT_FOUND, NULL, "there is no file %.160s", path);
    if (fd < 0)
        return io_failed(err, "open", path, code);
    bool done = read_open_file(w, fd, path, max, a, ret, err);
    int ignored = 0;
    (void)w->ops->close(w, fd, &ignored); // nothing was written, so nothing can be lost here
    return done;
}

// The folder a path stands in, as a C string in `ret_folder`.
static void folder_of(const char *path, char *ret_folder, size_t cap)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    if (slash == NULL)
        (void)snprintf(ret_folder, cap, ".");
    else
        (void)snprintf(ret_folder, cap, "%.*s", len == 0 ? 1 : (int)len, path);
}

static bool sync_folder_of(struct world *w, const char *path, struct err *err)
{
    char folder[4096];
    int code = 0;
    folder_of(path, folder, sizeof folder);
    if (w->ops->sync_folder(w, folder, &code) != 0)
        return io_failed(err, "sync the folder of", path, code);
    return true;
}

static bool fill_file(struct world *w, const char *path, int flags, struct bytes content, int mode,
                      struct err *err)
{
    int code = 0;
    int fd = w->ops->open(w, path, flags, mode, &code);
    if (fd < 0)
        return io_failed(err, "open", path, code);
    int64_t start = (flags & O_TRUNC) != 0 ? 0 : w->ops->size(w, fd, &code);
    bool done = start >= 0 && write_all(w, fd, content, (uint64_t)start, &code) &&
                w->ops->sync(w, fd, &code) == 0;
    if (!done)
        (void)io_failed(err, "write", path, code);
    if (w->ops->close(w, fd, &code) != 0 && done)
        done = io_failed(err, "close", path, code);
    return done;
}

bool world_write_file(struct world *w, const char *path, struct bytes content, int mode,
                      struct err *err)
{
    char fresh[4096];
    int code = 0;
    int len = snprintf(fresh, sizeof fresh, "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof fresh)
        return err_set(err, ERR_LIMIT, NULL, "the path is too long");
    if (!fill_file(w, fresh, O_WRONLY | O_CREAT | O_TRUNC, content, mode, err))
        return false;
    if (w->ops->rename(w, fresh, path, &code) != 0)
        return io_failed(err, "rename to", path, code);
    return sync_folder_of(w, path, err);
}

bool world_append_file(struct world *w, const char *path, struct bytes content, int mode,
                       struct err *err)
{
    bool fresh = !w->ops->exists(w, path);
    if (!fill_file(w, path, O_RDWR | O_CREAT, content, mode, err))
        return false;
    return fresh ? sync_folder_of(w, path, err) : true;
}

bool world_make_folder(struct world *w, const char *path, int mode, struct err *err)
{
    int code = 0;
    if (w->ops->exists(w, path))
        return true;
    if (w->ops->make_folder(w, path, mode, &code) != 0)
        return io_failed(err, "make the folder", path, code);
    return sync_folder_of(w, path, err);
}

bool world_exists(struct world *w, const char *path)
{
    return w->ops->exists(w, path);
}

bool world_remove(struct world *w, const char *path, struct err *err)
{
    int code = 0;
    if (!w->ops->exists(w, path))
        return true;
    if (w->ops->remove(w, path, &code) != 0)
        return io_failed(err, "remove", path, code);
    return sync_folder_of(w, path, err);
}
