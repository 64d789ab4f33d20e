// base/arena.h - memory with three lifetimes: the process, one request, one scratch.
//
// Holds: a bounded bump allocator. Nothing inside it is freed singly; it goes as a whole.
// Knows nothing of: secrets. They live in crypto/secret.h and never in an arena.
// Rule: a function that takes an arena returns things living as long as it; one that takes none
// returns only what it was given.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include "base/bytes.h"
#include "base/err.h"

struct arena_block;
struct arena {
    struct arena_block *newest; // owned
    size_t used, limit;         // octets
};

void arena_init(struct arena *a, size_t limit_bytes);
void arena_release(struct arena *a); // a zeroed arena is fine

// Zeroed memory, or NULL past the limit: that is a peer's doing (ERR_LIMIT). Out of memory from the
// operating system ends the process.
void *arena_alloc(struct arena *a, size_t count, size_t size, size_t align) MUST_USE;
#define arena_new(a, T, count) ((T *)arena_alloc((a), (count), sizeof(T), _Alignof(T)))

// Copies into the arena. On the arena's limit: ERR_LIMIT.
bool arena_copy(struct arena *a, struct bytes from, struct bytes *ret, struct err *err) MUST_USE;
bool arena_str(struct arena *a, struct str from, struct str *ret, struct err *err) MUST_USE;
// printf into the arena; NUL-terminated beyond ret->len, so ret->ptr serves as a C string.
bool arena_fmt(struct arena *a, struct str *ret, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5))) MUST_USE;
// A NUL-terminated copy, for libraries.
bool arena_cstr(struct arena *a, struct str from, const char **ret, struct err *err) MUST_USE;

// A growable octet buffer inside an arena; `full` sticks once the arena's limit or `cap_max` is
// met.
struct buffer {
    struct arena *arena; // borrowed
    uint8_t *ptr;
    size_t len, cap, cap_max;
    bool full;
};
void buffer_init(struct buffer *b, struct arena *a, size_t cap_max_bytes);
void buffer_put(struct buffer *b, struct bytes more);
void buffer_str(struct buffer *b, struct str more);
void buffer_fmt(struct buffer *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
// Columns of a frame: big-endian numbers of `size` octets, and blocks with their length before
// them.
void buffer_number(struct buffer *b, uint64_t n, size_t size);
void buffer_block16(struct buffer *b, struct bytes octets); // full when longer than 65,535
void buffer_block32(struct buffer *b, struct bytes octets);
static inline struct bytes buffer_bytes(const struct buffer *b)
{
    return (struct bytes){b->ptr, b->len};
}
// What was written, as text the program made; ERR_LIMIT when the buffer ran full.
bool buffer_take_str(const struct buffer *b, struct str *ret, struct err *err) MUST_USE;
bool buffer_take(const struct buffer *b, struct bytes *ret, struct err *err) MUST_USE;

// Heap storage for the few long-lived tables that outgrow an arena; ends the process when the
// system has none. These two are the only callers of malloc and free besides the arena itself.
void *memory_new(size_t count, size_t size) MUST_USE; // zeroed
void memory_release(void *ptr);                       // NULL is fine
#endif
