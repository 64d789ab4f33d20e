// How the keeper founds and extends its own log, and cosigns others'.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "tests/keeper/made.h"

// -- founding -------------------------------------------------------------------------------------
TEST(a_log_is_founded_by_the_roots_manifest_of_the_keepers_own_keys)
{
    struct err err = {0};
    struct kept *k = kept_vault();
    struct bytes note = {0}, again = {0};
    struct checkpoint c;
    kept_start(k);
    EXPECT(kept_status(k).lock == KEEPER_UNFOUNDED);
    EXPECT_ERR(extend_from(k, 0, 0, 1, &note, &err), ERR_LOCKED);
    EXPECT_ERR(keeper_found(&k->clerk, k->a, k->m.first[0], &note, &err), ERR_DENIED);
    EXPECT_ERR(keeper_found(&k->clerk, k->a, k->m.first[1], &note, &err), ERR_CONFLICT);
    EXPECT_OK(keeper_found(&k->clerk, k->a, k->manifest, &note, &err));
    struct vault *v = kept_open(k);
    EXPECT_OK(checkpoint_open(note, STR(XA), &v->keys[KEYS_LOG], 1, &c, NULL, &err));
    struct digest root = merkle_leaf(k->manifest);
    EXPECT(c.size.n == 1);
    EXPECT(digest_eq(&c.root, &root));
    // Another manifest of the very same keys comes too late.
    struct bytes other =
        made_sign(k->a, &v->manifest.keys, (struct made_signer[]){{1, 0}, {1, 2}}, 2);
    kept_close(v);
    for (int restart = 0; restart < 2; restart++) {
        EXPECT_OK(keeper_found(&k->clerk, k->a, k->manifest, &again, &err));
        EXPECT(bytes_eq(note, again));
        EXPECT_ERR(keeper_found(&k->clerk, k->a, other, &again, &err), ERR_CONFLICT);
        EXPECT(kept_status(k).lock == KEEPER_SIGNS);
        kept_again(k);
    }
    kept_release(k);
}

TEST(a_manifest_with_too_few_roots_founds_nothing)
{
    struct err err = {0};
    struct kept *k = kept_vault();
    struct bytes note = {0};
    struct vault *v = kept_open(k);
    struct note read;
    struct keys_record keys;
    EXPECT_OK(keys_note_read(k->manifest, &read, &keys, &err));
    struct bytes one = made_sign(k->a, &keys, (struct made_signer[]){{1, 0}}, 1);
    kept_close(v);
    kept_start(k);
    EXPECT_ERR(keeper_found(&k->clerk, k->a, one, &note, &err), ERR_TAMPERED);
    EXPECT(kept_status(k).lock == KEEPER_UNFOUNDED);
    kept_release(k);
}

// -- extending ------------------------------------------------------------------------------------
TEST(what_is_extended_is_the_tree_of_its_leaves)
{
    static const uint32_t counts[] = {1, 2, 1, 255, 256, 257, 4096};
    struct err err = {0};
    struct kept *k = kept_new();
    struct vault *v = kept_open(k);
    for (size_t i = 0; i < 7; i++) {
        struct checkpoint c;
        struct bytes note = extend(k, counts[i]);
        struct digest root = edge_root(&k->edge);
        EXPECT_OK(checkpoint_open(note, STR(XA), &v->keys[KEYS_LOG], 1, &c, NULL, &err));
        EXPECT(c.size.n == k->edge.size.n);
        EXPECT(digest_eq(&c.root, &root));
        EXPECT(bytes_eq(kept_status(k).checkpoint, note));
    }
    kept_close(v);
    kept_release(k);
}

TEST(a_batch_that_does_not_start_at_the_size_is_refused)
{
    static const uint64_t firsts[] = {0, 1, 5, 7, 100, UINT64_MAX, UINT64_C(1) << 63};
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes note;
    (void)extend(k, 5);
    for (size_t i = 0; i < 7; i++)
        EXPECT_ERR(extend_from(k, firsts[i], 500, 3, &note, &err), ERR_CONFLICT);
    EXPECT(kept_status(k).size.n == 6);
    kept_release(k);
}

