// Proofs that are right, for another tree than the one they are shown for: refused as tampered,
// or as malformed where even the length tells.
#include "log/proof.h"
#include "tests/log/made.h"

enum { LEAVES = 300, FORK = 100 };
static struct arena arena;
static struct digest *ours, *theirs; // the same up to FORK

static void begin(void)
{
    arena_init(&arena, 64U << 20);
    ours = made_leaves(&arena, LEAVES, LEAVES);
    theirs = made_leaves(&arena, LEAVES, FORK);
}

static struct proof_made included(const struct digest *leaves, uint64_t index, uint64_t size)
{
    struct tile_memory m;
    struct proof_made p;
    struct err err = {0};
    tile_memory_init(&m, leaves, LEAVES);
    EXPECT_OK(merkle_make_inclusion(&m.source, (struct leaf_index){index}, (struct tree_size){size},
                                    &p, &err));
    return p;
}

static bool is_refused(const struct err *err)
{
    return (err->kind == ERR_TAMPERED || err->kind == ERR_MALFORMED) && err->clause != NULL;
}

TEST(an_inclusion_proof_of_one_tree_proves_nothing_in_another)
{
    begin();
    static const uint64_t sizes[] = {FORK + 1, 128, 200, 256, LEAVES};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (uint64_t at = 0; at < sizes[s]; at += 13) {
            struct err err = {0};
            struct proof_made p = included(theirs, at, sizes[s]);
            struct digest root = made_root(ours, sizes[s]);
            struct digest their_root = made_root(theirs, sizes[s]);
            struct proof path = {p.path, p.count};
            EXPECT(merkle_check_inclusion(theirs[at], (struct leaf_index){at},
                                          (struct tree_size){sizes[s]}, path, their_root, &err));
            EXPECT(!merkle_check_inclusion(theirs[at], (struct leaf_index){at},
                                           (struct tree_size){sizes[s]}, path, root, &err));
            EXPECT(is_refused(&err));
        }
    arena_release(&arena);
}

TEST(an_inclusion_proof_of_one_size_proves_nothing_at_another)
{
    begin();
    struct digest root = made_root(ours, LEAVES);
    for (uint64_t size = 1; size < LEAVES; size += 7) {
        struct err err = {0};
        struct proof_made p = included(ours, size / 2, size);
        struct proof path = {p.path, p.count};
        EXPECT(!merkle_check_inclusion(ours[size / 2], (struct leaf_index){size / 2},
                                       (struct tree_size){LEAVES}, path, root, &err));
        EXPECT(is_refused(&err));
    }
    arena_release(&arena);
}

TEST(a_consistency_proof_of_one_tree_proves_nothing_of_another)
{
    begin();
    struct tile_memory m;
    tile_memory_init(&m, theirs, LEAVES);
    for (uint64_t from = 1; from < LEAVES; from += 11) {
        struct err err = {0};
        struct proof_made p;
        EXPECT_OK(merkle_make_consistency(&m.source, (struct tree_size){from},
                                          (struct tree_size){LEAVES}, &p, &err));
        struct proof path = {p.path, p.count};
        struct digest old = made_root(ours, from);
        EXPECT(!merkle_check_consistency((struct tree_size){from}, old, (struct tree_size){LEAVES},
                                         made_root(ours, LEAVES), path, &err));
        EXPECT(is_refused(&err));
        err = (struct err){0};
        bool grew =
            merkle_check_consistency((struct tree_size){from}, old, (struct tree_size){LEAVES},
                                     made_root(theirs, LEAVES), path, &err);
        EXPECT(grew == (from <= FORK)); // a fork shows where it began
        EXPECT(grew || is_refused(&err));
    }
    arena_release(&arena);
}

// A tlog-proof whose path is of one tree and whose checkpoint is of another, both well signed.
TEST(a_proof_file_with_the_checkpoint_of_another_tree_is_refused)
{
    begin();
    struct made_key key = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    struct made_key other = made_key("xb.example/demo", NOTE_KEY_ED25519, 1);
    for (uint64_t at = 0; at < LEAVES; at += 29) {
        struct err err = {0};
        struct checkpoint head;
        struct log_proof p = {.index = {at}, .path = included(theirs, at, LEAVES)};
        p.note = made_note(&arena, &key, ours, LEAVES);
        EXPECT(!proof_verify_log(&p, theirs[at], key.key.name, &key.key, 1, &head, &err));
        EXPECT(is_refused(&err));
        // The same key under another log's name makes no checkpoint of ours.
        err = (struct err){0};
        p.note = made_note(&arena, &other, theirs, LEAVES);
        EXPECT(!proof_verify_log(&p, theirs[at], key.key.name, &key.key, 1, &head, &err));
        EXPECT(err.kind != ERR_NONE);
        err = (struct err){0};
        p.note = made_note(&arena, &key, theirs, LEAVES);
        EXPECT_OK(proof_verify_log(&p, theirs[at], key.key.name, &key.key, 1, &head, &err));
    }
    arena_release(&arena);
}
