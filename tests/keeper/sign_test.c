// What the keeper signs for officers and for the node itself, and everything it refuses.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "tests/keeper/made.h"

// One case: a text, approvals, and what the keeper must say of them.
static void refused(struct kept *k, struct str text, const struct bytes *approvals, size_t count,
                    enum err_kind kind)
{
    struct err err = {0};
    struct bytes note = {0};
    EXPECT_ERR(sign_by(k, draft_of(1), text, approvals, count, &note, &err), kind);
    EXPECT(note.len == 0);
}

TEST(a_release_with_its_approvals_is_signed_by_the_desks_key)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct str text = message_text(k, usual());
    struct bytes note = {0};
    struct note read;
    uint64_t verified = 0;
    EXPECT_OK(sign_usual(k, draft_of(1), text, &note, &err));
    struct vault *v = kept_open(k);
    EXPECT_OK(note_open(note, &v->keys[KEYS_TECHNICAL], 1, &read, &verified, &err));
    EXPECT(read.signatures_count == 1);
    EXPECT(str_eq(read.text, text));
    kept_close(v);
    kept_release(k);
}

TEST(one_approval_is_too_few_where_the_rule_asks_two)
{
    struct kept *k = kept_new();
    struct str text = message_text(k, usual());
    struct bytes one = approve(k, draft_of(1), text, ANNA);
    refused(k, text, NULL, 0, ERR_DENIED);
    refused(k, text, &one, 1, ERR_DENIED);
    kept_release(k);
}

TEST(one_approval_is_enough_where_the_rule_asks_one)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct text_of t = usual();
    t.precedence = "FLASH";
    struct str text = message_text(k, t);
    struct bytes note = {0};
    struct bytes one = approve(k, draft_of(1), text, ANNA);
    EXPECT_OK(sign_by(k, draft_of(1), text, &one, 1, &note, &err));
    kept_release(k);
}

TEST(the_same_officer_twice_counts_once)
{
    struct kept *k = kept_new();
    struct str text = message_text(k, usual());
    struct approval later = approval_of(k, draft_of(1), text, ANNA);
    later.until.s += 60;
    struct bytes two[] = {approve(k, draft_of(1), text, ANNA), approval_sign(k, &later, ANNA)};
    refused(k, text, two, 2, ERR_DENIED);
    kept_release(k);
}

TEST(an_approval_of_other_bytes_or_of_another_draft_is_none)
{
    struct kept *k = kept_new();
    struct str text = message_text(k, usual());
    struct text_of t = usual();
    t.line = "01 C02";
    struct bytes boris = approve(k, draft_of(1), text, BORIS);
    struct bytes other_text[] = {approve(k, draft_of(1), message_text(k, t), ANNA), boris};
    struct bytes other_draft[] = {approve(k, draft_of(2), text, ANNA), boris};
    refused(k, text, other_text, 2, ERR_DENIED);
    refused(k, text, other_draft, 2, ERR_DENIED);
    kept_release(k);
}

TEST(an_approval_past_its_time_or_too_far_ahead_is_none)
{
    static const int64_t untils[] = {NOW - 1, NOW + APPROVAL_AHEAD_S_MAX + 1};
    struct err err = {0};
    struct kept *k = kept_new();
    struct str text = message_text(k, usual());
    struct bytes boris = approve(k, draft_of(1), text, BORIS);
    struct bytes note;
    for (size_t i = 0; i < 2; i++) {
        struct approval p = approval_of(k, draft_of(1), text, ANNA);
        p.until.s = untils[i];
        struct bytes two[] = {approval_sign(k, &p, ANNA), boris};
        refused(k, text, two, 2, ERR_DENIED);
    }
    struct approval edge = approval_of(k, draft_of(1), text, ANNA);
    edge.until.s = NOW + APPROVAL_AHEAD_S_MAX;
    struct bytes two[] = {approval_sign(k, &edge, ANNA), boris};
    EXPECT_OK(sign_by(k, draft_of(1), text, two, 2, &note, &err));
    kept_release(k);
}

TEST(who_is_no_releaser_of_the_desk_does_not_count)
{
    struct kept *k = kept_new();
    struct str text = message_text(k, usual());
    struct bytes anna = approve(k, draft_of(1), text, ANNA);
    struct bytes administrator[] = {anna, approve(k, draft_of(1), text, DANA)};
    struct bytes other_desk[] = {anna, approve(k, draft_of(1), text, CHEN)};
    refused(k, text, administrator, 2, ERR_DENIED);
    refused(k, text, other_desk, 2, ERR_DENIED);
    kept_release(k);
}

