// access/gate.h - the last look before release: does the draft contradict its own handling?
//
// Holds: the named rules that refuse a record whose TLP, addressee, attachments, exercise mark,
// marking, desk or precedence do not fit together.
// Knows nothing of: approvals (access/register.h), stores. Whoever asks brings the facts.
// Source: DESIGN section 8; 5.1 for marking and precedence; FIRST TLP 2.0.
#ifndef ACCESS_GATE_H
#define ACCESS_GATE_H
#include "community/chains.h"
#include "record/record.h"

#define GATE_RULES(X) /* name, word, what it refuses */                                            \
    X(GATE_NONE, "none", "nothing")                                                                \
    X(GATE_ADDRESSEE, "addressee", "an addressee that is not another State of the community")      \
    X(GATE_PARTNER, "partner", "an addressee with whom exchange is off")                           \
    X(GATE_KEY, "key", "an addressee without a current encryption key")                            \
    X(GATE_TLP_OPEN, "tlp-open", "AMBER or above on a record every member can read")               \
    X(GATE_TLP_CIRCULAR, "tlp-circular", "RED on a circular to several States")                    \
    X(GATE_TLP_DESK, "tlp-desk", "RED to a State without naming its desk")                         \
    X(GATE_TLP_ATTACHMENT, "tlp-attachment", "an attachment under a stricter TLP than the record") \
    X(GATE_ATTACHMENT, "attachment", "a file added to the draft but not named in its text")        \
    X(GATE_ATTACHMENT_ABSENT, "attachment-absent", "a file named in the text but not held")        \
    X(GATE_EXERCISE, "exercise", "exercise traffic that does not say so")                          \
    X(GATE_EXERCISE_REAL, "exercise-real", "an exercise mark on an answer to a real record")       \
    X(GATE_MARKING_STATE, "marking-state", "a marking by another State's table")                   \
    X(GATE_MARKING, "marking", "a marking above the node's ceiling, or not in the State's table")  \
    X(GATE_PHRASE_DESK, "phrase-desk", "a phrase this desk may not send")                          \
    X(GATE_PHRASE_PRECEDENCE, "phrase-precedence", "a precedence above what a phrase allows")
#define GATE_ENUM(name, word, refuses) name,
enum gate_rule { GATE_RULES(GATE_ENUM) GATE_RULE_COUNT };
#undef GATE_ENUM
const char *gate_rule_word(enum gate_rule rule);
const char *gate_rule_refuses(enum gate_rule rule); // one English clause, for docs and pages

struct gate_attachment {
    struct digest blob; // as the record names it
    enum tlp tlp;       // by its own markings; TLP_NONE: it says nothing
};
struct gate_phrase {
    struct str code;         // "R01"
    unsigned desks;          // bit d set: enum desk d may send it
    enum precedence highest; // PRECEDENCE_FLASH: no bound
};
struct gate_case {
    const struct record *record;
    const struct chains *chains;               // and the community
    bool partner_on;                           // exchange with the addressee is switched on
    bool circular;                             // one of several of the same text
    bool exercise_running;                     // the draft was begun as exercise traffic
    bool answers_something;                    // the record answers another ...
    bool answers_exercise;                     // ... which says `exercise yes`
    const struct gate_attachment *attachments; // held with the draft
    size_t attachments_count;
    const struct gate_phrase *phrases; // of the record's lines, in order
    size_t phrases_count;
    const struct str *markings; // the State's table, rising; codes without "XA:"
    size_t markings_count;
    size_t markings_allowed; // how many of them, from the lowest, are not above the ceiling
};

// Walks the rules in their order; true when none refuses.
//   errors  ERR_DENIED, the clause being "gate WORD"; *ret_rule (may be NULL) names the rule
bool gate_check(const struct gate_case *c, enum gate_rule *ret_rule, struct err *err) MUST_USE;
#endif
