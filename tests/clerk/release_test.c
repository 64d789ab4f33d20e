// What is released together: every step once, numbers without a gap, and nothing lost between two
// steps. Asked: FORMATS 4 (five durable steps, each batched), DESIGN 8 (numbers of a pair).
#include "tests/clerk/carry.h"

#define ALL_ON "exchange witness mirror receipts"
#define SOLIDARITY "01 C03\n"
enum { TOGETHER = 5 };

static void meet(struct three *t)
{
    for (int whose = 0; whose < STATES; whose++)
        for (int to = 0; to < STATES; to++)
            if (to != whose)
                carry_log(t, whose, whose, to);
}

// -- steps, counted ------------------------------------------------------------------------------
static struct {
    int fill, sign, seal, extend, commit;
} steps;

static void count_step(const char *step, bool done)
{
    if (!done)
        return;
    steps.fill += strcmp(step, "fill") == 0 ? 1 : 0;
    steps.sign += strcmp(step, "sign") == 0 ? 1 : 0;
    steps.seal += strcmp(step, "seal") == 0 ? 1 : 0;
    steps.extend += strcmp(step, "extend") == 0 ? 1 : 0;
    steps.commit += strcmp(step, "commit") == 0 ? 1 : 0;
}

// -- drafts --------------------------------------------------------------------------------------
static void drafts_of(struct three *t, int to, size_t count, struct release_ask *ret)
{
    for (size_t i = 0; i < count; i++) {
        ret[i] = (struct release_ask){.who = STR("anna")};
        world_random(&t->fake.world, ret[i].draft.octets, sizeof ret[i].draft.octets);
        keep_draft(t, XA, &ret[i].draft, message_text(t, XA, to, "", SOLIDARITY));
    }
}

static void withdraw_approvals(struct three *t, const struct draft_id *draft)
{
    struct err err = {0};
    struct txn txn = {0};
    struct office_draft_id id;
    hex_write(bytes_of(draft->octets, DRAFT_ID_BYTES), id.hex);
    EXPECT_OK(db_begin(t->at[XA].clerk.office, &txn, &err));
    EXPECT_OK(office_approvals_drop(&txn, &id, &err));
    EXPECT_OK(db_commit(&txn, &err));
    txn_release(&txn);
}

static enum office_draft_state state_of_draft(struct three *t, const struct draft_id *draft)
{
    struct err err = {0};
    struct txn txn = {0};
    struct office_draft_id id;
    struct office_draft row;
    hex_write(bytes_of(draft->octets, DRAFT_ID_BYTES), id.hex);
    EXPECT_OK(db_begin(t->at[XA].clerk.office, &txn, &err));
    EXPECT_OK(office_draft_get(&txn, &id, &t->arena, &row, &err));
    txn_release(&txn);
    return row.state;
}

static uint32_t serial_of(struct str text)
{
    struct ref ref;
    EXPECT(ref_read(text, &ref));
    return ref.serial;
}

TEST(what_is_released_together_passes_each_step_once)
{
    struct err err = {0};
    struct three *t = three_new(ALL_ON);
    struct clerk *c = &t->at[XA].clerk;
    struct release_ask asks[TOGETHER];
    struct release_done done[TOGETHER] = {0};
    struct office_record row;
    meet(t);
    drafts_of(t, XB, TOGETHER, asks);
    c->options.at_step = count_step;
    memset(&steps, 0, sizeof steps);
    EXPECT_OK(clerk_release_all(c, &t->arena, asks, TOGETHER, done, &err));
    turn(t, XA);
    c->options.at_step = NULL;
    EXPECT(steps.fill == 1 && steps.sign == 1 && steps.seal == 1);
    EXPECT(steps.extend == 1 && steps.commit == 1);
    for (size_t i = 0; i < TOGETHER; i++) {
        EXPECT(done[i].refused.kind == ERR_NONE);
        EXPECT(serial_of(done[i].ref) == i + 1);
        EXPECT(row_of(t, XA, &done[i].note, &row));
        EXPECT(str_eq(row.ref, done[i].ref));
        EXPECT(state_of_draft(t, &asks[i].draft) == DRAFT_LOGGED);
    }
    three_end(t);
}

