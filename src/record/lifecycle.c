// record/lifecycle.c - the two tables, and the fold over them.
#include "record/lifecycle.h"

static const char clause[] = "DESIGN 7";

#define LIFECYCLE_WORD(name, word) word,
static const char *const delivery_words[] = {DELIVERY_STATES(LIFECYCLE_WORD)};
static const char *const dialogue_words[] = {DIALOGUE_STATES(LIFECYCLE_WORD)};
static const char *const act_words[] = {ACTS(LIFECYCLE_WORD)};
#undef LIFECYCLE_WORD

const char *delivery_state_word(enum delivery_state state)
{
    CHECK(state < DELIVERY_STATE_COUNT);
    return delivery_words[state];
}
const char *dialogue_state_word(enum dialogue_state state)
{
    CHECK(state < DIALOGUE_STATE_COUNT);
    return dialogue_words[state];
}
const char *act_word(enum act act)
{
    CHECK(act < ACT_COUNT);
    return act_words[act];
}

// -- the tables --------------------------------------------------------------------------------
// A record never goes back. Facts may come in any order, so a later one may skip what is between:
// an acknowledgement implies that the record was held, receipts may be switched off.
static const struct step delivery_steps[] = {
    // clang-format off
    // from                     act                    to                         by whom
    {DELIVERY_DRAFT,            ACT_SUBMIT,            DELIVERY_AWAITING_RELEASE, PARTY_DRAFTER},
    {DELIVERY_AWAITING_RELEASE, ACT_REFUSE,            DELIVERY_DRAFT,            PARTY_RELEASER},
    {DELIVERY_AWAITING_RELEASE, ACT_RELEASE,           DELIVERY_RELEASED,         PARTY_RELEASER},
    {DELIVERY_RELEASED,         ACT_LOG,               DELIVERY_LOGGED,   PARTY_AUTHOR_NODE},

    {DELIVERY_LOGGED,           ACT_COSIGN,            DELIVERY_COSIGNED,         PARTY_COSIGNER},
    {DELIVERY_COSIGNED,         ACT_COSIGN,            DELIVERY_COSIGNED,         PARTY_COSIGNER},
    {DELIVERY_HELD,             ACT_COSIGN,            DELIVERY_HELD,             PARTY_COSIGNER},
    {DELIVERY_ACKNOWLEDGED,     ACT_COSIGN,            DELIVERY_ACKNOWLEDGED,     PARTY_COSIGNER},
    {DELIVERY_ANSWERED,         ACT_COSIGN,            DELIVERY_ANSWERED,         PARTY_COSIGNER},
    {DELIVERY_CLOSED,           ACT_COSIGN,            DELIVERY_CLOSED,           PARTY_COSIGNER},

    {DELIVERY_LOGGED,           ACT_REPORT_MISSING,    DELIVERY_LOGGED,       PARTY_ADDRESSEE_NODE},
    {DELIVERY_COSIGNED,         ACT_REPORT_MISSING,    DELIVERY_COSIGNED,     PARTY_ADDRESSEE_NODE},
    {DELIVERY_LOGGED,           ACT_REPORT_UNREADABLE, DELIVERY_LOGGED,       PARTY_ADDRESSEE_NODE},
    {DELIVERY_COSIGNED,         ACT_REPORT_UNREADABLE, DELIVERY_COSIGNED,     PARTY_ADDRESSEE_NODE},

    {DELIVERY_LOGGED,           ACT_HOLD,              DELIVERY_HELD,         PARTY_ADDRESSEE_NODE},
    {DELIVERY_COSIGNED,         ACT_HOLD,              DELIVERY_HELD,         PARTY_ADDRESSEE_NODE},
    {DELIVERY_HELD,             ACT_HOLD,              DELIVERY_HELD,         PARTY_ADDRESSEE_NODE},
    {DELIVERY_ACKNOWLEDGED,     ACT_HOLD,              DELIVERY_ACKNOWLEDGED, PARTY_ADDRESSEE_NODE},
    {DELIVERY_ANSWERED,         ACT_HOLD,              DELIVERY_ANSWERED,     PARTY_ADDRESSEE_NODE},
    {DELIVERY_CLOSED,           ACT_HOLD,              DELIVERY_CLOSED,       PARTY_ADDRESSEE_NODE},

    {DELIVERY_LOGGED,           ACT_ACKNOWLEDGE,       DELIVERY_ACKNOWLEDGED,     PARTY_ADDRESSEE},
    {DELIVERY_COSIGNED,         ACT_ACKNOWLEDGE,       DELIVERY_ACKNOWLEDGED,     PARTY_ADDRESSEE},
    {DELIVERY_HELD,             ACT_ACKNOWLEDGE,       DELIVERY_ACKNOWLEDGED,     PARTY_ADDRESSEE},
    {DELIVERY_ACKNOWLEDGED,     ACT_ACKNOWLEDGE,       DELIVERY_ACKNOWLEDGED,     PARTY_ADDRESSEE},

    {DELIVERY_LOGGED,           ACT_STAND_BY,          DELIVERY_ACKNOWLEDGED,     PARTY_ADDRESSEE},
    {DELIVERY_COSIGNED,         ACT_STAND_BY,          DELIVERY_ACKNOWLEDGED,     PARTY_ADDRESSEE},
    {DELIVERY_HELD,             ACT_STAND_BY,          DELIVERY_ACKNOWLEDGED,     PARTY_ADDRESSEE},
    {DELIVERY_ACKNOWLEDGED,     ACT_STAND_BY,          DELIVERY_ACKNOWLEDGED,     PARTY_ADDRESSEE},

    {DELIVERY_LOGGED,           ACT_ANSWER,            DELIVERY_ANSWERED,         PARTY_ADDRESSEE},
    {DELIVERY_COSIGNED,         ACT_ANSWER,            DELIVERY_ANSWERED,         PARTY_ADDRESSEE},
    {DELIVERY_HELD,             ACT_ANSWER,            DELIVERY_ANSWERED,         PARTY_ADDRESSEE},
    {DELIVERY_ACKNOWLEDGED,     ACT_ANSWER,            DELIVERY_ANSWERED,         PARTY_ADDRESSEE},
    {DELIVERY_ANSWERED,         ACT_ANSWER,            DELIVERY_ANSWERED,         PARTY_ADDRESSEE},

    {DELIVERY_LOGGED,           ACT_CLOSE,             DELIVERY_CLOSED,           PARTY_AUTHOR},
    {DELIVERY_COSIGNED,         ACT_CLOSE,             DELIVERY_CLOSED,           PARTY_AUTHOR},
    {DELIVERY_HELD,             ACT_CLOSE,             DELIVERY_CLOSED,           PARTY_AUTHOR},
    {DELIVERY_ACKNOWLEDGED,     ACT_CLOSE,             DELIVERY_CLOSED,           PARTY_AUTHOR},
    {DELIVERY_ANSWERED,         ACT_CLOSE,             DELIVERY_CLOSED,
     PARTY_AUTHOR | PARTY_ADDRESSEE},
    // clang-format on
};

