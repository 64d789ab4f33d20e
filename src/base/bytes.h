// base/bytes.h - spans of octets and of text, and the cursors that read and write them.
//
// Holds: `bytes` (what a peer sent), `str` (UTF-8 somebody checked), reader and writer whose
// failure sticks, so that a decoder is a column of reads and one reader_done.
// Knows nothing of: encodings (base/encode.h), ownership (everything here is borrowed).
#ifndef BASE_BYTES_H
#define BASE_BYTES_H
#include "base/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *ptr;
    size_t len;
}; // untrusted octets; borrowed

struct str {
    const char *ptr;
    size_t len;
}; // valid UTF-8; borrowed; no NUL promised

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_ARG(s) (int)(s).len, (s).ptr // for "%.*s"

static inline struct bytes bytes_of(const void *ptr, size_t len)
{
    return (struct bytes){(const uint8_t *)ptr, len};
}
static inline struct bytes str_bytes(struct str s)
{
    return (struct bytes){(const uint8_t *)s.ptr, s.len};
}
// For text the program itself made or holds as a constant; text from outside goes through
// text_check.
static inline struct str str_of(const char *ptr)
{
    return (struct str){ptr, strlen(ptr)};
}
static inline bool bytes_eq(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && memcmp(s.ptr, prefix.ptr, prefix.len) == 0;
}
static inline struct str str_slice(struct str s, size_t from, size_t to)
{
    CHECK(from <= to);
    CHECK(to <= s.len);
    return (struct str){s.ptr + from, to - from};
}
int str_cmp(struct str a, struct str b);                           // by octet, shorter first
bool str_split(struct str *rest, char mark, struct str *ret_part); // false when rest is exhausted

// -- reading ---------------------------------------------------------------------------------
struct reader {
    struct bytes rest;
    bool failed;
}; // a failed reader stays failed and yields zeros

static inline struct reader reader_of(struct bytes b)
{
    return (struct reader){b, false};
}
static inline struct bytes reader_take(struct reader *r, size_t n)
{
    if (r->failed || n > r->rest.len) {
        r->failed = true;
        return (struct bytes){0};
    }
    struct bytes taken = {r->rest.ptr, n};
    r->rest.ptr += n;
    r->rest.len -= n;
    return taken;
}
static inline bool reader_done(const struct reader *r)
{
    return !r->failed && r->rest.len == 0;
}
void reader_copy(struct reader *r, void *ret_octets, size_t n); // zero-fills on failure
uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r); // big-endian, as every number on the wire
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);
struct bytes reader_block16(struct reader *r); // u16 length, then octets
struct bytes reader_block32(struct reader *r); // u32 length, then octets

// -- writing ---------------------------------------------------------------------------------
struct writer {
    uint8_t *ptr; // borrowed
    size_t len, cap;
    bool full;
}; // a full writer stays full and writes nothing more

static inline struct writer writer_of(void *storage, size_t cap)
{
    return (struct writer){(uint8_t *)storage, 0, cap, false};
}
static inline struct bytes writer_bytes(const struct writer *w)
{
    return (struct bytes){w->ptr, w->len};
}
void writer_put(struct writer *w, struct bytes b);
void writer_u8(struct writer *w, uint8_t n);
void writer_u16(struct writer *w, uint16_t n);
void writer_u32(struct writer *w, uint32_t n);
void writer_u64(struct writer *w, uint64_t n);
void writer_block16(struct writer *w, struct bytes b); // full when b is longer than 65,535
void writer_block32(struct writer *w, struct bytes b);
#endif
