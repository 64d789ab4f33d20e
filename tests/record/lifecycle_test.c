// Delivery and dialogue: every state x act pair, and timelines in every order.
#include "record/lifecycle.h"
#include "tests/test.h"

// -- the tables, walked ------------------------------------------------------------------------
// The law once more, as the design says it, to hold the tables against: '-' nothing, else the
// first letter of the target and who.
struct wanted {
    int from, act, to;
    unsigned by;
};
static void walk(const struct lifecycle *table, const struct wanted *rows, size_t count)
{
    size_t allowed = 0;
    for (int from = 0; from < table->states_count; from++) {
        for (int act = 0; act < ACT_COUNT; act++) {
            const struct wanted *want = NULL;
            for (size_t i = 0; i < count; i++)
                if (rows[i].from == from && rows[i].act == act)
                    want = &rows[i];
            for (unsigned bit = 0; bit < PARTY_BITS; bit++) {
                struct err err = {0};
                int to = -1;
                enum party by = (enum party)(1u << bit);
                bool may = want && (want->by & (unsigned)by) != 0;
                EXPECT(lifecycle_apply(table, from, (enum act)act, by, &to, &err) == may);
                EXPECT(to == (may ? want->to : -1)); // outputs stay untouched on failure
                EXPECT(may || err.kind == ERR_DENIED);
                allowed += may;
            }
        }
    }
    EXPECT(allowed > 0);
}
TEST(delivery_moves_forward_only_and_only_by_the_right_party)
{
    enum {
        L = DELIVERY_LOGGED,
        C = DELIVERY_COSIGNED,
        H = DELIVERY_HELD,
        A = DELIVERY_ACKNOWLEDGED,
        N = DELIVERY_ANSWERED,
        Z = DELIVERY_CLOSED
    };
    static const struct wanted rows[] = {
        {DELIVERY_DRAFT, ACT_SUBMIT, DELIVERY_AWAITING_RELEASE, PARTY_DRAFTER},
        {DELIVERY_AWAITING_RELEASE, ACT_REFUSE, DELIVERY_DRAFT, PARTY_RELEASER},
        {DELIVERY_AWAITING_RELEASE, ACT_RELEASE, DELIVERY_RELEASED, PARTY_RELEASER},
        {DELIVERY_RELEASED, ACT_LOG, L, PARTY_AUTHOR_NODE},
        {L, ACT_COSIGN, C, PARTY_COSIGNER},
        {C, ACT_COSIGN, C, PARTY_COSIGNER},
        {H, ACT_COSIGN, H, PARTY_COSIGNER},
        {A, ACT_COSIGN, A, PARTY_COSIGNER},
        {N, ACT_COSIGN, N, PARTY_COSIGNER},
        {Z, ACT_COSIGN, Z, PARTY_COSIGNER},
        {L, ACT_REPORT_MISSING, L, PARTY_ADDRESSEE_NODE},
        {C, ACT_REPORT_MISSING, C, PARTY_ADDRESSEE_NODE},
        {L, ACT_REPORT_UNREADABLE, L, PARTY_ADDRESSEE_NODE},
        {C, ACT_REPORT_UNREADABLE, C, PARTY_ADDRESSEE_NODE},
        {L, ACT_HOLD, H, PARTY_ADDRESSEE_NODE},
        {C, ACT_HOLD, H, PARTY_ADDRESSEE_NODE},
        {H, ACT_HOLD, H, PARTY_ADDRESSEE_NODE},
        {A, ACT_HOLD, A, PARTY_ADDRESSEE_NODE},
        {N, ACT_HOLD, N, PARTY_ADDRESSEE_NODE},
        {Z, ACT_HOLD, Z, PARTY_ADDRESSEE_NODE},
        {L, ACT_ACKNOWLEDGE, A, PARTY_ADDRESSEE},
        {C, ACT_ACKNOWLEDGE, A, PARTY_ADDRESSEE},
        {H, ACT_ACKNOWLEDGE, A, PARTY_ADDRESSEE},
        {A, ACT_ACKNOWLEDGE, A, PARTY_ADDRESSEE},
        {L, ACT_STAND_BY, A, PARTY_ADDRESSEE},
        {C, ACT_STAND_BY, A, PARTY_ADDRESSEE},
        {H, ACT_STAND_BY, A, PARTY_ADDRESSEE},
        {A, ACT_STAND_BY, A, PARTY_ADDRESSEE},
        {L, ACT_ANSWER, N, PARTY_ADDRESSEE},
        {C, ACT_ANSWER, N, PARTY_ADDRESSEE},
        {H, ACT_ANSWER, N, PARTY_ADDRESSEE},
        {A, ACT_ANSWER, N, PARTY_ADDRESSEE},
        {N, ACT_ANSWER, N, PARTY_ADDRESSEE},
        {L, ACT_CLOSE, Z, PARTY_AUTHOR},
        {C, ACT_CLOSE, Z, PARTY_AUTHOR},
        {H, ACT_CLOSE, Z, PARTY_AUTHOR},
        {A, ACT_CLOSE, Z, PARTY_AUTHOR},
        {N, ACT_CLOSE, Z, PARTY_AUTHOR | PARTY_ADDRESSEE},
    };
    walk(&lifecycle_delivery, rows, sizeof rows / sizeof rows[0]);
    EXPECT(lifecycle_delivery.steps_count == sizeof rows / sizeof rows[0]);
}
TEST(dialogue_is_settled_by_the_addressee_and_ended_by_the_author)
{
    enum {
        NO = DIALOGUE_NONE,
        O = DIALOGUE_OPEN,
        S = DIALOGUE_STANDING_BY,
        V = DIALOGUE_OVERDUE,
        A = DIALOGUE_ANSWERED,
        Z = DIALOGUE_CLOSED
    };
    static const struct wanted rows[] = {
        {NO, ACT_ACKNOWLEDGE, NO, PARTY_ADDRESSEE},
        {O, ACT_ACKNOWLEDGE, O, PARTY_ADDRESSEE},
        {S, ACT_ACKNOWLEDGE, S, PARTY_ADDRESSEE},
        {V, ACT_ACKNOWLEDGE, V, PARTY_ADDRESSEE},
        {A, ACT_ACKNOWLEDGE, A, PARTY_ADDRESSEE},
        {O, ACT_STAND_BY, S, PARTY_ADDRESSEE},
        {S, ACT_STAND_BY, S, PARTY_ADDRESSEE},
        {V, ACT_STAND_BY, S, PARTY_ADDRESSEE},
        {NO, ACT_ANSWER, A, PARTY_ADDRESSEE},
        {O, ACT_ANSWER, A, PARTY_ADDRESSEE},
        {S, ACT_ANSWER, A, PARTY_ADDRESSEE},
        {V, ACT_ANSWER, A, PARTY_ADDRESSEE},
        {A, ACT_ANSWER, A, PARTY_ADDRESSEE},
        {NO, ACT_CLOSE, Z, PARTY_AUTHOR},
        {O, ACT_CLOSE, Z, PARTY_AUTHOR},
        {S, ACT_CLOSE, Z, PARTY_AUTHOR},
        {V, ACT_CLOSE, Z, PARTY_AUTHOR},
        {A, ACT_CLOSE, Z, PARTY_AUTHOR | PARTY_ADDRESSEE},
        {NO, ACT_REPLACE, Z, PARTY_AUTHOR},
        {O, ACT_REPLACE, Z, PARTY_AUTHOR},
        {S, ACT_REPLACE, Z, PARTY_AUTHOR},
        {V, ACT_REPLACE, Z, PARTY_AUTHOR},
        {A, ACT_REPLACE, Z, PARTY_AUTHOR},
        {NO, ACT_WITHDRAW, Z, PARTY_AUTHOR},
        {O, ACT_WITHDRAW, Z, PARTY_AUTHOR},
        {S, ACT_WITHDRAW, Z, PARTY_AUTHOR},
        {V, ACT_WITHDRAW, Z, PARTY_AUTHOR},
        {A, ACT_WITHDRAW, Z, PARTY_AUTHOR},
        {O, ACT_EXPIRE, V, PARTY_CLOCK},
        {S, ACT_EXPIRE, V, PARTY_CLOCK},
    };
    walk(&lifecycle_dialogue, rows, sizeof rows / sizeof rows[0]);
    EXPECT(lifecycle_dialogue.steps_count == sizeof rows / sizeof rows[0]);
}
TEST(no_table_has_two_rows_for_one_state_and_act)
{
    const struct lifecycle *const tables[] = {&lifecycle_delivery, &lifecycle_dialogue};
    for (size_t t = 0; t < 2; t++)
        for (size_t i = 0; i < tables[t]->steps_count; i++)
            for (size_t j = i + 1; j < tables[t]->steps_count; j++)
                EXPECT(tables[t]->steps[i].from != tables[t]->steps[j].from ||
                       tables[t]->steps[i].act != tables[t]->steps[j].act);
}

