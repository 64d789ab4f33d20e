// clerk/books.h - the codebook files in use at this node: those of the program and those added.
//
// Holds: loading them, checking a new one, and telling the courier's store which books are held.
// Knows nothing of: frames (clerk/act_book.c), and who may add a file.
// Source: DESIGN section 6; docs/codebook.md "Several versions".
#ifndef CLERK_BOOKS_H
#define CLERK_BOOKS_H
#include "clerk/node.h"

// A file travels in one frame.
enum { CLERK_BOOK_FILE_BYTES_MAX = 524288 };

// Loads everything anew. An added file that cannot be used (a later program may hold another book
// of that version) is left out and counted in c->books_left_out; the doctor says so.
bool clerk_books_load(struct clerk *c, struct err *err) MUST_USE;
// Checks a file by its parser and the findings, beside everything in use here.
//   errors  as codebook_add; ERR_MALFORMED with the first finding; ERR_NOT_FOUND: its book is not
//           held here
bool clerk_books_check(struct clerk *c, struct arena *a, struct bytes file,
                       struct codebook_file *ret, struct err *err) MUST_USE;
#endif
