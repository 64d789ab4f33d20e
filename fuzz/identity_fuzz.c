// rooms: cli
#define _GNU_SOURCE // memfd_create
//
// An age identity file: exactly one identity, or a refusal that says why.
#include "cli/identity.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int file = -1;
    char path[64];
    struct secret identity = {0};
    struct err err = {0};
    if (file < 0) {
        crypto_start();
        file = memfd_create("identity", MFD_CLOEXEC);
        CHECK(file >= 0);
    }
    CHECK(ftruncate(file, 0) == 0);
    CHECK(pwrite(file, data, size, 0) == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (identity_file_read(path, &identity, &err))
        CHECK(secret_bytes(&identity).len > 0);
    else
        CHECK(err.kind != ERR_NONE && identity.len == 0);
    secret_release(&identity);
    return 0;
}
