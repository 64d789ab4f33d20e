// codebook/render_brief.h - a message in one line: its codes, signs, and as much as fits.
//
// Holds: the single-line form. EXERCISE stands first; the codes, the book's version, and the signs
// for a draft, for disclaimers and for lines that are not rendered are never cut, the sentences
// are. Knows nothing of: lists. Source: codebook/render_form.h.
#ifndef CODEBOOK_RENDER_BRIEF_H
#define CODEBOOK_RENDER_BRIEF_H
#include "codebook/render.h"

// One line ended by LF, of at most `width` grapheme clusters before it.
//   errors  ERR_LIMIT  the signs alone take more than `width`; the arena; ERR_IO (ICU)
bool render_brief(const struct render_with *with, const struct rendered *rendered, size_t width,
                  struct arena *a, struct str *ret, struct err *err) MUST_USE;
#endif
