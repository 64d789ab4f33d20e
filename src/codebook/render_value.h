// codebook/render_value.h - isolation and the strings of a language, shared by the files that
// render.
//
// Holds: a few functions. Knows nothing of: phrases.
#ifndef CODEBOOK_RENDER_VALUE_H
#define CODEBOOK_RENDER_VALUE_H
#include "codebook/pattern.h"
#include "codebook/render.h"

// U+2068 and U+2069 around a text in right-to-left surroundings, or one that holds letters of that
// direction itself. ERR_LIMIT when the arena is full.
bool render_isolated(bool right_to_left, struct str text, struct arena *a, struct str *ret,
                     struct err *err) MUST_USE;
// A string of the language file with its places filled, else of the English one, else nothing.
//   errors  as pattern_format
bool render_string(const struct render_with *with, enum rendering_string which,
                   const struct pattern_value *values, size_t count, struct arena *a,
                   struct str *ret, struct err *err) MUST_USE;
// States by name where one is known, else by code, each isolated, joined as the language joins "A,
// B and C". At most VOUCHERS_MAX of them.
//   errors  ERR_LIMIT, ERR_IO (ICU)
bool render_states(const struct render_with *with, const struct str *codes, size_t count,
                   struct arena *a, struct str *ret, struct err *err) MUST_USE;
// A count in the reader's digits.
bool render_count(const struct render_with *with, uint64_t count, struct arena *a, struct str *ret,
                  struct err *err) MUST_USE;
#endif
