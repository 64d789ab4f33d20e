#include "codebook/dialogue.h"

#include "tests/codebook/samples.h"

static struct codebook load(struct arena *a)
{
    struct codebook c;
    struct err err = {0};
    arena_init(a, SAMPLE_ARENA_BYTES);
    EXPECT_OK(codebook_embedded(a, &c, &err));
    return c;
}

static struct phrase_line line_of(const char *text)
{
    struct phrase_line line;
    struct err err = {0};
    EXPECT_OK(phrase_line_read(str_of(text), &line, &err));
    return line;
}

// -- the law, written out: what is asked of the book, and not what the program reads in it
// ---------

// Neutral replies and those that ask back answer anything.
static const char always[] = "E01 E02 E07 E08 E09 E14 P10 P11";
// Per response attribute: the phrases that have it, the answers it takes besides, the rule's name.
static const struct {
    enum response response;
    const char *phrases, *answers, *rule;
} attributes[] = {
    {RESPONSE_NONE,
     "E01 E02 E03 E04 E05 E07 E08 E09 E11 E15 E24 E25 E26 E27 E29 C01 C03 C05 C07 C10", "",
     RULE_RESPONSE_NONE},
    {RESPONSE_ACKNOWLEDGE,
     "P01 P02 P03 P05 P06 P10 P11 P12 P13 P14 P15 P16 P17 P90 N01 N02 N03 N04 N05 N06 "
     "N07 N08 N09 N10 N11 N12 N13 N14 N15 N16 N17 N18 E10 E12 E13 E14 E19 E23 E28 E16 "
     "C02 C04 C06 C08 C09 C11",
     "", RULE_RESPONSE_ACKNOWLEDGE},
    {RESPONSE_YES_NO, "P20 A01 A02 A03 A05 A07 A08 A09 E06 E17 O01 O02 O03 O04 O05", "E03 E04",
     RULE_RESPONSE_YES_NO},
    {RESPONSE_CAN_CANNOT, "P04 P18 P19 R01 R06 R09 R10 R11 R12 R13 R14 R15 R23 R31 R25 R32 R28",
     "E05 E06 E11 E23 E28", RULE_RESPONSE_CAN_CANNOT},
    {RESPONSE_VALUE, "A24 A26 A27 A29 R02", "", RULE_RESPONSE_VALUE},
};
// What a phrase offers besides, because only it gives the answer its meaning.
static const struct {
    const char *asked, *answers;
} offered[] = {
    {"N02", "E12 E13 E15"}, {"N05", "E12 E13 E15"}, {"A01", "E15"},
    {"A24", "E24"},         {"A26", "E26"},         {"A27", "E27"},
    {"A29", "E29"},         {"R01", "E11 E12 E13"}, {"R02", "E10 E16 E05 E06"},
    {"R06", "E11"},         {"R09", "E11"},         {"R10", "E10 E11 E16"},
    {"R11", "E11 E19"},     {"R12", "E11 E19"},     {"R13", "E17"},
    {"R14", "E17"},         {"R15", "E11 E17"},     {"R23", "E23 E25"},
    {"R31", "E23 E25"},     {"R25", "E11 E25 E16"}, {"R32", "E17 E28"},
    {"R28", "E17 E28"},     {"O03", "E17"},         {"O04", "E17"},
    {"O05", "E17"},
};
// Who may send what: t technical, d diplomatic, j judicial, c coordination.
static const struct {
    const char *desks, *phrases;
} senders[] = {
    {"tdjc", "P01 P02 P03 P04 P05 P06 P10 P11 P12 P13 P14 P15 P16 P17 P18 P19 P20 P90 N08 N15 "
             "A03 A05 A24 A26 R02 R09 R13 R32 R28 E01 E02 E03 E04 E05 E06 E07 E08 E09 E10 E11 "
             "E14 E17 E19 E24 E26 E28 E16 O05 C01 C02 C03 C07"},
    {"td", "N01 N02 N03 N05 N06 N07 N09 N10 N12 N13 N14 N16 A01 A02 A08 A09 A27 A29 R01 R06 "
           "R12 R14 E12 E13 E15 E27 E29 O01 C04 C05 C06 C11"},
    {"tj", "N04"},
    {"tdj", "N11 N17 A07 R11 C08 C09"},
    {"j", "N18 R23 R31 R25 E23 E25"},
    {"t", "R10 O02"},
    {"dc", "R15 O03"},
    {"tdc", "O04"},
    {"d", "C10"},
};
static const struct {
    enum precedence highest;
    const char *phrases;
} urgency[] = {
    {PRECEDENCE_IMMEDIATE,
     "P01 P06 P18 P19 N04 N05 N10 N14 N15 N17 N18 A01 A05 A07 A08 A26 A27 A29 R02 R10 "
     "R11 R13 R14 R31 R28 O02 C07 C09"},
    {PRECEDENCE_PRIORITY, "P02 P03 P15 P90 N03 N08 N09 A24 R15 O03 O04 O05 C08"},
    {PRECEDENCE_FLASH,
     "P04 P05 P10 P11 P12 P13 P14 P16 P17 P20 N01 N02 N06 N07 N11 N12 N13 N16 A02 A03 "
     "A09 R01 R06 R09 R12 R23 R25 R32 E01 E02 E03 E04 E05 E06 E07 E08 E09 E10 E11 E12 "
     "E13 E14 E15 E17 E19 E23 E24 E25 E26 E27 E28 E29 E16 O01 C01 C02 C03 C04 C05 C06 "
     "C10 C11"},
};
static const char *const desk_words[] = {"technical", "diplomatic", "judicial", "coordination"};

