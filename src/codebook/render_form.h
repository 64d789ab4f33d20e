// codebook/render_form.h - a rendering as a person gets it: on a screen, as text, on paper, in one
// line.
//
// Holds: the closed set of forms. Each carries the codes and the book's version, that it is an
// exercise, that it is a draft, and every disclaimer; the single line carries signs of the last
// two. Knows nothing of: terminals (the caller names what begins and ends bold), records (struct
// render_letter is what paper needs of one), HTML.
// Source: DESIGN section 6 (rendering); refs 6.10 rules 1, 8 and 16.
#ifndef CODEBOOK_RENDER_FORM_H
#define CODEBOOK_RENDER_FORM_H
#include "codebook/render.h"

#define RENDER_FORMS(X)           /* name, word */                                        \
    X(RENDER_SCREEN, "screen")    /* wrapped; codes bold; right-to-left lines isolated */ \
    X(RENDER_PLAIN, "plain")      /* a row for each sentence and disclaimer */            \
    X(RENDER_PRINT, "print")      /* pages: heading, feet, a place to sign */             \
    X(RENDER_SINGLE_LINE, "line") /* for lists and pagers: shortened to a width */
#define RENDER_FORM_ENUM(name, word) name,
enum render_form { RENDER_FORMS(RENDER_FORM_ENUM) RENDER_FORM_COUNT };
#undef RENDER_FORM_ENUM
const char *render_form_word(enum render_form form); // static
bool render_form_read(struct str word, enum render_form *ret) MUST_USE;

// What stands at the head and the end of a page. Everything as the record says it; empty or zero
// where a draft has none yet. Borrowed.
struct render_text {
    struct str language, text; // unofficial; BCP 47
};
struct render_enclosure {
    struct str name, media, hash;
};
struct render_letter {
    struct str from, to;  // "XA/technical"; `to` may be "all"
    struct str printing;  // the State whose paper this is: it stands first; empty: the author's
    struct str reference; // "XA/XB-2026-0012"
    bool has_time;
    struct moment time;
    struct str precedence, tlp; // "IMMEDIATE", "AMBER"
    const struct render_text *texts;
    size_t texts_count;
    const struct render_enclosure *enclosures;
    size_t enclosures_count;
};

enum {
    PAGE_LINES = 66,   // of a sheet at six to the inch, as line printers have
    PAGE_COLUMNS = 72, // of a letter that is faxed and still read
    SCREEN_COLUMNS = 78,
    BRIEF_CLUSTERS = 78,     // of a list
    BRIEF_CLUSTERS_MIN = 70, // one short message in UCS-2 (3GPP TS 23.038); every language fits
};
struct render_how {
    enum render_form form;
    size_t width;                       // columns of a screen, clusters of a line; 0: the usual
    const char *bold, *bold_end;        // a screen's; NULL: none
    const struct render_letter *letter; // for paper; NULL: phrases alone
};
// Writes the form, each line ended by LF, pages parted by FF (U+000C).
//   errors  ERR_LIMIT  the arena; a width below which the signs of the language do not fit
//           ERR_IO     (ICU)
bool codebook_render_form(const struct render_with *with, const struct rendered *rendered,
                          const struct render_how *how, struct arena *a, struct str *ret,
                          struct err *err) MUST_USE;
// RENDER_PLAIN without more.
bool codebook_render_plain(const struct render_with *with, const struct rendered *rendered,
                           struct arena *a, struct str *ret, struct err *err) MUST_USE;
#endif
