#include "community/policy_derive.h"
#include "log/policy.h"
#include "tests/community/made.h"

static const uint64_t nobody[MADE_STATES] = {0};

static bool count(struct made *m, struct bytes checkpoint, const struct moment *after,
                  struct quorum *ret, struct err *err)
{
    struct note note;
    struct arena scratch;
    EXPECT(note_read(checkpoint, &note, err));
    arena_init(&scratch, 1 << 20);
    bool done = quorum_count(&m->chains, STR("xa.example/demo"), &note, after, &scratch, ret, err);
    arena_release(&scratch);
    return done;
}

static struct bytes signed_by(struct made *m, const uint64_t *witness, const uint64_t *mirror)
{
    struct digest root = digest_of(str_bytes(STR("some root")));
    return made_checkpoint(m, 0, 9, &root, witness, mirror);
}

TEST(witness_and_mirror_of_one_state_count_once)
{
    struct err err = {0};
    struct made m;
    struct quorum q;
    made_init(&m, 2, "");
    const uint64_t both[MADE_STATES] = {0, 500, 0, 0};
    EXPECT_OK(count(&m, signed_by(&m, both, both), NULL, &q, &err));
    EXPECT(q.counted == 1 && !q.met && q.available == 3 && q.needed == 2);
    EXPECT(q.cosigners_count == 1 && str_eq(q.cosigners[0].state->code, STR("XB")));
    made_release(&m);
}

TEST(the_author_does_not_count_for_himself)
{
    struct err err = {0};
    struct made m;
    struct quorum q;
    made_init(&m, 2, "");
    const uint64_t witness[MADE_STATES] = {500, 500, 0, 0};
    EXPECT_OK(count(&m, signed_by(&m, witness, nobody), NULL, &q, &err));
    EXPECT(q.counted == 1 && !q.met);
    made_release(&m);
}

TEST(a_quorum_is_met_when_its_last_voice_has_spoken)
{
    struct err err = {0};
    struct made m;
    struct quorum q;
    made_init(&m, 2, "");
    const uint64_t witness[MADE_STATES] = {0, 900, 0, 700};
    const uint64_t mirror[MADE_STATES] = {0, 800, 500, 0};
    EXPECT_OK(count(&m, signed_by(&m, witness, mirror), NULL, &q, &err));
    EXPECT(q.counted == 3 && q.met && q.met_at.s == 700);
    EXPECT(q.cosigners[0].time.s == 800); // XB's earlier one
    made_release(&m);
}

TEST(only_cosignatures_after_the_moment_count)
{
    struct err err = {0};
    struct made m;
    struct quorum q;
    made_init(&m, 2, "");
    const uint64_t witness[MADE_STATES] = {0, 100, 300, 0};
    const uint64_t mirror[MADE_STATES] = {0, 400, 0, 200};
    const struct moment after = {200};
    EXPECT_OK(count(&m, signed_by(&m, witness, mirror), &after, &q, &err));
    EXPECT(q.counted == 2 && q.met && q.met_at.s == 400); // XB by its later line, XC; not XD
    made_release(&m);
}

TEST(a_known_cosigners_broken_line_refuses_the_note)
{
    struct err err = {0};
    struct made m;
    struct quorum q;
    made_init(&m, 2, "");
    const uint64_t witness[MADE_STATES] = {0, 500, 500, 0};
    struct bytes good = signed_by(&m, witness, nobody);
    uint8_t *copy = arena_new(&m.arena, uint8_t, good.len);
    memcpy(copy, good.ptr, good.len);
    copy[good.len - 20] = copy[good.len - 20] == 'A' ? 'B' : 'A';
    EXPECT_ERR(count(&m, bytes_of(copy, good.len), NULL, &q, &err), ERR_TAMPERED);
    made_release(&m);
}

TEST(a_group_speaks_once_when_enough_of_it_have_spoken)
{
    struct err err = {0};
    struct made m;
    struct quorum q;
    made_init(&m, 2, "group pair 2 XC XD\n");
    const uint64_t one[MADE_STATES] = {0, 500, 600, 0};
    const uint64_t all[MADE_STATES] = {0, 500, 600, 700};
    EXPECT_OK(count(&m, signed_by(&m, one, nobody), NULL, &q, &err));
    EXPECT(q.counted == 1 && !q.met && q.available == 2 && q.cosigners_count == 2);
    EXPECT_OK(count(&m, signed_by(&m, all, nobody), NULL, &q, &err));
    EXPECT(q.counted == 2 && q.met && q.met_at.s == 700 && q.cosigners_count == 3);
    made_release(&m);
}

