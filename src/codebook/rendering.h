// codebook/rendering.h - one language's words for the codes of a book.
//
// Holds: the rendering file in memory, its strict parser and writer, and the patterns in it (ICU
// MessageFormat with named places). A file is data; a person who writes no C changes it.
// Knows nothing of: values, messages; codebook/render.h puts the two together.
// Source: DESIGN section 6 (rendering); docs/codebook-format.md draws the file.
//
//   elchi rendering v1
//   language ru                       BCP 47
//   calendar persian                  optional: shown beside the Gregorian one
//   book elchi 1                      name and version
//   status draft                      draft | reviewed
//   reviewer none                     a person's name once one has read it
//
//   string draft Черновой перевод; ...
//
//   table sector
//   code energy энергетика
//
//   disclaimer receipt-not-concurrence ...
//
//   situation traffic-from-partner С вашей стороны ...
//
//   phrase N02 Уведомление. {has-sector, select, yes {Сектор: {sector}.} other {}} ...
//   words N02 атака с вашей территории; трафик от вас
//
// A `words` line is what else people call it: how `elchi codebook find` gets from their words to
// the one phrase. Each item stands once in a file.
#ifndef CODEBOOK_RENDERING_H
#define CODEBOOK_RENDERING_H
#include "codebook/book.h"

#define RENDERING_STRINGS(X)                      /* name, key in the file, places it must hold */ \
    X(RENDERING_DRAFT, "draft", "")               /* draft rendering; the code is authentic */     \
    X(RENDERING_UNKNOWN, "unknown", "{code}")     /* this book does not know the code */           \
    X(RENDERING_INVALID, "invalid", "{code}")     /* known code, but the line breaks a rule */     \
    X(RENDERING_UNTRANSLATED, "untranslated", "") /* shown in English: no rendering yet */         \
    X(RENDERING_EXERCISE, "exercise", "")         /* this is an exercise */                        \
    X(RENDERING_BOOK, "book", "{name}{version}")  /* codebook and version */                       \
    X(RENDERING_LINE, "line", "{line}{code}{text}")      /* one line of plain text */              \
    X(RENDERING_NOTE, "note", "{text}")                  /* a disclaimer below it */               \
    X(RENDERING_TIME, "time", "{utc}{has-local}{local}") /* and the days in another calendar */    \
    X(RENDERING_LEVEL, "level", "{has-scale}{level}{text}{severity}") /* of a State's own scale */ \
    X(RENDERING_UNHELD, "unheld", "{code}") /* the book of this code is not held here */           \
    X(RENDERING_BOOK_UNHELD, "book-unheld", "{version}")  /* that book */                          \
    X(RENDERING_NO_LANGUAGE, "no-language", "{language}") /* no rendering in this language */      \
    X(RENDERING_JOIN, "join", "{first}{second}")          /* two sentences in one line */          \
    X(RENDERING_CUT, "cut", "{text}")                     /* there is more of it */                \
    X(RENDERING_BRIEF, "brief", "{exercise}{codes}{text}{book}{draft}{notes}{faults}")             \
    X(RENDERING_PARTIES, "page-parties", "{first}{second}") /* the printing State first */         \
    X(RENDERING_FROM, "page-from", "{address}{has-state}{state}")                                  \
    X(RENDERING_TO, "page-to", "{address}{has-state}{state}")                                      \
    X(RENDERING_REFERENCE, "page-reference", "{reference}")                                        \
    X(RENDERING_WHEN, "page-time", "{time}{canonical}")                                            \
    X(RENDERING_PRECEDENCE, "page-precedence", "{precedence}")                                     \
    X(RENDERING_TLP, "page-tlp", "{tlp}")                                                          \
    X(RENDERING_BOOK_HASH, "page-book", "{name}{version}{hash}")                                   \
    X(RENDERING_SIGNED, "page-signed", "{text}")       /* a line as it was signed */               \
    X(RENDERING_TEXT, "page-text", "{language}{text}") /* unofficial */                            \
    X(RENDERING_ENCLOSURE, "page-enclosure", "{name}{media}{hash}")                                \
    X(RENDERING_RUNNING, "page-running", "{has-reference}{reference}{tlp}") /* on every page */    \
    X(RENDERING_PAGE, "page-number", "{page}{pages}")                                              \
    X(RENDERING_SIGNATURE, "page-signature", "{space}")                                            \
    X(RENDERING_VOICE_BEGIN, "voice-begin", "{count}") /* the spoken form: how to begin */         \
    X(RENDERING_VOICE_READ, "voice-read", "")          /* how to read and pause */                 \
    X(RENDERING_VOICE_BLOCK, "voice-block", "{line}{block}{count}")     /* above a block */        \
    X(RENDERING_VOICE_AGAIN, "voice-again", "{line}{has-block}{block}") /* what to ask for */      \
    X(RENDERING_VOICE_END, "voice-end", "")                    /* how to end, and to say again */  \
    X(RENDERING_VOICE_WHOLE, "voice-whole", "")                /* nothing is wrong */              \
    X(RENDERING_VOICE_UNPROVEN, "voice-unproven", "")          /* heard, not proven */             \
    X(RENDERING_VOICE_PROVEN, "voice-proven", "")              /* the record came and agrees */    \
    X(RENDERING_VOICE_DIFFERS, "voice-differs", "")            /* the record came and does not */  \
    X(RENDERING_VOICE_UNCHECKED, "voice-unchecked", "")        /* cannot be compared here */       \
    X(RENDERING_VOICE_LEFT_OUT, "voice-left-out", "")          /* texts and attachments */         \
    X(RENDERING_VOICE_GROUPS, "voice-groups", "{groups}")      /* check groups of the note */      \
    X(RENDERING_VOICE_TITLE, "voice-title", "{ref}{from}{to}") /* a record that is spoken */       \
    X(RENDERING_VOICE_LINES, "voice-lines", "")                /* lines without a record */        \
    X(RENDERING_GUIDE_HELP, "guide-help", "") /* the guided composition: how to answer */          \
    X(RENDERING_GUIDE_TO, "guide-to", "")     /* to which State */                                 \
    X(RENDERING_GUIDE_DESK, "guide-desk", "")                                                      \
    X(RENDERING_GUIDE_FROM, "guide-from", "")                                                      \
    X(RENDERING_GUIDE_SITUATION, "guide-situation", "")                                            \
    X(RENDERING_GUIDE_PHRASE, "guide-phrase", "")                                                  \
    X(RENDERING_GUIDE_NOTHING, "guide-nothing", "") /* no phrase is found */                       \
    X(RENDERING_GUIDE_OPTIONAL, "guide-optional", "")                                              \
    X(RENDERING_GUIDE_NEEDED, "guide-needed", "")                                                  \
    X(RENDERING_GUIDE_ONE_OF, "guide-one-of", "{labels}")                                          \
    X(RENDERING_GUIDE_CHOICE, "guide-choice", "")                                                  \
    X(RENDERING_GUIDE_LIKE, "guide-like", "{example}") /* how a value is written */                \
    X(RENDERING_GUIDE_WRONG, "guide-wrong", "")                                                    \
    X(RENDERING_GUIDE_TAKEN, "guide-taken", "{value}") /* how it was understood */                 \
    X(RENDERING_GUIDE_MESSAGE, "guide-message", "")                                                \
    X(RENDERING_GUIDE_NEXT, "guide-next", "")                                                      \
    X(RENDERING_GUIDE_ADD, "guide-add", "")                                                        \
    X(RENDERING_GUIDE_REMOVE, "guide-remove", "")                                                  \
    X(RENDERING_GUIDE_DONE, "guide-done", "")                                                      \
    X(RENDERING_GUIDE_WHICH, "guide-which", "")                                                    \
    X(RENDERING_GUIDE_PRECEDENCE, "guide-precedence", "{highest}")                                 \
    X(RENDERING_GUIDE_USUAL, "guide-usual", "{value}") /* what Enter alone gives */                \
    X(RENDERING_GUIDE_TLP, "guide-tlp", "")                                                        \
    X(RENDERING_GUIDE_CONFIRM, "guide-confirm", "")                                                \
    X(RENDERING_GUIDE_YES, "guide-yes", "")                                                        \
    X(RENDERING_GUIDE_CHANGE, "guide-change", "")                                                  \
    X(RENDERING_GUIDE_LEFT, "guide-left", "")               /* and nothing is kept */              \
    X(RENDERING_GUIDE_NOT_OURS, "guide-not-ours", "{code}") /* our desk may not send it */         \
    X(RENDERING_GUIDE_ANSWER, "guide-answer", "")           /* which line is answered */           \
    X(RENDERING_VOUCHED, "vouched", "{states}") /* in place of draft: these States vouch for it */

