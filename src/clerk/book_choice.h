// clerk/book_choice.h - under which codebook this node speaks with whom, and the sentence about it.
//
// Holds: the one rule of the common book. To a State that has said which books it holds: the newest
// of them that is held here too. To one that has said nothing yet, and to all: the community's.
// Knows nothing of: phrases; how partners say what they hold (courier/talk_books.h).
// Source: DESIGN sections 5.6 and 6; docs/codebook.md "Several versions".
#ifndef CLERK_BOOK_CHOICE_H
#define CLERK_BOOK_CHOICE_H
#include "clerk/node.h"
#include "record/record.h"

struct clerk_book_choice {
    const struct book *book;   // to write under
    const struct book *newest; // of its name, held here
    bool told;                 // the addressee has said which books it holds
};
// `to` zeroed: an open record.
//   errors  ERR_NOT_FOUND    no community yet, or no such State
//           ERR_UNSUPPORTED  the community's book is not held here, or no book is held by both
bool clerk_book_choose(struct clerk *c, const struct state_code *to, struct clerk_book_choice *ret,
                       struct err *err) MUST_USE;
// Has this State said that it holds this book? *ret_told false: it has said nothing yet.
bool clerk_book_at_peer(struct clerk *c, const struct state_code *state, const struct digest *book,
                        bool *ret_told, bool *ret_holds, struct err *err) MUST_USE;
// "Written under codebook 1: XB does not hold version 2."; empty when there is nothing to say: the
// record is no message, or its book is the newest.
bool clerk_book_sentence(struct clerk *c, struct arena *a, const struct record *record,
                         struct str *ret, struct err *err) MUST_USE;
#endif