// An addressee may close only what it has answered: closing is no way around a question. A stand-by
// is heard even when late. What replaces or withdraws a record ends its dialogue.
static const struct step dialogue_steps[] = {
    // clang-format off
    // from                 act              to                    by whom
    {DIALOGUE_NONE,        ACT_ACKNOWLEDGE, DIALOGUE_NONE,        PARTY_ADDRESSEE},
    {DIALOGUE_NONE,        ACT_ANSWER,      DIALOGUE_ANSWERED,    PARTY_ADDRESSEE},
    {DIALOGUE_NONE,        ACT_CLOSE,       DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_NONE,        ACT_REPLACE,     DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_NONE,        ACT_WITHDRAW,    DIALOGUE_CLOSED,      PARTY_AUTHOR},

    {DIALOGUE_OPEN,        ACT_ACKNOWLEDGE, DIALOGUE_OPEN,        PARTY_ADDRESSEE},
    {DIALOGUE_OPEN,        ACT_STAND_BY,    DIALOGUE_STANDING_BY, PARTY_ADDRESSEE},
    {DIALOGUE_OPEN,        ACT_ANSWER,      DIALOGUE_ANSWERED,    PARTY_ADDRESSEE},
    {DIALOGUE_OPEN,        ACT_CLOSE,       DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_OPEN,        ACT_REPLACE,     DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_OPEN,        ACT_WITHDRAW,    DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_OPEN,        ACT_EXPIRE,      DIALOGUE_OVERDUE,     PARTY_CLOCK},

    {DIALOGUE_STANDING_BY, ACT_ACKNOWLEDGE, DIALOGUE_STANDING_BY, PARTY_ADDRESSEE},
    {DIALOGUE_STANDING_BY, ACT_STAND_BY,    DIALOGUE_STANDING_BY, PARTY_ADDRESSEE},
    {DIALOGUE_STANDING_BY, ACT_ANSWER,      DIALOGUE_ANSWERED,    PARTY_ADDRESSEE},
    {DIALOGUE_STANDING_BY, ACT_CLOSE,       DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_STANDING_BY, ACT_REPLACE,     DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_STANDING_BY, ACT_WITHDRAW,    DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_STANDING_BY, ACT_EXPIRE,      DIALOGUE_OVERDUE,     PARTY_CLOCK},

    {DIALOGUE_OVERDUE,     ACT_ACKNOWLEDGE, DIALOGUE_OVERDUE,     PARTY_ADDRESSEE},
    {DIALOGUE_OVERDUE,     ACT_STAND_BY,    DIALOGUE_STANDING_BY, PARTY_ADDRESSEE},
    {DIALOGUE_OVERDUE,     ACT_ANSWER,      DIALOGUE_ANSWERED,    PARTY_ADDRESSEE},
    {DIALOGUE_OVERDUE,     ACT_CLOSE,       DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_OVERDUE,     ACT_REPLACE,     DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_OVERDUE,     ACT_WITHDRAW,    DIALOGUE_CLOSED,      PARTY_AUTHOR},

    {DIALOGUE_ANSWERED,    ACT_ACKNOWLEDGE, DIALOGUE_ANSWERED,    PARTY_ADDRESSEE},
    {DIALOGUE_ANSWERED,    ACT_ANSWER,      DIALOGUE_ANSWERED,    PARTY_ADDRESSEE},
    {DIALOGUE_ANSWERED,    ACT_CLOSE,       DIALOGUE_CLOSED,      PARTY_AUTHOR | PARTY_ADDRESSEE},
    {DIALOGUE_ANSWERED,    ACT_REPLACE,     DIALOGUE_CLOSED,      PARTY_AUTHOR},
    {DIALOGUE_ANSWERED,    ACT_WITHDRAW,    DIALOGUE_CLOSED,      PARTY_AUTHOR},
    // clang-format on
};

