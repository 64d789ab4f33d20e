// codebook/findings.h - what `elchi codebook check` finds in a book and its renderings.
//
// Holds: the checks that need book, guide and languages together. Finds, and never mends.
// Knows nothing of: printing.
// Source: DESIGN section 6: a rendering keeps every parameter and disclaimer; refs 6.10, the
// eighteen rules of codebook/rules.h.
#ifndef CODEBOOK_FINDINGS_H
#define CODEBOOK_FINDINGS_H
#include "codebook/guide.h"
#include "codebook/rendering.h"

// The rule is a number of codebook/rules.h; 0 is none of the eighteen: an aid is not whole.
#define FINDING_KINDS(X) /* name, word, rule, is it an error? */                                   \
    /* what a node asks of a file before it takes it */                                            \
    X(FINDING_OFFER_UNKNOWN, "offer-unknown", 4, true)     /* an answer offered is not there */    \
    X(FINDING_OFFER_NO_ANSWER, "offer-no-answer", 4, true) /* it is, but answers nothing */        \
    X(FINDING_WRONG_BOOK, "wrong-book", 14, true)          /* an aid to another name or version */ \
    X(FINDING_PHRASE_MISSING, "phrase-missing", 0, true)                                           \
    X(FINDING_PHRASE_EXTRA, "phrase-extra", 0, true)                                               \
    X(FINDING_PARAMETER_LOST, "parameter-lost", 6, true) /* a sentence leaves a parameter out */   \
    X(FINDING_PLACE_UNKNOWN, "place-unknown", 6, true)   /* a place the phrase has no value for */ \
    X(FINDING_DISCLAIMER_MISSING, "disclaimer-missing", 8, true)                                   \
    X(FINDING_CODE_MISSING, "code-missing", 0, true) /* a table code without a name */             \
    X(FINDING_CODE_EXTRA, "code-extra", 0, true)                                                   \
    X(FINDING_STRING_MISSING, "string-missing", 0, true)                                           \
    X(FINDING_EXERCISE_MISSING, "exercise-missing", 16, true) /* nobody would see EXERCISE */      \
    X(FINDING_SIGN_LOST, "sign-lost", 1, true) /* a string leaves code, version ... out */         \
    X(FINDING_SAME_AS_ENGLISH, "same-as-english", 0, true)                                         \
    X(FINDING_UNCHECKED, "unchecked", 0, false) /* wording not yet checked against the source */   \
    X(FINDING_DRAFT, "draft", 17, false)        /* a rendering nobody has vouched for */           \
    /* what the rules ask of a book that is to be adopted */                                       \
    X(FINDING_MEANING_FORM, "meaning-form", 2, true)   /* more than one meaning, or half of one */ \
    X(FINDING_MEANING_ALIKE, "meaning-alike", 2, true) /* another phrase means nearly the same */  \
    X(FINDING_ONE_PARAMETER, "one-parameter", 2, true) /* a parameter could say the difference */  \
    X(FINDING_WORDS_TWICE, "words-twice", 2, true)     /* people's word for two phrases */         \
    X(FINDING_FAMILY, "family", 3, true)               /* its rules are not its family's */        \
    X(FINDING_ORDERS, "orders", 3, true)               /* it instructs a sovereign State */        \
    X(FINDING_MARKER, "marker", 3, true) /* a sentence does not begin as its family does */        \
    X(FINDING_MARKER_SHARED, "marker-shared", 3, true) /* two families begin alike */              \
    X(FINDING_RESPOND_TIME, "respond-time", 4, true)                                               \
    X(FINDING_NO_STAND_BY, "no-stand-by", 4, true)                                                 \
    X(FINDING_NO_VALUE, "no-value", 5, true)           /* nothing offered gives the value */       \
    X(FINDING_SUBJECT_APART, "subject-apart", 5, true) /* question and answer, other numbers */    \
    X(FINDING_NOT_ITS_TABLE, "not-its-table", 6, true) /* a table would serve */                   \
    X(FINDING_NO_LABEL, "no-label", 6, true)           /* no language can name the parameter */    \
    X(FINDING_LINE_NOWHERE, "line-nowhere", 7, true)   /* a line of a message not named */         \
    X(FINDING_DISCLAIMER_OWED, "disclaimer-owed", 8, true)                                         \
    X(FINDING_DISCLAIMER_UNUSED, "disclaimer-unused", 8, true)                                     \
    X(FINDING_NEUTRAL_MISSING, "neutral-missing", 9, true)                                         \
    X(FINDING_NEUTRAL_BOUND, "neutral-bound", 9, true) /* not for every desk, at every hour */     \
    X(FINDING_PROCEDURE, "procedure", 11, true)        /* no phrase to correct, cancel ... */      \
    X(FINDING_FREE_TEXT_COUNT, "free-text-count", 12, true) /* none, or more than one */           \
    X(FINDING_FREE_TEXT_FORM, "free-text-form", 12, true)                                          \
    X(FINDING_NO_OTHER, "no-other", 13, true)       /* a list without a way out */                 \
    X(FINDING_UNSPEAKABLE, "unspeakable", 15, true) /* its lines have no spoken form */            \
    X(FINDING_SIZE, "size", 18, true)                                                              \
    X(FINDING_GUIDE_UNKNOWN, "guide-unknown", 0, true) /* the guide names what is not there */     \
    X(FINDING_UNREACHED, "unreached", 0, true)         /* in no situation, and no answer */        \
    X(FINDING_SITUATION_MISSING, "situation-missing", 0, true)                                     \
    X(FINDING_SITUATION_EXTRA, "situation-extra", 0, true)
#define FINDING_ENUM(name, word, rule, error) name,
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
uint32_t finding_rule(enum finding_kind kind);
bool finding_is_error(enum finding_kind kind);

// Checks what a node needs of a book, alone and with each rendering; the one in English is the
// measure of "same".
//   errors  ERR_LIMIT
bool codebook_check(const struct book *book, const struct rendering *renderings, size_t count,
                    struct arena *a, struct findings *ret, struct err *err) MUST_USE;
// All of that and what the eighteen rules ask of a book that States are to adopt. A node does not
// ask it: what a community has adopted must stay readable. `guide` may be NULL: not looked at.
//   errors  ERR_LIMIT
bool codebook_check_rules(const struct book *book, const struct rendering *renderings, size_t count,
                          const struct guide *guide, struct arena *a, struct findings *ret,
                          struct err *err) MUST_USE;

// -- between this room's files
struct finding_list {
    struct finding *rows; // FINDINGS_MAX
    struct findings found;
    struct str language; // of what is looked at; empty: the book itself
    bool full;           // more than fit: an error of its own, never a short list
};
void finding_add(struct finding_list *list, enum finding_kind kind, struct str subject,
                 struct str detail);
bool finding_text_holds(struct str text, const char *part);
void findings_language(const struct book *book, const struct rendering *rendering,
                       const struct rendering *english, struct finding_list *list);
void findings_meaning(const struct book *book, struct finding_list *list);
void findings_families(const struct book *book, struct finding_list *list);
void findings_dialogue(const struct book *book, struct finding_list *list);
void findings_data(const struct book *book, struct finding_list *list);
void findings_spoken(const struct book *book, struct finding_list *list);
void findings_duties(const struct book *book, struct finding_list *list);
void findings_words(const struct rendering *rendering, struct finding_list *list);
void findings_markers(const struct rendering *rendering, struct finding_list *list);
void findings_guide(const struct book *book, const struct guide *guide,
                    const struct rendering *renderings, size_t count, struct finding_list *list);
#endif
