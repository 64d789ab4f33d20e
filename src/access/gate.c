#include "access/gate.h"

#define GATE_WORD(name, word, refuses) [name] = (word),
static const char *const words[GATE_RULE_COUNT] = {GATE_RULES(GATE_WORD)};
#undef GATE_WORD
#define GATE_REFUSES(name, word, refuses) [name] = (refuses),
static const char *const clauses[GATE_RULE_COUNT] = {GATE_RULES(GATE_REFUSES)};
#undef GATE_REFUSES

const char *gate_rule_word(enum gate_rule rule)
{
    CHECK(rule < GATE_RULE_COUNT);
    return words[rule];
}

const char *gate_rule_refuses(enum gate_rule rule)
{
    CHECK(rule < GATE_RULE_COUNT);
    return clauses[rule];
}

// Each test answers: does the case break this rule? A rule that does not concern it says no.
typedef bool gate_test(const struct gate_case *c);

// -- addressee -----------------------------------------------------------------------------------

static const struct community_state *addressee(const struct gate_case *c)
{
    return community_by_code(c->chains->community, state_code_str(&c->record->to.state));
}

static bool breaks_addressee(const struct gate_case *c)
{
    if (c->record->open)
        return false;
    return addressee(c) == NULL || state_code_eq(&c->record->to.state, &c->record->from.state);
}

static bool breaks_partner(const struct gate_case *c)
{
    return !c->record->open && !c->partner_on;
}

static bool breaks_key(const struct gate_case *c)
{
    const struct community_state *to = c->record->open ? NULL : addressee(c);
    if (to == NULL)
        return false;
    const struct chain *chain = chains_of(c->chains, to->origin);
    return chain == NULL || chain_newest(chain) == NULL;
}

// -- TLP -----------------------------------------------------------------------------------------

static bool breaks_tlp_open(const struct gate_case *c)
{
    return c->record->open && c->record->tlp >= TLP_AMBER;
}

static bool breaks_tlp_circular(const struct gate_case *c)
{
    return c->circular && c->record->tlp == TLP_RED;
}

static bool breaks_tlp_desk(const struct gate_case *c)
{
    return !c->record->open && c->record->tlp == TLP_RED && c->record->to.desk == DESK_NONE;
}

static bool breaks_tlp_attachment(const struct gate_case *c)
{
    for (size_t i = 0; i < c->attachments_count; i++)
        if (c->attachments[i].tlp > c->record->tlp)
            return true;
    return false;
}

// -- attachments ---------------------------------------------------------------------------------

static bool is_named(const struct record *record, const struct digest *blob)
{
    for (size_t i = 0; i < record->attachments_count; i++)
        if (digest_eq(&record->attachments[i].blob, blob))
            return true;
    return false;
}

static bool is_held(const struct gate_case *c, const struct digest *blob)
{
    for (size_t i = 0; i < c->attachments_count; i++)
        if (digest_eq(&c->attachments[i].blob, blob))
            return true;
    return false;
}

static bool breaks_attachment(const struct gate_case *c)
{
    for (size_t i = 0; i < c->attachments_count; i++)
        if (!is_named(c->record, &c->attachments[i].blob))
            return true;
    return false;
}

static bool breaks_attachment_absent(const struct gate_case *c)
{
    for (size_t i = 0; i < c->record->attachments_count; i++)
        if (!is_held(c, &c->record->attachments[i].blob))
            return true;
    return false;
}

// -- exercise and marking ------------------------------------------------------------------------

static bool breaks_exercise(const struct gate_case *c)
{
    bool is_exercise = c->exercise_running || (c->answers_something && c->answers_exercise);
    return is_exercise && !c->record->exercise;
}

static bool breaks_exercise_real(const struct gate_case *c)
{
    return c->record->exercise && c->answers_something && !c->answers_exercise;
}

static bool breaks_marking_state(const struct gate_case *c)
{
    const struct marking *m = &c->record->marking;
    return marking_is_set(m) && !state_code_eq(&m->state, &c->record->from.state);
}

static bool breaks_marking(const struct gate_case *c)
{
    struct str code = str_of(c->record->marking.code);
    if (!marking_is_set(&c->record->marking))
        return false;
    CHECK(c->markings_allowed <= c->markings_count);
    for (size_t i = 0; i < c->markings_allowed; i++)
        if (str_eq(c->markings[i], code))
            return false;
    return true;
}

// -- phrases -------------------------------------------------------------------------------------

static bool breaks_phrase_desk(const struct gate_case *c)
{
    for (size_t i = 0; i < c->phrases_count; i++)
        if (!(c->phrases[i].desks & 1U << c->record->from.desk))
            return true;
    return false;
}

static bool breaks_phrase_precedence(const struct gate_case *c)
{
    for (size_t i = 0; i < c->phrases_count; i++)
        if (c->record->precedence > c->phrases[i].highest)
            return true;
    return false;
}

// -- the table -----------------------------------------------------------------------------------

struct gate_row {
    const char *clause; // "gate WORD"
    gate_test *breaks;
};
static const struct gate_row rows[GATE_RULE_COUNT] = {
    [GATE_NONE] = {"gate none", NULL},
    [GATE_ADDRESSEE] = {"gate addressee", breaks_addressee},
    [GATE_PARTNER] = {"gate partner", breaks_partner},
    [GATE_KEY] = {"gate key", breaks_key},
    [GATE_TLP_OPEN] = {"gate tlp-open", breaks_tlp_open},
    [GATE_TLP_CIRCULAR] = {"gate tlp-circular", breaks_tlp_circular},
    [GATE_TLP_DESK] = {"gate tlp-desk", breaks_tlp_desk},
    [GATE_TLP_ATTACHMENT] = {"gate tlp-attachment", breaks_tlp_attachment},
    [GATE_ATTACHMENT] = {"gate attachment", breaks_attachment},
    [GATE_ATTACHMENT_ABSENT] = {"gate attachment-absent", breaks_attachment_absent},
    [GATE_EXERCISE] = {"gate exercise", breaks_exercise},
    [GATE_EXERCISE_REAL] = {"gate exercise-real", breaks_exercise_real},
    [GATE_MARKING_STATE] = {"gate marking-state", breaks_marking_state},
    [GATE_MARKING] = {"gate marking", breaks_marking},
    [GATE_PHRASE_DESK] = {"gate phrase-desk", breaks_phrase_desk},
    [GATE_PHRASE_PRECEDENCE] = {"gate phrase-precedence", breaks_phrase_precedence},
};

bool gate_check(const struct gate_case *c, enum gate_rule *ret_rule, struct err *err)
{
    CHECK(c->record->type->signer == RECORD_BY_ISSUER);
    for (int i = GATE_NONE + 1; i < GATE_RULE_COUNT; i++) {
        CHECK(rows[i].breaks != NULL);
        if (!rows[i].breaks(c))
            continue;
        if (ret_rule != NULL)
            *ret_rule = (enum gate_rule)i;
        return err_set(err, ERR_DENIED, rows[i].clause, "the gate refuses %s", clauses[i]);
    }
    return true;
}
