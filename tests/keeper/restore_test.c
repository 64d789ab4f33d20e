// Locks and how they are left: a lost state, a quorum, an order of the roots, a strange checkpoint.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "tests/keeper/made.h"

static void remove_slot(struct kept *k, unsigned slot)
{
    struct err err = {0};
    EXPECT_OK(world_remove(world_real(), made_fmt(k->a, "%s/state.%u", k->folder, slot).ptr, &err));
}

static void damage_slot(struct kept *k, unsigned slot)
{
    struct err err = {0};
    const char *path = made_fmt(k->a, "%s/state.%u", k->folder, slot).ptr;
    struct bytes file = test_file(k->a, path);
    uint8_t *copy = arena_new(k->a, uint8_t, file.len);
    memcpy(copy, file.ptr, file.len);
    copy[file.len / 2] ^= 1;
    EXPECT_OK(world_write_file(world_real(), path, bytes_of(copy, file.len), 0600, &err));
}

static void lose_state(struct kept *k)
{
    EXPECT(kept_stop(k) == 0);
    remove_slot(k, 0);
    remove_slot(k, 1);
    kept_start(k);
}

static void expect_signs_nothing(struct kept *k)
{
    struct err err = {0};
    struct bytes note;
    struct str line;
    struct str receipt = receipt_text(k, 77, NOW);
    struct keeper_signed got;
    struct foreign f;
    struct secret key = {0};
    struct age_wrapped wrapped = {{0}, {0}};
    struct keeper_file_key opened;
    uint64_t time_s;
    foreign_init(&f, 0);
    struct keeper_cosigning ask = cosigning(k, 1, &f, 5);
    EXPECT_ERR(sign_usual(k, draft_of(50), message_text(k, usual()), &note, &err), ERR_LOCKED);
    EXPECT_ERR(keeper_sign_node(&k->clerk, k->a, &receipt, 1, &got, &err), ERR_LOCKED);
    EXPECT_ERR(extend_from(k, k->edge.size.n, 1, 1, &note, &err), ERR_LOCKED);
    EXPECT_ERR(extend_from(k, 0, 1, 1, &note, &err), ERR_LOCKED);
    EXPECT_ERR(keeper_cosign(&k->clerk, k->a, &ask, &line, &time_s, &err), ERR_LOCKED);
    // What reads is served all the same.
    EXPECT_OK(keeper_desk_key(&k->clerk, DESK_TECHNICAL, &key, &err));
    secret_release(&key);
    EXPECT_OK(keeper_open_stanzas(&k->clerk, &wrapped, 1, &opened, &err));
}

TEST(a_keeper_without_its_state_signs_nothing_and_founds_nothing)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes note;
    (void)extend(k, 5);
    lose_state(k);
    EXPECT(kept_status(k).lock == KEEPER_RESTORED);
    EXPECT(kept_status(k).lock_reason.len > 0);
    expect_signs_nothing(k);
    EXPECT_ERR(keeper_found(&k->clerk, k->a, k->manifest, &note, &err), ERR_CONFLICT);
    kept_again(k); // a restart changes nothing
    expect_signs_nothing(k);
    kept_release(k);
}

TEST(one_generation_missing_or_damaged_is_as_bad_as_none)
{
    for (unsigned founded = 0; founded < 2; founded++)
        for (unsigned extended = 0; extended < 4; extended++)
            for (unsigned how = 0; how < 4; how++) {
                struct kept *k = kept_vault();
                kept_start(k);
                if (founded == 1)
                    kept_found(k);
                for (unsigned i = 0; i < extended * founded; i++)
                    (void)extend(k, 3);
                EXPECT(kept_stop(k) == 0);
                if (how < 2)
                    remove_slot(k, how);
                else
                    damage_slot(k, how - 2);
                kept_start(k);
                EXPECT(kept_status(k).lock == KEEPER_RESTORED);
                kept_release(k);
            }
}

