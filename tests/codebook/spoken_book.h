// tests/codebook/spoken_book.h - a small book that never changes, for files of spoken messages that
// must keep their meaning while the real book grows. Every type of parameter stands in it.
#ifndef TESTS_CODEBOOK_SPOKEN_BOOK_H
#define TESTS_CODEBOOK_SPOKEN_BOOK_H
#include "codebook/book.h"

#define SPOKEN_BOOK_RULES                                                                 \
    "reply none\nresponse none\nstand-by no\nrespond none\noffer none\ndesks technical\n" \
    "precedence FLASH\nsource design\nchecked unchecked\n"
static const char spoken_book_text[] =
    "elchi codebook v1\nname small\nversion 1\n"
    "\ntable desk\nsource design\nchecked unchecked\n"
    "code technical One desk\ncode diplomatic Another\n"
    "\nphrase A01\nmeaning Ten values.\n"
    "parameter desk desk optional\n"
    "parameter time time optional\n"
    "parameter when interval optional\n"
    "parameter state state optional\n"
    "parameter level level optional\n"
    "parameter count count optional\n"
    "parameter for duration optional\n"
    "parameter prefix prefix optional\n"
    "parameter as as optional\n"
    "parameter domain domain optional\n" SPOKEN_BOOK_RULES "\nphrase A02\nmeaning Seven values.\n"
    "parameter url url optional\n"
    "parameter hash hash optional\n"
    "parameter product product optional\n"
    "parameter vulnerability vulnerability optional\n"
    "parameter message reference optional\n"
    "parameter about line optional\n"
    "parameter language language optional\n" SPOKEN_BOOK_RULES
    "\nphrase O01\nmeaning Nothing more.\n" SPOKEN_BOOK_RULES;

static inline bool spoken_book(struct arena *a, struct book *ret, struct err *err)
{
    return book_parse(bytes_of(spoken_book_text, sizeof spoken_book_text - 1), a, ret, err);
}
#endif