const struct lifecycle lifecycle_delivery = {
    .name = "delivery",
    .steps = delivery_steps,
    .steps_count = sizeof delivery_steps / sizeof delivery_steps[0],
    .states_count = DELIVERY_STATE_COUNT,
};
const struct lifecycle lifecycle_dialogue = {
    .name = "dialogue",
    .steps = dialogue_steps,
    .steps_count = sizeof dialogue_steps / sizeof dialogue_steps[0],
    .states_count = DIALOGUE_STATE_COUNT,
};

bool lifecycle_apply(const struct lifecycle *table, int from, enum act act, enum party by,
                     int *ret_to, struct err *err)
{
    for (size_t i = 0; i < table->steps_count; i++) {
        const struct step *s = &table->steps[i];
        if (s->from != from || s->act != act)
            continue;
        if ((s->by & (unsigned)by) == 0)
            return err_set(err, ERR_DENIED, clause, "%s: not for this party to %s", table->name,
                           act_word(act));
        *ret_to = s->to;
        return true;
    }
    return err_set(err, ERR_DENIED, clause, "%s: nothing to %s in this state", table->name,
                   act_word(act));
}

// -- the fold ----------------------------------------------------------------------------------
// Everything the fold needs; facts are read, never moved.
struct fold {
    const struct record_subject *subject;
    const struct fact *facts;
    size_t count;
    struct moment now;
    struct record_state *state;
};

static bool counts(const struct fold *f, const struct fact *fact)
{
    return fact->at.s <= f->now.s;
}
// Moves *state if the table allows it. What it does not allow moves nothing: that is the rule for
// facts, not an error.
static bool move(const struct lifecycle *table, int *state, enum act act, enum party by)
{
    struct err refused = {0};
    return lifecycle_apply(table, *state, act, by, state, &refused);
}
static void deliver(const struct fold *f, enum act act, enum party by)
{
    int state = (int)f->state->delivery;
    if (move(&lifecycle_delivery, &state, act, by))
        f->state->delivery = (enum delivery_state)state;
}

