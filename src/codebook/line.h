// codebook/line.h - one numbered line of a message: "01 N02 sector=energy class=ddos".
//
// Holds: reading and writing such lines, and checking them against a book. A code the book does
// not hold is kept and marked unknown; it is shown so and never guessed at.
// Knows nothing of: the record around the lines, languages, who answers whom (dialogue.h).
// Source: DESIGN section 5.1; FORMATS section 1.
#ifndef CODEBOOK_LINE_H
#define CODEBOOK_LINE_H
#include "codebook/book.h"

enum {
    PHRASE_LINES_MAX = 99,        // two digits
    PHRASE_LINE_BYTES_MAX = 8192, // ten values, of which three may be URLs
};
struct phrase_parameter {
    struct str name, value; // borrowed from the line
};
struct phrase_line {
    uint32_t number; // 1 to 99
    struct str code; // [A-Z][0-9][0-9]; borrowed
    struct phrase_parameter parameters[PHRASE_PARAMETERS_MAX];
    size_t parameters_count;
};

// Reads one line (no LF). Shape only; no book is needed.
//   errors  ERR_MALFORMED, ERR_LIMIT
bool phrase_line_read(struct str text, struct phrase_line *ret, struct err *err) MUST_USE;
// Reads the rows of a message: numbers 01, 02 ... without a gap. `ret` holds at least `count`.
bool phrase_lines_read(const struct str *texts, size_t count, struct phrase_line *ret,
                       struct err *err) MUST_USE;
// Writes the same bytes, without LF.
bool phrase_line_write(const struct phrase_line *line, struct buffer *to, struct err *err) MUST_USE;
// NULL when the line does not carry it.
const struct str *phrase_line_value(const struct phrase_line *line, struct str name);

enum line_status {
    LINE_KNOWN,   // every parameter read
    LINE_UNKNOWN, // the book holds no such code; shown as it stands
};
struct checked_line {
    enum line_status status;
    struct phrase_line line;
    const struct phrase *phrase;                // NULL when unknown
    struct value values[PHRASE_PARAMETERS_MAX]; // by the phrase's parameter; see `present`
    uint32_t present;                           // bit i: values[i] is given
};
// Checks a line against a book. An unknown code is no error: status says so.
//   errors  ERR_MALFORMED  clause "codebook: unknown parameter", "codebook: order of parameters",
//                          "codebook: required parameter", "codebook: one of these parameters";
//                          or a value that is not of its type
//           ERR_NOT_FOUND  a table code or a State nobody knows
bool phrase_line_check(const struct book *book, const struct electorate *states,
                       const struct phrase_line *line, struct checked_line *ret,
                       struct err *err) MUST_USE;
#endif
