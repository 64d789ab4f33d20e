// The guided composition: every phrase of the book is reached and gives exactly its line; what is
// typed wrongly is asked again; back is back; nothing typed in any order trips a check.
#include "cli/guided.h"
#include "tests/codebook/samples.h"

#include <stdio.h>
#include <stdlib.h>

// 2026-07-14T04:01:05Z
static const struct moment now = {1784001665};
static const struct guided_name names[] = {{{"XA", 2}, {"Abar", 4}, NULL},
                                           {{"XB", 2}, {"Belan", 5}, NULL},
                                           {{"XC", 2}, {"Corr", 4}, NULL}};
struct table {
    struct arena arena;
    struct codebook books;
    struct find_index *index;
    struct guided_setup setup;
    struct guided machine;
};

static void set_up(struct table *t, const char *language)
{
    struct err err = {0};
    *t = (struct table){.index = NULL};
    arena_init(&t->arena, (size_t)256 << 20);
    EXPECT_OK(codebook_embedded(&t->arena, &t->books, &err));
    const struct book *book = t->books.current;
    const struct rendering *english = codebook_rendering(&t->books, book, STR("en"));
    struct render_with reader = {.book = book,
                                 .language = codebook_rendering(&t->books, book, str_of(language)),
                                 .english = english,
                                 .states = &sample_states};
    EXPECT(reader.language != NULL);
    t->setup =
        (struct guided_setup){.speech = {.reader = reader, .partner = reader}, .own = STR("XA")};
    t->setup.speech.partner.language = codebook_rendering(&t->books, book, STR("ru"));
    t->setup.speech.guide = codebook_guide(&t->books, book);
    t->setup.names = names;
    t->setup.names_count = sizeof names / sizeof names[0];
}

static void begin(struct table *t)
{
    struct err err = {0};
    guided_release(&t->machine);
    EXPECT_OK(guided_begin(&t->machine, &t->setup, &err));
}

static void tear_down(struct table *t)
{
    guided_release(&t->machine);
    find_close(t->index);
    arena_release(&t->arena);
}

static void type(struct table *t, const char *line)
{
    struct err err = {0};
    EXPECT_OK(guided_take(&t->machine, str_bytes(str_of(line)), now, &err));
}

static void type_str(struct table *t, struct str line)
{
    struct err err = {0};
    EXPECT_OK(guided_take(&t->machine, str_bytes(line), now, &err));
}

static bool screen_holds(const struct table *t, const char *part)
{
    struct str s = t->machine.screen;
    size_t len = strlen(part);
    for (size_t i = 0; i + len <= s.len; i++)
        if (memcmp(s.ptr + i, part, len) == 0)
            return true;
    return false;
}

// -- every phrase ---------------------------------------------------------------------------------
static void type_values(struct table *t, const struct phrase *p, const struct phrase_line *line)
{
    for (size_t i = 0; i < p->parameters_count; i++) {
        EXPECT(t->machine.step == GUIDED_VALUE);
        const struct str *value = phrase_line_value(line, p->parameters[i].name);
        type_str(t, value == NULL ? STR("") : *value);
    }
}

static void walk_phrase(struct table *t, const struct phrase *p, bool full)
{
    struct err err = {0};
    struct phrase_line line = sample_line(p, 1, full);
    struct str wanted, got;
    begin(t);
    type_str(t, p->code);
    type_values(t, p, &line);
    if (t->machine.step != GUIDED_NEXT)
        fail_msg("%.*s stops at step %d", STR_ARG(p->code), (int)t->machine.step);
    EXPECT(t->machine.made.lines_count == 1);
    EXPECT_OK(guided_line_text(&line, &t->arena, &wanted, &err));
    EXPECT_OK(guided_line_text(&t->machine.made.lines[0], &t->arena, &got, &err));
    if (!str_eq(wanted, got))
        fail_msg("wanted %.*s, got %.*s", STR_ARG(wanted), STR_ARG(got));
    EXPECT(screen_holds(t, wanted.ptr));
    type(t, "3");
    type(t, "");
    type(t, "");
    EXPECT(t->machine.step == GUIDED_CONFIRM);
    type(t, "1");
    EXPECT(t->machine.end == GUIDED_MADE);
    EXPECT(t->machine.made.precedence == PRECEDENCE_ROUTINE);
}

