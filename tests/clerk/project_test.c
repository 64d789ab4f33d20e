// From what stands in logs to what officers see, on both sides, in any order.
#include "clerk/landed.h"
#include "record/type/message.h"
#include "tests/clerk/carry.h"

#define ALL_ON "exchange witness mirror receipts"
#define SOLIDARITY "01 C03\n"
#define KNOWN_TO_YOU "01 A01 class=ddos\n"

static void meet(struct three *t)
{
    for (int whose = 0; whose < STATES; whose++)
        for (int to = 0; to < STATES; to++)
            if (to != whose)
                carry_log(t, whose, whose, to);
}

TEST(a_sealed_message_arrives_is_shown_and_its_receipt_comes_back)
{
    struct three *t = three_new(ALL_ON);
    struct office_record row;
    meet(t);
    struct release_done said = say_to(t, XA, XB, SOLIDARITY);
    EXPECT(str_eq(said.ref, STR("XA/XB-2026-0001")) || said.ref.len == 15);
    carry_log(t, XA, XA, XB);
    carry_log(t, XA, XA, XC);
    EXPECT(carry_bodies(t, XA, XB) == 1);
    EXPECT(carry_bodies(t, XA, XC) == 0); // nobody else is offered it
    EXPECT(row_of(t, XB, &said.note, &row));
    EXPECT(row.direction == DIRECTION_IN);
    EXPECT(row.void_rule.len == 0);
    EXPECT(str_eq(row.desk, STR("technical")));
    EXPECT(str_eq(row.state, STR("no-answer-expected")));
    EXPECT(!row_of(t, XC, &said.note, &row));
    turn(t, XB);
    EXPECT(log_at(t, XB, XB).size.n == 2); // one receipt
    turn(t, XB);
    EXPECT(log_at(t, XB, XB).size.n == 2); // and never again
    carry_log(t, XB, XB, XA);
    EXPECT(carry_bodies(t, XB, XA) == 1);
    turn(t, XA);
    struct record_state fares = state_at(t, XA, &said.note);
    EXPECT(fares.delivery == DELIVERY_HELD);
    EXPECT(row_of(t, XA, &said.note, &row));
    EXPECT(str_eq(row.state, STR("held")));
    EXPECT(state_at(t, XB, &said.note).delivery == DELIVERY_HELD);
    EXPECT(log_at(t, XA, XA).size.n == 2); // a receipt is never receipted
    three_end(t);
}

struct marks_seen {
    size_t count;
};
static bool see_mark(void *context, struct str key, struct bytes value, struct err *err)
{
    struct marks_seen *seen = context;
    (void)key;
    (void)value;
    (void)err;
    seen->count++;
    return true;
}