TEST(receipts_for_what_came_together_are_given_together)
{
    struct err err = {0};
    struct three *t = three_new(ALL_ON);
    struct release_ask asks[TOGETHER];
    struct release_done done[TOGETHER] = {0};
    meet(t);
    drafts_of(t, XB, TOGETHER, asks);
    EXPECT_OK(clerk_release_all(&t->at[XA].clerk, &t->arena, asks, TOGETHER, done, &err));
    turn(t, XA);
    carry_log(t, XA, XA, XB);
    EXPECT(carry_bodies(t, XA, XB) == TOGETHER);
    t->at[XB].clerk.options.at_step = count_step;
    memset(&steps, 0, sizeof steps);
    turn(t, XB);
    t->at[XB].clerk.options.at_step = NULL;
    EXPECT(steps.fill == 1 && steps.sign == 1 && steps.seal == 1);
    EXPECT(steps.extend == 1 && steps.commit == 1);
    EXPECT(log_at(t, XB, XB).size.n == 1 + TOGETHER);
    carry_log(t, XB, XB, XA);
    EXPECT(carry_bodies(t, XB, XA) == TOGETHER);
    turn(t, XA);
    for (size_t i = 0; i < TOGETHER; i++)
        EXPECT(state_at(t, XA, &done[i].note).delivery == DELIVERY_HELD);
    three_end(t);
}

TEST(a_refusal_among_them_leaves_no_gap_and_the_others_go)
{
    struct err err = {0};
    struct three *t = three_new(ALL_ON);
    struct clerk *c = &t->at[XA].clerk;
    struct release_ask asks[TOGETHER];
    struct release_done done[TOGETHER] = {0};
    uint32_t next = 1;
    meet(t);
    drafts_of(t, XB, TOGETHER, asks);
    withdraw_approvals(t, &asks[0].draft);
    withdraw_approvals(t, &asks[2].draft);
    EXPECT_OK(clerk_release_all(c, &t->arena, asks, TOGETHER, done, &err));
    turn(t, XA);
    for (size_t i = 0; i < TOGETHER; i++) {
        bool good = i != 0 && i != 2;
        EXPECT((done[i].refused.kind == ERR_NONE) == good);
        EXPECT(state_of_draft(t, &asks[i].draft) == (good ? DRAFT_LOGGED : DRAFT_AWAITING));
        if (good)
            EXPECT(serial_of(done[i].ref) == next++);
        else
            EXPECT(done[i].refused.kind == ERR_DENIED);
    }
    EXPECT(next == 4);
    three_end(t);
}

TEST(one_draft_asked_for_twice_at_once_leaves_once)
{
    struct err err = {0};
    struct three *t = three_new(ALL_ON);
    struct release_ask asks[2];
    struct release_done done[2] = {0};
    meet(t);
    drafts_of(t, XB, 1, asks);
    asks[1] = asks[0];
    EXPECT_OK(clerk_release_all(&t->at[XA].clerk, &t->arena, asks, 2, done, &err));
    EXPECT(done[0].refused.kind == ERR_NONE);
    EXPECT(done[1].refused.kind == ERR_CONFLICT);
    turn(t, XA);
    EXPECT(log_at(t, XA, XA).size.n == 2);
    three_end(t);
}

TEST(without_an_answer_of_the_keeper_all_fills_stand_and_go_in_order_at_the_next_start)
{
    struct err err = {0};
    struct three *t = three_new(ALL_ON);
    struct clerk *c = &t->at[XA].clerk;
    struct release_ask asks[TOGETHER], late[1];
    struct release_done done[TOGETHER] = {0};
    int dead[2];
    int socket = c->keeper.socket;
    meet(t);
    drafts_of(t, XB, TOGETHER, asks);
    drafts_of(t, XB, 1, late);
    EXPECT_OK(frame_pair(dead, &err));
    (void)close(dead[1]);
    c->keeper.socket = dead[0];
    EXPECT_ERR(clerk_release_all(c, &t->arena, asks, TOGETHER, done, &err), ERR_OFFLINE);
    c->keeper.socket = socket;
    (void)close(dead[0]);
    EXPECT(state_of_draft(t, &asks[0].draft) == DRAFT_FILLED);
    // Until they are settled, nothing of the pair is given a number.
    err = (struct err){0};
    EXPECT_OK(clerk_release_all(c, &t->arena, late, 1, done, &err));
    EXPECT(done[0].refused.kind == ERR_BUSY);
    state_down(t, XA);
    state_up(t, XA);
    EXPECT_OK(clerk_release_resume(c, &err));
    turn(t, XA);
    EXPECT(log_at(t, XA, XA).size.n == 1 + TOGETHER);
    for (size_t i = 0; i < TOGETHER; i++)
        EXPECT(state_of_draft(t, &asks[i].draft) == DRAFT_LOGGED);
    EXPECT_OK(clerk_release_all(c, &t->arena, late, 1, done, &err));
    EXPECT(done[0].refused.kind == ERR_NONE);
    EXPECT(serial_of(done[0].ref) == TOGETHER + 1);
    three_end(t);
}