TEST(every_phrase_with_all_and_with_the_fewest_values_gives_exactly_its_line)
{
    struct table t;
    set_up(&t, "en");
    for (size_t i = 0; i < t.books.current->phrases_count; i++) {
        walk_phrase(&t, &t.books.current->phrases[i], true);
        walk_phrase(&t, &t.books.current->phrases[i], false);
    }
    tear_down(&t);
}

TEST(every_situation_leads_to_its_phrases_in_every_language)
{
    struct table t;
    set_up(&t, "en");
    const struct guide *guide = t.setup.speech.guide;
    EXPECT(guide != NULL);
    for (size_t r = 0; r < t.books.renderings_count; r++) {
        t.setup.speech.reader.language = &t.books.renderings[r];
        for (size_t i = 0; i < guide->situations_count; i++) {
            char number[24];
            (void)snprintf(number, sizeof number, "%zu", i + 1);
            begin(&t);
            EXPECT(t.machine.question.len > 0);
            type(&t, number);
            EXPECT(t.machine.step == GUIDED_PHRASE);
            EXPECT(t.machine.offered_count == guide->situations[i].phrases_count);
            EXPECT(str_eq(t.machine.offered[0]->code, guide->situations[i].phrases[0]));
        }
    }
    tear_down(&t);
}

TEST(words_lead_to_a_phrase_and_nonsense_is_said_to_lead_nowhere)
{
    struct table t;
    struct err err = {0};
    set_up(&t, "en");
    EXPECT_OK(find_open(&t.books, t.books.current, STR("en"), false, &t.arena, &t.index, &err));
    t.setup.speech.index = t.index;
    begin(&t);
    type(&t, "qwzxv");
    EXPECT(t.machine.step == GUIDED_SITUATION);
    EXPECT(screen_holds(&t, "Nothing was found"));
    type(&t, "повторите");
    EXPECT(t.machine.step == GUIDED_PHRASE);
    EXPECT(str_eq(t.machine.offered[0]->code, STR("P10")));
    type(&t, "1");
    EXPECT(t.machine.step == GUIDED_VALUE);
    tear_down(&t);
}

// -- values ---------------------------------------------------------------------------------------
TEST(times_are_typed_as_people_do_and_shown_back_in_utc)
{
    struct table t;
    set_up(&t, "en");
    begin(&t);
    type(&t, "r01");
    type(&t, "+4h");
    EXPECT(str_eq(t.machine.line.parameters_count > 0 ? t.machine.line.parameters[0].value
                                                      : t.machine.made.lines[0].parameters[0].value,
                  STR("2026-07-14T08:01:05Z")));
    EXPECT(screen_holds(&t, "8:01:05"));
    EXPECT(screen_holds(&t, "UTC"));
    tear_down(&t);
}

static void until_parameter(struct table *t, const char *name)
{
    for (int i = 0; i < PHRASE_PARAMETERS_MAX; i++) {
        EXPECT(t->machine.step == GUIDED_VALUE);
        const struct book_parameter *p = &t->machine.phrase->parameters[t->machine.at];
        if (str_eq(p->name, str_of(name)))
            return;
        type_str(t, p->required ? sample_text(p) : STR(""));
    }
    fail_msg("no parameter %s", name);
}

TEST(numbered_codes_are_chosen_by_number_and_codes_that_are_digits_by_themselves)
{
    struct table t;
    set_up(&t, "en");
    begin(&t);
    type(&t, "N02");
    until_parameter(&t, "class");
    type(&t, "٣"); // the third of the table, in another script's digits
    const struct book_table *table = book_table(t.books.current, STR("class"));
    EXPECT(str_eq(*phrase_line_value(&t.machine.line, STR("class")), table->codes[2].code));
    begin(&t);
    type(&t, "N01");
    until_parameter(&t, "severity");
    type(&t, "3");
    EXPECT(str_eq(*phrase_line_value(&t.machine.line, STR("severity")), STR("3")));
    tear_down(&t);
}