static bool listed(const char *list, struct str code)
{
    char text[PHRASE_CODE_CHARS + 1] = {code.ptr[0], code.ptr[1], code.ptr[2], 0};
    return strstr(list, text) != NULL;
}

static bool is_offered(const struct phrase *asked, const struct phrase *answer)
{
    for (size_t i = 0; i < sizeof offered / sizeof offered[0]; i++)
        if (str_eq(asked->code, str_of(offered[i].asked)))
            return listed(offered[i].answers, answer->code);
    return false;
}

// NULL: allowed; else the rule that refuses it.
static const char *rule_for(const struct phrase *asked, const struct phrase *answer)
{
    size_t at = 0;
    while (!listed(attributes[at].phrases, asked->code))
        at++;
    EXPECT(asked->response == attributes[at].response);
    if (str_eq(answer->code, STR("P90")))
        return RULE_FREE_TEXT;
    if (answer->code.ptr[0] != 'E' && !listed(always, answer->code))
        return RULE_NOT_AN_ANSWER;
    if (listed(always, answer->code) || listed(attributes[at].answers, answer->code) ||
        is_offered(asked, answer))
        return NULL;
    return attributes[at].rule;
}

// NULL: this desk may send it so urgently; else the rule that refuses it.
static const char *send_rule_for(const struct phrase *p, char desk, enum precedence precedence)
{
    size_t sender = 0, urgent = 0;
    while (!listed(senders[sender].phrases, p->code))
        sender++;
    while (!listed(urgency[urgent].phrases, p->code))
        urgent++;
    if (strchr(senders[sender].desks, desk) == NULL)
        return RULE_DESK;
    return precedence > urgency[urgent].highest ? RULE_PRECEDENCE : NULL;
}

struct tally {
    size_t allowed, refused;
};

// One answer to one phrase: allowed exactly when the law says so, and refused by the law's rule.
static void try_answer(const struct codebook *c, const struct phrase *asked,
                       const struct phrase *answer, struct tally *t)
{
    struct phrase_line question = sample_line(asked, 1, true), line = sample_line(answer, 1, true);
    struct err err = {0};
    struct answer got = {.line = 99};
    for (size_t p = 0; p < line.parameters_count; p++)
        if (str_eq(line.parameters[p].name, STR("line")))
            line.parameters[p].value = STR("01");
    const char *rule = rule_for(asked, answer);
    bool good = codebook_answer_check(c->current, &question, 1, &line, &got, &err);
    if (good != (rule == NULL))
        fail_msg("%.*s to %.*s: %s", STR_ARG(answer->code), STR_ARG(asked->code), err.text);
    if (!good && strcmp(err.clause, rule) != 0)
        fail_msg("%.*s to %.*s: %s, not %s", STR_ARG(answer->code), STR_ARG(asked->code),
                 err.clause, rule);
    EXPECT(good ? got.line == 1 : err.kind == ERR_DENIED);
    EXPECT(good || got.line == 99);
    *(good ? &t->allowed : &t->refused) += 1;
}

