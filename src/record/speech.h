// record/speech.h - a message held against its codebook: may it be said, what does it ask, what
// does it settle.
//
// Holds: the way from phrases (codebook/) to expectations and facts (record/lifecycle.h).
// Knows nothing of: keys, logs and storage. The book is the one the message names by hash.
// Source: DESIGN 6 and 7; FORMATS section 1 (answers, line=); refs/state-practice 6.10.
#ifndef RECORD_SPEECH_H
#define RECORD_SPEECH_H
#include "codebook/dialogue.h"
#include "record/lifecycle.h"
#include "record/type/message.h"
#include "record/type/receipt.h"
#include "record/type/withdraw.h"

// May our own desk send this? Every code known, every parameter of its type, desk and precedence
// allowed. A draft that fails is refused; a received message that fails is shown as it stands.
//   errors  ERR_CONFLICT  the book is not the one the message names
//           ERR_NOT_FOUND an unknown phrase, State or table code
//           ERR_MALFORMED, ERR_DENIED with the codebook's clause
bool speech_check(const struct record *record, const struct book *book,
                  const struct electorate *states, struct err *err) MUST_USE;

// May `answer` answer `asked`? Same two parties the other way round (or an open one), `answers`
// naming that note, and every reply allowed by the asked line's attribute.
//   errors  ERR_DENIED with the rule; ERR_CONFLICT another book or another note
bool speech_check_answer(const struct record *answer, const struct verified_record *asked,
                         const struct book *book, struct err *err) MUST_USE;

// The lines that expect an answer, with their deadlines: `by` of the line when it has one, else the
// phrase's own time from `start` on. Unknown phrases expect nothing. Returns how many.
size_t speech_expectations(const struct message *message, const struct book *book,
                           struct moment start, struct expectation ret[EXPECTATIONS_MAX]);

// "We regard this dialogue as closed." Codes are never reused, so the code alone says it, in any
// book.
#define SPEECH_CLOSING_PHRASE "P15"
bool speech_closes(const struct message *message);

// What `answer`, a record by `by` that answers `asked`, settles from the moment `at` on: facts for
// record_state_at. `ret` holds PHRASE_LINES_MAX + 1. What the book does not allow settles nothing.
// A closing phrase closes the dialogue: the caller gives its fact to every record of it.
size_t speech_facts(const struct message *answer, const struct message *asked,
                    const struct book *book, enum party by, struct moment at,
                    struct fact ret[PHRASE_LINES_MAX + 1]);

// All that one verified record says about another, as facts from the moment `at` on: a receipt, a
// withdrawal, a replacement, an answer. Only what names exactly this note (a receipt of what is
// missing or unreadable: this ref, or this entry) and comes from one of its parties counts; an open
// record may be answered by every State. `book` is the one a message names; without it (NULL) its
// phrases settle nothing. Returns how many; `ret` holds SPEECH_FACTS_MAX.
enum { SPEECH_FACTS_MAX = PHRASE_LINES_MAX + 2 };
size_t speech_facts_about(const struct verified_record *about, const struct verified_record *follow,
                          const struct book *book, struct moment at,
                          struct fact ret[SPEECH_FACTS_MAX]);
#endif