TEST(an_approval_signed_by_someone_else_or_by_a_stranger_is_none)
{
    struct kept *k = kept_new();
    struct str text = message_text(k, usual());
    struct bytes boris = approve(k, draft_of(1), text, BORIS);
    struct approval p = approval_of(k, draft_of(1), text, ANNA);
    struct bytes forged[] = {approval_sign(k, &p, CHEN), boris};
    refused(k, text, forged, 2, ERR_TAMPERED);
    p.officer = STR("eve");
    struct bytes stranger[] = {approval_sign(k, &p, ANNA), boris};
    refused(k, text, stranger, 2, ERR_NOT_FOUND);
    p = approval_of(k, draft_of(1), text, ANNA);
    p.log = STR(XB);
    struct bytes other_log[] = {approval_sign(k, &p, ANNA), boris};
    refused(k, text, other_log, 2, ERR_DENIED);
    kept_release(k);
}

TEST(one_refusal_among_enough_approvals_refuses)
{
    static const enum decision decisions[] = {DECISION_REFUSE, DECISION_EXPORT, DECISION_REGISTER};
    struct kept *k = kept_new();
    struct text_of t = usual();
    t.precedence = "FLASH"; // one would be enough
    struct str text = message_text(k, t);
    for (size_t i = 0; i < 3; i++) {
        struct approval p = approval_of(k, draft_of(1), text, BORIS);
        p.decision = decisions[i];
        struct bytes two[] = {approve(k, draft_of(1), text, ANNA), approval_sign(k, &p, BORIS)};
        refused(k, text, two, 2, ERR_DENIED);
    }
    kept_release(k);
}

TEST(a_refused_draft_may_be_released_later)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct str text = message_text(k, usual());
    struct bytes note = {0};
    refused(k, text, NULL, 0, ERR_DENIED);
    EXPECT_OK(sign_usual(k, draft_of(1), text, &note, &err));
    kept_release(k);
}

TEST(a_draft_is_spent_once_and_the_same_bytes_give_the_same_note)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct text_of t = usual();
    struct str text = message_text(k, t);
    struct bytes first = {0}, again = {0};
    t.ref = "XA/XB-2026-0002"; // the approvals bind neither ref nor time
    struct str other = message_text(k, t);
    EXPECT_OK(sign_usual(k, draft_of(1), text, &first, &err));
    for (int restart = 0; restart < 2; restart++) {
        EXPECT_OK(sign_usual(k, draft_of(1), text, &again, &err));
        EXPECT(bytes_eq(first, again));
        EXPECT_ERR(sign_usual(k, draft_of(1), other, &again, &err), ERR_DENIED);
        kept_again(k);
    }
    k->world->fake.now_ms += (int64_t)8 * 86400 * 1000; // approvals are long past; the note stays
    EXPECT_OK(sign_by(k, draft_of(1), text, NULL, 0, &again, &err));
    EXPECT(bytes_eq(first, again));
    kept_release(k);
}

TEST(two_asks_of_one_draft_in_one_frame_spend_it_once)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct text_of t = usual();
    struct str text = message_text(k, t);
    t.ref = "XA/XB-2026-0002";
    struct str other = message_text(k, t);
    struct draft_id d = draft_of(1);
    struct bytes two[] = {approve(k, d, text, ANNA), approve(k, d, text, BORIS)};
    struct keeper_signing asks[] = {
        {d, text, two, 1}, {d, text, two, 2}, {d, text, two, 2}, {d, other, two, 2}};
    struct keeper_signed got[4] = {0};
    EXPECT_OK(keeper_sign_records(&k->clerk, k->a, asks, 4, got, &err));
    EXPECT(got[0].refused.kind == ERR_DENIED);
    EXPECT(got[1].refused.kind == ERR_NONE);
    EXPECT(got[2].refused.kind == ERR_NONE);
    EXPECT(bytes_eq(got[1].note, got[2].note));
    EXPECT(got[3].refused.kind == ERR_DENIED);
    kept_release(k);
}

