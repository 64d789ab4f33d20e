#include "codebook/dialogue.h"

// One row per reply: to which response attributes it is an answer, and what it does.
#define TO(r) (1u << (r))
#define TO_ALL (TO(RESPONSE_COUNT) - 1)
static const struct reply_rule {
    unsigned responses; // TO() of those it may answer
    bool neutral;       // offered always, first
    enum answer_effect effect;
} rules[] = {
    [REPLY_NONE] = {0, false, ANSWER_EFFECT_COUNT},
    [REPLY_RECEIVED] = {TO_ALL, true, ANSWER_ACKNOWLEDGES},
    [REPLY_STAND_BY] = {TO_ALL, true, ANSWER_STANDS_BY},
    [REPLY_YES] = {TO(RESPONSE_YES_NO), false, ANSWER_ANSWERS},
    [REPLY_NO] = {TO(RESPONSE_YES_NO), false, ANSWER_ANSWERS},
    [REPLY_WILL] = {TO(RESPONSE_CAN_CANNOT), false, ANSWER_ANSWERS},
    [REPLY_CAN] = {TO(RESPONSE_CAN_CANNOT), false, ANSWER_ANSWERS},
    [REPLY_CANNOT] = {TO_ALL, true, ANSWER_ANSWERS},
    [REPLY_NOT_COMPETENT] = {TO_ALL, true, ANSWER_ANSWERS},
    [REPLY_NO_COMMENT] = {TO_ALL, true, ANSWER_ANSWERS},
    // A value means something only to the phrase that asks for it: the row must offer it.
    [REPLY_VALUE] = {0, false, ANSWER_ANSWERS},
    [REPLY_PROCEDURE] = {TO_ALL, false, ANSWER_ASKS_BACK},
    [REPLY_FREE_TEXT] = {0, false, ANSWER_EFFECT_COUNT},
};
_Static_assert(sizeof rules / sizeof rules[0] == REPLY_COUNT, "one row per reply");

static const char *const response_rules[] = {
    [RESPONSE_NONE] = RULE_RESPONSE_NONE,     [RESPONSE_ACKNOWLEDGE] = RULE_RESPONSE_ACKNOWLEDGE,
    [RESPONSE_YES_NO] = RULE_RESPONSE_YES_NO, [RESPONSE_CAN_CANNOT] = RULE_RESPONSE_CAN_CANNOT,
    [RESPONSE_VALUE] = RULE_RESPONSE_VALUE,
};
_Static_assert(sizeof response_rules / sizeof response_rules[0] == RESPONSE_COUNT, "one each");

bool reply_is_neutral(enum reply reply)
{
    CHECK(reply < REPLY_COUNT);
    return rules[reply].neutral;
}

static bool offers(const struct phrase *asked, struct str code)
{
    for (size_t i = 0; i < asked->offers_count; i++)
        if (str_eq(asked->offers[i], code))
            return true;
    return false;
}

// What the reply does depends a little on what was asked.
static enum answer_effect effect_on(const struct phrase *asked, enum reply reply)
{
    enum answer_effect effect = rules[reply].effect;
    if (asked == NULL)
        return effect;
    if (reply == REPLY_RECEIVED && asked->response == RESPONSE_ACKNOWLEDGE)
        return ANSWER_ANSWERS;
    if (reply == REPLY_STAND_BY && !asked->stand_by)
        return ANSWER_NOTES_DELAY;
    return effect;
}

bool phrase_answer_allowed(const struct phrase *asked, const struct phrase *answer,
                           enum answer_effect *ret_effect, struct err *err)
{
    const struct reply_rule *rule = &rules[answer->reply];
    if (answer->reply == REPLY_FREE_TEXT)
        return err_set(err, ERR_DENIED, RULE_FREE_TEXT, "%.*s announces free text, no answer",
                       STR_ARG(answer->code));
    if (answer->reply == REPLY_NONE)
        return err_set(err, ERR_DENIED, RULE_NOT_AN_ANSWER, "%.*s is a statement, not an answer",
                       STR_ARG(answer->code));
    bool always = rule->responses == TO_ALL;
    if (asked == NULL && !always)
        return err_set(err, ERR_DENIED, RULE_ASKED_UNKNOWN,
                       "%.*s cannot answer a phrase this codebook does not hold",
                       STR_ARG(answer->code));
    if (!always && (rule->responses & TO(asked->response)) == 0 && !offers(asked, answer->code))
        return err_set(err, ERR_DENIED, response_rules[asked->response],
                       "%.*s does not answer %.*s", STR_ARG(answer->code), STR_ARG(asked->code));
    *ret_effect = effect_on(asked, answer->reply);
    return true;
}

// -- which line -----------------------------------------------------------------------------------

static const struct phrase_line *line_numbered(const struct phrase_line *asked, size_t count,
                                               uint32_t number)
{
    for (size_t i = 0; i < count; i++)
        if (asked[i].number == number)
            return &asked[i];
    return NULL;
}

// The one line that expects an answer; NULL when there is none, several, or a line nobody here can
// judge.
static const struct phrase_line *line_expecting(const struct book *book,
                                                const struct phrase_line *asked, size_t count)
{
    const struct phrase_line *found = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct phrase *p = book_phrase(book, asked[i].code);
        if (p == NULL)
            return NULL;
        if (p->response == RESPONSE_NONE)
            continue;
        if (found != NULL)
            return NULL;
        found = &asked[i];
    }
    return found;
}