TEST(an_older_generation_beside_the_newest_but_one_is_noticed)
{
    for (unsigned slot = 0; slot < 2; slot++) {
        struct err err = {0};
        struct kept *k = kept_new();
        const char *path = made_fmt(k->a, "%s/state.%u", k->folder, slot).ptr;
        struct bytes old = test_file(k->a, path);
        for (int i = 0; i < 6; i++)
            (void)extend(k, 1);
        EXPECT(kept_stop(k) == 0);
        EXPECT_OK(world_write_file(world_real(), path, old, 0600, &err));
        kept_start(k);
        EXPECT(kept_status(k).lock == KEEPER_RESTORED);
        kept_release(k);
    }
}

// -- a quorum -------------------------------------------------------------------------------------
// Our own
// checkpoint with the line of a State's witness under it.
static struct bytes with_line_of(struct kept *k, struct bytes own, int by)
{
    struct err err = {0};
    struct note note;
    struct secret seed = {0};
    struct note_key key = made_role(k->a, made_origins[by], KEYS_WITNESS, 1);
    struct writer w = writer_of(arena_new(k->a, uint8_t, 4096), 4096);
    EXPECT_OK(note_read(own, &note, &err));
    writer_put(&w, own);
    made_seed(made_role_label(k->a, made_origins[by], KEYS_WITNESS, 1), &seed);
    cosign_sign(note.text, NOW, &key, &seed, &w);
    secret_release(&seed);
    EXPECT(!w.full);
    return writer_bytes(&w);
}

static struct keeper_answer answer_by(struct kept *k, int state, struct bytes own, int line_of)
{
    struct err err = {0};
    struct keeper_answer a = {.state = str_of(made_codes[state]),
                              .origin = str_of(made_origins[state]),
                              .genesis = k->m.community.states[state].genesis,
                              .checkpoint = with_line_of(k, own, line_of)};
    EXPECT_OK(chain_write(&k->m.chain[state], k->a, &a.chain, &err));
    return a;
}

static bool resume(struct kept *k, const struct edge *edge, struct bytes own,
                   const struct keeper_answer *answers, size_t count, struct err *err)
{
    return keeper_resume(&k->clerk, edge, own, answers, count, err);
}

struct lost {
    struct kept *k;
    struct bytes old, newest; // own checkpoints of sizes 4 and 9
    struct edge old_edge;
};
static struct lost lost_new(void)
{
    struct lost l = {.k = kept_new()};
    l.old = extend(l.k, 3);
    l.old_edge = l.k->edge;
    l.newest = extend(l.k, 5);
    lose_state(l.k);
    return l;
}

TEST(too_few_states_or_one_state_twice_are_no_quorum)
{
    struct err err = {0};
    struct lost l = lost_new();
    struct kept *k = l.k;
    struct keeper_answer b = answer_by(k, 1, l.newest, 1);
    struct keeper_answer twice[] = {b, b};
    EXPECT_ERR(resume(k, &k->edge, l.newest, NULL, 0, &err), ERR_LOCKED);
    EXPECT_ERR(resume(k, &k->edge, l.newest, &b, 1, &err), ERR_LOCKED);
    EXPECT_ERR(resume(k, &k->edge, l.newest, twice, 2, &err), ERR_DENIED);
    EXPECT(kept_status(k).lock == KEEPER_RESTORED);
    kept_release(k);
}

TEST(an_answer_that_the_state_did_not_cosign_itself_does_not_count)
{
    struct err err = {0};
    struct lost l = lost_new();
    struct kept *k = l.k;
    struct keeper_answer b = answer_by(k, 1, l.newest, 1);
    struct keeper_answer of_others = answer_by(k, 2, l.newest, 1); // XC shows XB's line
    struct keeper_answer bare = answer_by(k, 2, l.newest, 2);
    bare.checkpoint = l.newest;
    struct keeper_answer other_chain = answer_by(k, 2, l.newest, 1);
    other_chain.chain = b.chain; // XC with XB's keys
    struct keeper_answer stranger = answer_by(k, 2, l.newest, 1);
    stranger.genesis = b.genesis;
    const struct keeper_answer bad[] = {of_others, bare, other_chain, stranger};
    for (size_t i = 0; i < 4; i++) {
        struct keeper_answer two[] = {b, bad[i]};
        err = (struct err){0};
        EXPECT(!resume(k, &k->edge, l.newest, two, 2, &err));
        EXPECT(err.kind != ERR_NONE);
    }
    struct keeper_answer own = answer_by(k, 1, l.newest, 1);
    own.state = STR("XA");
    own.origin = STR(XA);
    struct keeper_answer two[] = {b, own};
    EXPECT_ERR(resume(k, &k->edge, l.newest, two, 2, &err), ERR_DENIED);
    EXPECT(kept_status(k).lock == KEEPER_RESTORED);
    kept_release(k);
}

