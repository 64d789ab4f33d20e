// codebook/render_value.h - isolation, shared by the files that render.
//
// Holds: one function. Knows nothing of: phrases.
#ifndef CODEBOOK_RENDER_VALUE_H
#define CODEBOOK_RENDER_VALUE_H
#include "base/arena.h"

// U+2068 and U+2069 around a text in right-to-left surroundings, or one that holds letters of that
// direction itself. ERR_LIMIT when the arena is full.
bool render_isolated(bool right_to_left, struct str text, struct arena *a, struct str *ret,
                     struct err *err) MUST_USE;
#endif