TEST(a_wrong_value_is_asked_again_with_an_example)
{
    static const char *const wrong[] = {"soon", "yesterday", "a b", "\xff", "2026-07-14", "="};
    struct table t;
    set_up(&t, "en");
    begin(&t);
    type(&t, "N02");
    until_parameter(&t, "when");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        type(&t, wrong[i]);
        EXPECT(t.machine.step == GUIDED_VALUE);
        EXPECT(screen_holds(&t, "was not understood"));
        EXPECT(screen_holds(&t, "Written like this"));
    }
    type(&t, "");
    EXPECT(screen_holds(&t, "cannot be left out"));
    type(&t, "02:10 - 03:55");
    EXPECT(str_eq(*phrase_line_value(&t.machine.line, STR("when")),
                  STR("2026-07-14T02:10:00Z/2026-07-14T03:55:00Z")));
    tear_down(&t);
}

TEST(of_those_of_which_one_is_needed_the_last_cannot_be_left_out)
{
    struct table t;
    set_up(&t, "en");
    for (size_t i = 0; i < t.books.current->phrases_count; i++) {
        const struct phrase *p = &t.books.current->phrases[i];
        if (p->one_of == 0)
            continue;
        size_t last = 0;
        for (size_t b = 0; b < p->parameters_count; b++)
            last = (p->one_of >> b & 1u) != 0 ? b : last;
        begin(&t);
        type_str(&t, p->code);
        while (t.machine.at < last)
            type_str(&t, p->parameters[t.machine.at].required
                             ? sample_text(&p->parameters[t.machine.at])
                             : STR(""));
        EXPECT(screen_holds(&t, "At least one of these"));
        type(&t, "");
        EXPECT(t.machine.at == last);
        EXPECT(screen_holds(&t, "cannot be left out"));
    }
    tear_down(&t);
}

// -- the message ----------------------------------------------------------------------------------
static void make_line(struct table *t, const char *code)
{
    const struct phrase *p = book_phrase(t->books.current, str_of(code));
    struct phrase_line line = sample_line(p, 1, false);
    type(t, code);
    type_values(t, p, &line);
}

TEST(the_message_so_far_stands_in_both_languages_with_its_codes)
{
    struct table t;
    set_up(&t, "en");
    begin(&t);
    make_line(&t, "C01");
    EXPECT(screen_holds(&t, "We draw no conclusion"));
    EXPECT(screen_holds(&t, "C01 — "));
    const struct str *russian = rendering_phrase(t.setup.speech.partner.language, STR("C01"));
    EXPECT(russian != NULL);
    struct str text = *russian;
    char part[64] = {0};
    memcpy(part, text.ptr, text.len < 40 ? text.len : 40);
    EXPECT(screen_holds(&t, part));
    tear_down(&t);
}

TEST(lines_are_added_and_removed_and_numbered_anew)
{
    struct table t;
    set_up(&t, "en");
    begin(&t);
    make_line(&t, "C01");
    type(&t, "1");
    make_line(&t, "C02");
    type(&t, "1");
    make_line(&t, "C03");
    EXPECT(t.machine.made.lines_count == 3);
    type(&t, "2");
    type(&t, "4");
    EXPECT(t.machine.step == GUIDED_REMOVE);
    type(&t, "1");
    EXPECT(t.machine.made.lines_count == 2);
    EXPECT(str_eq(t.machine.made.lines[0].code, STR("C02")));
    EXPECT(t.machine.made.lines[1].number == 2);
    type(&t, "<");
    EXPECT(t.machine.step == GUIDED_REMOVE);
    EXPECT(t.machine.made.lines_count == 3);
    type(&t, "<");
    type(&t, "2");
    type(&t, "1");
    type(&t, "2");
    type(&t, "1");
    type(&t, "2");
    type(&t, "1");
    EXPECT(t.machine.made.lines_count == 0);
    EXPECT(t.machine.step == GUIDED_SITUATION);
    tear_down(&t);
}

TEST(precedence_is_bounded_by_every_phrase)
{
    struct table t;
    enum precedence lowest = PRECEDENCE_FLASH;
    set_up(&t, "en");
    const struct phrase *low = &t.books.current->phrases[0];
    for (size_t i = 0; i < t.books.current->phrases_count; i++) {
        const struct phrase *p = &t.books.current->phrases[i];
        if (p->precedence_max < lowest) {
            lowest = p->precedence_max;
            low = p;
        }
    }
    begin(&t);
    char code[4] = {0};
    memcpy(code, low->code.ptr, 3);
    make_line(&t, code);
    type(&t, "3");
    EXPECT(t.machine.step == GUIDED_PRECEDENCE);
    type(&t, "FLASH");
    EXPECT(t.machine.step == GUIDED_PRECEDENCE);
    type(&t, "4");
    EXPECT(t.machine.step == GUIDED_PRECEDENCE);
    type(&t, precedence_word(lowest));
    EXPECT(t.machine.step == GUIDED_TLP);
    type(&t, "RED");
    EXPECT(str_eq(t.machine.made.tlp, STR("RED")));
    EXPECT(screen_holds(&t, "TLP:RED"));
    tear_down(&t);
}