TEST(what_any_state_holds_must_be_imported_first)
{
    struct err err = {0};
    struct lost l = lost_new();
    struct kept *k = l.k;
    struct keeper_answer two[] = {answer_by(k, 1, l.old, 1), answer_by(k, 2, l.newest, 2)};
    struct keeper_answer both_old[] = {two[0], answer_by(k, 2, l.old, 2)};
    EXPECT_ERR(resume(k, &l.old_edge, l.old, two, 2, &err), ERR_GAP);
    EXPECT_ERR(resume(k, &k->edge, l.newest, both_old, 2, &err), ERR_GAP); // nobody holds so much
    EXPECT_ERR(resume(k, &l.old_edge, l.newest, two, 2, &err), ERR_TAMPERED); // another edge
    struct edge other = k->edge;
    other.at[0].octets[3] ^= 1;
    EXPECT_ERR(resume(k, &other, l.newest, two, 2, &err), ERR_TAMPERED); // another root
    EXPECT(kept_status(k).lock == KEEPER_RESTORED);
    kept_release(k);
}

TEST(with_a_quorum_it_signs_again_but_never_cosigns)
{
    struct err err = {0};
    struct lost l = lost_new();
    struct kept *k = l.k;
    struct foreign f;
    struct str line;
    uint64_t time_s;
    struct keeper_answer two[] = {answer_by(k, 1, l.old, 1), answer_by(k, 2, l.newest, 2)};
    EXPECT_OK(resume(k, &k->edge, l.newest, two, 2, &err));
    EXPECT_ERR(resume(k, &k->edge, l.newest, two, 2, &err), ERR_CONFLICT);
    foreign_init(&f, 0);
    struct keeper_cosigning ask = cosigning(k, 1, &f, 5);
    for (int restart = 0; restart < 2; restart++) {
        struct keeper_status s = kept_status(k);
        EXPECT(s.lock == KEEPER_SIGNS);
        EXPECT(bytes_eq(s.checkpoint, l.newest) || restart == 1); // Ed25519 is deterministic
        (void)extend(k, 2);
        EXPECT_ERR(keeper_cosign(&k->clerk, k->a, &ask, &line, &time_s, &err), ERR_LOCKED);
        kept_again(k);
    }
    kept_release(k);
}

TEST(approvals_given_before_the_restore_are_void)
{
    struct err err = {0};
    struct lost l = lost_new();
    struct kept *k = l.k;
    struct str text = message_text(k, usual());
    struct bytes note;
    struct bytes before[2];
    for (int who = ANNA; who <= BORIS; who++) {
        struct approval p = approval_of(k, draft_of(1), text, who);
        p.until.s = NOW + APPROVAL_AHEAD_S_MAX; // the longest that anybody could give
        before[who] = approval_sign(k, &p, who);
    }
    struct keeper_answer two[] = {answer_by(k, 1, l.old, 1), answer_by(k, 2, l.newest, 2)};
    EXPECT_OK(resume(k, &k->edge, l.newest, two, 2, &err));
    k->world->fake.now_ms += 60 * 1000;
    EXPECT_ERR(sign_by(k, draft_of(1), text, before, 2, &note, &err), ERR_DENIED);
    kept_again(k);
    EXPECT_ERR(sign_by(k, draft_of(1), text, before, 2, &note, &err), ERR_DENIED);
    for (int who = ANNA; who <= BORIS; who++) {
        struct approval p = approval_of(k, draft_of(1), text, who);
        p.until.s = NOW + 30 + APPROVAL_AHEAD_S_MAX;
        before[who] = approval_sign(k, &p, who);
    }
    EXPECT_OK(sign_by(k, draft_of(1), text, before, 2, &note, &err));
    kept_release(k);
}

