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

// What was asked of the dialogue, written out: per response attribute the answers besides the
// neutral (E01 E02 E07 E08 E09) and procedure (P10 P11) ones, which are always allowed.
static const struct {
    enum response response;
    const char *answers, *rule;
} wanted[] = {
    {RESPONSE_NONE, "", RULE_RESPONSE_NONE},
    {RESPONSE_ACKNOWLEDGE, "", RULE_RESPONSE_ACKNOWLEDGE},
    {RESPONSE_YES_NO, "E03 E04", RULE_RESPONSE_YES_NO},
    {RESPONSE_CAN_CANNOT, "E05 E06", RULE_RESPONSE_CAN_CANNOT},
    {RESPONSE_VALUE, "E10 E05 E06", RULE_RESPONSE_VALUE}, // what R02 offers
};
static const char always[] = "E01 E02 E07 E08 E09 P10 P11";

static bool listed(const char *list, struct str code)
{
    char text[PHRASE_CODE_CHARS + 1] = {code.ptr[0], code.ptr[1], code.ptr[2], 0};
    return strstr(list, text) != NULL;
}

static const char *rule_for(const struct phrase *asked, const struct phrase *answer)
{
    if (str_eq(answer->code, STR("P90")))
        return RULE_FREE_TEXT;
    if (answer->code.ptr[0] != 'E' && !listed(always, answer->code))
        return RULE_NOT_AN_ANSWER;
    if (listed(always, answer->code) || listed(wanted[asked->response].answers, answer->code))
        return NULL;
    return wanted[asked->response].rule;
}

TEST(every_phrase_takes_exactly_the_answers_its_response_attribute_allows)
{
    struct arena a;
    struct codebook c = load(&a);
    size_t allowed = 0, refused = 0;
    for (size_t i = 0; i < c.current->phrases_count; i++) {
        const struct phrase *asked = &c.current->phrases[i];
        struct phrase_line question = sample_line(asked, 1, true);
        for (size_t j = 0; j < c.current->phrases_count; j++) {
            const struct phrase *answer = &c.current->phrases[j];
            struct phrase_line line = sample_line(answer, 1, true);
            struct err err = {0};
            struct answer got = {.line = 99};
            for (size_t p = 0; p < line.parameters_count; p++)
                if (str_eq(line.parameters[p].name, STR("line")))
                    line.parameters[p].value = STR("01");
            const char *rule = rule_for(asked, answer);
            bool good = codebook_answer_check(c.current, &question, 1, &line, &got, &err);
            if (good != (rule == NULL))
                fail_msg("%.*s to %.*s: %s", STR_ARG(answer->code), STR_ARG(asked->code), err.text);
            if (!good && strcmp(err.clause, rule) != 0)
                fail_msg("%.*s to %.*s: %s, not %s", STR_ARG(answer->code), STR_ARG(asked->code),
                         err.clause, rule);
            EXPECT(good ? got.line == 1 : err.kind == ERR_DENIED);
            EXPECT(good || got.line == 99);
            allowed += good ? 1 : 0;
            refused += good ? 0 : 1;
        }
    }
    print_message("%zu allowed, %zu refused\n", allowed, refused);
    EXPECT(allowed + refused == c.current->phrases_count * c.current->phrases_count);
    arena_release(&a);
}

TEST(the_buttons_are_the_allowed_answers_neutral_first)
{
    struct arena a;
    struct codebook c = load(&a);
    const struct phrase *got[BOOK_PHRASES_MAX];
    size_t count = codebook_answers_offered(c.current, book_phrase(c.current, STR("R01")), got);
    const char *const order[] = {"E01", "E02", "E07", "E08", "E09", "P10", "P11", "E05", "E06"};
    EXPECT(count == 9);
    for (size_t i = 0; i < count; i++)
        EXPECT(str_eq(got[i]->code, str_of(order[i])));
    count = codebook_answers_offered(c.current, NULL, got); // a code this book does not hold
    EXPECT(count == 7);
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