// -- timelines ---------------------------------------------------------------------------------
static struct fact fact(enum act act, enum party by, int64_t at)
{
    return (struct fact){.act = act, .by = by, .at = {at}};
}
static struct fact on_line(enum act act, int64_t at, unsigned line, int64_t until)
{
    return (struct fact){
        .act = act, .by = PARTY_ADDRESSEE, .at = {at}, .line = line, .until = {until}};
}
static struct fact cosigned(int64_t at, uint32_t by)
{
    return (struct fact){.act = ACT_COSIGN, .by = PARTY_COSIGNER, .at = {at}, .cosigner = by};
}
static struct fact held(int64_t at, uint32_t attachments)
{
    return (struct fact){
        .act = ACT_HOLD, .by = PARTY_ADDRESSEE_NODE, .at = {at}, .attachments_held = attachments};
}
static const struct expectation asks[] = {
    {.line = 1,
     .acknowledge_suffices = true,
     .stand_by_allowed = true,
     .has_deadline = true,
     .respond_by = {1000}},
    {.line = 2, .stand_by_allowed = true, .has_deadline = true, .respond_by = {2000}},
};
static const struct record_subject sent = {.begins = DELIVERY_LOGGED,
                                           .expectations = asks,
                                           .expectations_count = 2,
                                           .cosigners_all = 2,
                                           .cosigners_quorum = 2,
                                           .attachments_all = 1};
