// codebook/render_page.h - a message on paper: pages of 66 lines, 72 columns.
//
// Holds: the printed form. On every page: that it is an exercise, that it is a draft, reference and
// handling, the page's number. On the first: parties, addresses, time, the book with its hash. Each
// phrase with its disclaimers and the line as it was signed, kept on one page where they fit.
// Knows nothing of: printers.
// Source: codebook/render_form.h.
#ifndef CODEBOOK_RENDER_PAGE_H
#define CODEBOOK_RENDER_PAGE_H
#include "codebook/render_form.h"

// Pages of exactly PAGE_LINES lines each ended by LF, with FF between two pages.
//   errors  ERR_LIMIT (the arena; a head that leaves no room), ERR_IO (ICU)
bool render_pages(const struct render_with *with, const struct rendered *rendered,
                  const struct render_letter *letter, struct arena *a, struct str *ret,
                  struct err *err) MUST_USE;
#endif