TEST(the_same_batch_again_gives_the_same_note_and_no_other_batch_does)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes again = {0};
    (void)extend(k, 4);
    struct bytes note = extend(k, 5); // 5 to 10
    for (int restart = 0; restart < 2; restart++) {
        EXPECT_OK(extend_from(k, 5, 5, 5, &again, &err));
        EXPECT(bytes_eq(note, again));
        EXPECT_ERR(extend_from(k, 5, 6, 5, &again, &err), ERR_CONFLICT);
        EXPECT_ERR(extend_from(k, 5, 5, 4, &again, &err), ERR_CONFLICT);
        EXPECT_ERR(extend_from(k, 5, 5, 6, &again, &err), ERR_CONFLICT);
        EXPECT_ERR(extend_from(k, 1, 1, 4, &again, &err), ERR_CONFLICT); // the one before the last
        EXPECT(kept_status(k).size.n == 10);
        kept_again(k);
    }
    kept_release(k);
}

TEST(no_leaves_and_too_many_leaves_are_refused)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct bytes note;
    EXPECT_ERR(extend_from(k, 1, 1, 0, &note, &err), ERR_MALFORMED);
    EXPECT_ERR(extend_from(k, 1, 1, 30001, &note, &err), ERR_MALFORMED);
    EXPECT_OK(extend_from(k, 1, 1, 30000, &note, &err));
    kept_release(k);
}

// -- cosigning ------------------------------------------------------------------------------------
static bool cosign(struct kept *k, const struct keeper_cosigning *ask, uint64_t *ret_time_s,
                   struct err *err)
{
    struct str line;
    struct note_signature s;
    struct note note;
    size_t count = 0;
    uint64_t said = 0;
    if (!keeper_cosign(&k->clerk, k->a, ask, &line, ret_time_s, err))
        return false;
    struct vault *v = kept_open(k);
    enum keys_role role = ask->role == KEEPER_MIRROR ? KEYS_MIRROR : KEYS_WITNESS;
    EXPECT(note_read(ask->checkpoint, &note, err));
    EXPECT(note_lines_read(str_bytes(line), &s, 1, &count, err));
    EXPECT(cosign_verify(&s, note.text, &v->keys[role], &said, err));
    EXPECT(said == *ret_time_s);
    kept_close(v);
    return true;
}

static bool cosign_to(struct kept *k, struct foreign *f, uint64_t from, uint64_t to,
                      uint64_t *ret_time_s, struct err *err)
{
    struct keeper_cosigning ask = cosigning(k, 1, f, to);
    prove_from(k, f, from, to, &ask);
    return cosign(k, &ask, ret_time_s, err);
}

TEST(a_log_that_grows_is_cosigned_as_witness_and_as_mirror)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct foreign f;
    uint64_t time_s = 0;
    struct tree_size held;
    struct digest root;
    foreign_init(&f, 0);
    EXPECT_OK(cosign_to(k, &f, 0, 5, &time_s, &err));
    EXPECT(time_s == NOW);
    EXPECT_OK(cosign_to(k, &f, 5, 20, &time_s, &err));
    EXPECT_OK(cosign_to(k, &f, 20, 20, &time_s, &err)); // the same again, with a newer time
    struct keeper_cosigning mirror = cosigning(k, 1, &f, 7);
    mirror.role = KEEPER_MIRROR;
    EXPECT_OK(cosign(k, &mirror, &time_s, &err)); // each role remembers for itself
    EXPECT_OK(keeper_cosigned(&k->clerk, KEEPER_WITNESS, STR(XB), &held, &root, &err));
    EXPECT(held.n == 20);
    kept_again(k);
    EXPECT_OK(keeper_cosigned(&k->clerk, KEEPER_MIRROR, STR(XB), &held, &root, &err));
    EXPECT(held.n == 7);
    EXPECT_OK(
        keeper_cosigned(&k->clerk, KEEPER_WITNESS, STR("xq.example/demo"), &held, &root, &err));
    EXPECT(held.n == 0);
    kept_release(k);
}

