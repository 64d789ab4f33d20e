// codebook/render.h - phrases in the reader's language.
//
// Holds: code and parameters in, sentences out. Dates, numbers, plurals and direction by ICU; all
// times in UTC. A sentence comes whole from one pattern, never pasted from pieces. Values are
// isolated (U+2068, U+2069) in right-to-left text and wherever a value holds right-to-left letters.
// Knows nothing of: HTML. The structured form is plain text the caller escapes.
// Source: DESIGN section 6; UAX 9 section 2.4.2 (isolates).
#ifndef CODEBOOK_RENDER_H
#define CODEBOOK_RENDER_H
#include "codebook/line.h"
#include "codebook/rendering.h"
#include "codebook/scale.h"

enum { VOUCHERS_MAX = 64 }; // named in a banner
struct render_with {
    const struct book *book;          // NULL: not held here, and no line is known
    uint32_t unheld_version;          // of the book that is not held
    const struct rendering *language; // the reader's; NULL: there is none, and English stands in
    struct str wanted;                // the language asked for, when `language` is NULL
    const struct rendering *english;  // what is missing in the former; may be NULL
    const struct electorate *states;  // as for phrase_line_check
    // The State's name in the community file; false shows the code. May be NULL.
    bool (*state_name)(const void *who, struct str state, struct str language, struct str *ret);
    const void *who;            // borrowed; handed to state_name
    const struct scale *scales; // States' own scales of severity that are held
    size_t scales_count;
    bool exercise; // `exercise yes` in the signed text: every rendering says so
    // Codes of the States that vouch for `language` by a signed record the caller holds.
    const struct str *vouchers;
    size_t vouchers_count;
};

enum render_flag {
    RENDERED_UNKNOWN = 1,      // the book does not know the code, or is not held: text says so
    RENDERED_INVALID = 2,      // the line breaks a rule of the book: text says so, `problem` which
    RENDERED_UNTRANSLATED = 4, // English stands in for a missing sentence, disclaimer or code name
    RENDERED_NEUTRAL = 8,      // a neutral reply
    RENDERED_FREE_TEXT = 16,   // announces unofficial text
};
struct rendered_line {
    uint32_t number;
    struct str code;   // "N02"
    struct str source; // the line as signed: the authentic text
    struct str text;   // the sentence; one line, no LF
    struct str disclaimers[PHRASE_DISCLAIMERS_MAX];
    size_t disclaimers_count;
    unsigned flags;     // enum render_flag
    struct str problem; // why a line is invalid, English; else empty
    struct str mark;    // the language's "shown in English" when RENDERED_UNTRANSLATED, else empty
};
struct rendered {
    struct str language;
    bool right_to_left;
    bool draft;          // nobody vouches for it
    struct str banner;   // "draft rendering; the code is authentic", or which States vouch for it
    struct str exercise; // or empty
    struct str notice;   // that there is no rendering in the language asked for; or empty
    struct str book;     // "Codebook elchi, version 1", or that version 2 is not held here
    struct str book_id;  // "elchi 1" as files write it; the version alone of a book not held
    struct rendered_line *lines;
    size_t lines_count;
};

// Renders lines. What the book does not know or does not allow is shown as such, never refused:
// an officer must be able to read whatever arrived.
//   errors  ERR_LIMIT (the arena), ERR_IO (ICU)
bool codebook_render(const struct render_with *with, const struct phrase_line *lines, size_t count,
                     struct arena *a, struct rendered *ret, struct err *err) MUST_USE;

// One value in the reader's words: "July 14, 2026, 12:00:00 UTC", "energy".
bool codebook_render_value(const struct render_with *with, const struct value *value,
                           const struct book_table *table, struct arena *a, struct str *ret,
                           struct err *err) MUST_USE;
#endif