TEST(after_a_refused_text_no_later_number_of_its_pair_is_signed_in_that_frame)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct str text[3];
    struct bytes approvals[3][2];
    struct keeper_signing asks[3];
    struct keeper_signed got[3] = {0};
    static const char *const refs[] = {"XA/XB-2026-0001", "XA/XB-2026-0002", "XA/XB-2026-0003"};
    for (unsigned i = 0; i < 3; i++) {
        struct text_of t = usual();
        t.ref = refs[i];
        text[i] = message_text(k, t);
        approvals[i][0] = approve(k, draft_of(i), text[i], ANNA);
        approvals[i][1] = approve(k, draft_of(i), text[i], BORIS);
        asks[i] = (struct keeper_signing){draft_of(i), text[i], approvals[i], i == 1 ? 1 : 2};
    }
    EXPECT_OK(keeper_sign_records(&k->clerk, k->a, asks, 3, got, &err));
    EXPECT(got[0].refused.kind == ERR_NONE);
    EXPECT(got[1].refused.kind == ERR_DENIED);
    EXPECT(got[2].refused.kind == ERR_BUSY); // 0003 would stand above a gap
    struct text_of t = usual();
    t.ref = refs[1];
    struct bytes note = {0};
    // Nothing was spent for it, so the same draft goes out under the number that is free.
    EXPECT_OK(sign_by(k, draft_of(2), message_text(k, t), approvals[2], 2, &note, &err));
    // What was signed already is signed again, whatever stands before it.
    asks[0].approvals_count = 0;
    struct keeper_signing twice[] = {asks[1], asks[0]};
    EXPECT_OK(keeper_sign_records(&k->clerk, k->a, twice, 2, got, &err));
    EXPECT(got[0].refused.kind == ERR_DENIED);
    EXPECT(got[1].refused.kind == ERR_NONE);
    kept_release(k);
}

TEST(a_record_of_another_log_or_state_or_ahead_of_the_clock_is_refused)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes note = {0};
    struct text_of log = usual(), elsewhere = usual(), ahead = usual(), desk = usual(),
                   fine = usual();
    log.log = XB;
    elsewhere.from = "XC/technical";
    elsewhere.ref = "XC/XB-2026-0001";
    ahead.time_s = NOW + 301;
    desk.from = "XA/judicial"; // a desk this State does not have
    fine.time_s = NOW + 300;
    const struct text_of bad[] = {log, elsewhere, ahead, desk};
    for (unsigned i = 0; i < 4; i++)
        EXPECT_ERR(sign_usual(k, draft_of(i), message_text(k, bad[i]), &note, &err), ERR_DENIED);
    EXPECT_OK(sign_usual(k, draft_of(9), message_text(k, fine), &note, &err));
    kept_release(k);
}

TEST(the_form_that_officers_approve_has_no_ref_and_is_not_signed)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct str text = message_text(k, usual());
    struct str approved;
    struct bytes note = {0};
    EXPECT_OK(record_text_approved(k->a, str_bytes(text), &approved, &err));
    EXPECT(!sign_usual(k, draft_of(1), approved, &note, &err));
    kept_release(k);
}

// -- node-made -----------------------------------------------------------------------------------
static enum err_kind node_says(struct kept *k, struct str text, struct bytes *ret)
{
    struct err err = {0};
    struct keeper_signed got = {0};
    EXPECT_OK(keeper_sign_node(&k->clerk, k->a, &text, 1, &got, &err));
    *ret = got.note;
    return got.refused.kind;
}

TEST(the_node_states_receipts_and_nothing_else)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes first = {0}, again = {0};
    struct str receipt = receipt_text(k, 1, NOW);
    EXPECT(node_says(k, receipt, &first) == ERR_NONE);
    EXPECT(node_says(k, receipt, &again) == ERR_NONE);
    EXPECT(bytes_eq(first, again));
    EXPECT(node_says(k, message_text(k, usual()), &again) == ERR_DENIED);
    EXPECT(node_says(k, receipt_text(k, 2, NOW + 301), &again) == ERR_DENIED);
    EXPECT(node_says(k, STR("elchi record v1\n"), &again) == ERR_MALFORMED);
    EXPECT(!sign_usual(k, draft_of(1), receipt, &again, &err)); // nor do officers release one
    kept_release(k);
}

TEST(one_receipt_is_not_stated_twice_with_other_bytes)
{
    struct kept *k = kept_new();
    struct bytes note = {0};
    EXPECT(node_says(k, receipt_text(k, 1, NOW), &note) == ERR_NONE);
    EXPECT(node_says(k, receipt_text(k, 1, NOW + 1), &note) == ERR_DENIED);
    EXPECT(node_says(k, receipt_text(k, 2, NOW + 1), &note) == ERR_NONE);
    kept_release(k);
}

TEST(the_index_of_a_bundle_can_be_no_record_and_is_of_this_origin)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes note = {0};
    struct str fine = STR("elchi bundle v1\norigin " XA "\ntime 2026-07-14T04:01:05Z\n");
    EXPECT_OK(keeper_sign_index(&k->clerk, k->a, fine, &note, &err));
    EXPECT_ERR(
        keeper_sign_index(&k->clerk, k->a, STR("elchi bundle v1\norigin " XB "\n"), &note, &err),
        ERR_DENIED);
    EXPECT_ERR(keeper_sign_index(&k->clerk, k->a, message_text(k, usual()), &note, &err),
               ERR_MALFORMED);
    EXPECT_ERR(keeper_sign_index(&k->clerk, k->a, receipt_text(k, 1, NOW), &note, &err),
               ERR_MALFORMED);
    kept_release(k);
}

