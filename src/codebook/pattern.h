// codebook/pattern.h - ICU message patterns with named places: "Sector: {sector}."
//
// Holds: reading a pattern's places, refusing what a rendering does not need, and formatting.
// ICU's C interface takes numbers for names, so names are given numbers here.
// Knows nothing of: phrases and books.
// Source: Unicode TR 35 part 2 is not it; ICU User Guide, "Formatting Messages".
//
// A place is {name}, {name, select, yes {...} other {...}}, or {name, plural, one {...} other
// {...}} (also selectordinal) in which # is the number. A pattern holds no ASCII apostrophe,
// because ICU quotes with it: write U+2019.
#ifndef CODEBOOK_PATTERN_H
#define CODEBOOK_PATTERN_H
#include "base/arena.h"

enum {
    PATTERN_BYTES_MAX = 4096, // one sentence or two, with its choices
    PATTERN_TEXTS_MAX = 20,   // ten values and ten "has-"
    PATTERN_NUMBERS_MAX = 4,  // places used with plural
    PATTERN_PLACES_MAX = PATTERN_TEXTS_MAX + PATTERN_NUMBERS_MAX,
    PATTERN_DEPTH_MAX = 16,    // a choice in a choice counts two
    PATTERN_RESULT_MAX = 16384 // UTF-16 units: three URLs and the words around them
};
struct pattern_place {
    struct str name;
    bool number; // used with plural or selectordinal
};
struct pattern_places {
    struct pattern_place places[PATTERN_PLACES_MAX]; // each once, in order of first use
    size_t count;
};
// Reads the places. Proves the shape only; pattern_check asks ICU too.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool pattern_places_read(struct str pattern, struct pattern_places *ret, struct err *err) MUST_USE;
bool pattern_has_place(const struct pattern_places *places, struct str name);
// The same, and ICU can open it in this language.
bool pattern_check(struct str pattern, struct str language, struct arena *a,
                   struct err *err) MUST_USE;

// What stands in a place: a text, and a number where the value is one.
struct pattern_value {
    struct str name, text;
    double number;
};
// A place without a value is empty (or zero), never an error: findings.h reports it.
//   errors  ERR_LIMIT, ERR_MALFORMED (the pattern), ERR_IO (ICU)
bool pattern_format(struct str pattern, struct str language, const struct pattern_value *values,
                    size_t count, struct arena *a, struct str *ret, struct err *err) MUST_USE;

// Does the sentence tell which number stands in the place, by `#` or by a word of its own ("two
// systems")? Tried with 0 to 130: no two of them may read the same.
//   errors  as pattern_format
bool pattern_tells_number(struct str pattern, struct str language, struct str name, struct arena *a,
                          bool *ret, struct err *err) MUST_USE;

// -- between this room's files: UTF-16 for ICU
struct wide {
    uint16_t *ptr; // UChar; NUL-terminated
    int32_t len;
};
bool wide_of(struct arena *a, struct str text, struct wide *ret, struct err *err) MUST_USE;
bool wide_text(struct arena *a, const uint16_t *ptr, int32_t len, struct str *ret,
               struct err *err) MUST_USE;
enum { LOCALE_CHARS = 64 };
// ICU's name of a BCP 47 language.
bool locale_of(struct str language, char ret_locale[LOCALE_CHARS], struct err *err) MUST_USE;
#endif
