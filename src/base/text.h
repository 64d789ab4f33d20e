// base/text.h - text by proof, and times.
//
// Holds: the one maker of `struct str` from outside octets, and RFC 3339 times in UTC.
// Knows nothing of: languages; what is shown to people is rendered in codebook and web.
// Source: DESIGN section 5: UTF-8, NFC, LF; no C0 but LF, DEL, C1, U+2028/2029, bidi control,
// noncharacter or default-ignorable code point except ZWNJ and ZWJ between letters.
#ifndef BASE_TEXT_H
#define BASE_TEXT_H
#include "base/arena.h"

// Proves that `sent` is text; the result borrows from it.
//   errors  ERR_MALFORMED, with the rule and the offset
bool text_check(struct bytes sent, struct str *ret, struct err *err) MUST_USE;
// The same, and no LF either: one line.
bool text_check_line(struct bytes sent, struct str *ret, struct err *err) MUST_USE;

// A time in UTC, seconds since 1970-01-01T00:00:00Z, years 1970 to 9999.
struct moment {
    int64_t s;
};
enum { MOMENT_CHARS = 20 }; // YYYY-MM-DDTHH:MM:SSZ
void moment_write(struct moment at, char ret_text[MOMENT_CHARS + 1]);
// Only YYYY-MM-DDTHH:MM:SSZ, a real day; second 60 is refused.
bool moment_read(struct str text, struct moment *ret) MUST_USE;
int moment_year(struct moment at);

// Character classes of names: [a-z0-9][a-z0-9._-]{0,63} for attachments.
bool text_is_file_name(struct str s);
// Number of octets of the UTF-8 character at the start of s (s is checked text, not empty).
size_t text_char_bytes(struct str s);
#endif