// -- the register ---------------------------------------------------------------------------------
static struct bytes register_approval(struct kept *k, struct str text, int who)
{
    struct approval p = {.log = STR(XA),
                         .text = digest_of(str_bytes(text)),
                         .decision = DECISION_REGISTER,
                         .officer = str_of(officer_names[who]),
                         .until = {NOW + 86400}};
    return approval_sign(k, &p, who);
}

static struct str next_register(struct kept *k, int version)
{
    char hash[DIGEST_TEXT_CHARS + 1];
    struct digest d = digest_of(str_bytes(k->register_text));
    digest_write(&d, hash);
    return made_register(k, version, hash, OFFICERS - 1);
}

TEST(the_register_changes_only_with_the_approvals_the_present_one_asks_for)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct str next = next_register(k, 2);
    struct bytes boris = register_approval(k, next, BORIS);
    struct bytes twice[] = {boris, boris};
    struct bytes releaser[] = {boris, register_approval(k, next, ANNA)};
    struct bytes enough[] = {boris, register_approval(k, next, DANA)};
    struct keeper *c = &k->clerk;
    EXPECT_ERR(keeper_change_register(c, next, NULL, 0, &err), ERR_DENIED);
    EXPECT_ERR(keeper_change_register(c, next, &boris, 1, &err), ERR_DENIED);
    EXPECT_ERR(keeper_change_register(c, next, twice, 2, &err), ERR_DENIED);
    EXPECT_ERR(keeper_change_register(c, next, releaser, 2, &err), ERR_DENIED);
    EXPECT(str_eq(kept_status(k).register_text, k->register_text));
    EXPECT_OK(keeper_change_register(c, next, enough, 2, &err));
    EXPECT(str_eq(kept_status(k).register_text, next));
    kept_again(k);
    EXPECT(str_eq(kept_status(k).register_text, next));
    // It is in force, and not to be had again.
    EXPECT_ERR(keeper_change_register(&k->clerk, next, enough, 2, &err), ERR_CONFLICT);
    struct text_of t = usual();
    t.from = "XA/diplomatic";
    struct str text = message_text(k, t);
    struct bytes two[] = {approve(k, draft_of(1), text, CHEN),
                          approve(k, draft_of(1), text, BORIS)};
    struct bytes note;
    EXPECT_ERR(sign_by(k, draft_of(1), text, two, 2, &note, &err), ERR_NOT_FOUND);
    kept_release(k);
}

TEST(a_register_of_another_version_or_predecessor_is_refused_with_all_approvals)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct str wrong[] = {
        next_register(k, 3),
        made_register(k, 2,
                      "sha256:0000000000000000000000000000000000000000000000000000000000000000",
                      OFFICERS),
    };
    for (size_t i = 0; i < 2; i++) {
        struct bytes both[] = {register_approval(k, wrong[i], BORIS),
                               register_approval(k, wrong[i], DANA)};
        EXPECT_ERR(keeper_change_register(&k->clerk, wrong[i], both, 2, &err), ERR_CONFLICT);
    }
    EXPECT(str_eq(kept_status(k).register_text, k->register_text));
    kept_release(k);
}

TEST(a_second_community_file_needs_administrators)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes first[MADE_STATES];
    memcpy(first, k->m.first, sizeof first);
    first[0] = k->manifest;
    struct bytes next = made_file(k->a, first, MADE_STATES, 1, ""); // a quorum of one
    struct str text = {(const char *)next.ptr, next.len};
    struct bytes both[] = {register_approval(k, text, BORIS), register_approval(k, text, DANA)};
    struct bytes twice[] = {both[0], both[0]};
    EXPECT_OK(keeper_community(&k->clerk, k->community, NULL, 0, &err)); // the one it has
    EXPECT_ERR(keeper_community(&k->clerk, next, NULL, 0, &err), ERR_DENIED);
    EXPECT_ERR(keeper_community(&k->clerk, next, both, 1, &err), ERR_DENIED);
    EXPECT_ERR(keeper_community(&k->clerk, next, twice, 2, &err), ERR_DENIED);
    EXPECT_OK(keeper_community(&k->clerk, next, both, 2, &err));
    EXPECT_OK(keeper_community(&k->clerk, next, NULL, 0, &err));
    kept_release(k);
}
