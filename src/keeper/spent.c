#include "keeper/spent.h"

#include <stdio.h>

enum { ROW_BYTES = 64, ROWS_MIN = 1024, FILE_BYTES_MAX = 1 << 30 };

static void row_write(const struct spent_row *row, uint8_t to[ROW_BYTES])
{
    struct writer w = writer_of(to, ROW_BYTES);
    writer_put(&w, bytes_of(row->draft.octets, DRAFT_ID_BYTES));
    writer_put(&w, bytes_of(row->text.octets, DIGEST_BYTES));
    writer_u64(&w, (uint64_t)row->until.s);
    struct digest sum = digest_of(writer_bytes(&w));
    writer_put(&w, bytes_of(sum.octets, 8));
    CHECK(!w.full);
    CHECK(w.len == ROW_BYTES);
}

static bool row_read(struct bytes from, struct spent_row *ret)
{
    struct reader r = reader_of(from);
    struct digest sum = digest_of(bytes_of(from.ptr, ROW_BYTES - 8));
    reader_copy(&r, ret->draft.octets, DRAFT_ID_BYTES);
    reader_copy(&r, ret->text.octets, DIGEST_BYTES);
    ret->until.s = (int64_t)reader_u64(&r);
    struct bytes said = reader_take(&r, 8);
    return reader_done(&r) && bytes_eq(said, bytes_of(sum.octets, 8));
}

// Drafts are random, so their first octets are as good as any hash of them.
static size_t place_of(const struct spent *s, const struct draft_id *draft)
{
    uint64_t n = 0;
    for (size_t i = 0; i < 8; i++)
        n = n << 8 | draft->octets[i];
    size_t at = (size_t)(n & (s->cap - 1));
    while (s->used[at] == 1 && memcmp(s->rows[at].draft.octets, draft->octets, DRAFT_ID_BYTES) != 0)
        at = (at + 1) & (s->cap - 1);
    return at;
}

static void put(struct spent *s, const struct spent_row *row)
{
    size_t at = place_of(s, &row->draft);
    s->count += s->used[at] == 1 ? 0 : 1;
    s->used[at] = 1;
    s->rows[at] = *row;
}

static void make_room(struct spent *s, size_t more)
{
    size_t cap = s->cap;
    while (cap < 2 * (s->count + more))
        cap *= 2;
    if (cap == s->cap)
        return;
    struct spent wider = *s;
    wider.rows = memory_new(cap, sizeof *wider.rows);
    wider.used = memory_new(cap, 1);
    wider.cap = cap;
    wider.count = 0;
    for (size_t i = 0; i < s->cap; i++)
        if (s->used[i] == 1)
            put(&wider, &s->rows[i]);
    memory_release(s->rows);
    memory_release(s->used);
    *s = wider;
}

const struct spent_row *spent_find(const struct spent *s, const struct draft_id *draft)
{
    size_t at = place_of(s, draft);
    return s->used[at] == 1 ? &s->rows[at] : NULL;
}

// A crash may leave the file longer than what reached the disk: whole rows of zeros at its end,
// never acknowledged. No row is all zeros, because of its hash.
static size_t length_written(struct bytes file)
{
    size_t len = file.len - file.len % ROW_BYTES;
    while (len > 0) {
        size_t at = len - ROW_BYTES;
        while (at < len && file.ptr[at] == 0)
            at++;
        if (at < len)
            break;
        len -= ROW_BYTES;
    }
    return len;
}

// Takes the rows of a file in; yields how many were past and left out.
static bool take_rows(struct spent *s, struct bytes file, struct moment now, size_t *ret_past,
                      struct err *err)
{
    size_t past = 0;
    size_t len = length_written(file);
    for (size_t at = 0; at < len; at += ROW_BYTES) {
        struct spent_row row;
        if (!row_read(bytes_of(file.ptr + at, ROW_BYTES), &row))
            return err_set(err, ERR_TAMPERED, "keeper/spent.h", "row %zu of %.120s is damaged",
                           at / ROW_BYTES, s->path);
        if (row.until.s < now.s) {
            past++;
            continue;
        }
        make_room(s, 1);
        put(s, &row);
    }
    *ret_past = past + (file.len != len ? 1 : 0);
    return true;
}

static bool write_anew(const struct spent *s, struct arena *a, struct err *err)
{
    uint8_t *octets = arena_new(a, uint8_t, s->count * ROW_BYTES + 1);
    if (octets == NULL)
        return err_set(err, ERR_LIMIT, "keeper/spent.h", "too many spent drafts");
    size_t at = 0;
    for (size_t i = 0; i < s->cap; i++) {
        if (s->used[i] == 1) {
            row_write(&s->rows[i], octets + at);
            at += ROW_BYTES;
        }
    }
    return world_write_file(s->world, s->path, bytes_of(octets, at), 0600, err);
}

bool spent_open(struct spent *s, struct world *w, const char *folder, struct moment now,
                struct err *err)
{
    struct arena a;
    struct bytes file = {0};
    size_t past = 0;
    *s = (struct spent){.world = w, .cap = ROWS_MIN};
    int len = snprintf(s->path, sizeof s->path, "%s/spent", folder);
    CHECK(len > 0 && (size_t)len < sizeof s->path);
    s->rows = memory_new(s->cap, sizeof *s->rows);
    s->used = memory_new(s->cap, 1);
    arena_init(&a, SIZE_MAX / 2);
    bool done = true;
    if (world_exists(w, s->path))
        done = world_read_file(w, s->path, FILE_BYTES_MAX, &a, &file, err) &&
               take_rows(s, file, now, &past, err);
    if (done && past > 0)
        done = write_anew(s, &a, err);
    arena_release(&a);
    if (!done)
        spent_close(s);
    return done;
}

void spent_close(struct spent *s)
{
    memory_release(s->rows);
    memory_release(s->used);
    s->rows = NULL;
    s->used = NULL;
    s->count = 0;
}

bool spent_add(struct spent *s, const struct spent_row *rows, size_t count, struct err *err)
{
    if (count == 0)
        return true;
    uint8_t *octets = memory_new(count, ROW_BYTES);
    for (size_t i = 0; i < count; i++) {
        CHECK(spent_find(s, &rows[i].draft) == NULL);
        row_write(&rows[i], octets + i * ROW_BYTES);
    }
    bool done =
        world_append_file(s->world, s->path, bytes_of(octets, count * ROW_BYTES), 0600, err);
    memory_release(octets);
    if (!done)
        return false;
    make_room(s, count);
    for (size_t i = 0; i < count; i++)
        put(s, &rows[i]);
    return true;
}
