#include "access/gate.h"
#include "access/rights.h"
#include "record/registry.h"
#include "tests/community/made.h"

// A case that nothing refuses; every test then breaks one thing.
struct fine {
    struct made m;
    struct attachment named;
    struct gate_attachment held;
    struct gate_phrase phrase;
    struct str markings[3];
    struct record record;
    struct gate_case c;
};

static void fine_init(struct fine *f)
{
    memset(f, 0, sizeof *f);
    made_init(&f->m, 2, "");
    f->named = (struct attachment){.blob = digest_of(str_bytes(STR("a file"))),
                                   .size = 6,
                                   .media = STR("text/plain"),
                                   .name = STR("a.txt")};
    f->held = (struct gate_attachment){f->named.blob, TLP_GREEN};
    f->phrase = (struct gate_phrase){STR("N02"), 1U << DESK_TECHNICAL, PRECEDENCE_IMMEDIATE};
    f->markings[0] = STR("OPEN");
    f->markings[1] = STR("OFFICIAL");
    f->markings[2] = STR("SECRET");
    f->record = (struct record){.log = STR("xa.example/demo"),
                                .type = record_type_find(STR("message")),
                                .precedence = PRECEDENCE_IMMEDIATE,
                                .tlp = TLP_AMBER,
                                .attachments = &f->named,
                                .attachments_count = 1};
    EXPECT(address_read(STR("XA/technical"), &f->record.from));
    EXPECT(address_read(STR("XB/technical"), &f->record.to));
    f->c = (struct gate_case){.record = &f->record,
                              .chains = &f->m.chains,
                              .partner_on = true,
                              .attachments = &f->held,
                              .attachments_count = 1,
                              .phrases = &f->phrase,
                              .phrases_count = 1,
                              .markings = f->markings,
                              .markings_count = 3,
                              .markings_allowed = 2};
}

static void expect_rule(struct fine *f, enum gate_rule wanted)
{
    struct err err = {0};
    enum gate_rule rule = GATE_NONE;
    bool passed = gate_check(&f->c, &rule, &err);
    if (rule != wanted || passed != (wanted == GATE_NONE))
        fail_msg("wanted %s, got %s: %s", gate_rule_word(wanted), gate_rule_word(rule), err.text);
    EXPECT(passed || err.kind == ERR_DENIED);
    made_release(&f->m);
}

TEST(a_record_that_fits_its_handling_passes)
{
    struct fine f;
    fine_init(&f);
    expect_rule(&f, GATE_NONE);
}

TEST(an_addressee_is_another_state_of_the_community)
{
    struct fine f;
    fine_init(&f);
    EXPECT(address_read(STR("XZ/technical"), &f.record.to));
    expect_rule(&f, GATE_ADDRESSEE);
    fine_init(&f);
    EXPECT(address_read(STR("XA/diplomatic"), &f.record.to));
    expect_rule(&f, GATE_ADDRESSEE);
}

TEST(nothing_is_sent_to_a_partner_with_whom_exchange_is_off)
{
    struct fine f;
    fine_init(&f);
    f.c.partner_on = false;
    expect_rule(&f, GATE_PARTNER);
}

TEST(an_addressee_without_a_current_key_gets_nothing)
{
    struct fine f;
    fine_init(&f);
    f.m.items[1] = NULL;
    expect_rule(&f, GATE_KEY);
}

TEST(an_open_record_is_at_most_green)
{
    static const enum tlp refused[] = {TLP_AMBER, TLP_AMBER_STRICT, TLP_RED};
    struct fine f;
    for (size_t i = 0; i < 3; i++) {
        fine_init(&f);
        f.record.open = true;
        f.record.tlp = refused[i];
        expect_rule(&f, GATE_TLP_OPEN);
    }
    fine_init(&f);
    f.record.open = true;
    f.record.tlp = TLP_GREEN;
    expect_rule(&f, GATE_NONE);
}

TEST(red_goes_to_one_desk_of_one_state)
{
    struct fine f;
    fine_init(&f);
    f.record.tlp = TLP_RED;
    expect_rule(&f, GATE_NONE);
    fine_init(&f);
    f.record.tlp = TLP_RED;
    f.c.circular = true;
    expect_rule(&f, GATE_TLP_CIRCULAR);
    fine_init(&f);
    f.record.tlp = TLP_RED;
    EXPECT(address_read(STR("XB"), &f.record.to));
    expect_rule(&f, GATE_TLP_DESK);
}

TEST(attachments_held_and_named_are_the_same)
{
    struct fine f;
    fine_init(&f);
    f.record.attachments_count = 0;
    expect_rule(&f, GATE_ATTACHMENT);
    fine_init(&f);
    f.c.attachments_count = 0;
    expect_rule(&f, GATE_ATTACHMENT_ABSENT);
    fine_init(&f);
    f.held.tlp = TLP_RED;
    expect_rule(&f, GATE_TLP_ATTACHMENT);
}