// The same phrase from each desk at each precedence.
static void try_send(const struct codebook *c, const struct phrase *p, struct tally *t)
{
    for (size_t d = 0; d < sizeof desk_words / sizeof desk_words[0]; d++) {
        for (int at = 0; at < PRECEDENCE_COUNT; at++) {
            struct err err = {0};
            const char *rule = send_rule_for(p, desk_words[d][0], (enum precedence)at);
            bool good = codebook_send_check(c->current, p, str_of(desk_words[d]),
                                            (enum precedence)at, &err);
            if (good != (rule == NULL) || (!good && strcmp(err.clause, rule) != 0))
                fail_msg("%.*s by %s: %s", STR_ARG(p->code), desk_words[d], err.text);
            *(good ? &t->allowed : &t->refused) += 1;
        }
    }
}

TEST(every_phrase_x_every_answer_x_every_desk_is_allowed_exactly_where_the_law_says)
{
    struct arena a;
    struct codebook c = load(&a);
    const struct book *book = c.current;
    struct tally answers = {0}, sent = {0};
    size_t together = 0;
    for (size_t i = 0; i < book->phrases_count; i++) {
        for (size_t j = 0; j < book->phrases_count; j++) {
            try_answer(&c, &book->phrases[i], &book->phrases[j], &answers);
            for (size_t d = 0; d < 4; d++) // an answer needs both: allowed, and by this desk
                together +=
                    rule_for(&book->phrases[i], &book->phrases[j]) == NULL &&
                    send_rule_for(&book->phrases[j], desk_words[d][0], PRECEDENCE_ROUTINE) == NULL;
        }
        try_send(&c, &book->phrases[i], &sent);
    }
    print_message("answers: %zu allowed, %zu refused; sending: %zu allowed, %zu refused; "
                  "%zu of %zu phrase x answer x desk are allowed\n",
                  answers.allowed, answers.refused, sent.allowed, sent.refused, together,
                  4 * book->phrases_count * book->phrases_count);
    EXPECT(answers.allowed + answers.refused == book->phrases_count * book->phrases_count);
    EXPECT(sent.allowed + sent.refused == 16 * book->phrases_count);
    arena_release(&a);
}

// No question leads nowhere: who is asked by a desk can answer it from a desk of the same kind.
TEST(every_phrase_that_asks_can_be_answered_by_a_desk_of_the_same_kind)
{
    struct arena a;
    struct codebook c = load(&a);
    for (size_t i = 0; i < c.current->phrases_count; i++) {
        const struct phrase *asked = &c.current->phrases[i], *answers[BOOK_PHRASES_MAX];
        size_t count = codebook_answers_offered(c.current, asked, answers);
        bool asks = asked->response > RESPONSE_ACKNOWLEDGE;
        for (size_t d = 0; asks && d < 4; d++) {
            size_t own = 0;
            for (size_t n = 0; n < count; n++)
                own += !listed(always, answers[n]->code) &&
                       book_desk_may_send(c.current, answers[n], str_of(desk_words[d]));
            if (own == 0 && book_desk_may_send(c.current, asked, str_of(desk_words[d])))
                fail_msg("%.*s leads nowhere for the %s desk", STR_ARG(asked->code), desk_words[d]);
        }
    }
    arena_release(&a);
}

