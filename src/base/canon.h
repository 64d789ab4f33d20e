// base/canon.h - canonical JSON numbers and strings, as ECMAScript prints them.
//
// Holds: RFC 8785 over Jansson's tree (declared in base/json.h as json_canon) and its two leaves.
// Source: RFC 8785 section 3.2.2 (numbers, strings) and 3.2.3 (keys in the order of UTF-16 units).
#ifndef BASE_CANON_H
#define BASE_CANON_H
#include "base/arena.h"

enum { CANON_NUMBER_CHARS_MAX = 64 };
// The shortest digits that read back as `value`, laid out as ECMAScript does; NUL-terminated.
// NaN and infinities are no JSON.
//   errors  ERR_MALFORMED
bool canon_number(double value, char ret_text[CANON_NUMBER_CHARS_MAX], struct err *err) MUST_USE;
// A quoted string with the fewest escapes.
void canon_string(struct buffer *out, struct str value);
#endif
