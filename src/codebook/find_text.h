// codebook/find_text.h - the plain text in a pattern; between find.c and its parts.
//
// Holds: reading a pattern's words without its places. Knows nothing of: values.
// Source: codebook/pattern.h (the shape of patterns).
#ifndef CODEBOOK_FIND_TEXT_H
#define CODEBOOK_FIND_TEXT_H
#include "base/arena.h"

enum find_choices {
    FIND_ALL_CHOICES, // the words of every choice: what a search looks through
    FIND_LEAST        // of every choice what stands where no value is given; "…" for a value
};
// Never fails on shape: what is no pattern gives some text.
//   errors  ERR_LIMIT
bool find_pattern_text(struct str pattern, enum find_choices choices, struct arena *a,
                       struct str *ret, struct err *err) MUST_USE;
#endif
