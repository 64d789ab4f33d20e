// Its own signature, shown to it: harmless when it is old, the end of signing when it is not its.
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "tests/keeper/made.h"

static struct bytes own_checkpoint(struct kept *k, const struct edge *e)
{
    struct checkpoint made;
    struct digest root = edge_root(e);
    struct writer w =
        writer_of(arena_new(k->a, uint8_t, CHECKPOINT_NOTE_BYTES), CHECKPOINT_NOTE_BYTES);
    struct vault *v = kept_open(k);
    checkpoint_sign(e->size, &root, &v->keys[KEYS_LOG], vault_secret(v, "log"), &w, &made);
    kept_close(v);
    return writer_bytes(&w);
}

TEST(its_own_signature_on_an_unknown_tree_stops_it_until_the_roots_decide)
{
    for (int beyond = 0; beyond < 2; beyond++) {
        struct err err = {0};
        struct kept *k = kept_new();
        struct digest leaf = leaf_of(4711);
        struct bytes note;
        struct bytes known = extend(k, 4);
        struct edge other = k->edge;
        if (beyond == 1)
            edge_append(&other, &leaf);
        else
            other.at[0].octets[0] ^= 1;
        EXPECT_OK(keeper_shown_checkpoint(&k->clerk, known, NULL, &err));
        EXPECT(kept_status(k).lock == KEEPER_SIGNS);
        EXPECT_OK(keeper_shown_checkpoint(&k->clerk, own_checkpoint(k, &other), NULL, &err));
        for (int restart = 0; restart < 2; restart++) {
            EXPECT(kept_status(k).lock == KEEPER_OWN_HISTORIES);
            EXPECT_ERR(extend_from(k, k->edge.size.n, 1, 1, &note, &err), ERR_LOCKED);
            kept_again(k);
        }
        struct order o = order_of(k, ORDER_RESUME);
        EXPECT_OK(keeper_order(&k->clerk, order_note(k, &o, 2), &k->edge, &err));
        (void)extend(k, 1);
        kept_release(k);
    }
}

TEST(a_checkpoint_of_another_key_or_log_does_not_stop_it)
{
    static const uint64_t nobody[MADE_STATES];
    struct err err = {0};
    struct kept *k = kept_new();
    struct digest root = leaf_of(1);
    struct bytes forged = made_checkpoint(&k->m, 0, 99, &root, nobody, nobody);
    struct bytes foreign = made_checkpoint(&k->m, 1, 99, &root, nobody, nobody);
    EXPECT_ERR(keeper_shown_checkpoint(&k->clerk, forged, NULL, &err), ERR_TAMPERED);
    EXPECT_ERR(keeper_shown_checkpoint(&k->clerk, foreign, NULL, &err), ERR_TAMPERED);
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    kept_release(k);
}

TEST(a_signature_from_before_the_founding_stops_the_founding)
{
    struct err err = {0};
    struct kept *k = kept_vault();
    struct bytes note;
    kept_start(k);
    EXPECT_OK(keeper_shown_checkpoint(&k->clerk, own_checkpoint(k, &k->edge), NULL, &err));
    EXPECT(kept_status(k).lock == KEEPER_OWN_HISTORIES);
    EXPECT_ERR(keeper_found(&k->clerk, k->a, k->manifest, &note, &err), ERR_CONFLICT);
    kept_release(k);
}

// -- of a smaller size: what our tree was then is said, and proven -------------------------------
enum { GROWN = 14 };
struct own_tiles {
    struct digest leaves[GROWN];
    struct tile_memory tiles;
    struct edge at[GROWN + 1]; // at[n]: the edge of the first n
};

static struct own_tiles *grow(struct kept *k)
{
    struct own_tiles *own = arena_new(k->a, struct own_tiles, 1);
    own->leaves[0] = merkle_leaf(k->manifest);
    for (uint64_t i = 1; i < GROWN; i++)
        own->leaves[i] = leaf_of(i);
    tile_memory_init(&own->tiles, own->leaves, GROWN);
    edge_init(&own->at[0]);
    for (size_t i = 0; i < GROWN; i++) {
        own->at[i + 1] = own->at[i];
        edge_append(&own->at[i + 1], &own->leaves[i]);
    }
    (void)extend(k, GROWN - 1);
    struct digest root = edge_root(&own->at[GROWN]);
    struct digest kept = kept_status(k).root;
    EXPECT(digest_eq(&root, &kept));
    return own;
}

