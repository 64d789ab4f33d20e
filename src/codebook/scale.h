// codebook/scale.h - a State's own scale of severity, mapped to the common one of the book.
//
// Holds: the scale file. A State publishes it, so that "XA:HIGH" can be read beside the common
// severity 0 to 5; a level without a scale is shown as it stands and never guessed at.
// Knows nothing of: who vouches for the file.
// Source: DESIGN section 6 (severity); refs 6.10, "mapped to a common scale".
//
//   elchi scale v1
//   state XA
//   book elchi 1
//
//   level LOW 1 An organisation notices
//   level HIGH 4 A service to the public stands still
#ifndef CODEBOOK_SCALE_H
#define CODEBOOK_SCALE_H
#include "codebook/book.h"

enum { SCALE_LEVELS_MAX = 32 };
struct scale_level {
    struct str word;     // [A-Z0-9][A-Z0-9-]{0,15}
    struct str severity; // a code of the book's table "severity": "4"
    struct str text;     // that State's own words, as it published them
};
struct scale {
    struct str state;
    struct str book_name;
    uint32_t book_version;
    const struct scale_level *levels;
    size_t levels_count;
};
// Parses a file; everything points into `a`. Whether the severities are codes of the book is for
// findings.h.
//   errors  ERR_MALFORMED (with the line), ERR_LIMIT
bool scale_parse(struct bytes file, struct arena *a, struct scale *ret, struct err *err) MUST_USE;
bool scale_write(const struct scale *scale, struct buffer *to, struct err *err) MUST_USE;
const struct scale_level *scale_level_find(const struct scale *scale, struct str word); // NULL
#endif
