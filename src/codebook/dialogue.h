// codebook/dialogue.h - which phrase may answer which, and who may send what how urgently.
//
// Holds: the table of replies against response attributes; the rule of `line=`; desk and highest
// precedence. Every refusal names its rule in err->clause.
// Knows nothing of: records, times that pass, States. It judges lines.
// Source: DESIGN section 6; FORMATS section 1; refs 6.10 rules 4, 9, 12.
#ifndef CODEBOOK_DIALOGUE_H
#define CODEBOOK_DIALOGUE_H
#include "codebook/line.h"

// What an allowed answer does to the line it answers.
enum answer_effect {
    ANSWER_ACKNOWLEDGES, // received; the line stays open if it asks for more
    ANSWER_STANDS_BY,    // due at the answer's `until`, when the asked phrase allows stand-by
    ANSWER_NOTES_DELAY,  // under examination, but the asked phrase's time does not move
    ANSWER_ASKS_BACK,    // say again, not understood: the line stays open
    ANSWER_ANSWERS,      // answered
    ANSWER_EFFECT_COUNT
};
struct answer {
    uint32_t line;             // of the asked message, 1 to 99; 0: the message as a whole
    enum answer_effect effect; //
    struct moment until;       // ANSWER_STANDS_BY and ANSWER_NOTES_DELAY
};

// The rules an answer can break; err->clause is their text.
#define RULE_NOT_AN_ANSWER "codebook: this phrase answers nothing"
#define RULE_FREE_TEXT "codebook: free text is answered by acknowledgement or a coded phrase"
#define RULE_LINE_UNKNOWN "codebook: no such line was asked"
#define RULE_LINE_NEEDED "codebook: line= is needed unless exactly one line expects an answer"
#define RULE_ASKED_UNKNOWN "codebook: an unknown phrase takes neutral and procedure replies only"
#define RULE_ANSWER_UNKNOWN "codebook: unknown phrase"
#define RULE_RESPONSE_NONE "codebook: response none"
#define RULE_RESPONSE_ACKNOWLEDGE "codebook: response acknowledge"
#define RULE_RESPONSE_YES_NO "codebook: response yes-no"
#define RULE_RESPONSE_CAN_CANNOT "codebook: response can-cannot"
#define RULE_RESPONSE_VALUE "codebook: response value"
#define RULE_DESK "codebook: desk"
#define RULE_PRECEDENCE "codebook: highest precedence"

// May `answer` answer this phrase? `asked` is NULL for a code this book does not hold.
// Neutral replies (received, under examination until T, cannot for reason R, not competent, no
// comment) and procedure replies are always allowed.
//   errors  ERR_DENIED with one of the RULE_ texts
bool phrase_answer_allowed(const struct phrase *asked, const struct phrase *answer,
                           enum answer_effect *ret_effect, struct err *err) MUST_USE;

// Is this one of the neutral replies, offered always?
bool reply_is_neutral(enum reply reply);

// Which line does `answer` answer, may it, and with what effect?
//   errors  ERR_DENIED with one of the RULE_ texts
bool codebook_answer_check(const struct book *book, const struct phrase_line *asked,
                           size_t asked_count, const struct phrase_line *answer, struct answer *ret,
                           struct err *err) MUST_USE;

// A whole message that answers another: each line that is a reply is checked, statements stand by
// themselves, and free text alone is refused. `ret_answers` holds at least `count`; an element
// with effect ANSWER_EFFECT_COUNT belongs to a line that answers nothing.
bool codebook_answers_check(const struct book *book, const struct phrase_line *asked,
                            size_t asked_count, const struct phrase_line *lines, size_t count,
                            struct answer *ret_answers, struct err *err) MUST_USE;

// The answers to offer as buttons for a line: neutral ones first, then what the attribute and the
// row allow, in the order of the book. `ret` holds BOOK_PHRASES_MAX.
size_t codebook_answers_offered(const struct book *book, const struct phrase *asked,
                                const struct phrase **ret);

// May this desk send this phrase at this precedence?
//   errors  ERR_DENIED with RULE_DESK or RULE_PRECEDENCE
bool codebook_send_check(const struct book *book, const struct phrase *phrase, struct str desk,
                         enum precedence precedence, struct err *err) MUST_USE;
#endif
