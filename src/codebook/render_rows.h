// codebook/render_rows.h - one rendered line as the rows under each other that every long form has.
//
// Holds: the sentence with its number and code, its disclaimers, what is marked, and the line as
// signed where it could not be rendered wholly.
// Knows nothing of: widths and pages; codebook/render_form.h lays the rows out.
#ifndef CODEBOOK_RENDER_ROWS_H
#define CODEBOOK_RENDER_ROWS_H
#include "codebook/render.h"

enum { RENDER_ROWS_MAX = PHRASE_DISCLAIMERS_MAX + 3 };
struct render_rows {
    struct str rows[RENDER_ROWS_MAX]; // none is empty
    size_t count;
};
// `bold` puts WRAP_BOLD and WRAP_PLAIN around the code; `signed_below` leaves the line as signed to
// the caller.
struct render_rows_how {
    bool bold, signed_below;
};
bool render_rows(const struct render_with *with, const struct rendered_line *line,
                 struct render_rows_how how, struct arena *a, struct render_rows *ret,
                 struct err *err) MUST_USE;
// A line of text in an isolate of its own direction (U+2067), where that is from right to left, for
// what shows it in surroundings of another.
void render_put_line(struct buffer *to, bool right_to_left, struct str line);
#endif
