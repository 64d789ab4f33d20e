// codebook/fold.h - the words of a text as a search compares them.
//
// Holds: words by ICU's boundaries, folded (case, diacritics, harakat, tatweel, the letters that
// Arabic and Persian, Turkish and Kazakh keyboards give for one another), and their stems by
// libstemmer. A run of Han characters is taken as its pairs, for no two readers cut it alike.
// Knows nothing of: phrases; what a match is worth is codebook/find.h.
// Source: UAX 29 (words), UAX 15 (NFKD); Snowball's stemmers. docs/decisions/0008.
#ifndef CODEBOOK_FOLD_H
#define CODEBOOK_FOLD_H
#include "base/arena.h"

enum {
    FOLD_TEXT_BYTES_MAX = 8192, // a pattern with what surrounds it
    FOLD_WORDS_MAX = 1024,      // of one text
    FOLD_WORD_UNITS_MAX = 64,   // UTF-16; what is longer is cut, no word of people is
};
struct folded_word {
    struct str text, stem; // the stem is the text where the language has no stemmer
};
struct folded {
    struct folded_word words[FOLD_WORDS_MAX];
    size_t count;
    struct str joined; // all words without what parts them: "e-mail", "email" and "E mail" agree
};

struct sb_stemmer;
struct folder {
    void *breaks;               // UBreakIterator; owned
    const void *decompose;      // UNormalizer2; ICU's own
    struct sb_stemmer *stemmer; // owned; NULL where there is none for the language
    char locale[64];
};
// `language` is BCP 47; one that nobody knows folds all the same.
//   errors  ERR_IO (ICU)
bool folder_open(struct folder *f, struct str language, struct err *err) MUST_USE;
void folder_close(struct folder *f); // a zeroed one is fine

// The words of a text, in order. What they are made of lives in `a`.
//   errors  ERR_LIMIT  a longer text, more words, the arena;  ERR_IO (ICU)
bool folder_words(struct folder *f, struct str text, struct arena *a, struct folded *ret,
                  struct err *err) MUST_USE;

// How alike a word that was looked for and a word of a text are.
enum fold_likeness {
    FOLD_UNLIKE,
    FOLD_BEGINS, // one begins as the other does, and neither is a mere letter or two
    FOLD_STEM,   // one word, inflected
    FOLD_SAME,
};
enum fold_likeness fold_compare(const struct folded_word *sought, const struct folded_word *word);
#endif