TEST(a_replaced_witness_key_still_counts_and_a_stolen_one_does_not)
{
    struct err err = {0};
    struct made m;
    struct quorum q;
    made_init(&m, 1, "");
    const uint64_t witness[MADE_STATES] = {0, 500, 0, 0};
    struct bytes checkpoint = signed_by(&m, witness, nobody);
    struct digest previous = made_text_hash(m.first[1]);
    struct keys_record k = made_keys(&m.arena, made_origins[1], "XB", 2, &previous);
    k.keys[KEYS_WITNESS] = made_role(&m.arena, made_origins[1], KEYS_WITNESS, 2);
    struct bytes next = made_sign_next(&m.arena, &k);
    EXPECT_OK(chain_add_claimed(&m.chain[1], 5, next, &err));
    EXPECT_OK(count(&m, checkpoint, NULL, &q, &err));
    EXPECT(q.met);
    struct digest second = made_text_hash(next);
    k = made_keys(&m.arena, made_origins[1], "XB", 3, &second);
    k.keys[KEYS_WITNESS] = made_role(&m.arena, made_origins[1], KEYS_WITNESS, 2);
    k.compromised_count = 1;
    k.compromised[0].key = made_role(&m.arena, made_origins[1], KEYS_WITNESS, 1);
    EXPECT_OK(chain_add_claimed(&m.chain[1], 8, made_sign_next(&m.arena, &k), &err));
    EXPECT_OK(count(&m, checkpoint, NULL, &q, &err));
    EXPECT(!q.met && q.counted == 0);
    made_release(&m);
}

TEST(a_stranger_to_the_community_has_no_quorum)
{
    struct err err = {0};
    struct made m;
    struct quorum q;
    struct note note;
    made_init(&m, 2, "");
    EXPECT_OK(note_read(signed_by(&m, nobody, nobody), &note, &err));
    EXPECT_ERR(quorum_count(&m.chains, STR("xz.example/demo"), &note, NULL, &m.arena, &q, &err),
               ERR_NOT_FOUND);
    made_release(&m);
}

// -- the derived policy ---------------------------------------------------------------------------

static void expect_golden(struct made *m, struct str policy, const char *path)
{
    struct bytes golden = test_file(&m->arena, path);
    if (!bytes_eq(str_bytes(policy), golden))
        fail_msg("%s differs:\n%.*s", path, STR_ARG(policy));
}

TEST(the_derived_policy_is_the_golden_file)
{
    struct err err = {0};
    struct made m;
    struct str policy;
    made_init(&m, 2, "");
    EXPECT_OK(policy_derive(&m.chains, STR("xa.example/demo"), &m.arena, &policy, &err));
    expect_golden(&m, policy, "tests/golden/community/xa.policy");
    made_release(&m);
}

TEST(the_derived_policy_with_a_group_is_the_golden_file)
{
    struct err err = {0};
    struct made m;
    struct str policy;
    made_init(&m, 2, "group pair 1 XC XD\n");
    EXPECT_OK(policy_derive(&m.chains, STR("xc.example/demo"), &m.arena, &policy, &err));
    expect_golden(&m, policy, "tests/golden/community/xc-pair.policy");
    made_release(&m);
}

// The same sixteen sets of cosigners, judged by our count and by the derived policy.
TEST(the_derived_policy_and_our_count_agree)
{
    struct err err = {0};
    struct made m;
    static const char *const groups[] = {"", "group pair 1 XC XD\n", "group pair 2 XC XD\n"};
    for (size_t g = 0; g < 3; g++) {
        struct str text;
        struct policy policy;
        made_init(&m, 2, groups[g]);
        EXPECT_OK(policy_derive(&m.chains, STR("xa.example/demo"), &m.arena, &text, &err));
        EXPECT_OK(policy_read(str_bytes(text), &m.arena, &policy, &err));
        for (unsigned set = 0; set < 16; set++) {
            uint64_t witness[MADE_STATES] = {0};
            uint64_t mirror[MADE_STATES] = {0};
            struct note note;
            struct quorum q;
            for (unsigned i = 0; i < MADE_STATES; i++)
                if (set & 1U << i)
                    (i % 2 == 0 ? witness : mirror)[i] = 500;
            struct bytes checkpoint = signed_by(&m, witness, mirror);
            EXPECT_OK(note_read(checkpoint, &note, &err));
            EXPECT_OK(count(&m, checkpoint, NULL, &q, &err));
            struct err why = {0};
            EXPECT(policy_check_quorum(&policy, &note, &m.arena, &why) == q.met);
            EXPECT(q.met || why.kind == ERR_DENIED);
        }
        made_release(&m);
    }
}

TEST(a_policy_that_could_never_be_met_is_not_written)
{
    struct err err = {0};
    struct made m;
    struct str policy;
    made_init(&m, 2, "");
    m.items[1] = NULL;
    EXPECT_OK(policy_derive(&m.chains, STR("xa.example/demo"), &m.arena, &policy, &err));
    m.items[2] = NULL;
    EXPECT_ERR(policy_derive(&m.chains, STR("xa.example/demo"), &m.arena, &policy, &err), ERR_GAP);
    m.items[0] = NULL;
    EXPECT_ERR(policy_derive(&m.chains, STR("xa.example/demo"), &m.arena, &policy, &err),
               ERR_NOT_FOUND);
    made_release(&m);
}