TEST(the_buttons_are_the_allowed_answers_neutral_first)
{
    struct arena a;
    struct codebook c = load(&a);
    const struct phrase *got[BOOK_PHRASES_MAX];
    size_t count = codebook_answers_offered(c.current, book_phrase(c.current, STR("R01")), got);
    const char *const order[] = {"E01", "E02", "E07", "E08", "E09", "P10", "P11", "E05",
                                 "E06", "E11", "E12", "E13", "E14", "E23", "E28"};
    EXPECT(count == 15);
    for (size_t i = 0; i < count; i++)
        EXPECT(str_eq(got[i]->code, str_of(order[i])));
    count = codebook_answers_offered(c.current, NULL, got); // a code this book does not hold
    EXPECT(count == 8);
    arena_release(&a);
}

TEST(an_answer_says_its_line_unless_one_line_alone_expects_an_answer)
{
    struct arena a;
    struct codebook c = load(&a);
    struct err err = {0};
    struct answer got;
    struct phrase_line asked[] = {line_of("01 C01"), line_of("02 R01 by=2026-07-14T12:00:00Z"),
                                  line_of("03 C03")};
    struct phrase_line will = line_of("01 E05");
    EXPECT_OK(codebook_answer_check(c.current, asked, 3, &will, &got, &err));
    EXPECT(got.line == 2);
    EXPECT(got.effect == ANSWER_ANSWERS);
    asked[2] = line_of("03 A01 as=AS64500");
    EXPECT_ERR(codebook_answer_check(c.current, asked, 3, &will, &got, &err), ERR_DENIED);
    EXPECT(strcmp(err.clause, RULE_LINE_NEEDED) == 0);
    will = line_of("01 E05 line=03");
    EXPECT_ERR(codebook_answer_check(c.current, asked, 3, &will, &got, &err), ERR_DENIED);
    EXPECT(strcmp(err.clause, RULE_RESPONSE_YES_NO) == 0);
    will = line_of("01 E05 line=04");
    EXPECT_ERR(codebook_answer_check(c.current, asked, 3, &will, &got, &err), ERR_DENIED);
    EXPECT(strcmp(err.clause, RULE_LINE_UNKNOWN) == 0);
    will = line_of("01 E05 line=2"); // a second spelling
    EXPECT_ERR(codebook_answer_check(c.current, asked, 3, &will, &got, &err), ERR_MALFORMED);
    // Nothing expects an answer: even "received" must say what it received.
    struct phrase_line calm = line_of("01 C03"), received = line_of("01 E01");
    EXPECT_ERR(codebook_answer_check(c.current, &calm, 1, &received, &got, &err), ERR_DENIED);
    EXPECT(strcmp(err.clause, RULE_LINE_NEEDED) == 0);
    received = line_of("01 E01 line=01");
    EXPECT_OK(codebook_answer_check(c.current, &calm, 1, &received, &got, &err));
    EXPECT(got.effect == ANSWER_ACKNOWLEDGES);
    // Say again without a line concerns the whole message.
    struct phrase_line again = line_of("01 P10");
    EXPECT_OK(codebook_answer_check(c.current, asked, 3, &again, &got, &err));
    EXPECT(got.line == 0);
    EXPECT(got.effect == ANSWER_ASKS_BACK);
    arena_release(&a);
}

TEST(effects_tell_acknowledging_from_answering_and_standing_by)
{
    struct arena a;
    struct codebook c = load(&a);
    struct err err = {0};
    struct answer got;
    struct phrase_line request = line_of("01 R01 by=2026-07-14T12:00:00Z");
    struct phrase_line notice = line_of("01 N04 count=1 tlp=RED");
    struct phrase_line received = line_of("01 E01");
    struct phrase_line wait = line_of("01 E02 until=2026-07-14T08:00:00Z");
    EXPECT_OK(codebook_answer_check(c.current, &request, 1, &received, &got, &err));
    EXPECT(got.effect == ANSWER_ACKNOWLEDGES); // a request stays open
    EXPECT_OK(codebook_answer_check(c.current, &notice, 1, &received, &got, &err));
    EXPECT(got.effect == ANSWER_ANSWERS); // a notice asks for no more
    EXPECT_OK(codebook_answer_check(c.current, &request, 1, &wait, &got, &err));
    EXPECT(got.effect == ANSWER_STANDS_BY);
    EXPECT(got.until.s > 0);
    // N04 allows no stand-by: the reply is neutral and taken, but the time does not move.
    EXPECT_OK(codebook_answer_check(c.current, &notice, 1, &wait, &got, &err));
    EXPECT(got.effect == ANSWER_NOTES_DELAY);
    arena_release(&a);
}

