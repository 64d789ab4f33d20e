#include "base/bytes.h"

int str_cmp(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_split(struct str *rest, char mark, struct str *ret_part)
{
    if (rest->ptr == NULL)
        return false;
    const char *at = rest->len == 0 ? NULL : memchr(rest->ptr, mark, rest->len);
    if (at == NULL) {
        *ret_part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    size_t len = (size_t)(at - rest->ptr);
    *ret_part = (struct str){rest->ptr, len};
    *rest = (struct str){at + 1, rest->len - len - 1};
    return true;
}

void reader_copy(struct reader *r, void *ret_octets, size_t n)
{
    struct bytes taken = reader_take(r, n);
    if (taken.len == n && n > 0)
        memcpy(ret_octets, taken.ptr, n);
    else if (n > 0)
        memset(ret_octets, 0, n);
}

static uint64_t reader_number(struct reader *r, size_t size)
{
    struct bytes taken = reader_take(r, size);
    uint64_t n = 0;
    for (size_t i = 0; i < taken.len; i++)
        n = n << 8 | taken.ptr[i];
    return n;
}

uint8_t reader_u8(struct reader *r)
{
    return (uint8_t)reader_number(r, 1);
}

uint16_t reader_u16(struct reader *r)
{
    return (uint16_t)reader_number(r, 2);
}

uint32_t reader_u32(struct reader *r)
{
    return (uint32_t)reader_number(r, 4);
}

uint64_t reader_u64(struct reader *r)
{
    return reader_number(r, 8);
}

struct bytes reader_block16(struct reader *r)
{
    size_t len = reader_u16(r);
    return reader_take(r, len);
}

struct bytes reader_block32(struct reader *r)
{
    size_t len = reader_u32(r);
    return reader_take(r, len);
}

void writer_put(struct writer *w, struct bytes b)
{
    CHECK(w->len <= w->cap);
    if (w->full || b.len > w->cap - w->len) {
        w->full = true;
        return;
    }
    if (b.len > 0)
        memcpy(w->ptr + w->len, b.ptr, b.len);
    w->len += b.len;
}

static void writer_number(struct writer *w, uint64_t n, size_t size)
{
    uint8_t octets[8];
    for (size_t i = 0; i < size; i++)
        octets[i] = (uint8_t)(n >> (8 * (size - 1 - i)));
    writer_put(w, bytes_of(octets, size));
}

void writer_u8(struct writer *w, uint8_t n)
{
    writer_number(w, n, 1);
}

void writer_u16(struct writer *w, uint16_t n)
{
    writer_number(w, n, 2);
}

void writer_u32(struct writer *w, uint32_t n)
{
    writer_number(w, n, 4);
}

void writer_u64(struct writer *w, uint64_t n)
{
    writer_number(w, n, 8);
}

void writer_block16(struct writer *w, struct bytes b)
{
    if (b.len > UINT16_MAX) {
        w->full = true;
        return;
    }
    writer_u16(w, (uint16_t)b.len);
    writer_put(w, b);
}

void writer_block32(struct writer *w, struct bytes b)
{
    if (b.len > UINT32_MAX) {
        w->full = true;
        return;
    }
    writer_u32(w, (uint32_t)b.len);
    writer_put(w, b);
}
