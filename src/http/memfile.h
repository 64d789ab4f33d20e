// http/memfile.h - a nameless file in memory, for libraries that take certificates by path only.
//
// Holds: the descriptor and its path /proc/self/fd/N. Never on a disk, closed on exec.
// Why: libcurl 7.88.1 with GnuTLS takes blobs and silently sends no certificate (DESIGN 13).
#ifndef HTTP_MEMFILE_H
#define HTTP_MEMFILE_H
#include "base/bytes.h"
#include "base/err.h"

struct memfile {
    bool open;
    int fd;        // owned
    char path[32]; // "/proc/self/fd/N"
};
//   errors  ERR_IO
bool memfile_open(struct memfile *ret, struct bytes content, struct err *err) MUST_USE;
void memfile_close(struct memfile *f); // a zeroed one is fine
#endif
