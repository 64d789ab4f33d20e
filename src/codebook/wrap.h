// codebook/wrap.h - text laid into a width: columns of a screen or page, clusters of one line.
//
// Holds: breaking and cutting by ICU's rules. A cluster is never cut; an isolate that must be
// broken is closed at the end of one line and opened again on the next, so that every line stands
// by itself.
// Knows nothing of: phrases, forms.
// Source: UAX 14 (lines), UAX 29 (clusters), UAX 11 (wide characters), UAX 9 (isolates).
#ifndef CODEBOOK_WRAP_H
#define CODEBOOK_WRAP_H
#include "base/arena.h"

enum {
    WRAP_COLUMNS_MIN = 20,
    WRAP_BYTES_MAX = 65536, // of one text: more than any sentence may have
    WRAP_ISOLATES_MAX = 8,  // one in another; rendering nests two
};
// Marks that a text may carry around what the caller will show in bold. They are C0 controls, which
// no text from outside holds, take no column and are never parted from their neighbours.
#define WRAP_BOLD "\x0e"
#define WRAP_PLAIN "\x0f"

struct wrapped {
    struct str *lines; // without spaces at their ends; one at least, perhaps empty
    size_t count;
};
// Breaks one line of text into lines of at most so many columns (a wide character takes two, a mark
// none), at word edges and outside isolates where there are any.
//   errors  ERR_LIMIT  too long, or isolates nested too deep; the arena; ERR_IO (ICU)
bool wrap_columns(struct str language, struct str text, size_t columns, struct arena *a,
                  struct wrapped *ret, struct err *err) MUST_USE;

// Grapheme clusters of a text, as a reader counts characters. Errors as above.
bool text_clusters(struct str text, size_t *ret, struct err *err) MUST_USE;
// The longest beginning of at most so many clusters that ends at a word's edge, else at a
// cluster's, and never inside an isolate; perhaps empty. A text that fits comes back whole.
bool text_shorten(struct str language, struct str text, size_t clusters, struct arena *a,
                  struct str *ret, struct err *err) MUST_USE;
#endif
