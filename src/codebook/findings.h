// codebook/findings.h - what `elchi codebook check` finds in a book and its renderings.
//
// Holds: the checks that need book and languages together. Finds, and never mends.
// Knows nothing of: printing.
// Source: DESIGN section 6: a rendering keeps every parameter and disclaimer.
#ifndef CODEBOOK_FINDINGS_H
#define CODEBOOK_FINDINGS_H
#include "codebook/rendering.h"

#define FINDING_KINDS(X)                                /* name, word, is it an error? */          \
    X(FINDING_OFFER_UNKNOWN, "offer-unknown", true)     /* an answer offered is not in the book */ \
    X(FINDING_OFFER_NO_ANSWER, "offer-no-answer", true) /* it is, but answers nothing */           \
    X(FINDING_WRONG_BOOK, "wrong-book", true) /* a rendering of another name or version */         \
    X(FINDING_PHRASE_MISSING, "phrase-missing", true)                                              \
    X(FINDING_PHRASE_EXTRA, "phrase-extra", true)                                                  \
    X(FINDING_PARAMETER_LOST, "parameter-lost", true) /* a sentence leaves a parameter out */      \
    X(FINDING_PLACE_UNKNOWN, "place-unknown", true)   /* a place the phrase has no value for */    \
    X(FINDING_DISCLAIMER_MISSING, "disclaimer-missing", true)                                      \
    X(FINDING_CODE_MISSING, "code-missing", true) /* a table code without a name */                \
    X(FINDING_CODE_EXTRA, "code-extra", true)                                                      \
    X(FINDING_STRING_MISSING, "string-missing", true)                                              \
    X(FINDING_SAME_AS_ENGLISH, "same-as-english", true)                                            \
    X(FINDING_UNCHECKED, "unchecked", false) /* a source nobody has read yet */                    \
    X(FINDING_DRAFT, "draft", false)         /* a rendering nobody has vouched for */
#define FINDING_ENUM(name, word, error) name,
enum finding_kind { FINDING_KINDS(FINDING_ENUM) FINDING_KIND_COUNT };
#undef FINDING_ENUM

struct finding {
    enum finding_kind kind;
    struct str language; // empty: the book itself
    struct str subject;  // a code, a table's code, a disclaimer
    struct str detail;   // a parameter, say; may be empty
};
enum { FINDINGS_MAX = 4096 };
struct findings {
    const struct finding *rows;
    size_t count;
    size_t errors;            // rows whose kind is an error
    size_t sources_unchecked; // phrases and disclaimers
    size_t sources;           // of these there are
};
const char *finding_word(enum finding_kind kind); // static
bool finding_is_error(enum finding_kind kind);

// Checks the book alone and with each rendering; the one in English is the measure of "same".
//   errors  ERR_LIMIT
bool codebook_check(const struct book *book, const struct rendering *renderings, size_t count,
                    struct arena *a, struct findings *ret, struct err *err) MUST_USE;
#endif