TEST(an_unknown_phrase_takes_neutral_and_procedure_replies_only)
{
    struct arena a;
    struct codebook c = load(&a);
    struct err err = {0};
    struct answer got;
    struct phrase_line unknown = line_of("01 N77 x=1");
    struct phrase_line yes = line_of("01 E03 line=01"), none = line_of("01 E09 line=01");
    EXPECT_ERR(codebook_answer_check(c.current, &unknown, 1, &yes, &got, &err), ERR_DENIED);
    EXPECT(strcmp(err.clause, RULE_ASKED_UNKNOWN) == 0);
    EXPECT_OK(codebook_answer_check(c.current, &unknown, 1, &none, &got, &err));
    none = line_of("01 E09"); // whether the unknown line expects an answer nobody here can say
    EXPECT_ERR(codebook_answer_check(c.current, &unknown, 1, &none, &got, &err), ERR_DENIED);
    struct phrase_line strange = line_of("01 E77 line=01");
    EXPECT_ERR(codebook_answer_check(c.current, &unknown, 1, &strange, &got, &err), ERR_DENIED);
    EXPECT(strcmp(err.clause, RULE_ANSWER_UNKNOWN) == 0);
    arena_release(&a);
}

TEST(free_text_is_answered_by_acknowledgement_or_a_coded_phrase)
{
    struct arena a;
    struct codebook c = load(&a);
    struct err err = {0};
    struct answer got[3];
    struct phrase_line asked = line_of("01 P90 language=en subject=other");
    struct phrase_line lines[3] = {line_of("01 P90 language=ru subject=other")};
    EXPECT_ERR(codebook_answers_check(c.current, &asked, 1, lines, 1, got, &err), ERR_DENIED);
    EXPECT(strcmp(err.clause, RULE_FREE_TEXT) == 0);
    lines[1] = line_of("02 E01");
    EXPECT_OK(codebook_answers_check(c.current, &asked, 1, lines, 2, got, &err));
    EXPECT(got[0].effect == ANSWER_EFFECT_COUNT);
    EXPECT(got[1].effect == ANSWER_ANSWERS);
    lines[1] = line_of("02 C03"); // a coded statement beside it is a coded message
    EXPECT_OK(codebook_answers_check(c.current, &asked, 1, lines, 2, got, &err));
    lines[2] = line_of("03 E03 line=01");
    EXPECT_ERR(codebook_answers_check(c.current, &asked, 1, lines, 3, got, &err), ERR_DENIED);
    arena_release(&a);
}

TEST(desk_and_precedence_are_bounded_by_the_book)
{
    struct arena a;
    struct codebook c = load(&a);
    struct err err = {0};
    const struct phrase *indicators = book_phrase(c.current, STR("N04"));
    EXPECT_OK(
        codebook_send_check(c.current, indicators, STR("technical"), PRECEDENCE_IMMEDIATE, &err));
    EXPECT_ERR(codebook_send_check(c.current, indicators, STR("technical"), PRECEDENCE_FLASH, &err),
               ERR_DENIED);
    EXPECT(strcmp(err.clause, RULE_PRECEDENCE) == 0);
    EXPECT_ERR(
        codebook_send_check(c.current, indicators, STR("diplomatic"), PRECEDENCE_ROUTINE, &err),
        ERR_DENIED);
    EXPECT(strcmp(err.clause, RULE_DESK) == 0);
    EXPECT_ERR(codebook_send_check(c.current, indicators, STR("kitchen"), PRECEDENCE_ROUTINE, &err),
               ERR_DENIED);
    arena_release(&a);
}
