#define _DEFAULT_SOURCE // libarchive's header wants ssize_t's friends
#include "courier/bundle_file.h"

#include "log/tile.h"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#define RULE "FORMATS 8"

static bool malformed(struct err *err, const char *what)
{
    return err_set(err, ERR_MALFORMED, RULE, "%s", what);
}

// -- the archive ---------------------------------------------------------------------------------
void bundle_file_rest(struct bundle_file *f)
{
    if (f->archive != NULL)
        (void)archive_read_free(f->archive);
    f->archive = NULL;
}

bool bundle_file_rewind(struct bundle_file *f, struct err *err)
{
    bundle_file_rest(f);
    f->archive = archive_read_new();
    CHECK(f->archive != NULL);
    // No filter is switched on: a compressed file is no bundle.
    if (lseek(f->fd, 0, SEEK_SET) != 0 || archive_read_support_format_tar(f->archive) != ARCHIVE_OK)
        return err_set(err, ERR_IO, NULL, "the file cannot be read");
    return archive_read_open_fd(f->archive, f->fd, BLOB_CHUNK_BYTES) == ARCHIVE_OK ||
           malformed(err, "this is no pax file");
}

static bool plain_file(struct archive_entry *e)
{
    return archive_entry_filetype(e) == AE_IFREG && archive_entry_hardlink(e) == NULL &&
           archive_entry_symlink(e) == NULL && archive_entry_size_is_set(e) != 0 &&
           archive_entry_size(e) > 0 && archive_entry_sparse_count(e) == 0;
}

bool bundle_file_next(struct bundle_file *f, const char *name, uint64_t *ret_size, struct err *err)
{
    struct archive_entry *e = NULL;
    int code = archive_read_next_header(f->archive, &e);
    if (code == ARCHIVE_EOF)
        return err_set(err, ERR_MALFORMED, RULE, "the file ends where %s should stand", name);
    if (code != ARCHIVE_OK || archive_filter_count(f->archive) != 1 ||
        archive_filter_code(f->archive, 0) != ARCHIVE_FILTER_NONE ||
        ((unsigned)archive_format(f->archive) & ARCHIVE_FORMAT_BASE_MASK) != ARCHIVE_FORMAT_TAR)
        return malformed(err, "this is no pax file, or it is damaged");
    const char *given = archive_entry_pathname(e);
    if (given == NULL || strcmp(given, name) != 0)
        return err_set(err, ERR_MALFORMED, RULE, "another member stands where %s should", name);
    if (!plain_file(e))
        return err_set(err, ERR_MALFORMED, RULE, "%s is not a plain file", name);
    *ret_size = (uint64_t)archive_entry_size(e);
    return true;
}

// At most `cap` octets, fewer only at the member's end.
bool bundle_file_some(struct bundle_file *f, uint8_t *to, size_t cap, size_t *ret, struct err *err)
{
    size_t have = 0;
    while (have < cap) {
        la_ssize_t n = archive_read_data(f->archive, to + have, cap - have);
        if (n < 0)
            return malformed(err, "the file is cut short or damaged");
        if (n == 0)
            break;
        have += (size_t)n;
    }
    *ret = have;
    return true;
}

bool bundle_file_check(struct bundle_file *f, const struct bundle_member *m, struct err *err)
{
    struct hash hash;
    uint64_t left = m->size;
    size_t n = 0;
    hash_init(&hash);
    while (left > 0) {
        size_t want = left < BUNDLE_PIECE_BYTES ? (size_t)left : (size_t)BUNDLE_PIECE_BYTES;
        if (!bundle_file_some(f, f->room, want, &n, err))
            return false;
        if (n != want)
            return malformed(err, "a member is cut short");
        hash_put(&hash, bytes_of(f->room, n));
        left -= n;
    }
    struct digest found = hash_end(&hash);
    return digest_eq(&found, &m->hash) ||
           err_set(err, ERR_TAMPERED, RULE, "a member is not the one the index names");
}

bool bundle_file_whole(struct bundle_file *f, const struct bundle_member *m, struct bytes *ret,
                       struct err *err)
{
    size_t n = 0;
    CHECK(m->size <= BUNDLE_ENTRIES_BYTES_MAX);
    if (!bundle_file_some(f, f->room, (size_t)m->size, &n, err))
        return false;
    struct digest found = digest_of(bytes_of(f->room, n));
    if (n != m->size || !digest_eq(&found, &m->hash))
        return err_set(err, ERR_TAMPERED, RULE, "a member is not the one the index names");
    *ret = bytes_of(f->room, n);
    return true;
}

bool bundle_file_end(struct bundle_file *f, struct err *err)
{
    struct archive_entry *e = NULL;
    int code = archive_read_next_header(f->archive, &e);
    if (code != ARCHIVE_EOF)
        return malformed(err, code == ARCHIVE_OK ? "a member stands there that the index lacks"
                                                 : "the file is damaged at its end");
    return (uint64_t)archive_filter_bytes(f->archive, 0) == f->file_bytes ||
           malformed(err, "something stands after the end of the file's members");
}
