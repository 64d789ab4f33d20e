// record/lifecycle.h - how a record fares: delivery and dialogue, as tables and a pure function.
//
// Holds: states, acts, parties; which act leads from where to where and by whom; and
// record_state_at, which folds verified facts and a moment into what is shown.
// Knows nothing of: storage, the codebook (record/speech.h turns messages into these facts), and
// the order in which facts arrived: any order, twice or late, gives the same result.
// Source: DESIGN 7 (last paragraph); after CPDLC (ICAO Doc 4444) and Knot's get_key_state.
#ifndef RECORD_LIFECYCLE_H
#define RECORD_LIFECYCLE_H
#include "base/err.h"
#include "base/text.h"

#define DELIVERY_STATES(X)                                                    \
    X(DELIVERY_DRAFT, "draft")                                                \
    X(DELIVERY_AWAITING_RELEASE, "awaiting-release")                          \
    X(DELIVERY_RELEASED, "released")                                          \
    X(DELIVERY_LOGGED, "logged")                                              \
    X(DELIVERY_COSIGNED, "cosigned") /* by k of n, see struct record_state */ \
    X(DELIVERY_HELD, "held")         /* by the addressee's node */            \
    X(DELIVERY_ACKNOWLEDGED, "acknowledged")                                  \
    X(DELIVERY_ANSWERED, "answered")                                          \
    X(DELIVERY_CLOSED, "closed")
#define DIALOGUE_STATES(X)                               \
    X(DIALOGUE_NONE, "no-answer-expected")               \
    X(DIALOGUE_OPEN, "open")                             \
    X(DIALOGUE_STANDING_BY, "standing-by") /* until T */ \
    X(DIALOGUE_OVERDUE, "overdue")                       \
    X(DIALOGUE_ANSWERED, "answered")                     \
    X(DIALOGUE_CLOSED, "closed")
// In the order in which facts are folded; the first three alternate and are folded by time.
#define ACTS(X)                                   \
    X(ACT_SUBMIT, "submit")                       \
    X(ACT_REFUSE, "refuse")                       \
    X(ACT_RELEASE, "release")                     \
    X(ACT_LOG, "log")                             \
    X(ACT_COSIGN, "cosign")                       \
    X(ACT_REPORT_MISSING, "report-missing")       \
    X(ACT_REPORT_UNREADABLE, "report-unreadable") \
    X(ACT_HOLD, "hold")                           \
    X(ACT_ACKNOWLEDGE, "acknowledge")             \
    X(ACT_STAND_BY, "stand-by")                   \
    X(ACT_ANSWER, "answer")                       \
    X(ACT_CLOSE, "close")                         \
    X(ACT_REPLACE, "replace")                     \
    X(ACT_WITHDRAW, "withdraw")                   \
    X(ACT_EXPIRE, "expire") /* never a fact: the moment itself */
#define LIFECYCLE_ENUM(name, word) name,
enum delivery_state { DELIVERY_STATES(LIFECYCLE_ENUM) DELIVERY_STATE_COUNT };
enum dialogue_state { DIALOGUE_STATES(LIFECYCLE_ENUM) DIALOGUE_STATE_COUNT };
enum act { ACTS(LIFECYCLE_ENUM) ACT_COUNT };
#undef LIFECYCLE_ENUM
const char *delivery_state_word(enum delivery_state state); // static
const char *dialogue_state_word(enum dialogue_state state); // static
const char *act_word(enum act act);                         // static

// Who acts; one bit each, so that a step may name several.
enum party {
    PARTY_DRAFTER = 1,
    PARTY_RELEASER = 2,
    PARTY_AUTHOR_NODE = 4,
    PARTY_COSIGNER = 8,
    PARTY_ADDRESSEE_NODE = 16,
    PARTY_AUTHOR = 32,    // the State, by a released record
    PARTY_ADDRESSEE = 64, // the State, by a released record
    PARTY_CLOCK = 128,
};
enum { PARTY_BITS = 8 };

struct step {
    int from;
    enum act act;
    int to;
    unsigned by; // bits of enum party
};
struct lifecycle {
    const char *name;
    const struct step *steps;
    size_t steps_count;
    int states_count;
};
extern const struct lifecycle lifecycle_delivery; // of enum delivery_state
extern const struct lifecycle lifecycle_dialogue; // of enum dialogue_state

// One step. A table never has two rows for one (from, act).
//   errors  ERR_DENIED  no such step, or not by this party
bool lifecycle_apply(const struct lifecycle *table, int from, enum act act, enum party by,
                     int *ret_to, struct err *err) MUST_USE;

// -- facts -------------------------------------------------------------------------------------
// A verified fact about one record. `at` is the moment from which it counts here (received, logged,
// cosigned); facts later than the asked moment are left out.
struct fact {
    enum act act;
    enum party by;
    struct moment at;
    unsigned line;             // the numbered line it is about; 0: the whole record
    struct moment until;       // STAND_BY
    uint32_t cosigner;         // COSIGN: whose, as the caller numbers States; each counts once
    uint32_t attachments_held; // HOLD
};
// A line that expects an answer.
struct expectation {
    unsigned line;             // 1 is "01"
    bool acknowledge_suffices; // the phrase's response attribute is "acknowledge"
    bool stand_by_allowed;
    bool has_deadline;
    struct moment respond_by;
};
enum { EXPECTATIONS_MAX = 99 };
// What is known of the record itself.
struct record_subject {
    enum delivery_state begins; // DRAFT on the author's node, LOGGED everywhere else
    const struct expectation *expectations;
    size_t expectations_count; // at most EXPECTATIONS_MAX
    uint32_t cosigners_all, cosigners_quorum;
    uint32_t attachments_all;
    bool has_hold_by; // a community's duration for this precedence, if it has one
    struct moment hold_by;
};
struct line_state {
    unsigned line;
    enum dialogue_state state;
    bool has_until;
    struct moment until; // the deadline; after a stand-by the moment it named
};
struct record_state {
    enum delivery_state delivery;
    uint32_t cosigned;  // k
    uint32_t cosigners; // n
    bool quorum_met;
    uint32_t attachments_held, attachments_all;
    enum dialogue_state dialogue; // the least settled of its lines
    bool has_deadline;            // the earliest deadline not yet met, passed or to come
    struct moment deadline;
    bool overdue;             // not held in time, or a line overdue: raises an alarm on both sides
    bool unreadable, missing; // reported and not held since
    bool replaced, withdrawn;
    struct line_state lines[EXPECTATIONS_MAX];
    size_t lines_count;
};
// The state of a record at a moment. Pure: the same facts in any order give the same state. An act
// the table does not allow moves nothing.
void record_state_at(const struct record_subject *subject, const struct fact *facts,
                     size_t facts_count, struct moment now, struct record_state *ret);
#endif
