// rooms: courier
#define _GNU_SOURCE // memfd_create
//
// A courier's file walked as pass one walks it: the index, then every member it names, then the
// end. What is handed out is never more than the file holds, and a second walk sees the same.
#include "courier/bundle_file.h"
#include "log/tile.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 64 << 20 };

static bool take_index(struct bundle_file *f, struct arena *a, struct bundle_index *ret,
                       struct err *err)
{
    uint64_t size = 0;
    size_t n = 0;
    struct str text;
    struct note_signature line;
    if (!bundle_file_next(f, "index", &size, err))
        return false;
    if (size > BUNDLE_INDEX_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "FORMATS 8", "an index too large");
    uint8_t *room = arena_new(a, uint8_t, (size_t)size);
    CHECK(room != NULL);
    if (!bundle_file_some(f, room, (size_t)size, &n, err))
        return false;
    CHECK(n <= size);
    return bundle_note_read(bytes_of(room, n), &text, &line, err) &&
           bundle_index_read(text, a, ret, err);
}

static bool take_member(struct bundle_file *f, const struct bundle_member *m, bool whole,
                        uint64_t *octets, struct err *err)
{
    char name[BUNDLE_NAME_CHARS + 1];
    struct bytes given;
    uint64_t size = 0;
    bundle_name_write(m, name);
    if (!bundle_file_next(f, name, &size, err))
        return false;
    if (size != m->size)
        return err_set(err, ERR_MALFORMED, "FORMATS 8", "another size");
    if (!whole || m->kind == BUNDLE_BLOB) {
        if (!bundle_file_check(f, m, err))
            return false;
    } else if (!bundle_file_whole(f, m, &given, err)) {
        return false;
    } else {
        CHECK(given.len == m->size);
    }
    *octets += m->size;
    return true;
}

static bool walk(struct bundle_file *f, struct arena *a, bool whole, uint64_t *octets,
                 struct err *err)
{
    struct bundle_index index;
    if (!bundle_file_rewind(f, err) || !take_index(f, a, &index, err))
        return false;
    for (size_t i = 0; i < index.members_count; i++)
        if (!take_member(f, &index.members[i], whole, octets, err))
            return false;
    return bundle_file_end(f, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct bundle_file f;
    struct arena a;
    struct err err = {0};
    uint64_t first = 0;
    uint64_t second = 0;
    if (f.room == NULL) {
        f.room = memory_new(BUNDLE_ENTRIES_BYTES_MAX, 1);
        f.fd = memfd_create("bundle", MFD_CLOEXEC);
        CHECK(f.fd >= 0);
    }
    CHECK(ftruncate(f.fd, 0) == 0);
    CHECK(pwrite(f.fd, data, size, 0) == (ssize_t)size);
    f.file_bytes = size;
    arena_init(&a, ARENA_BYTES);
    if (walk(&f, &a, false, &first, &err)) {
        CHECK(first <= size);
        CHECK(walk(&f, &a, true, &second, &err));
        CHECK(first == second);
    } else {
        CHECK(err.kind != ERR_NONE); // a refusal must say why
    }
    bundle_file_rest(&f);
    arena_release(&a);
    return 0;
}