static size_t marks_of(struct three *t, int who)
{
    struct err err = {0};
    struct txn txn = {0};
    struct marks_seen seen = {0};
    EXPECT_OK(db_begin(t->at[who].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_settings(&txn, STR("landed/"), see_mark, &seen, &err));
    txn_release(&txn);
    return seen.count;
}

TEST(a_body_stays_marked_until_what_was_shown_of_it_is_durable)
{
    struct err err = {0};
    struct three *t = three_new(ALL_ON);
    meet(t);
    struct release_done said = say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    EXPECT(carry_bodies(t, XA, XB) == 1);
    EXPECT(clerk_landed_owes(&t->at[XB].clerk));
    EXPECT(marks_of(t, XB) == 1);
    struct str before = dump_of(t, XB);
    state_down(t, XB); // as after a loss of power: the mark is found again
    state_up(t, XB);
    EXPECT(!clerk_landed_owes(&t->at[XB].clerk));
    project(t, XB);
    EXPECT(clerk_landed_owes(&t->at[XB].clerk));
    EXPECT(str_eq(dump_of(t, XB), before)); // and shown twice is shown once
    EXPECT_OK(clerk_landed_settle(&t->at[XB].clerk, &err));
    EXPECT(!clerk_landed_owes(&t->at[XB].clerk));
    EXPECT(marks_of(t, XB) == 0);
    struct office_record row;
    EXPECT(row_of(t, XB, &said.note, &row));
    turn(t, XB);
    EXPECT(log_at(t, XB, XB).size.n == 2); // one receipt
    three_end(t);
}

TEST(no_receipt_is_given_where_receipts_are_off)
{
    struct three *t = three_new("exchange");
    struct office_record row;
    meet(t);
    struct release_done said = say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    EXPECT(carry_bodies(t, XA, XB) == 1);
    turn(t, XB);
    EXPECT(row_of(t, XB, &said.note, &row));
    EXPECT(log_at(t, XB, XB).size.n == 1);
    three_end(t);
}

static struct bytes answer_text(struct three *t, int from, int to, const struct release_done *asked,
                                const char *lines)
{
    struct err err = {0};
    struct str middle;
    char note[DIGEST_TEXT_CHARS + 1];
    digest_write(&asked->note, note);
    EXPECT_OK(arena_fmt(&t->arena, &middle, &err, "answers %.*s %s\n", STR_ARG(asked->ref), note));
    return message_text(t, from, to, middle.ptr, lines);
}

TEST(a_question_and_its_answer_are_one_dialogue_on_both_sides)
{
    struct three *t = three_new(ALL_ON);
    struct office_record row;
    meet(t);
    struct release_done asked = say_to(t, XA, XB, KNOWN_TO_YOU);
    EXPECT(state_at(t, XA, &asked.note).dialogue == DIALOGUE_OPEN);
    carry_log(t, XA, XA, XB);
    EXPECT(carry_bodies(t, XA, XB) == 1);
    EXPECT(row_of(t, XB, &asked.note, &row));
    EXPECT(str_eq(row.state, STR("open")));
    EXPECT(row.due.s > 0);
    struct release_done answer = say(t, XB, answer_text(t, XB, XA, &asked, "01 E03 line=01\n"));
    carry_log(t, XB, XB, XA);
    EXPECT(carry_bodies(t, XB, XA) >= 1);
    turn(t, XA);
    EXPECT(state_at(t, XA, &asked.note).dialogue == DIALOGUE_ANSWERED);
    EXPECT(state_at(t, XB, &asked.note).dialogue == DIALOGUE_ANSWERED);
    EXPECT(state_at(t, XA, &asked.note).delivery == DELIVERY_ANSWERED);
    EXPECT(row_of(t, XA, &answer.note, &row));
    EXPECT(digest_eq(&row.root, &asked.note));
    EXPECT(digest_eq(&row.answers, &asked.note));
    three_end(t);
}

TEST(bodies_in_any_order_and_twice_give_the_same_views)
{
    struct str dumps[2] = {{0}, {0}};
    for (int late = 0; late < 2; late++) {
        struct three *t = three_new("exchange");
        struct offers *o = memory_new(1, sizeof *o);
        struct err err = {0};
        struct txn txn = {0};
        meet(t);
        struct release_done first = say_to(t, XA, XB, SOLIDARITY);
        struct str middle;
        char note[DIGEST_TEXT_CHARS + 1];
        digest_write(&first.note, note);
        EXPECT_OK(
            arena_fmt(&t->arena, &middle, &err, "replaces %.*s %s\n", STR_ARG(first.ref), note));
        struct release_done second = say(t, XA, message_text(t, XA, XB, middle.ptr, SOLIDARITY));
        digest_write(&second.note, note);
        EXPECT_OK(
            arena_fmt(&t->arena, &middle, &err, "replaces %.*s %s\n", STR_ARG(second.ref), note));
        (void)say(t, XA, message_text(t, XA, XB, middle.ptr, SOLIDARITY));
        carry_log(t, XA, XA, XB);
        turn(t, XB);
        EXPECT_OK(db_begin(t->at[XA].clerk.exchange, &txn, &err));
        EXPECT_OK(exchange_offers(&txn, origin_of(XB), 256, see_offer, o, &err));
        txn_release(&txn);
        EXPECT(o->count == 3);
        for (size_t round = 0; round < 2; round++)
            for (size_t i = 0; i < o->count; i++) {
                const struct exchange_offer *row = &o->items[late ? o->count - 1 - i : i];
                struct buffer hint = hint_of(t, XA, XA, row);
                must(act(t, XB, clerk_act_take_waiting, &hint));
                struct bytes whole = blob_of(t, XA, &row->hash);
                struct buffer piece = piece_of(t, XA, &row->hash, whole, 0, whole.len);
                must(act(t, XB, clerk_act_take_blob, &piece));
                turn(t, XB);
            }
        memory_release(o);
        struct office_record row;
        EXPECT(row_of(t, XB, &second.note, &row));
        EXPECT(digest_eq(&row.root, &first.note));
        EXPECT(state_at(t, XB, &first.note).replaced);
        struct str before = dump_of(t, XB);
        // Rebuilt from nothing they are the same again.
        struct act_result r = must(act_as(t, XB, clerk_act_rebuild, bytes_of("\x01", 1), NULL));
        EXPECT(r.answer.len > 0);
        turn(t, XB);
        struct str after = dump_of(t, XB);
        if (!str_eq(before, after))
            fail_msg("before\n%.*s\nafter\n%.*s", STR_ARG(before), STR_ARG(after));
        // Keys differ from run to run: only the shape can be compared.
        dumps[late] = (struct str){NULL, before.len};
        three_end(t);
    }
    EXPECT(dumps[0].len == dumps[1].len);
}

TEST(a_rebuilt_node_shows_the_same_and_gives_no_receipt_again)
{
    struct three *t = three_new(ALL_ON);
    meet(t);
    (void)say_to(t, XA, XB, SOLIDARITY);
    (void)say_to(t, XA, XB, KNOWN_TO_YOU);
    carry_log(t, XA, XA, XB);
    EXPECT(carry_bodies(t, XA, XB) == 2);
    turn(t, XB);
    EXPECT(log_at(t, XB, XB).size.n == 3);
    carry_log(t, XB, XB, XA);
    EXPECT(carry_bodies(t, XB, XA) == 2);
    turn(t, XA);
    for (int who = XA; who <= XB; who++) {
        struct str before = dump_of(t, who);
        must(act_as(t, who, clerk_act_rebuild, bytes_of("\x01", 1), NULL));
        turn(t, who);
        turn(t, who);
        struct str after = dump_of(t, who);
        if (!str_eq(before, after))
            fail_msg("before\n%.*s\nafter\n%.*s", STR_ARG(before), STR_ARG(after));
    }
    EXPECT(log_at(t, XB, XB).size.n == 3);
    // The same across a new start of the process.
    state_down(t, XB);
    state_up(t, XB);
    turn(t, XB);
    EXPECT(log_at(t, XB, XB).size.n == 3);
    three_end(t);
}

TEST(an_open_record_is_every_members_to_read)
{
    struct three *t = three_new("exchange");
    struct office_record row;
    meet(t);
    struct release_done said = say_to(t, XA, -1, SOLIDARITY);
    for (int to = XB; to <= XC; to++) {
        carry_log(t, XA, XA, to);
        turn(t, to);
        EXPECT(carry_bodies(t, XA, to) == 1);
        EXPECT(row_of(t, to, &said.note, &row));
        EXPECT(str_eq(row.to, STR("all")));
    }
    three_end(t);
}

TEST(a_missing_serial_is_reported_after_the_communitys_patience)
{
    struct three *t = three_new(ALL_ON);
    struct offers *o = memory_new(1, sizeof *o);
    struct err err = {0};
    struct txn txn = {0};
    meet(t);
    struct release_done lost = say_to(t, XA, XB, SOLIDARITY);
    (void)say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    EXPECT_OK(db_begin(t->at[XA].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_offers(&txn, origin_of(XB), 256, see_offer, o, &err));
    txn_release(&txn);
    EXPECT(o->count == 2);
    const struct exchange_offer *later =
        o->items[0].at.n > o->items[1].at.n ? &o->items[0] : &o->items[1];
    struct buffer hint = hint_of(t, XA, XA, later);
    must(act(t, XB, clerk_act_take_waiting, &hint));
    struct bytes whole = blob_of(t, XA, &later->hash);
    struct buffer piece = piece_of(t, XA, &later->hash, whole, 0, whole.len);
    must(act(t, XB, clerk_act_take_blob, &piece));
    turn(t, XB);
    EXPECT(log_at(t, XB, XB).size.n == 2); // held, for the later one
    t->fake.now_ms += (RECEIPT_S + 5) * 1000;
    turn(t, XB);
    EXPECT(log_at(t, XB, XB).size.n == 3); // missing, for the earlier one
    turn(t, XB);
    EXPECT(log_at(t, XB, XB).size.n == 3);
    carry_log(t, XB, XB, XA);
    EXPECT(carry_bodies(t, XB, XA) == 2);
    turn(t, XA);
    EXPECT(state_at(t, XA, &lost.note).missing);
    memory_release(o);
    three_end(t);
}

TEST(a_relays_body_that_does_not_open_is_dropped_and_the_authors_is_unreadable)
{
    struct three *t = three_new(ALL_ON);
    struct offers *o = memory_new(1, sizeof *o);
    struct err err = {0};
    struct txn txn = {0};
    meet(t);
    (void)say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XC);
    EXPECT_OK(db_begin(t->at[XA].clerk.exchange, &txn, &err));
    EXPECT_OK(exchange_offers(&txn, origin_of(XB), 256, see_offer, o, &err));
    txn_release(&txn);
    struct bytes whole = blob_of(t, XA, &o->items[0].hash);
    for (int from_author = 0; from_author < 2; from_author++) {
        struct buffer hint = hint_of(t, from_author ? XA : XB, XA, &o->items[0]);
        struct buffer piece = piece_of(t, XB, &o->items[0].hash, whole, 0, whole.len);
        must(act(t, XC, clerk_act_take_waiting, &hint));
        must(act(t, XC, clerk_act_take_blob, &piece));
        turn(t, XC);
        EXPECT(log_at(t, XC, XC).size.n == (from_author ? 2u : 1u));
    }
    turn(t, XC);
    EXPECT(log_at(t, XC, XC).size.n == 2);
    memory_release(o);
    three_end(t);
}