TEST(a_keeper_that_waits_takes_no_first_community_from_anyone)
{
    struct err err = {0};
    struct kept *k = kept_vault();
    struct bytes note;
    kept_start(k);
    EXPECT_OK(keeper_found(&k->clerk, k->a, k->manifest, &note, &err));
    lose_state(k);
    EXPECT_ERR(keeper_community(&k->clerk, k->community, NULL, 0, &err), ERR_DENIED);
    kept_release(k);
}

// -- orders ---------------------------------------------------------------------------------------
TEST(an_order_counts_once_for_its_challenge_and_with_enough_roots)
{
    struct err err = {0};
    struct lost l = lost_new();
    struct kept *k = l.k;
    struct keeper *c = &k->clerk;
    struct order o = order_of(k, ORDER_RESUME);
    struct order other = o;
    other.challenge.octets[0] ^= 1;
    struct order elsewhere = o;
    elsewhere.log = STR(XB);
    struct order smaller = o;
    smaller.size--;
    EXPECT_ERR(keeper_order(c, order_note(k, &other, 2), &k->edge, &err), ERR_DENIED);
    EXPECT_ERR(keeper_order(c, order_note(k, &o, 1), &k->edge, &err), ERR_DENIED);
    EXPECT_ERR(keeper_order(c, order_note(k, &elsewhere, 2), &k->edge, &err), ERR_DENIED);
    EXPECT_ERR(keeper_order(c, order_note(k, &smaller, 2), &k->edge, &err), ERR_TAMPERED);
    EXPECT_ERR(keeper_order(c, order_note(k, &o, 2), &l.old_edge, &err), ERR_TAMPERED);
    EXPECT(kept_status(k).lock == KEEPER_RESTORED);
    EXPECT_OK(keeper_order(c, order_note(k, &o, 2), &k->edge, &err));
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    (void)extend(k, 1);
    EXPECT_ERR(keeper_order(c, order_note(k, &o, 2), &k->edge, &err), ERR_DENIED); // a replay
    kept_again(k);
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    o = order_of(k, ORDER_RESUME);
    EXPECT_ERR(keeper_order(&k->clerk, order_note(k, &o, 2), &k->edge, &err), ERR_CONFLICT);
    kept_release(k);
}

TEST(the_roots_cannot_make_a_sure_keeper_sign_a_second_history)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct edge whole;
    struct edge other;
    struct edge nothing;
    (void)extend(k, 5);
    whole = k->edge;
    edge_init(&nothing);
    other = whole;
    other.at[1].octets[0] ^= 1;
    struct edge before = nothing;
    struct digest leaf = leaf_of(9);
    edge_append(&before, &leaf);
    const struct edge *edges[] = {&nothing, &before, &other};
    for (size_t i = 0; i < 3; i++) {
        k->edge = *edges[i];
        struct order o = order_of(k, ORDER_ADOPT);
        err = (struct err){0};
        EXPECT(!keeper_order(&k->clerk, order_note(k, &o, 2), &k->edge, &err));
    }
    k->edge = whole;
    edge_append(&k->edge, &leaf); // a larger one, which a store may hold that the keeper lost
    struct order o = order_of(k, ORDER_ADOPT);
    EXPECT_OK(keeper_order(&k->clerk, order_note(k, &o, 2), &k->edge, &err));
    EXPECT(kept_status(k).size.n == whole.size.n + 1);
    (void)extend(k, 2);
    kept_release(k);
}

TEST(a_retired_log_stays_retired_also_after_a_restart)
{
    for (int lost = 0; lost < 2; lost++) {
        struct err err = {0};
        struct kept *k = kept_new();
        struct bytes note;
        (void)extend(k, 2);
        if (lost == 1)
            lose_state(k);
        struct order o = order_of(k, ORDER_RETIRE);
        EXPECT_OK(keeper_order(&k->clerk, order_note(k, &o, 2), &k->edge, &err));
        for (int restart = 0; restart < 2; restart++) {
            EXPECT(kept_status(k).lock == KEEPER_RETIRED);
            expect_signs_nothing(k);
            EXPECT_ERR(extend_from(k, 1, 1, 2, &note, &err), ERR_LOCKED);
            o = order_of(k, ORDER_ADOPT);
            EXPECT_ERR(keeper_order(&k->clerk, order_note(k, &o, 2), &k->edge, &err), ERR_CONFLICT);
            kept_again(k);
        }
        kept_release(k);
    }
}