static struct record_state at(const struct record_subject *s, const struct fact *facts,
                              size_t count, int64_t now)
{
    struct record_state state;
    record_state_at(s, facts, count, (struct moment){now}, &state);
    return state;
}
#define AT(subject, facts, now) at(subject, facts, sizeof(facts) / sizeof(facts)[0], now)

TEST(a_draft_goes_to_and_fro_until_it_is_released_and_logged)
{
    static const struct record_subject own = {.begins = DELIVERY_DRAFT};
    const struct fact facts[] = {
        fact(ACT_LOG, PARTY_AUTHOR_NODE, 50), fact(ACT_RELEASE, PARTY_RELEASER, 40),
        fact(ACT_SUBMIT, PARTY_DRAFTER, 30),  fact(ACT_REFUSE, PARTY_RELEASER, 20),
        fact(ACT_SUBMIT, PARTY_DRAFTER, 10),
    };
    EXPECT(AT(&own, facts, 5).delivery == DELIVERY_DRAFT);
    EXPECT(AT(&own, facts, 10).delivery == DELIVERY_AWAITING_RELEASE);
    EXPECT(AT(&own, facts, 20).delivery == DELIVERY_DRAFT);
    EXPECT(AT(&own, facts, 30).delivery == DELIVERY_AWAITING_RELEASE);
    EXPECT(AT(&own, facts, 40).delivery == DELIVERY_RELEASED);
    EXPECT(AT(&own, facts, 50).delivery == DELIVERY_LOGGED);
}
TEST(a_drafter_does_not_release_and_nothing_runs_before_the_log)
{
    struct record_subject own = sent;
    own.begins = DELIVERY_DRAFT;
    const struct fact facts[] = {
        fact(ACT_SUBMIT, PARTY_DRAFTER, 10), fact(ACT_RELEASE, PARTY_DRAFTER, 20),
        fact(ACT_LOG, PARTY_AUTHOR_NODE, 30), fact(ACT_ANSWER, PARTY_ADDRESSEE, 40)};
    struct record_state s = AT(&own, facts, 100000);
    EXPECT(s.delivery == DELIVERY_AWAITING_RELEASE);
    EXPECT(!s.overdue && !s.has_deadline);
}
TEST(delivery_rises_with_what_the_others_say)
{
    const struct fact facts[] = {cosigned(10, 7),
                                 cosigned(20, 8),
                                 held(30, 0),
                                 held(40, 1),
                                 on_line(ACT_ACKNOWLEDGE, 50, 0, 0),
                                 on_line(ACT_ANSWER, 60, 2, 0),
                                 fact(ACT_CLOSE, PARTY_AUTHOR, 70)};
    struct record_state s = AT(&sent, facts, 9);
    EXPECT(s.delivery == DELIVERY_LOGGED && s.dialogue == DIALOGUE_OPEN && s.cosigned == 0);
    EXPECT(s.has_deadline && s.deadline.s == 1000 && !s.quorum_met);
    s = AT(&sent, facts, 10);
    EXPECT(s.delivery == DELIVERY_COSIGNED && s.cosigned == 1 && !s.quorum_met);
    s = AT(&sent, facts, 20);
    EXPECT(s.cosigned == 2 && s.cosigners == 2 && s.quorum_met);
    s = AT(&sent, facts, 30);
    EXPECT(s.delivery == DELIVERY_HELD && s.attachments_held == 0 && s.attachments_all == 1);
    EXPECT(AT(&sent, facts, 40).attachments_held == 1);
    s = AT(&sent, facts, 50);
    EXPECT(s.delivery == DELIVERY_ACKNOWLEDGED && s.dialogue == DIALOGUE_OPEN);
    EXPECT(s.lines[0].state == DIALOGUE_ANSWERED && s.lines[1].state == DIALOGUE_OPEN);
    EXPECT(s.deadline.s == 2000);
    s = AT(&sent, facts, 60);
    EXPECT(s.delivery == DELIVERY_ANSWERED && s.dialogue == DIALOGUE_ANSWERED && !s.has_deadline);
    s = AT(&sent, facts, 70);
    EXPECT(s.delivery == DELIVERY_CLOSED && s.dialogue == DIALOGUE_CLOSED);
}
TEST(one_answered_line_of_two_is_not_an_answered_record)
{
    const struct fact facts[] = {on_line(ACT_ANSWER, 10, 2, 0)};
    struct record_state s = AT(&sent, facts, 20);
    EXPECT(s.delivery == DELIVERY_ACKNOWLEDGED && s.dialogue == DIALOGUE_OPEN);
}
TEST(what_is_not_answered_in_time_is_overdue_and_a_late_answer_still_counts)
{
    const struct fact facts[] = {on_line(ACT_ACKNOWLEDGE, 10, 0, 0),
                                 on_line(ACT_ANSWER, 5000, 2, 0)};
    EXPECT(!AT(&sent, facts, 2000).overdue); // at the deadline itself there is still time
    struct record_state s = AT(&sent, facts, 2001);
    EXPECT(s.overdue && s.dialogue == DIALOGUE_OVERDUE && s.lines[1].state == DIALOGUE_OVERDUE);
    EXPECT(s.has_deadline && s.deadline.s == 2000);
    s = AT(&sent, facts, 5000);
    EXPECT(!s.overdue && s.dialogue == DIALOGUE_ANSWERED);
}
TEST(standing_by_holds_until_the_moment_named_last)
{
    const struct fact facts[] = {on_line(ACT_ACKNOWLEDGE, 5, 1, 0),
                                 on_line(ACT_STAND_BY, 2500, 2, 4000), // late, but heard
                                 on_line(ACT_STAND_BY, 3000, 2, 6000)};
    EXPECT(AT(&sent, facts, 2400).dialogue == DIALOGUE_OVERDUE);
    struct record_state s = AT(&sent, facts, 2600);
    EXPECT(s.dialogue == DIALOGUE_STANDING_BY && s.lines[1].until.s == 4000 &&
           s.deadline.s == 4000);
    EXPECT(!s.overdue && s.delivery == DELIVERY_ACKNOWLEDGED);
    EXPECT(AT(&sent, facts, 6000).dialogue == DIALOGUE_STANDING_BY);
    EXPECT(AT(&sent, facts, 6001).dialogue == DIALOGUE_OVERDUE);
}
TEST(where_stand_by_is_not_allowed_it_only_says_received)
{
    static const struct expectation strict[] = {
        {.line = 1, .has_deadline = true, .respond_by = {1000}}};
    struct record_subject s = sent;
    s.expectations = strict;
    s.expectations_count = 1;
    const struct fact facts[] = {on_line(ACT_STAND_BY, 10, 1, 9000)};
    struct record_state got = AT(&s, facts, 20);
    EXPECT(got.dialogue == DIALOGUE_OPEN && got.delivery == DELIVERY_ACKNOWLEDGED);
    EXPECT(AT(&s, facts, 1001).dialogue == DIALOGUE_OVERDUE);
}
TEST(the_author_may_not_answer_his_own_request_nor_the_addressee_close_it_unanswered)
{
    const struct fact facts[] = {fact(ACT_ANSWER, PARTY_AUTHOR, 10),
                                 fact(ACT_ACKNOWLEDGE, PARTY_AUTHOR, 10),
                                 fact(ACT_CLOSE, PARTY_ADDRESSEE, 20)};
    struct record_state s = AT(&sent, facts, 30);
    EXPECT(s.delivery == DELIVERY_LOGGED && s.dialogue == DIALOGUE_OPEN);
    const struct fact answered[] = {fact(ACT_CLOSE, PARTY_ADDRESSEE, 20),
                                    on_line(ACT_ANSWER, 25, 0, 0)};
    s = AT(&sent, answered, 30);
    EXPECT(s.delivery == DELIVERY_CLOSED && s.dialogue == DIALOGUE_CLOSED);
}
TEST(only_the_authors_withdrawal_counts_and_it_ends_the_dialogue)
{
    const struct fact theirs[] = {fact(ACT_WITHDRAW, PARTY_ADDRESSEE, 10)};
    struct record_state s = AT(&sent, theirs, 20);
    EXPECT(!s.withdrawn && s.dialogue == DIALOGUE_OPEN);
    const struct fact ours[] = {fact(ACT_WITHDRAW, PARTY_AUTHOR, 10), held(5, 1)};
    s = AT(&sent, ours, 99999);
    EXPECT(s.withdrawn && s.dialogue == DIALOGUE_CLOSED && !s.overdue);
    EXPECT(s.delivery == DELIVERY_HELD); // what was delivered stays delivered
    const struct fact replaced[] = {fact(ACT_REPLACE, PARTY_AUTHOR, 10)};
    s = AT(&sent, replaced, 20);
    EXPECT(s.replaced && !s.withdrawn && s.dialogue == DIALOGUE_CLOSED);
}
TEST(unreadable_and_missing_stand_until_the_record_is_held)
{
    const struct fact facts[] = {fact(ACT_REPORT_MISSING, PARTY_ADDRESSEE_NODE, 10),
                                 fact(ACT_REPORT_UNREADABLE, PARTY_ADDRESSEE_NODE, 20),
                                 held(30, 1)};
    struct record_state s = AT(&sent, facts, 10);
    EXPECT(s.missing && !s.unreadable && s.delivery == DELIVERY_LOGGED);
    s = AT(&sent, facts, 20);
    EXPECT(s.missing && s.unreadable);
    s = AT(&sent, facts, 30);
    EXPECT(!s.missing && !s.unreadable && s.delivery == DELIVERY_HELD);
    const struct fact ours[] = {fact(ACT_REPORT_MISSING, PARTY_AUTHOR, 10)};
    EXPECT(!AT(&sent, ours, 20).missing);
}
TEST(a_record_nobody_holds_in_time_raises_an_alarm)
{
    static const struct record_subject s = {
        .begins = DELIVERY_LOGGED, .has_hold_by = true, .hold_by = {100}};
    const struct fact facts[] = {held(200, 0)};
    EXPECT(!AT(&s, facts, 100).overdue && AT(&s, facts, 100).deadline.s == 100);
    EXPECT(AT(&s, facts, 101).overdue);
    EXPECT(!AT(&s, facts, 200).overdue && !AT(&s, facts, 200).has_deadline);
}
TEST(each_cosigner_counts_once)
{
    const struct fact facts[] = {cosigned(10, 7), cosigned(11, 7), cosigned(12, 7)};
    struct record_state s = AT(&sent, facts, 20);
    EXPECT(s.cosigned == 1 && !s.quorum_met);
}
TEST(a_notice_that_asks_nothing_expects_nothing)
{
    static const struct record_subject notice = {.begins = DELIVERY_LOGGED};
    const struct fact facts[] = {on_line(ACT_ACKNOWLEDGE, 10, 0, 0)};
    struct record_state s = AT(&notice, facts, 20);
    EXPECT(s.dialogue == DIALOGUE_NONE && s.delivery == DELIVERY_ACKNOWLEDGED && !s.has_deadline);
}
static bool same(const struct record_state *a, const struct record_state *b)
{
    bool lines = a->lines_count == b->lines_count;
    for (size_t i = 0; lines && i < a->lines_count; i++)
        lines = a->lines[i].line == b->lines[i].line && a->lines[i].state == b->lines[i].state &&
                a->lines[i].has_until == b->lines[i].has_until &&
                a->lines[i].until.s == b->lines[i].until.s;
    return lines && a->delivery == b->delivery && a->dialogue == b->dialogue &&
           a->cosigned == b->cosigned && a->attachments_held == b->attachments_held &&
           a->has_deadline == b->has_deadline && a->deadline.s == b->deadline.s &&
           a->overdue == b->overdue && a->missing == b->missing && a->unreadable == b->unreadable &&
           a->quorum_met == b->quorum_met;
}
TEST(any_order_and_any_repetition_give_the_same_state)
{
    const struct fact facts[] = {cosigned(10, 7),
                                 held(12, 0),
                                 on_line(ACT_STAND_BY, 14, 2, 3000),
                                 on_line(ACT_ACKNOWLEDGE, 13, 1, 0),
                                 on_line(ACT_ANSWER, 20, 2, 0),
                                 fact(ACT_CLOSE, PARTY_ADDRESSEE, 15),
                                 held(30, 1)};
    enum { COUNT = sizeof facts / sizeof facts[0] };
    for (int64_t now = 5; now < 40; now += 5) {
        struct record_state wanted = at(&sent, facts, COUNT, now);
        uint64_t dice = test_seed();
        for (int round = 0; round < 500; round++) {
            struct fact mixed[2 * COUNT];
            for (size_t i = 0; i < COUNT; i++)
                mixed[i] = mixed[COUNT + i] = facts[i];
            for (size_t i = 2 * COUNT - 1; i > 0; i--) {
                dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407;
                size_t j = (size_t)(dice >> 33) % (i + 1);
                struct fact kept = mixed[i];
                mixed[i] = mixed[j];
                mixed[j] = kept;
            }
            struct record_state got = at(&sent, mixed, 2 * COUNT, now);
            EXPECT(same(&got, &wanted));
        }
    }
}
TEST(time_alone_never_takes_a_settled_state_back)
{
    const struct fact facts[] = {on_line(ACT_ANSWER, 10, 0, 0)};
    enum delivery_state last = DELIVERY_DRAFT;
    for (int64_t now = 0; now < 100000; now += 100) {
        struct record_state s = AT(&sent, facts, now);
        EXPECT(s.delivery >= last);
        EXPECT(now < 10 || s.dialogue == DIALOGUE_ANSWERED);
        last = s.delivery;
    }
}
TEST(words_of_states_and_acts_are_stable)
{
    EXPECT(strcmp(delivery_state_word(DELIVERY_AWAITING_RELEASE), "awaiting-release") == 0);
    EXPECT(strcmp(dialogue_state_word(DIALOGUE_STANDING_BY), "standing-by") == 0);
    EXPECT(strcmp(act_word(ACT_STAND_BY), "stand-by") == 0);
}