// -- to whom --------------------------------------------------------------------------------------
TEST(with_a_node_it_asks_to_whom_and_from_which_desk_and_offers_what_that_desk_may_send)
{
    struct table t;
    set_up(&t, "en");
    t.setup.addressed = true;
    begin(&t);
    EXPECT(t.machine.step == GUIDED_STATE);
    EXPECT(!screen_holds(&t, "Abar")); // nobody writes to himself
    type(&t, "XA");
    EXPECT(t.machine.step == GUIDED_STATE);
    type(&t, "1");
    EXPECT(str_eq(t.machine.made.to_state, STR("XB")));
    type(&t, "judicial");
    type(&t, "");
    EXPECT(str_eq(t.machine.made.from, STR("judicial")));
    EXPECT(t.machine.step == GUIDED_SITUATION);
    for (size_t i = 0; i < t.books.current->phrases_count; i++) {
        const struct phrase *p = &t.books.current->phrases[i];
        if (book_desk_may_send(t.books.current, p, STR("judicial")))
            continue;
        type_str(&t, p->code);
        EXPECT(t.machine.step == GUIDED_SITUATION);
        EXPECT(screen_holds(&t, "may not send"));
    }
    tear_down(&t);
}

// -- answering ------------------------------------------------------------------------------------
TEST(answers_are_those_the_line_allows_neutral_ones_first)
{
    struct table t;
    set_up(&t, "en");
    struct phrase_line asked[2];
    asked[0] = sample_line(book_phrase(t.books.current, STR("N02")), 1, false);
    asked[1] = sample_line(book_phrase(t.books.current, STR("R01")), 2, false);
    t.setup.asked = asked;
    t.setup.asked_count = 2;
    begin(&t);
    EXPECT(t.machine.step == GUIDED_ASKED);
    type(&t, "3");
    EXPECT(t.machine.step == GUIDED_ASKED);
    type(&t, "2");
    EXPECT(t.machine.step == GUIDED_PHRASE);
    EXPECT(str_eq(t.machine.offered[0]->code, STR("E01")));
    type(&t, "N01"); // no answer
    EXPECT(t.machine.step == GUIDED_PHRASE);
    type(&t, "E02");
    EXPECT(t.machine.step == GUIDED_VALUE);
    type(&t, "+2h");
    struct str text;
    struct err err = {0};
    EXPECT_OK(guided_line_text(t.machine.made.lines_count > 0 ? &t.machine.made.lines[0]
                                                              : &t.machine.line,
                               &t.arena, &text, &err));
    EXPECT(str_starts(text, STR("E02 line=02 until=2026-07-14T06:01:05Z")));
    tear_down(&t);
}

TEST(one_line_that_is_answered_is_not_asked_for)
{
    struct table t;
    set_up(&t, "en");
    struct phrase_line asked = {.number = 1, .code = STR("Z77")}; // not of this book
    t.setup.asked = &asked;
    t.setup.asked_count = 1;
    begin(&t);
    EXPECT(t.machine.step == GUIDED_PHRASE);
    EXPECT(t.machine.offered_count > 0);
    tear_down(&t);
}

