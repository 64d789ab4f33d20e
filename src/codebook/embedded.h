// codebook/embedded.h - the books and aids a program speaks with: those it was built with, and
// those added.
//
// Holds: the files of codebook/, embedded by tools/embed, and their parsed forms; adding a file.
// Knows nothing of: which book a community adopted; that is the community file's word.
#ifndef CODEBOOK_EMBEDDED_H
#define CODEBOOK_EMBEDDED_H
#include "codebook/guide.h"
#include "codebook/rendering.h"
#include "codebook/scale.h"

#define CODEBOOK_KINDS(X) /* name, word, first line of such a file */ \
    X(CODEBOOK_BOOK, "codebook", "elchi codebook v1\n")               \
    X(CODEBOOK_RENDERING, "rendering", "elchi rendering v1\n")        \
    X(CODEBOOK_GUIDE, "guide", "elchi guide v1\n")                    \
    X(CODEBOOK_SCALE, "scale", "elchi scale v1\n")
#define CODEBOOK_ENUM(name, word, first) name,
enum codebook_kind { CODEBOOK_KINDS(CODEBOOK_ENUM) CODEBOOK_KIND_COUNT };
#undef CODEBOOK_ENUM
const char *codebook_kind_word(enum codebook_kind kind); // static
// By the file's first line alone; CODEBOOK_KIND_COUNT when it is none of them.
enum codebook_kind codebook_kind_of(struct bytes file);

enum { CODEBOOK_RENDERINGS_MAX = 64, CODEBOOK_GUIDES_MAX = 16, CODEBOOK_SCALES_MAX = 64 };
enum { CODEBOOK_FILES_MAX = 192 };
// One file in use, embedded or added.
struct codebook_file {
    enum codebook_kind kind;
    struct str of;      // a rendering's language, a scale's State; empty for the others
    struct str book;    // its name
    uint32_t version;   // the book's
    struct digest hash; // SHA-256 of the octets; of a book not the hash that messages name
    size_t size;
    bool embedded;
};
struct codebook {
    struct shelf shelf;                 // every version
    const struct book *current;         // the newest version
    const struct rendering *renderings; // of all versions, in the order they came
    size_t renderings_count;
    struct guide guides[CODEBOOK_GUIDES_MAX];
    size_t guides_count;
    struct scale scales[CODEBOOK_SCALES_MAX];
    size_t scales_count;
    struct rendering *room; // of `renderings`, in the arena
    struct codebook_file files[CODEBOOK_FILES_MAX];
    size_t files_count;
};
// Parses what is embedded into `a` (4 MiB is ample), once at start.
//   errors  ERR_LIMIT; anything else means the build was not tested
bool codebook_embedded(struct arena *a, struct codebook *ret, struct err *err) MUST_USE;
// Parses one more file of any kind into `a`. A rendering of a language and book that is there, a
// guide of a book that is, a scale of a State that is: the new one takes its place. So does the
// same book with other sources checked. On failure `c` is as it was.
//   errors  ERR_MALFORMED, ERR_LIMIT; ERR_CONFLICT: another book of that name and version
bool codebook_add(struct codebook *c, struct bytes file, struct arena *a, struct err *err) MUST_USE;
// Would one take the other's place?
bool codebook_file_same(const struct codebook_file *a, const struct codebook_file *b);
// The file in use with these octets; NULL: none.
const struct codebook_file *codebook_file(const struct codebook *c, const struct digest *hash);
// The book of this name and version; NULL: not held.
const struct book *codebook_book(const struct codebook *c, struct str name, uint32_t version);

// The rendering of `book` in this language; "pt-BR" falls back to "pt". NULL when there is none.
const struct rendering *codebook_rendering(const struct codebook *c, const struct book *book,
                                           struct str language);
const struct guide *codebook_guide(const struct codebook *c, const struct book *book); // NULL
const struct scale *codebook_scale(const struct codebook *c, struct str state);        // NULL
#endif
