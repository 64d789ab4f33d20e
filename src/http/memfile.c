// http/memfile.c - see memfile.h. The one file that asks for Linux's own calls.
#define _GNU_SOURCE
#include "http/memfile.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

bool memfile_open(struct memfile *ret, struct bytes content, struct err *err)
{
    int fd = memfd_create("elchi", MFD_CLOEXEC);
    size_t written = 0;
    if (fd < 0)
        return err_set_errno(err, "a file in memory");
    while (written < content.len) {
        ssize_t n = write(fd, content.ptr + written, content.len - written);
        if (n <= 0) {
            err_set_errno(err, "a file in memory of %zu octets", content.len);
            close(fd);
            return false;
        }
        written += (size_t)n;
    }
    *ret = (struct memfile){.open = true, .fd = fd};
    (void)snprintf(ret->path, sizeof ret->path, "/proc/self/fd/%d", fd);
    return true;
}

void memfile_close(struct memfile *f)
{
    if (f->open)
        close(f->fd);
    *f = (struct memfile){0};
}
