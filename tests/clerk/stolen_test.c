// Somebody else has the log's key: whatever way what it signed comes here, the keeper stops.
#include "tests/clerk/carry.h"

#define ALL_ON "exchange witness mirror"
#define SOLIDARITY "01 C03\n"

static struct keeper_status status_of(struct three *t)
{
    struct err err = {0};
    struct keeper_status s = {0};
    EXPECT_OK(keeper_status(&t->at[XA].clerk.keeper, &t->arena, &s, &err));
    return s;
}

// In an open session with `from`.
static struct act_result show_own(struct three *t, int from, struct bytes note)
{
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(origin_of(from)));
    buffer_block32(&b, note);
    buffer_number(&b, 0, 8);
    return act(t, XA, clerk_act_take_own_head, &b);
}

// A checkpoint signed with XA's own key over whatever a thief likes.
static struct bytes stolen(struct three *t, uint64_t size)
{
    struct err err = {0};
    struct sign_public key;
    struct note_key named;
    struct checkpoint made;
    struct digest root = {{7}};
    uint8_t *room = arena_new(&t->arena, uint8_t, CHECKPOINT_NOTE_BYTES);
    struct writer w = writer_of(room, CHECKPOINT_NOTE_BYTES);
    sign_public_of(&t->at[XA].log_seed, &key);
    EXPECT_OK(note_key_make(origin_of(XA), NOTE_KEY_ED25519, &key, &named, &err));
    checkpoint_sign((struct tree_size){size}, &root, &named, &t->at[XA].log_seed, &w, &made);
    return writer_bytes(&w);
}

static void locks_when_shown(uint64_t size)
{
    struct err err = {0};
    struct release_done done;
    struct draft_id draft = {{9}};
    struct three *t = three_new(ALL_ON);
    (void)say_to(t, XA, XB, SOLIDARITY);
    (void)say_to(t, XA, XB, SOLIDARITY);
    EXPECT(status_of(t).size.n == 3);
    (void)show_own(t, XB, stolen(t, size));
    EXPECT(status_of(t).lock == KEEPER_OWN_HISTORIES);
    keep_draft(t, XA, &draft, message_text(t, XA, XB, "", SOLIDARITY));
    EXPECT_ERR(clerk_release(&t->at[XA].clerk, &t->arena, &draft, &done, &err), ERR_LOCKED);
    state_down(t, XA);
    state_up(t, XA); // a new start forgets nothing
    EXPECT(status_of(t).lock == KEEPER_OWN_HISTORIES);
    three_end(t);
}

TEST(its_own_signature_on_another_root_of_its_size_locks_it)
{
    locks_when_shown(3);
}
TEST(its_own_signature_on_a_larger_size_locks_it)
{
    locks_when_shown(9);
}
TEST(its_own_signature_on_another_root_of_a_smaller_size_locks_it_and_is_kept_as_evidence)
{
    struct three *t = three_new(ALL_ON);
    (void)say_to(t, XA, XB, SOLIDARITY);
    (void)say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    (void)say_to(t, XA, XB, SOLIDARITY);
    EXPECT(status_of(t).size.n == 4);
    must(show_own(t, XB, log_at(t, XB, XA).checkpoint)); // an old one of its own is harmless
    EXPECT(status_of(t).lock == KEEPER_SIGNS);
    EXPECT(show_own(t, XB, stolen(t, 3)).err.kind == ERR_CONFLICT);
    EXPECT(evidence_at(t, XA).count == 1);
    EXPECT(status_of(t).lock == KEEPER_OWN_HISTORIES);
    three_end(t);
}

// Whatever way a checkpoint of ours comes, the keeper sees it.
static struct act_result shown_as(struct three *t, int to, struct bytes note, clerk_act *take)
{
    struct buffer b = columns(t);
    buffer_block16(&b, str_bytes(origin_of(XA)));
    buffer_block32(&b, note);
    return act(t, to, take, &b);
}

TEST(a_stolen_signature_among_cosignatures_locks_it_too)
{
    struct three *t = three_new(ALL_ON);
    (void)say_to(t, XA, XB, SOLIDARITY);
    (void)say_to(t, XA, XB, SOLIDARITY);
    EXPECT(!shown_as(t, XA, stolen(t, 2), clerk_act_take_cosigs).done);
    EXPECT(status_of(t).lock == KEEPER_OWN_HISTORIES);
    three_end(t);
}

TEST(evidence_against_our_own_log_locks_it_wherever_it_was_found)
{
    struct three *t = three_new(ALL_ON);
    struct buffer b = columns(t);
    (void)say_to(t, XA, XB, SOLIDARITY);
    carry_log(t, XA, XA, XB);
    (void)say_to(t, XA, XB, SOLIDARITY);
    EXPECT(!shown_as(t, XB, stolen(t, 2), clerk_act_take_cosigs).done);
    EXPECT(evidence_at(t, XB).count == 1);
    EXPECT(status_of(t).lock == KEEPER_SIGNS);
    buffer_block32(&b, evidence_at(t, XB).last);
    must(act(t, XA, clerk_act_take_evidence, &b));
    EXPECT(status_of(t).lock == KEEPER_OWN_HISTORIES);
    three_end(t);
}
