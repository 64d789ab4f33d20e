// codebook/embedded.h - the book and the renderings this program was built with.
//
// Holds: the files of codebook/, embedded by tools/embed, and their parsed forms.
// Knows nothing of: which book a community adopted; that is the community file's word.
#ifndef CODEBOOK_EMBEDDED_H
#define CODEBOOK_EMBEDDED_H
#include "codebook/rendering.h"

enum { EMBEDDED_RENDERINGS_MAX = 64 };
struct codebook {
    struct shelf shelf;                 // every embedded version
    const struct book *current;         // the newest version
    const struct rendering *renderings; // of all versions, ordered by file name
    size_t renderings_count;
};
// Parses what is embedded into `a` (2 MiB is ample), once at start.
//   errors  ERR_LIMIT; anything else means the build was not tested
bool codebook_embedded(struct arena *a, struct codebook *ret, struct err *err) MUST_USE;

// The rendering of `book` in this language; "pt-BR" falls back to "pt". NULL when there is none.
const struct rendering *codebook_rendering(const struct codebook *c, const struct book *book,
                                           struct str language);
#endif
