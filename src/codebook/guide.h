// codebook/guide.h - from a situation to the phrases that fit it.
//
// Holds: the guide file of a book: situations, each with phrases in the order they are usually
// said. An aid, as renderings are: it is no part of the book's hash and binds nobody.
// Knows nothing of: languages. What a situation is called stands in the rendering files.
// Source: docs/codebook-format.md draws the file.
//
//   elchi guide v1
//   book elchi 1
//
//   situation traffic-from-partner N02 R01 C01
#ifndef CODEBOOK_GUIDE_H
#define CODEBOOK_GUIDE_H
#include "codebook/book.h"

enum { GUIDE_SITUATIONS_MAX = 64, GUIDE_PHRASES_MAX = 12 };
struct guide_situation {
    struct str id; // [a-z][a-z0-9-]{0,31}
    struct str phrases[GUIDE_PHRASES_MAX];
    size_t phrases_count;
};
struct guide {
    struct str book_name;
    uint32_t book_version;
    const struct guide_situation *situations;
    size_t situations_count;
};
// Parses a file; everything points into `a`. Whether the phrases exist is for findings.h.
//   errors  ERR_MALFORMED (with the line), ERR_LIMIT
bool guide_parse(struct bytes file, struct arena *a, struct guide *ret, struct err *err) MUST_USE;
bool guide_write(const struct guide *guide, struct buffer *to, struct err *err) MUST_USE;
#endif
