#include "cli/identity.h"

#include <fcntl.h>
#include <unistd.h>

enum { IDENTITY_FILE_BYTES_MAX = 16384 };

static bool read_whole(const char *path, struct secret *room, size_t *ret_size, struct err *err)
{
    bool is_input = strcmp(path, "-") == 0;
    int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    ssize_t n = 1;
    if (fd < 0)
        return err_set(err, ERR_NOT_FOUND, NULL, "cannot open the identity file %.120s", path);
    while (n > 0 && size < room->len) {
        n = read(fd, room->ptr + size, room->len - size);
        size += n > 0 ? (size_t)n : 0;
    }
    if (!is_input)
        (void)close(fd); // only read
    if (n < 0)
        return err_set(err, ERR_IO, NULL, "cannot read the identity file %.120s", path);
    if (size == room->len)
        return err_set(err, ERR_LIMIT, "age", "%.120s is longer than any identity file", path);
    *ret_size = size;
    return true;
}

// The one line that is neither empty nor a comment.
static bool find_line(struct str text, const char *path, struct str *ret, struct err *err)
{
    struct str line;
    struct str found = {0};
    while (str_split(&text, '\n', &line)) {
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (found.len > 0)
            return err_set(err, ERR_MALFORMED, "age",
                           "%.120s holds more than one identity; leave the one that is meant",
                           path);
        found = line;
    }
    if (found.len == 0)
        return err_set(err, ERR_MALFORMED, "age", "%.120s holds no identity", path);
    *ret = found;
    return true;
}

bool identity_file_read(const char *path, struct secret *ret_owned, struct err *err)
{
    struct secret room = {0};
    struct str text;
    struct str line;
    size_t size = 0;
    secret_init(&room, IDENTITY_FILE_BYTES_MAX);
    bool done = read_whole(path, &room, &size, err) &&
                text_check(bytes_of(room.ptr, size), &text, err) &&
                find_line(text, path, &line, err) && age_identity_read(line, ret_owned, err);
    secret_release(&room);
    return done;
}
