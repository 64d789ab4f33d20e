// rooms: http
// Any octets as a raw path: what matches has text in its captures, and the path put together from
// them matches the same row with the same captures.
#include "http/parse.h"
#include "http/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool nothing(struct request *rq, void *ctx, struct err *err)
{
    (void)rq;
    (void)ctx;
    (void)err;
    return true;
}

static const struct route rows[] = {
    {METHOD_GET, "/", 1, 0, nothing, NULL},
    {METHOD_GET, "/a/{}", 1, 0, nothing, NULL},
    {METHOD_GET, "/a/b", 1, 0, nothing, NULL},
    {METHOD_GET, "/a/{}/c/{}/", 1, 0, nothing, NULL},
    {METHOD_GET, "/{}/{}/{}/{*}", 1, 0, nothing, NULL},
    {METHOD_PUT, "/p/{*}", 1, 0, nothing, NULL},
};

static void put_capture(struct buffer *to, struct str capture)
{
    struct str part;
    bool first = true;
    for (struct str rest = capture; str_split(&rest, '/', &part); first = false) {
        if (!first)
            buffer_str(to, STR("/"));
        percent_write(to, str_bytes(part));
    }
}

static void put_path(struct buffer *to, const struct route_match *m)
{
    struct str part;
    size_t next = 0;
    bool first = true;
    for (struct str rest = str_of(m->row->path); str_split(&rest, '/', &part); first = false) {
        if (!first)
            buffer_str(to, STR("/"));
        if (str_eq(part, STR("{}")) || str_eq(part, STR("{*}")))
            put_capture(to, m->captures[next++]);
        else
            buffer_str(to, part);
    }
    CHECK(next == m->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct route_table table = {rows, sizeof rows / sizeof rows[0]};
    struct arena a;
    struct route_match m;
    struct route_match again;
    struct str allowed;
    struct str path;
    struct buffer text;
    struct err err = {0};
    arena_init(&a, (size_t)16 << 20);
    struct str raw = {(const char *)data, size};
    if (!route_find(table, METHOD_GET, raw, &a, &m, &allowed, &err)) {
        CHECK(err.kind != ERR_NONE);
        arena_release(&a);
        return 0;
    }
    buffer_init(&text, &a, (size_t)1 << 20);
    put_path(&text, &m);
    CHECK(buffer_take_str(&text, &path, &err));
    CHECK(route_find(table, METHOD_GET, path, &a, &again, &allowed, &err));
    CHECK(again.row == m.row);
    for (size_t i = 0; i < m.count; i++)
        CHECK(str_eq(again.captures[i], m.captures[i]));
    arena_release(&a);
    return 0;
}
