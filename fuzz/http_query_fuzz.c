// rooms: http
// A query that is read writes back to one that reads the same.
#include "http/parse.h"

#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_back(const struct query *q, struct buffer *to)
{
    for (size_t i = 0; i < q->count; i++) {
        if (i > 0)
            buffer_str(to, STR("&"));
        percent_write(to, q->list[i].name);
        buffer_str(to, STR("="));
        percent_write(to, q->list[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct query q;
    struct query again;
    struct buffer text;
    struct buffer third;
    struct err err = {0};
    arena_init(&a, (size_t)16 << 20);
    if (!query_read(bytes_of(data, size), &a, &q, &err)) {
        CHECK(err.kind != ERR_NONE);
        arena_release(&a);
        return 0;
    }
    buffer_init(&text, &a, (size_t)1 << 20);
    buffer_init(&third, &a, (size_t)1 << 20);
    write_back(&q, &text);
    CHECK(query_read(buffer_bytes(&text), &a, &again, &err));
    CHECK(again.count == q.count);
    for (size_t i = 0; i < q.count; i++) {
        CHECK(bytes_eq(again.list[i].name, q.list[i].name));
        CHECK(bytes_eq(again.list[i].value, q.list[i].value));
        CHECK(query_count(&q, (struct str){(const char *)q.list[i].name.ptr, q.list[i].name.len}) >
              0);
    }
    write_back(&again, &third);
    CHECK(bytes_eq(buffer_bytes(&text), buffer_bytes(&third)));
    arena_release(&a);
    return 0;
}
