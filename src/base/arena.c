#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_BYTES = 16384, BLOCK_ALIGN = 16 };

struct arena_block {
    struct arena_block *older; // owned
    size_t used, cap;
    _Alignas(BLOCK_ALIGN) uint8_t octets[];
};

void arena_init(struct arena *a, size_t limit_bytes)
{
    *a = (struct arena){.newest = NULL, .used = 0, .limit = limit_bytes};
}

void arena_release(struct arena *a)
{
    struct arena_block *block = a->newest;
    while (block != NULL) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    a->newest = NULL;
    a->used = 0;
}

static struct arena_block *block_new(size_t size)
{
    size_t cap = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    struct arena_block *block = malloc(sizeof *block + cap);
    CHECK(block != NULL);
    block->older = NULL;
    block->used = 0;
    block->cap = cap;
    return block;
}

void *arena_alloc(struct arena *a, size_t count, size_t size, size_t align)
{
    CHECK(size > 0);
    CHECK(align > 0 && align <= BLOCK_ALIGN);
    if (count > a->limit / size)
        return NULL;
    size_t want = count * size;
    if (want > a->limit - a->used)
        return NULL;
    struct arena_block *block = a->newest;
    size_t start = block == NULL ? 0 : (block->used + align - 1) / align * align;
    if (block == NULL || start > block->cap || want > block->cap - start) {
        struct arena_block *fresh = block_new(want);
        fresh->older = block;
        a->newest = fresh;
        block = fresh;
        start = 0;
    }
    block->used = start + want;
    a->used += want;
    if (want > 0)
        memset(block->octets + start, 0, want);
    return block->octets + start;
}

static bool arena_full(const struct arena *a, struct err *err)
{
    return err_set(err, ERR_LIMIT, "base/limits.h", "more than %zu octets of working memory",
                   a->limit);
}

bool arena_copy(struct arena *a, struct bytes from, struct bytes *ret, struct err *err)
{
    uint8_t *to = arena_new(a, uint8_t, from.len);
    if (to == NULL)
        return arena_full(a, err);
    if (from.len > 0)
        memcpy(to, from.ptr, from.len);
    *ret = (struct bytes){to, from.len};
    return true;
}

bool arena_cstr(struct arena *a, struct str from, const char **ret, struct err *err)
{
    char *to = arena_new(a, char, from.len + 1);
    if (to == NULL)
        return arena_full(a, err);
    if (from.len > 0)
        memcpy(to, from.ptr, from.len);
    *ret = to;
    return true;
}

bool arena_str(struct arena *a, struct str from, struct str *ret, struct err *err)
{
    const char *to;
    if (!arena_cstr(a, from, &to, err))
        return false;
    *ret = (struct str){to, from.len};
    return true;
}

bool arena_fmt(struct arena *a, struct str *ret, struct err *err, const char *fmt, ...)
{
    va_list args;
    va_list again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    CHECK(len >= 0);
    char *to = arena_new(a, char, (size_t)len + 1);
    if (to != NULL)
        (void)vsnprintf(to, (size_t)len + 1, fmt, again);
    va_end(again);
    if (to == NULL)
        return arena_full(a, err);
    *ret = (struct str){to, (size_t)len};
    return true;
}

void buffer_init(struct buffer *b, struct arena *a, size_t cap_max_bytes)
{
    *b = (struct buffer){.arena = a, .cap_max = cap_max_bytes};
}

// Room for `more` octets and a NUL beyond them, so that what was written serves as a C string.
static bool buffer_grow(struct buffer *b, size_t more)
{
    if (b->full || more > b->cap_max - b->len) {
        b->full = true;
        return false;
    }
    if (b->ptr != NULL && b->len + more < b->cap)
        return true;
    size_t cap = b->cap < 256 ? 256 : b->cap;
    while (cap <= b->len + more)
        cap *= 2;
    uint8_t *wider = arena_new(b->arena, uint8_t, cap);
    if (wider == NULL) {
        b->full = true;
        return false;
    }
    if (b->ptr != NULL)
        memcpy(wider, b->ptr, b->len);
    b->ptr = wider;
    b->cap = cap;
    return true;
}

void buffer_put(struct buffer *b, struct bytes more)
{
    if (!buffer_grow(b, more.len))
        return;
    if (more.len > 0)
        memcpy(b->ptr + b->len, more.ptr, more.len);
    b->len += more.len;
    b->ptr[b->len] = 0;
}

void buffer_str(struct buffer *b, struct str more)
{
    buffer_put(b, str_bytes(more));
}

void buffer_fmt(struct buffer *b, const char *fmt, ...)
{
    va_list args;
    va_list again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    CHECK(len >= 0);
    if (buffer_grow(b, (size_t)len)) {
        char *to = (char *)(b->ptr + b->len);
        (void)vsnprintf(to, (size_t)len + 1, fmt, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

void buffer_number(struct buffer *b, uint64_t n, size_t size)
{
    uint8_t octets[8];
    CHECK(size <= sizeof octets);
    for (size_t i = 0; i < size; i++)
        octets[i] = (uint8_t)(n >> (8 * (size - 1 - i)));
    buffer_put(b, bytes_of(octets, size));
}

void buffer_block16(struct buffer *b, struct bytes octets)
{
    if (octets.len > UINT16_MAX) {
        b->full = true;
        return;
    }
    buffer_number(b, octets.len, 2);
    buffer_put(b, octets);
}

void buffer_block32(struct buffer *b, struct bytes octets)
{
    if (octets.len > UINT32_MAX) {
        b->full = true;
        return;
    }
    buffer_number(b, octets.len, 4);
    buffer_put(b, octets);
}

bool buffer_take(const struct buffer *b, struct bytes *ret, struct err *err)
{
    if (b->full)
        return err_set(err, ERR_LIMIT, "base/limits.h", "more than %zu octets", b->cap_max);
    *ret = (struct bytes){b->ptr, b->len};
    return true;
}

bool buffer_take_str(const struct buffer *b, struct str *ret, struct err *err)
{
    struct bytes taken = {0};
    if (!buffer_take(b, &taken, err))
        return false;
    *ret = (struct str){taken.len == 0 ? "" : (const char *)taken.ptr, taken.len};
    return true;
}

void *memory_new(size_t count, size_t size)
{
    CHECK(count > 0);
    CHECK(size > 0);
    void *octets = calloc(count, size);
    CHECK(octets != NULL);
    return octets;
}

void memory_release(void *ptr)
{
    free(ptr);
}