// Submit, refuse and release alternate on our own node and are taken in the order of their times.
static const struct fact *next_local(const struct fold *f, const struct fact *last)
{
    const struct fact *best = NULL;
    for (size_t i = 0; i < f->count; i++) {
        const struct fact *c = &f->facts[i];
        if (c->act > ACT_RELEASE || !counts(f, c))
            continue;
        if (last && (c->at.s < last->at.s || (c->at.s == last->at.s && c->act <= last->act)))
            continue;
        if (!best || c->at.s < best->at.s || (c->at.s == best->at.s && c->act < best->act))
            best = c;
    }
    return best;
}
// The parties of one local act at one moment: any of them may do it.
static void deliver_local(const struct fold *f, const struct fact *at)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct fact *c = &f->facts[i];
        if (c->act == at->act && c->at.s == at->at.s)
            deliver(f, c->act, c->by);
    }
}
static void fold_local(const struct fold *f)
{
    for (const struct fact *at = next_local(f, NULL); at; at = next_local(f, at))
        deliver_local(f, at);
    for (size_t i = 0; i < f->count; i++)
        if (f->facts[i].act == ACT_LOG && counts(f, &f->facts[i]))
            deliver(f, ACT_LOG, f->facts[i].by);
}

// -- lines -------------------------------------------------------------------------------------
// What a fact is to one line: a bare acknowledgement settles a line that asks for no more, and a
// stand-by that the phrase does not allow only says that the message was received.
static enum act act_on_line(const struct expectation *e, const struct fact *fact)
{
    enum act act = fact->act;
    if (act == ACT_STAND_BY && e && !e->stand_by_allowed)
        act = ACT_ACKNOWLEDGE;
    if (act == ACT_ACKNOWLEDGE && e && e->acknowledge_suffices)
        act = ACT_ANSWER;
    return act;
}
static bool is_about(const struct expectation *e, const struct fact *fact)
{
    return fact->line == 0 || !e || fact->line == e->line;
}

struct line_fold {
    int state;
    bool answered;
    bool stood_by;
    struct moment until;
};
static void fold_act(const struct fold *f, const struct expectation *e, enum act act,
                     struct line_fold *line)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct fact *fact = &f->facts[i];
        if (!counts(f, fact) || !is_about(e, fact) || act_on_line(e, fact) != act)
            continue;
        if (!move(&lifecycle_dialogue, &line->state, act, fact->by) || act != ACT_STAND_BY)
            continue;
        if (!line->stood_by || fact->until.s > line->until.s)
            line->until = fact->until;
        line->stood_by = true;
    }
    // acts are folded in their order, so nothing but an answer leads here before it
    if (act == ACT_ANSWER)
        line->answered = line->state == DIALOGUE_ANSWERED;
}
// Folds one line (or, without an expectation, the whole record). Returns whether it was answered.
static bool fold_line(const struct fold *f, const struct expectation *e, struct line_state *ret)
{
    struct line_fold line = {.state = e ? DIALOGUE_OPEN : DIALOGUE_NONE};
    struct moment due = {0};
    for (int act = ACT_ACKNOWLEDGE; act < ACT_EXPIRE; act++)
        fold_act(f, e, (enum act)act, &line);
    bool timed = line.stood_by || (e && e->has_deadline);
    if (timed)
        due = line.stood_by ? line.until : e->respond_by;
    if (timed && f->now.s > due.s)
        (void)move(&lifecycle_dialogue, &line.state, ACT_EXPIRE, PARTY_CLOCK);
    *ret = (struct line_state){.line = e ? e->line : 0,
                               .state = (enum dialogue_state)line.state,
                               .has_until = timed,
                               .until = due};
    return line.answered;
}

// Rising: the higher, the more it asks for somebody's attention.
static int urgency(enum dialogue_state state)
{
    static const int ranks[DIALOGUE_STATE_COUNT] = {
        [DIALOGUE_NONE] = 0,        [DIALOGUE_CLOSED] = 1, [DIALOGUE_ANSWERED] = 2,
        [DIALOGUE_STANDING_BY] = 3, [DIALOGUE_OPEN] = 4,   [DIALOGUE_OVERDUE] = 5,
    };
    return ranks[state];
}
static void note_deadline(struct record_state *state, struct moment at)
{
    if (!state->has_deadline || at.s < state->deadline.s)
        state->deadline = at;
    state->has_deadline = true;
}
// Returns whether every line that asked was answered (trivially so when none did).
static bool fold_lines(const struct fold *f)
{
    struct record_state *state = f->state;
    bool all = true;
    size_t count = f->subject->expectations_count;
    CHECK(count <= EXPECTATIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct line_state *line = &state->lines[i];
        all = fold_line(f, &f->subject->expectations[i], line) && all;
        if (i == 0 || urgency(line->state) > urgency(state->dialogue))
            state->dialogue = line->state;
        if (line->has_until && urgency(line->state) >= urgency(DIALOGUE_STANDING_BY))
            note_deadline(state, line->until);
    }
    state->lines_count = count;
    if (count == 0) {
        struct line_state whole;
        (void)fold_line(f, NULL, &whole);
        state->dialogue = whole.state;
    }
    return all;
}