TEST(exercise_traffic_says_so_and_real_traffic_does_not)
{
    struct fine f;
    fine_init(&f);
    f.c.exercise_running = true;
    expect_rule(&f, GATE_EXERCISE);
    fine_init(&f);
    f.c.answers_something = true;
    f.c.answers_exercise = true;
    expect_rule(&f, GATE_EXERCISE);
    fine_init(&f);
    f.c.answers_something = true;
    f.record.exercise = true;
    expect_rule(&f, GATE_EXERCISE_REAL);
    fine_init(&f);
    f.c.exercise_running = true;
    f.record.exercise = true;
    expect_rule(&f, GATE_NONE);
}

TEST(a_marking_is_our_own_and_not_above_the_ceiling)
{
    struct fine f;
    fine_init(&f);
    EXPECT(marking_read(STR("XA:OFFICIAL"), &f.record.marking));
    expect_rule(&f, GATE_NONE);
    fine_init(&f);
    EXPECT(marking_read(STR("XA:SECRET"), &f.record.marking));
    expect_rule(&f, GATE_MARKING);
    fine_init(&f);
    EXPECT(marking_read(STR("XA:UNHEARD-OF"), &f.record.marking));
    expect_rule(&f, GATE_MARKING);
    fine_init(&f);
    EXPECT(marking_read(STR("XB:OPEN"), &f.record.marking));
    expect_rule(&f, GATE_MARKING_STATE);
    fine_init(&f); // by default nothing that is marked may leave
    EXPECT(marking_read(STR("XA:OPEN"), &f.record.marking));
    f.c.markings_allowed = 0;
    expect_rule(&f, GATE_MARKING);
}

TEST(a_phrase_keeps_to_its_desks_and_its_highest_precedence)
{
    struct fine f;
    fine_init(&f);
    f.phrase.desks = 1U << DESK_DIPLOMATIC;
    expect_rule(&f, GATE_PHRASE_DESK);
    fine_init(&f);
    f.record.precedence = PRECEDENCE_FLASH;
    expect_rule(&f, GATE_PHRASE_PRECEDENCE);
}

// -- rights ---------------------------------------------------------------------------------------

// What each need asks, written down a second time and walked for every caller, role and desk.
static bool asked(const struct caller *who, enum need need, enum desk desk)
{
    unsigned roles = who->officer == NULL ? 0 : who->officer->roles;
    unsigned desks = who->officer == NULL ? who->desks : who->officer->desks;
    bool officer = who->kind == CALLER_OFFICER;
    bool here = desk != DESK_NONE && (desks >> desk & 1U) != 0;
    switch (need) {
    case NEED_NOTHING:
        return who->kind != CALLER_NONE;
    case NEED_PEER:
        return who->kind == CALLER_PEER;
    case NEED_STATUS:
        return who->kind == CALLER_LOCAL || officer;
    case NEED_OPERATE:
        return who->kind == CALLER_LOCAL;
    case NEED_OFFICER:
        return officer;
    case NEED_READ:
        return officer && here;
    case NEED_DRAFT:
        return officer && here && (roles & (1U << OFFICER_DRAFTER | 1U << OFFICER_RELEASER)) != 0;
    case NEED_RELEASE:
        return officer && here && (roles & 1U << OFFICER_RELEASER) != 0;
    case NEED_EXPORT:
        return officer && here && (roles & 1U << OFFICER_EXPORT) != 0;
    case NEED_ADMINISTER:
        return officer && (roles & 1U << OFFICER_ADMINISTRATOR) != 0;
    case NEED_APPLY:
        return officer && (roles & 1U << OFFICER_RELEASER) != 0;
    case NEED_TOOL_READ:
    case NEED_TOOL_DRAFT:
        return who->kind == CALLER_TOOL && here;
    case NEED_INVALID:
    case NEED_COUNT:
        return false;
    }
    return false;
}

TEST(every_caller_role_and_desk_gets_what_the_table_says)
{
    for (int kind = 0; kind < CALLER_KIND_COUNT; kind++) {
        for (unsigned roles = 0; roles < 1U << OFFICER_ROLE_COUNT; roles++) {
            struct officer officer = {
                .name = STR("anna"), .desks = 1U << DESK_TECHNICAL, .roles = roles};
            struct caller who = {.kind = (enum caller_kind)kind, .desks = 1U << DESK_TECHNICAL};
            who.officer = kind == CALLER_OFFICER ? &officer : NULL;
            for (int need = 0; need < NEED_COUNT * DESK_COUNT; need++) {
                enum need n = (enum need)(need / DESK_COUNT);
                enum desk d = (enum desk)(need % DESK_COUNT);
                struct err err = {0};
                bool may = rights_check(&who, n, d, &err);
                if (may != asked(&who, n, d))
                    fail_msg("caller %d, roles %x, need %s, desk %d", kind, roles, need_word(n),
                             (int)d);
                EXPECT(may || err.kind == ERR_DENIED);
                EXPECT(may == rights_has(&who, n, d));
            }
        }
    }
}

TEST(a_row_that_forgot_its_need_lets_nobody_in)
{
    struct officer all = {.desks = ~0U, .roles = ~0U};
    const struct caller callers[] = {{.kind = CALLER_OFFICER, .officer = &all},
                                     {.kind = CALLER_LOCAL},
                                     {.kind = CALLER_PEER},
                                     {.kind = CALLER_TOOL, .desks = ~0U}};
    for (size_t i = 0; i < 4; i++)
        EXPECT(!rights_has(&callers[i], (enum need)0, DESK_TECHNICAL));
}
