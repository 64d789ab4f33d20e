#define _DEFAULT_SOURCE // realpath
#include "cli/archive.h"

#include "base/limits.h"
#include "cli/identity.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, PIECE_BYTES = 65536 };

// Everything a backup holds, and where; the keeper's state.0 and state.1 are not among it.
static const struct {
    const char *name;
    bool staged; // from the staging folder
    bool needed;
} parts[] = {
    {"exchange.db", true, true},        {"office.db", true, true},
    {"elchi.conf", false, true},        {"manifest", false, false},
    {"keeper/keyring", false, true},    {"keeper/register", false, true},
    {"keeper/community", false, false}, {"keeper/manifest", false, false},
    {"keeper/spent", false, false},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

bool archive_staging(struct cli *cli, const char *folder, struct str *ret, struct err *err)
{
    char *real = realpath(folder, NULL);
    if (real == NULL)
        return err_set(err, ERR_NOT_FOUND, NULL, "there is no folder %.160s", folder);
    bool done = arena_fmt(&cli->arena, ret, err, "%s/backup.new", real);
    memory_release(real);
    if (!done)
        return false;
    archive_staging_drop(ret->ptr);
    return world_make_folder(cli->world, ret->ptr, 0700, err);
}

void archive_staging_drop(const char *staging)
{
    char path[PATH_BYTES];
    for (size_t i = 0; i < PARTS; i++) {
        if (!parts[i].staged)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", staging, parts[i].name);
        (void)unlink(path); // a copy; missing is fine
    }
    (void)rmdir(staging);
}

// -- writing -------------------------------------------------------------------------------------
struct writing {
    struct age_stream age;
    int out;
    struct err err; // of the age side, for libarchive's callbacks have none
};

static bool put_octets(void *context, struct bytes octets, struct err *err)
{
    const int *out = context;
    while (octets.len > 0) {
        ssize_t n = write(*out, octets.ptr, octets.len);
        if (n <= 0)
            return err_set(err, ERR_IO, NULL, "cannot write the backup");
        octets.ptr += n;
        octets.len -= (size_t)n;
    }
    return true;
}

static la_ssize_t to_age(struct archive *a, void *context, const void *octets, size_t size)
{
    struct writing *w = context;
    if (age_stream_put(&w->age, bytes_of(octets, size), &w->err))
        return (la_ssize_t)size;
    archive_set_error(a, ARCHIVE_FATAL, "%s", w->err.text);
    return -1;
}

static bool copy_file(struct world *w, const char *path, struct archive *a, uint64_t size,
                      struct err *err)
{
    static uint8_t piece[PIECE_BYTES];
    int code = 0;
    uint64_t at = 0;
    int fd = w->ops->open(w, path, O_RDONLY, 0, &code);
    bool done = fd >= 0;
    while (done && at < size) {
        int64_t n = w->ops->read_at(w, fd, piece, sizeof piece, at, &code);
        done = n > 0 && archive_write_data(a, piece, (size_t)n) == n;
        at += n > 0 ? (uint64_t)n : 0;
    }
    if (fd >= 0)
        (void)w->ops->close(w, fd, &code); // only read
    return done || err_set(err, ERR_IO, NULL, "cannot copy %.160s into the backup", path);
}

static bool file_size(struct world *w, const char *path, uint64_t *ret, struct err *err)
{
    int code = 0;
    int fd = w->ops->open(w, path, O_RDONLY, 0, &code);
    int64_t size = fd < 0 ? -1 : w->ops->size(w, fd, &code);
    if (fd >= 0)
        (void)w->ops->close(w, fd, &code); // only read
    *ret = size < 0 ? 0 : (uint64_t)size;
    return size >= 0 || err_set(err, ERR_IO, NULL, "cannot read %.160s", path);
}

static bool add_part(const struct archive_backup *plan, size_t at, struct archive *a,
                     struct err *err)
{
    char path[PATH_BYTES];
    uint64_t size = 0;
    (void)snprintf(path, sizeof path, "%s/%s", parts[at].staged ? plan->staging : plan->folder,
                   parts[at].name);
    if (!world_exists(plan->world, path))
        return !parts[at].needed || err_set(err, ERR_NOT_FOUND, NULL, "%.160s is missing", path);
    if (!file_size(plan->world, path, &size, err))
        return false;
    struct archive_entry *entry = archive_entry_new();
    CHECK(entry != NULL);
    archive_entry_set_pathname(entry, parts[at].name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_size(entry, (la_int64_t)size);
    bool done = archive_write_header(a, entry) == ARCHIVE_OK;
    archive_entry_free(entry);
    if (!done)
        return err_set(err, ERR_IO, NULL, "%.160s", archive_error_string(a));
    return copy_file(plan->world, path, a, size, err);
}

static bool write_archive(const struct archive_backup *plan, struct writing *w, struct err *err)
{
    struct archive *a = archive_write_new();
    CHECK(a != NULL);
    bool done = archive_write_set_format_pax_restricted(a) == ARCHIVE_OK &&
                archive_write_open(a, w, NULL, to_age, NULL) == ARCHIVE_OK;
    if (!done)
        (void)err_set(err, ERR_IO, NULL, "%.160s", archive_error_string(a));
    for (size_t i = 0; done && i < PARTS; i++)
        done = add_part(plan, i, a, err);
    if (archive_write_close(a) != ARCHIVE_OK && done)
        done = err_set(err, ERR_IO, NULL, "%.160s", archive_error_string(a));
    (void)archive_write_free(a);
    return done;
}

bool archive_write_backup(const struct archive_backup *plan, const char *out, struct err *err)
{
    struct writing *w = memory_new(1, sizeof *w);
    w->out = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (w->out < 0) {
        memory_release(w);
        return err_set(err, ERR_IO, NULL, "cannot write %.160s", out);
    }
    struct age_sink sink = {put_octets, &w->out};
    bool begun = age_file_seal_begin(&w->age, plan->world, plan->recipients, plan->recipients_count,
                                     sink, err);
    bool done = begun && write_archive(plan, w, err) && age_stream_end(&w->age, err);
    if (begun)
        age_stream_release(&w->age);
    if (done && fsync(w->out) != 0)
        done = err_set(err, ERR_IO, NULL, "cannot sync %.160s", out);
    (void)close(w->out); // synced, or of no use
    memory_release(w);
    if (!done)
        (void)unlink(out);
    return done;
}

// -- reading -------------------------------------------------------------------------------------
// The archive is opened whole before anything is unpacked: nothing of an age file counts before its
// last chunk has verified.
static bool open_into(struct cli *cli, struct bytes file, const struct secret *identity,
                      struct bytes *ret, struct err *err)
{
    return age_file_open(file, identity, &cli->arena, ret, err);
}

static size_t part_of(const char *name)
{
    for (size_t i = 0; i < PARTS; i++)
        if (name != NULL && strcmp(name, parts[i].name) == 0)
            return i;
    return PARTS;
}

// No part is larger than the archive that holds it, whatever its header says.
static bool unpack_one(struct cli *cli, struct archive *a, struct archive_entry *entry, size_t most,
                       const char *folder, unsigned *seen, struct err *err)
{
    char path[PATH_BYTES];
    size_t at = part_of(archive_entry_pathname(entry));
    la_int64_t size = archive_entry_size(entry);
    if (at == PARTS || archive_entry_filetype(entry) != AE_IFREG || (*seen >> at & 1U) != 0 ||
        size < 0 || (uint64_t)size > most)
        return err_set(err, ERR_MALFORMED, "cli/archive.h",
                       "the backup holds what no backup holds");
    *seen |= 1U << at;
    uint8_t *octets = memory_new((size_t)size + 1, 1);
    bool done = archive_read_data(a, octets, (size_t)size) == size;
    (void)snprintf(path, sizeof path, "%s/%s", folder, parts[at].name);
    done = done ? world_write_file(cli->world, path, bytes_of(octets, (size_t)size), 0600, err)
                : err_set(err, ERR_MALFORMED, "cli/archive.h", "%s is cut short", parts[at].name);
    memory_release(octets);
    return done;
}

static bool unpack(struct cli *cli, struct bytes plain, const char *folder, struct err *err)
{
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    unsigned seen = 0;
    int code = ARCHIVE_OK;
    CHECK(a != NULL);
    bool done = archive_read_support_format_tar(a) == ARCHIVE_OK &&
                archive_read_open_memory(a, plain.ptr, plain.len) == ARCHIVE_OK;
    if (!done)
        (void)err_set(err, ERR_MALFORMED, "cli/archive.h", "the backup holds no archive");
    while (done && (code = archive_read_next_header(a, &entry)) == ARCHIVE_OK)
        done = unpack_one(cli, a, entry, plain.len, folder, &seen, err);
    if (done && code != ARCHIVE_EOF)
        done = err_set(err, ERR_MALFORMED, "cli/archive.h", "the archive is damaged");
    (void)archive_read_free(a);
    for (size_t i = 0; done && i < PARTS; i++)
        if (parts[i].needed && (seen >> i & 1U) == 0)
            done =
                err_set(err, ERR_MALFORMED, "cli/archive.h", "the backup lacks %s", parts[i].name);
    return done;
}

static void drop_folder(const char *folder)
{
    char path[PATH_BYTES];
    for (size_t i = 0; i < PARTS; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, parts[i].name);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/keeper", folder);
    (void)rmdir(path);
    (void)rmdir(folder);
}

bool archive_read_backup(struct cli *cli, const char *file, const char *identity_file,
                         const char *folder, struct err *err)
{
    struct secret identity = {0};
    struct bytes sealed = {0};
    struct bytes plain = {0};
    char keeper[PATH_BYTES];
    bool done = identity_file_read(identity_file, &identity, err) &&
                command_read(cli, file, (size_t)200 << 20, &sealed, err) &&
                open_into(cli, sealed, &identity, &plain, err);
    secret_release(&identity);
    if (!done)
        return false;
    (void)snprintf(keeper, sizeof keeper, "%s/keeper", folder);
    done = world_make_folder(cli->world, folder, 0700, err) &&
           world_make_folder(cli->world, keeper, 0700, err) && unpack(cli, plain, folder, err);
    if (!done)
        drop_folder(folder);
    return done;
}