static struct keeper_own_then then_at(struct kept *k, struct own_tiles *own, uint64_t size)
{
    struct err err = {0};
    struct proof_made *made = arena_new(k->a, struct proof_made, 1);
    struct keeper_own_then then = {.root = edge_root(&own->at[size])};
    EXPECT_OK(merkle_make_consistency(&own->tiles.source, (struct tree_size){size},
                                      (struct tree_size){GROWN}, made, &err));
    then.proof = proof_of(made);
    return then;
}

static struct edge forked_at(const struct own_tiles *own, uint64_t size)
{
    struct edge e = own->at[size - 1];
    struct digest other = leaf_of(4711);
    edge_append(&e, &other);
    return e;
}

TEST(every_old_checkpoint_of_its_own_tree_is_harmless)
{
    struct kept *k = kept_new();
    struct own_tiles *own = grow(k);
    for (uint64_t size = 1; size < GROWN; size++) {
        struct err err = {0};
        struct keeper_own_then then = then_at(k, own, size);
        struct bytes note = own_checkpoint(k, &own->at[size]);
        EXPECT_OK(keeper_shown_checkpoint(&k->clerk, note, &then, &err));
        EXPECT_OK(keeper_shown_checkpoint(&k->clerk, note, NULL, &err));
    }
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    kept_release(k);
}

TEST(another_root_of_any_smaller_size_stops_it_also_after_a_restart)
{
    for (uint64_t size = 1; size < GROWN; size += 4) {
        struct err err = {0};
        struct kept *k = kept_new();
        struct own_tiles *own = grow(k);
        struct edge fork = forked_at(own, size);
        struct keeper_own_then then = then_at(k, own, size);
        struct bytes note;
        EXPECT_OK(keeper_shown_checkpoint(&k->clerk, own_checkpoint(k, &fork), &then, &err));
        EXPECT(kept_status(k).lock == KEEPER_OWN_HISTORIES);
        kept_again(k);
        EXPECT(kept_status(k).lock == KEEPER_OWN_HISTORIES);
        EXPECT_ERR(extend_from(k, GROWN, 1, 1, &note, &err), ERR_LOCKED);
        kept_release(k);
    }
}

TEST(no_false_proof_makes_an_old_checkpoint_of_its_own_stop_it)
{
    struct err err = {0};
    struct kept *k = kept_new();
    struct own_tiles *own = grow(k);
    struct bytes old = own_checkpoint(k, &own->at[6]);
    struct keeper_own_then good = then_at(k, own, 6);
    struct edge fork = forked_at(own, 6);
    struct keeper_own_then said = good;
    said.root = edge_root(&fork); // another tree said to be ours
    EXPECT_ERR(keeper_shown_checkpoint(&k->clerk, old, &said, &err), ERR_TAMPERED);
    said = then_at(k, own, 5); // what holds of another size
    EXPECT_ERR(keeper_shown_checkpoint(&k->clerk, old, &said, &err), ERR_TAMPERED);
    said = good;
    said.proof.count = 0;
    EXPECT_ERR(keeper_shown_checkpoint(&k->clerk, old, &said, &err), ERR_TAMPERED);
    for (size_t i = 0; i < good.proof.count; i++) {
        struct digest path[PROOF_HASHES_MAX];
        memcpy(path, good.proof.path, good.proof.count * sizeof *path);
        path[i].octets[i] ^= 1;
        said = (struct keeper_own_then){good.root, {path, good.proof.count}};
        EXPECT_ERR(keeper_shown_checkpoint(&k->clerk, old, &said, &err), ERR_TAMPERED);
    }
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    kept_release(k);
}

TEST(a_fork_that_its_own_key_did_not_sign_stops_nothing_whatever_is_proven)
{
    static const uint64_t nobody[MADE_STATES];
    struct err err = {0};
    struct kept *k = kept_new();
    struct own_tiles *own = grow(k);
    struct edge fork = forked_at(own, 6);
    struct digest root = edge_root(&fork);
    struct keeper_own_then then = then_at(k, own, 6);
    struct bytes forged = made_checkpoint(&k->m, 0, 6, &root, nobody, nobody);
    EXPECT_ERR(keeper_shown_checkpoint(&k->clerk, forged, &then, &err), ERR_TAMPERED);
    EXPECT(kept_status(k).lock == KEEPER_SIGNS);
    (void)extend(k, 1);
    kept_release(k);
}