static bool target_of(const struct book *book, const struct phrase_line *asked, size_t asked_count,
                      const struct phrase_line *answer, const struct phrase_line **ret,
                      struct err *err)
{
    const struct str *given = phrase_line_value(answer, STR("line"));
    if (given == NULL) {
        *ret = line_expecting(book, asked, asked_count);
        if (*ret == NULL)
            return err_set(err, ERR_DENIED, RULE_LINE_NEEDED,
                           "line %02u does not say which line it answers",
                           (unsigned)answer->number);
        return true;
    }
    struct value line;
    if (!parameter_read(PARAMETER_LINE, NULL, NULL, *given, &line, err))
        return false;
    *ret = line_numbered(asked, asked_count, (uint32_t)line.number);
    if (*ret == NULL)
        return err_set(err, ERR_DENIED, RULE_LINE_UNKNOWN, "the message has no line %02u",
                       (unsigned)line.number);
    return true;
}

static bool until_of(const struct phrase_line *answer, struct moment *ret, struct err *err)
{
    const struct str *until = phrase_line_value(answer, STR("until"));
    struct value value;
    if (until == NULL)
        return err_set(err, ERR_MALFORMED, "codebook: required parameter",
                       "%.*s needs the parameter until", STR_ARG(answer->code));
    if (!parameter_read(PARAMETER_TIME, NULL, NULL, *until, &value, err))
        return false;
    *ret = value.from;
    return true;
}

bool codebook_answer_check(const struct book *book, const struct phrase_line *asked,
                           size_t asked_count, const struct phrase_line *answer, struct answer *ret,
                           struct err *err)
{
    const struct phrase *phrase = book_phrase(book, answer->code);
    const struct phrase_line *target = NULL;
    struct answer made = {0};
    if (phrase == NULL)
        return err_set(err, ERR_DENIED, RULE_ANSWER_UNKNOWN,
                       "%.*s is not in this codebook, so it can answer nothing",
                       STR_ARG(answer->code));
    bool whole = phrase->reply == REPLY_PROCEDURE && phrase_line_value(answer, STR("line")) == NULL;
    bool statement = phrase->reply == REPLY_NONE || phrase->reply == REPLY_FREE_TEXT;
    // A procedure reply without line= concerns the message as a whole.
    if (!whole && !statement && !target_of(book, asked, asked_count, answer, &target, err))
        return false;
    const struct phrase *to = target == NULL ? NULL : book_phrase(book, target->code);
    if (!phrase_answer_allowed(to, phrase, &made.effect, err))
        return false;
    if (phrase->reply == REPLY_STAND_BY && !until_of(answer, &made.until, err))
        return false;
    made.line = target == NULL ? 0 : target->number;
    *ret = made;
    return true;
}

bool codebook_answers_check(const struct book *book, const struct phrase_line *asked,
                            size_t asked_count, const struct phrase_line *lines, size_t count,
                            struct answer *ret_answers, struct err *err)
{
    struct answer made[PHRASE_LINES_MAX];
    size_t coded = 0;
    if (count > PHRASE_LINES_MAX)
        return err_set(err, ERR_LIMIT, "FORMATS 1, numbered lines", "%zu lines", count);
    for (size_t i = 0; i < count; i++) {
        const struct phrase *p = book_phrase(book, lines[i].code);
        enum reply reply = p == NULL ? REPLY_NONE : p->reply;
        made[i] = (struct answer){.effect = ANSWER_EFFECT_COUNT};
        coded += reply == REPLY_FREE_TEXT ? 0 : 1;
        if (reply == REPLY_NONE || reply == REPLY_FREE_TEXT)
            continue;
        if (!codebook_answer_check(book, asked, asked_count, &lines[i], &made[i], err))
            return err_wrap(err, "line %02u", (unsigned)lines[i].number);
    }
    if (coded == 0)
        return err_set(err, ERR_DENIED, RULE_FREE_TEXT,
                       "an answer holds one coded phrase at least besides free text");
    memcpy(ret_answers, made, count * sizeof made[0]);
    return true;
}

// -- what a form offers ---------------------------------------------------------------------------

size_t codebook_answers_offered(const struct book *book, const struct phrase *asked,
                                const struct phrase **ret)
{
    size_t count = 0;
    struct err err = {0};
    enum answer_effect effect;
    for (int neutral = 1; neutral >= 0; neutral--) {
        for (size_t i = 0; i < book->phrases_count; i++) {
            const struct phrase *p = &book->phrases[i];
            if (rules[p->reply].neutral != (neutral == 1))
                continue;
            if (phrase_answer_allowed(asked, p, &effect, &err))
                ret[count++] = p;
        }
    }
    CHECK(count <= BOOK_PHRASES_MAX);
    return count;
}

bool codebook_send_check(const struct book *book, const struct phrase *phrase, struct str desk,
                         enum precedence precedence, struct err *err)
{
    if (!book_desk_may_send(book, phrase, desk))
        return err_set(err, ERR_DENIED, RULE_DESK, "%.*s is not for the desk %.*s to send",
                       STR_ARG(phrase->code), desk.len > 32 ? 32 : (int)desk.len, desk.ptr);
    if (precedence > phrase->precedence_max)
        return err_set(err, ERR_DENIED, RULE_PRECEDENCE, "%.*s goes at %s at most",
                       STR_ARG(phrase->code), precedence_word(phrase->precedence_max));
    return true;
}