#define RENDERING_ENUM(name, key, places) name,
enum rendering_string { RENDERING_STRINGS(RENDERING_ENUM) RENDERING_STRING_COUNT };
#undef RENDERING_ENUM
const char *rendering_string_key(enum rendering_string s);    // static
const char *rendering_string_places(enum rendering_string s); // static

enum {
    LANGUAGE_BYTES_MAX = 35,       // RFC 5646 section 4.4.1
    RENDERING_SITUATIONS_MAX = 64, // a menu that a person still reads
    RENDERING_WORDS_MAX = 24,      // of one phrase
};
struct rendering_text {
    struct str key, text;
};
struct rendering_table {
    struct str name;
    const struct rendering_text *codes;
    size_t codes_count;
};
struct rendering {
    struct str language; // BCP 47
    bool right_to_left;  // by ICU, of the language
    struct str calendar; // ICU's name, beside the Gregorian one; empty: none
    struct str book_name;
    uint32_t book_version;
    bool reviewed;       // status; draft otherwise
    struct str reviewer; // "none", or a person
    struct str strings[RENDERING_STRING_COUNT];
    const struct rendering_table *tables;
    size_t tables_count;
    const struct rendering_text *disclaimers;
    size_t disclaimers_count;
    const struct rendering_text *situations; // the words for those of a guide, codebook/guide.h
    size_t situations_count;
    const struct rendering_text *phrases;
    size_t phrases_count;
    const struct rendering_text *words; // by phrase; items apart by "; "
    size_t words_count;
};

// Parses a file; everything points into `a`. Patterns must be well-formed ICU messages whose
// places are simple, plural, selectordinal or select; whether they fit a book is findings.h.
//   errors  ERR_MALFORMED (with the line), ERR_LIMIT
bool rendering_parse(struct bytes file, struct arena *a, struct rendering *ret,
                     struct err *err) MUST_USE;
bool rendering_write(const struct rendering *rendering, struct buffer *to,
                     struct err *err) MUST_USE; // the same bytes

const struct str *rendering_phrase(const struct rendering *r, struct str code);   // NULL: missing
const struct str *rendering_disclaimer(const struct rendering *r, struct str id); // NULL: missing
const struct str *rendering_code(const struct rendering *r, struct str table,
                                 struct str code);                               // NULL: missing
const struct str *rendering_situation(const struct rendering *r, struct str id); // NULL: missing
// What else people call the phrase, apart by "; ". NULL: nothing.
const struct str *rendering_words(const struct rendering *r, struct str code);
// Takes the next item off such a row.
bool rendering_words_next(struct str *rest, struct str *ret);

#endif