TEST(several_are_cosigned_in_one_durable_step_each_with_its_own_verdict)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct foreign f;
    struct keeper_cosigned_line got[3] = {0};
    struct tree_size held;
    struct digest root;
    foreign_init(&f, 0);
    struct keeper_cosigning asks[] = {cosigning(k, 1, &f, 7), cosigning(k, 1, &f, 7),
                                      cosigning(k, 1, &f, 5)};
    asks[1].role = KEEPER_MIRROR;
    struct vault *v = kept_open(k);
    uint64_t before = v->state.generation;
    kept_close(v);
    EXPECT_OK(keeper_cosign_all(&k->clerk, k->a, asks, 3, got, &err));
    EXPECT(got[0].refused.kind == ERR_NONE && got[0].time_s == NOW);
    EXPECT(got[1].refused.kind == ERR_NONE && got[1].time_s == NOW);
    EXPECT(got[2].refused.kind == ERR_CONFLICT); // smaller than the one before it in this frame
    EXPECT(!str_eq(got[0].line, got[1].line));
    kept_again(k);
    v = kept_open(k);
    EXPECT(v->state.generation == before + 1);
    kept_close(v);
    EXPECT_OK(keeper_cosigned(&k->clerk, KEEPER_MIRROR, STR(XB), &held, &root, &err));
    EXPECT(held.n == 7);
    EXPECT_ERR(keeper_cosign_all(&k->clerk, k->a, asks, 0, got, &err), ERR_MALFORMED);
    kept_release(k);
}

TEST(a_checkpoint_that_the_log_did_not_sign_is_not_cosigned)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct foreign f;
    uint64_t time_s;
    foreign_init(&f, 0);
    struct keeper_cosigning ask = cosigning(k, 1, &f, 5);
    struct keeper_cosigning other = cosigning(k, 2, &f, 5);
    struct bytes good = ask.checkpoint;
    ask.checkpoint = other.checkpoint; // XC's, under XB's name
    EXPECT_ERR(cosign(k, &ask, &time_s, &err), ERR_TAMPERED);
    uint8_t *copy = arena_new(k->a, uint8_t, good.len);
    memcpy(copy, good.ptr, good.len);
    copy[sizeof XB] = '6'; // size 6, signed as 5
    ask.checkpoint = bytes_of(copy, good.len);
    EXPECT_ERR(cosign(k, &ask, &time_s, &err), ERR_TAMPERED);
    kept_release(k);
}

TEST(another_genesis_than_the_communitys_is_refused_whoever_says_it)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct foreign f;
    uint64_t time_s;
    foreign_init(&f, 0);
    // A whole chain of other keys for the same origin: XB's own manifest, made by somebody else.
    struct keys_record keys = made_keys(k->a, XB, "XB", 1, NULL);
    keys.demo = true;
    struct bytes note = made_sign(k->a, &keys, (struct made_signer[]){{1, 0}, {1, 1}}, 2);
    struct digest genesis = made_text_hash(note);
    struct chain chain;
    chain_init(&chain, k->a, STR(XB), STR("XB"), &genesis);
    EXPECT_OK(chain_add_claimed(&chain, 0, note, &err));
    struct keeper_cosigning ask = cosigning(k, 1, &f, 5);
    ask.genesis = genesis;
    EXPECT_ERR(cosign(k, &ask, &time_s, &err), ERR_CONFLICT); // the community says otherwise
    EXPECT_OK(chain_write(&chain, k->a, &ask.chain, &err));
    EXPECT_ERR(cosign(k, &ask, &time_s, &err), ERR_CONFLICT);
    kept_release(k);
}

