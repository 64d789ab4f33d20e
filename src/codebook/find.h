// codebook/find.h - from words to the phrase that is meant.
//
// Holds: an index over what a book's renderings call its phrases (their `words`, their sentences,
// the situations of the guide, the codes of their tables), and the search in it.
// Knows nothing of: people, screens. What is found is the same on every machine: no chance, no
// clock, ties by the order of languages and of the book.
// Source: DESIGN section 6; docs/codebook.md ("Finding a phrase").
//
// What is worth more stands before what is worth less: a code; an item of `words` exactly; all
// words in `words`; in a sentence; in a situation; in a table's codes. A word that many phrases
// share counts little, and where only such words fit nothing is found.
#ifndef CODEBOOK_FIND_H
#define CODEBOOK_FIND_H
#include "codebook/embedded.h"

enum {
    FIND_QUERY_BYTES_MAX = 1024, // more than anybody types to find something
    FIND_QUERY_WORDS_MAX = 160,  // pairs of Han among them
    FIND_FOUND_MAX = 10,         // what a person reads through
    FIND_LANGUAGES_MAX = 32,
};

#define FIND_REASONS(X)            /* name, word */                         \
    X(FIND_CODE, "code")           /* the phrase's own code was given */    \
    X(FIND_EXACT, "exact")         /* a whole item of `words` */            \
    X(FIND_WORDS, "words")         /* words of an item */                   \
    X(FIND_SENTENCE, "sentence")   /* words of the rendering */             \
    X(FIND_SITUATION, "situation") /* words of a situation it belongs to */ \
    X(FIND_TABLE, "table")         /* words of a code that it may carry */
#define FIND_ENUM(name, word) name,
enum find_reason { FIND_REASONS(FIND_ENUM) FIND_REASON_COUNT };
#undef FIND_ENUM
const char *find_reason_word(enum find_reason reason); // static

struct found {
    const struct phrase *phrase;
    enum find_reason reason;
    struct str matched;  // the item, situation or code's words; a sentence without its values
    struct str language; // in which it matched
};

struct find_index; // owned memory lives in the arena; the stemmers do not, hence close
// Over all renderings of `book`; `reader` names the language whose matches come first.
// With `only`, that one language (and nothing where it has no rendering).
//   errors  ERR_LIMIT (the arena: 32 MiB is ample), ERR_IO (ICU), ERR_MALFORMED (`reader`)
bool find_open(const struct codebook *c, const struct book *book, struct str reader, bool only,
               struct arena *a, struct find_index **ret, struct err *err) MUST_USE;
void find_close(struct find_index *index); // NULL is fine

// At most FIND_FOUND_MAX, best first. Nothing found is no error: the count is 0. What is needed
// on the way is taken from a scratch of its own.
//   errors  ERR_LIMIT  a longer query;  ERR_IO (ICU)
bool find_phrases(struct find_index *index, struct str query, struct found ret[FIND_FOUND_MAX],
                  size_t *ret_count, struct err *err) MUST_USE;

// A phrase's pattern as a sentence in which every value is "…": for lists and menus.
bool find_sentence(struct str pattern, struct arena *a, struct str *ret, struct err *err) MUST_USE;
#endif
