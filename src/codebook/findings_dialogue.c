// Rules 4, 5 and 9: what a phrase expects, what answers it, and what may always be said.
#include "codebook/dialogue.h"
#include "codebook/findings.h"

// -- rule 4: what is expected and by when ---------------------------------------------------------

enum {
    HOUR_S = 3600,
    DAY_S = 24 * HOUR_S,
    RESPOND_S_MIN = HOUR_S,     // nobody answers a State in less
    RESPOND_S_MAX = 30 * DAY_S, // what may wait longer expects no answer
    FLASH_RESPOND_S_MAX = DAY_S // what may wake somebody is not left for days
};

static void check_time(const struct phrase *p, struct finding_list *list)
{
    if (p->response == RESPONSE_NONE)
        return;
    bool slow = p->precedence_max == PRECEDENCE_FLASH && p->respond_s > FLASH_RESPOND_S_MAX;
    if (p->respond_s < RESPOND_S_MIN || p->respond_s > RESPOND_S_MAX || slow)
        finding_add(list, FINDING_RESPOND_TIME, p->code, STR(""));
    if (p->response != RESPONSE_ACKNOWLEDGE && !p->stand_by)
        finding_add(list, FINDING_NO_STAND_BY, p->code, STR(""));
}

// -- rule 5: question and answer share the number of their subject --------------------------------

static bool offers(const struct phrase *p, struct str code)
{
    for (size_t i = 0; i < p->offers_count; i++)
        if (str_eq(p->offers[i], code))
            return true;
    return false;
}

static bool offers_a_value(const struct book *book, const struct phrase *p)
{
    for (size_t i = 0; i < p->offers_count; i++) {
        const struct phrase *answer = book_phrase(book, p->offers[i]);
        if (answer != NULL && answer->reply == REPLY_VALUE)
            return true;
    }
    return false;
}

// 20 to 89 stand for a subject; below are the general ones, above the escapes.
static bool of_a_subject(struct str code)
{
    return code.ptr[1] >= '2' && code.ptr[1] <= '8';
}

static const struct phrase *of_number(const struct book *book, char family, struct str code)
{
    char wanted[PHRASE_CODE_CHARS + 1] = {family, code.ptr[1], code.ptr[2], 0};
    return book_phrase(book, str_of(wanted));
}

static bool is_offered(const struct book *book, const struct phrase *asked, struct str answer)
{
    return asked != NULL && offers(asked, answer) && book_phrase(book, answer) != NULL;
}

static void check_subject(const struct book *book, const struct phrase *p,
                          struct finding_list *list)
{
    if (p->response == RESPONSE_VALUE && !offers_a_value(book, p))
        finding_add(list, FINDING_NO_VALUE, p->code, STR(""));
    if (!of_a_subject(p->code))
        return;
    char family = p->code.ptr[0];
    const struct phrase *answer = of_number(book, 'E', p->code);
    if (family == 'A' && (answer == NULL || !offers(p, answer->code)))
        finding_add(list, FINDING_SUBJECT_APART, p->code, STR("E"));
    if (family == 'R' && answer != NULL && !offers(p, answer->code))
        finding_add(list, FINDING_SUBJECT_APART, p->code, answer->code);
    if (family == 'E' && !is_offered(book, of_number(book, 'A', p->code), p->code) &&
        !is_offered(book, of_number(book, 'R', p->code), p->code))
        finding_add(list, FINDING_SUBJECT_APART, p->code, STR("A R"));
}

// -- rule 9: neutral replies ----------------------------------------------------------------------
// That they are offered to every phrase is the table of codebook/dialogue.c.

static uint32_t all_desks(const struct book *book)
{
    const struct book_table *desks = book_table(book, STR("desk"));
    CHECK(desks != NULL); // book_parse asks for it at the first phrase
    return (uint32_t)((UINT64_C(1) << desks->codes_count) - 1);
}

static void check_neutral(const struct book *book, enum reply reply, struct finding_list *list)
{
    struct str word = str_of(reply_word(reply));
    bool held = false, unbound = false;
    for (size_t i = 0; i < book->phrases_count; i++) {
        const struct phrase *p = &book->phrases[i];
        if (p->reply != reply)
            continue;
        held = true;
        unbound = unbound || (p->desks == all_desks(book) && p->precedence_max == PRECEDENCE_FLASH);
    }
    if (!held)
        finding_add(list, FINDING_NEUTRAL_MISSING, word, STR(""));
    else if (!unbound)
        finding_add(list, FINDING_NEUTRAL_BOUND, word, STR(""));
}

void findings_dialogue(const struct book *book, struct finding_list *list)
{
    for (size_t i = 0; i < book->phrases_count; i++) {
        check_time(&book->phrases[i], list);
        check_subject(book, &book->phrases[i], list);
    }
    for (size_t i = 0; i < REPLY_COUNT; i++)
        if (reply_is_neutral((enum reply)i))
            check_neutral(book, (enum reply)i, list);
}