TEST(a_genesis_is_pinned_by_the_first_cosignature)
{
    struct err err = {0};
    struct kept *k = kept_vault(); // knows no community yet
    struct foreign f;
    struct bytes checkpoint;
    uint64_t time_s;
    kept_start(k);
    EXPECT_OK(keeper_found(&k->clerk, k->a, k->manifest, &checkpoint, &err));
    foreign_init(&f, 0);
    EXPECT_OK(cosign_to(k, &f, 0, 5, &time_s, &err));
    struct keys_record keys = made_keys(k->a, XB, "XB", 1, NULL);
    keys.demo = true;
    struct bytes note = made_sign(k->a, &keys, (struct made_signer[]){{1, 0}, {1, 1}}, 2);
    struct chain chain;
    struct keeper_cosigning ask = cosigning(k, 1, &f, 5);
    ask.genesis = made_text_hash(note);
    chain_init(&chain, k->a, STR(XB), STR("XB"), &ask.genesis);
    EXPECT_OK(chain_add_claimed(&chain, 0, note, &err));
    EXPECT_OK(chain_write(&chain, k->a, &ask.chain, &err));
    EXPECT_ERR(cosign(k, &ask, &time_s, &err), ERR_CONFLICT);
    kept_release(k);
}

TEST(rollback_fork_and_a_false_proof_are_not_cosigned)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct foreign f, g;
    uint64_t time_s = 0;
    struct tree_size held;
    struct digest root;
    foreign_init(&f, 0);
    foreign_init(&g, 1); // the same up to 10
    EXPECT_OK(cosign_to(k, &f, 0, 20, &time_s, &err));
    EXPECT_ERR(cosign_to(k, &f, 0, 5, &time_s, &err), ERR_CONFLICT);   // rollback
    EXPECT_ERR(cosign_to(k, &g, 20, 20, &time_s, &err), ERR_TAMPERED); // same size, other root
    EXPECT_ERR(cosign_to(k, &g, 20, 30, &time_s, &err), ERR_TAMPERED); // a proof of another past
    EXPECT_ERR(cosign_to(k, &f, 0, 30, &time_s, &err), ERR_CONFLICT);  // a proof from elsewhere
    for (uint64_t from = 1; from < 30; from++) {
        err = (struct err){0};
        if (from != 20)
            EXPECT(!cosign_to(k, &f, from, 30, &time_s, &err));
    }
    EXPECT_OK(keeper_cosigned(&k->clerk, KEEPER_WITNESS, STR(XB), &held, &root, &err));
    EXPECT(held.n == 20);
    EXPECT_OK(cosign_to(k, &f, 20, 30, &time_s, &err));
    kept_release(k);
}

TEST(the_time_of_cosignatures_never_goes_back_also_after_a_restart)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct foreign f;
    uint64_t time_s = 0;
    foreign_init(&f, 0);
    k->world->fake.now_ms = (NOW + 500) * INT64_C(1000);
    EXPECT_OK(cosign_to(k, &f, 0, 5, &time_s, &err));
    EXPECT(time_s == NOW + 500);
    k->world->fake.now_ms = (NOW - 500) * INT64_C(1000);
    EXPECT_OK(cosign_to(k, &f, 5, 6, &time_s, &err));
    EXPECT(time_s == NOW + 500);
    kept_again(k);
    EXPECT_OK(cosign_to(k, &f, 6, 7, &time_s, &err));
    EXPECT(time_s == NOW + 500);
    k->world->fake.now_ms = (NOW + 501) * INT64_C(1000);
    EXPECT_OK(cosign_to(k, &f, 7, 8, &time_s, &err));
    EXPECT(time_s == NOW + 501);
    kept_release(k);
}

TEST(nobody_cosigns_its_own_log)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct foreign f;
    uint64_t time_s;
    foreign_init(&f, 0);
    struct keeper_cosigning ask = cosigning(k, 0, &f, 5);
    EXPECT_ERR(cosign(k, &ask, &time_s, &err), ERR_DENIED);
    kept_release(k);
}
