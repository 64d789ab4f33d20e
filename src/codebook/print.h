// codebook/print.h - the whole book on paper: Markdown that a diplomat reads.
//
// Holds: rules, families, phrases with all that belongs to them, tables, disclaimers and situations
// as text; filling them into a frame of prose. In English, and beside it in one language.
// Knows nothing of: files, screens.
// Source: DESIGN section 6. docs/codebook.in.md is the frame, docs/codebook.md what comes of it.
//
// A line of the frame that is "@word" stands for a part: @book, @rules, @families, @always,
// @phrases, @disclaimers, @tables, @types, @situations. Every other line is prose and stays as it
// is.
#ifndef CODEBOOK_PRINT_H
#define CODEBOOK_PRINT_H
#include "codebook/guide.h"
#include "codebook/rendering.h"

struct book_print {
    const struct book *book;
    const struct guide *guide;        // NULL: no situations
    const struct rendering *english;  // for what the situations are called; NULL: their names alone
    const struct rendering *language; // beside the English; NULL: none
};
struct str codebook_print_frame(void); // the frame that the program carries
//   errors  ERR_MALFORMED  a "@word" that is no part
//           ERR_LIMIT      the buffer (1 MiB is ample), the arena
bool codebook_print(const struct book_print *what, struct str frame, struct arena *a,
                    struct buffer *to, struct err *err) MUST_USE;

// -- between this room's files
void print_text(struct buffer *to, struct str text); // what Markdown would read is made plain
void print_source(struct buffer *to, struct str source, struct str checked);
void print_link(struct buffer *to, struct str code); // to the phrase on the same page
// A paragraph of the language's words, or nothing; `text` may be NULL.
void print_beside(const struct book_print *what, struct buffer *to, const struct str *text);
bool print_phrase(const struct book_print *what, const struct phrase *p, struct arena *a,
                  struct buffer *to, struct err *err) MUST_USE;
#endif