// -- back, leaving, help --------------------------------------------------------------------------
TEST(back_from_every_step_leads_to_the_one_before_and_the_same_answer_leads_on)
{
    static const char *const answers[] = {
        "XB", "technical", "",  "N02", "",  "ddos", "02:10/03:55", "198.51.100.0/24", "", "",
        "",   "",          "1", "C01", "3", "",     "GREEN"};
    struct table t;
    set_up(&t, "en");
    t.setup.addressed = true;
    begin(&t);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        enum guided_step step = t.machine.step;
        size_t at = t.machine.at;
        struct str question;
        struct err err = {0};
        EXPECT_OK(arena_str(&t.arena, t.machine.question, &question, &err));
        type(&t, answers[i]);
        EXPECT(t.machine.inputs_count == i + 1);
        type(&t, "<");
        EXPECT(t.machine.step == step);
        EXPECT(step != GUIDED_VALUE || t.machine.at == at);
        EXPECT(str_eq(t.machine.question, question));
        type(&t, answers[i]);
    }
    EXPECT(t.machine.step == GUIDED_CONFIRM);
    EXPECT(t.machine.made.lines_count == 2);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0] + 3; i++)
        type(&t, "<");
    EXPECT(t.machine.step == GUIDED_STATE);
    tear_down(&t);
}

TEST(leaving_keeps_nothing_and_says_so_and_help_changes_nothing)
{
    struct table t;
    set_up(&t, "en");
    begin(&t);
    type(&t, "N02");
    size_t at = t.machine.at;
    type(&t, "?");
    EXPECT(t.machine.at == at);
    EXPECT(screen_holds(&t, "q leaves"));
    type(&t, "q");
    EXPECT(t.machine.end == GUIDED_LEFT);
    EXPECT(screen_holds(&t, "Nothing was kept"));
    tear_down(&t);
}

TEST(the_words_of_a_right_to_left_language_are_isolated)
{
    struct table t;
    set_up(&t, "ar");
    begin(&t);
    EXPECT(screen_holds(&t, "\xE2\x81\xA7"));
    make_line(&t, "C01");
    EXPECT(screen_holds(&t, "\xE2\x81\xA7"));
    tear_down(&t);
}

// -- anything at all ------------------------------------------------------------------------------
static const char *const random_inputs[] = {
    "1",
    "2",
    "3",
    "4",
    "9",
    "30",
    "",
    "",
    "<",
    "?",
    "N02",
    "r01",
    "E02",
    "ddos",
    "XB",
    "XA",
    "technical",
    "+4h",
    "02:10/03:55",
    "4h",
    "23",
    "AS64500",
    "198.51.100.0/24",
    "a.example",
    "CVE-2026-0001",
    "https://a.example/",
    "ru",
    "01",
    "RED",
    "FLASH",
    "say again",
    "нас атакуют",
    "\xff\xfe",
    "=",
    "vendor:product",
    "XA/XB-2026-0012",
    "XA:HIGH",
    "sha256:00",
    "99",
    "0",
    "-1",
    "18446744073709551616",
    " 1 ",
    "٣",
};

static void wander(struct table *t, unsigned *seed, int steps)
{
    begin(t);
    for (int i = 0; i < steps && t->machine.end == GUIDED_ASKS; i++) {
        struct err err = {0};
        size_t count = sizeof random_inputs / sizeof random_inputs[0];
        const char *in = random_inputs[(size_t)rand_r(seed) % count];
        if (!guided_take(&t->machine, str_bytes(str_of(in)), now, &err))
            fail_msg("\"%s\": %s", in, err.text);
        EXPECT(t->machine.end != GUIDED_ASKS || t->machine.question.len > 0);
    }
    for (size_t i = 0; i < t->machine.made.lines_count; i++) {
        struct checked_line checked;
        struct err err = {0};
        EXPECT_OK(phrase_line_check(t->books.current, &sample_states, &t->machine.made.lines[i],
                                    &checked, &err));
        EXPECT(t->machine.made.lines[i].number == i + 1);
    }
}

TEST(no_sequence_of_inputs_trips_a_check_and_every_line_made_is_of_the_book)
{
    struct table t;
    struct err err = {0};
    unsigned seed = (unsigned)test_seed();
    set_up(&t, "fa");
    EXPECT_OK(find_open(&t.books, t.books.current, STR("fa"), false, &t.arena, &t.index, &err));
    t.setup.speech.index = t.index;
    struct phrase_line asked[2];
    asked[0] = sample_line(book_phrase(t.books.current, STR("N02")), 1, false);
    asked[1] = (struct phrase_line){.number = 2, .code = STR("Z77")};
    t.setup.asked = asked;
    for (int i = 0; i < 12; i++) {
        t.setup.addressed = i % 2 == 0;
        t.setup.asked_count = (size_t)i % 3;
        wander(&t, &seed, 120);
    }
    tear_down(&t);
}
