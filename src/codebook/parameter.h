// codebook/parameter.h - the language-free values a phrase may carry, each with one spelling.
//
// Holds: the closed set of parameter types; reading a value, refusing a second spelling of it and
// naming the canonical one; what kind of form field asks for it.
// Knows nothing of: phrases, languages, countries. Which States exist is the caller's table.
// Source: DESIGN section 6; FORMATS section 1 (no space, no '='); RFC 5952, RFC 3986, BCP 47,
// ISO 8601, UTS 46 for the spellings.
#ifndef CODEBOOK_PARAMETER_H
#define CODEBOOK_PARAMETER_H
#include "base/text.h"

// What a form asks for. FORM_TABLE and FORM_STATE are choices; the rest are typed by hand.
enum form_kind {
    FORM_TABLE,    // one code of a table of the book
    FORM_STATE,    // one State of the community, in the community file's order
    FORM_MOMENT,   // date and time, UTC
    FORM_INTERVAL, // two of them
    FORM_NUMBER,   // digits
    FORM_DURATION, // number and unit
    FORM_TEXT,     // one word of characters
    FORM_KIND_COUNT
};

#define PARAMETER_TYPES(X)                      /* name, word in the book, octets at most, form */ \
    X(PARAMETER_TABLE, "table", 40, FORM_TABLE) /* never written: the table's name is */           \
    X(PARAMETER_TIME, "time", 20, FORM_MOMENT)  /* 2026-07-14T04:01:05Z */                         \
    X(PARAMETER_INTERVAL, "interval", 41, FORM_INTERVAL) /* TIME/TIME, the first not later */      \
    X(PARAMETER_STATE, "state", 8, FORM_STATE)           /* XA; must be in the caller's table */   \
    X(PARAMETER_LEVEL, "level", 25, FORM_TEXT)           /* XA:HIGH, of that State's own scale */  \
    X(PARAMETER_COUNT, "count", 15, FORM_NUMBER)         /* 0 to 999,999,999,999,999 */            \
    X(PARAMETER_DURATION, "duration", 12, FORM_DURATION) /* PT90M; one unit, the largest whole */  \
    X(PARAMETER_PREFIX, "prefix", 43, FORM_TEXT)         /* 198.51.100.0/24, 2001:db8::/32 */      \
    X(PARAMETER_AS, "as", 12, FORM_TEXT)                 /* AS64500 */                             \
    X(PARAMETER_DOMAIN, "domain", 253, FORM_TEXT)        /* a.example, A-labels, lower case */     \
    X(PARAMETER_URL, "url", 2048, FORM_TEXT)             /* https://a.example/x; '=' is %3D */     \
    X(PARAMETER_HASH, "hash", 135, FORM_TEXT)            /* sha256:HEX; also md5, sha1, sha512 */  \
    X(PARAMETER_PRODUCT, "product", 128, FORM_TEXT) /* vendor:product[:version], lower case */     \
    X(PARAMETER_VULNERABILITY, "vulnerability", 32, FORM_TEXT) /* CVE-2026-0001 */                 \
    X(PARAMETER_REFERENCE, "reference", 40, FORM_TEXT)         /* XA/XB-2026-0012, XA-2026-0001 */ \
    X(PARAMETER_LINE, "line", 2, FORM_NUMBER)                  /* 01 to 99 */                      \
    X(PARAMETER_LANGUAGE, "language", 35, FORM_TEXT)           /* ru, zh-Hant */

#define PARAMETER_ENUM(name, word, octets, form) name,
enum parameter_type { PARAMETER_TYPES(PARAMETER_ENUM) PARAMETER_TYPE_COUNT };
#undef PARAMETER_ENUM

const char *parameter_type_word(enum parameter_type type); // static
// A value of it in its spelling, of invented things; NULL for a table, whose codes say it.
const char *parameter_type_example(enum parameter_type type); // static
enum form_kind parameter_type_form(enum parameter_type type);
size_t parameter_type_bytes_max(enum parameter_type type);
// "time", "prefix", ...; false for a table's name, which is for the book to know.
bool parameter_type_from_word(struct str word, enum parameter_type *ret) MUST_USE;

// One row of a table of the book: sector, incident class, reason, TLP ...
struct book_code {
    struct str code;    // [A-Za-z0-9][A-Za-z0-9+-]{0,39}
    struct str meaning; // English, for reference
};
struct book_table {
    struct str name;            // [a-z][a-z0-9-]{0,31}
    struct str source, checked; // where the codes come from, and who has read that
    const struct book_code *codes;
    size_t codes_count;
};

// Which States there are. The caller's own table; this room knows no country.
struct electorate {
    bool (*has)(const void *who, struct str state);
    const void *who; // borrowed; handed to `has`
};

enum { SCALE_LEVEL_CHARS = 16 }; // of a State's own word for a severity, see codebook/scale.h

struct value {
    enum parameter_type type;
    struct str text;        // canonical; borrowed from what was read
    struct moment from, to; // time (both the same) and interval
    uint64_t number;        // count, line, AS number; duration in seconds; index in the table
};

// Reads a value in its one canonical spelling. `table` is for PARAMETER_TABLE only. `states` may
// be NULL only where no value is a State.
//   errors  ERR_MALFORMED  not of the type; or another spelling, and the sentence names the
//                          canonical one
//           ERR_NOT_FOUND  a State the electorate does not know, a code the table does not hold
//           ERR_LIMIT      longer than the type allows
bool parameter_read(enum parameter_type type, const struct book_table *table,
                    const struct electorate *states, struct str text, struct value *ret,
                    struct err *err) MUST_USE;

enum { PARAMETER_TEXT_BYTES = 2100 }; // room for any canonical form and a NUL
// The canonical spelling of what a person typed ("as64500" gives "AS64500"), NUL-terminated.
// Never guesses at meaning: only case, zeros, default ports, IDN and the like.
//   errors  as parameter_read, but for spellings
bool parameter_canonical(enum parameter_type type, const struct book_table *table,
                         const struct electorate *states, struct str typed,
                         char ret_text[PARAMETER_TEXT_BYTES], struct err *err) MUST_USE;

// Seconds of "PT90M"; only the canonical form.
bool duration_read(struct str text, uint64_t *ret_s) MUST_USE;
enum { DURATION_CHARS = 12 };
// The canonical form, NUL-terminated; `seconds` is from 1 to ten years.
void duration_write(uint64_t seconds, char ret_text[DURATION_CHARS + 1]);
#endif