// -- delivery ----------------------------------------------------------------------------------
static bool is_first_of_cosigner(const struct fold *f, size_t at)
{
    const struct fact *fact = &f->facts[at];
    for (size_t i = 0; i < at; i++) {
        const struct fact *c = &f->facts[i];
        if (c->act == ACT_COSIGN && c->by == PARTY_COSIGNER && counts(f, c) &&
            c->cosigner == fact->cosigner)
            return false;
    }
    return true;
}
// `all_answered`: a record of which only one line is answered is not yet an answered record.
static void deliver_act(const struct fold *f, enum act act, bool all_answered)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct fact *fact = &f->facts[i];
        bool partly = act == ACT_ANSWER && !all_answered;
        if (fact->act == act && counts(f, fact))
            deliver(f, partly ? ACT_ACKNOWLEDGE : act, fact->by);
    }
}
static void fold_delivery(const struct fold *f, bool all_answered)
{
    for (int act = ACT_COSIGN; act <= ACT_ANSWER; act++)
        deliver_act(f, (enum act)act, all_answered);
    // a bare acknowledgement answers a record that asks for no more
    if (all_answered && f->subject->expectations_count > 0)
        deliver(f, ACT_ANSWER, PARTY_ADDRESSEE);
    // the dialogue's table is the one that says who may close when
    if (f->state->dialogue == DIALOGUE_CLOSED)
        deliver_act(f, ACT_CLOSE, all_answered);
}

static void count_fact(const struct fold *f, size_t at, struct moment *last_held)
{
    struct record_state *state = f->state;
    const struct fact *fact = &f->facts[at];
    if (fact->act == ACT_COSIGN && fact->by == PARTY_COSIGNER && is_first_of_cosigner(f, at))
        state->cosigned++;
    if (fact->by == PARTY_AUTHOR) {
        state->replaced = state->replaced || fact->act == ACT_REPLACE;
        state->withdrawn = state->withdrawn || fact->act == ACT_WITHDRAW;
    }
    if (fact->act != ACT_HOLD || fact->by != PARTY_ADDRESSEE_NODE)
        return;
    if (fact->at.s > last_held->s)
        *last_held = fact->at;
    if (fact->attachments_held > state->attachments_held)
        state->attachments_held = fact->attachments_held;
}
static void fold_counts(const struct fold *f)
{
    struct record_state *state = f->state;
    struct moment last_held = {INT64_MIN};
    for (size_t i = 0; i < f->count; i++)
        if (counts(f, &f->facts[i]))
            count_fact(f, i, &last_held);
    for (size_t i = 0; i < f->count; i++) {
        const struct fact *fact = &f->facts[i];
        if (!counts(f, fact) || fact->by != PARTY_ADDRESSEE_NODE || fact->at.s <= last_held.s)
            continue;
        state->missing = state->missing || fact->act == ACT_REPORT_MISSING;
        state->unreadable = state->unreadable || fact->act == ACT_REPORT_UNREADABLE;
    }
    if (state->attachments_held > state->attachments_all)
        state->attachments_held = state->attachments_all;
    state->quorum_met = state->cosigned >= f->subject->cosigners_quorum;
}

void record_state_at(const struct record_subject *subject, const struct fact *facts,
                     size_t facts_count, struct moment now, struct record_state *ret)
{
    struct fold f = {subject, facts, facts_count, now, ret};
    *ret = (struct record_state){.delivery = subject->begins,
                                 .cosigners = subject->cosigners_all,
                                 .attachments_all = subject->attachments_all};
    fold_local(&f);
    if (ret->delivery < DELIVERY_LOGGED)
        return; // no time runs and nobody can have heard of it
    bool all_answered = fold_lines(&f);
    fold_delivery(&f, all_answered);
    fold_counts(&f);
    bool over = ret->withdrawn || ret->replaced || ret->delivery == DELIVERY_CLOSED;
    bool unheld = subject->has_hold_by && ret->delivery < DELIVERY_HELD && !over;
    if (unheld)
        note_deadline(ret, subject->hold_by);
    ret->overdue = ret->dialogue == DIALOGUE_OVERDUE || (unheld && now.s > subject->hold_by.s);
}
