// Source: C2SP tlog-proof: its form and its four steps of verifying.
#include "tests/log/made.h"

#define TIME UINT64_C(1784000000)

static struct arena arena;
static struct made_key log_key, w1, w2;
static struct digest *leaves;
static struct policy policy;
static uint8_t file[16384];

static void begin(void)
{
    static char text[1024];
    struct err err = {0};
    crypto_start();
    arena_init(&arena, 64U << 20);
    log_key = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    w1 = made_key("xb.example/demo/witness", NOTE_KEY_COSIGNER, 2);
    w2 = made_key("xc.example/demo/witness", NOTE_KEY_COSIGNER, 3);
    leaves = made_leaves(&arena, 300, 300);
    struct writer w = writer_of(text, sizeof text);
    const struct note_key *keys[3] = {&log_key.key, &w1.key, &w2.key};
    static const char *const before[3] = {"log ", "witness XB ", "witness XC "};
    for (size_t i = 0; i < 3; i++) {
        writer_put(&w, str_bytes(str_of(before[i])));
        note_key_write(keys[i], &w);
        writer_u8(&w, '\n');
    }
    writer_put(&w, str_bytes(STR("group q 2 XB XC\nquorum q\n")));
    CHECK(policy_read(writer_bytes(&w), &arena, &policy, &err));
}
static struct bytes made_file(size_t index, size_t size)
{
    struct tile_memory m;
    struct err err = {0};
    struct log_proof p = {.index = {index}};
    tile_memory_init(&m, leaves, 300);
    CHECK(merkle_make_inclusion(&m.source, (struct leaf_index){index}, (struct tree_size){size},
                                &p.path, &err));
    p.note = made_cosigned(
        &arena, made_cosigned(&arena, made_note(&arena, &log_key, leaves, size), TIME, &w1), TIME,
        &w2);
    struct writer w = writer_of(file, sizeof file);
    proof_write(&p, &w);
    CHECK(!w.full);
    return writer_bytes(&w);
}

TEST(a_proof_written_reads_back_and_verifies)
{
    static uint8_t again[16384];
    begin();
    static const size_t sizes[] = {1, 2, 7, 256, 300};
    for (size_t s = 0; s < 5; s++)
        for (size_t i = 0; i < sizes[s]; i += 1 + sizes[s] / 5) {
            struct log_proof p;
            struct checkpoint head;
            struct err err = {0};
            struct bytes sent = made_file(i, sizes[s]);
            EXPECT_OK(proof_read(sent, &p, &err));
            struct writer w = writer_of(again, sizeof again);
            proof_write(&p, &w);
            EXPECT(bytes_eq(writer_bytes(&w), sent));
            EXPECT_OK(proof_verify(&p, leaves[i], &policy, &arena, &head, &err));
            EXPECT(head.size.n == sizes[s]);
            EXPECT_OK(
                proof_verify_log(&p, leaves[i], log_key.key.name, &log_key.key, 1, &head, &err));
            EXPECT(sizes[s] == 1 ||
                   !proof_verify(&p, leaves[(i + 1) % sizes[s]], &policy, &arena, &head, &err));
        }
    arena_release(&arena);
}

TEST(every_changed_octet_of_a_proof_file_is_refused)
{
    begin();
    struct bytes sent = made_file(77, 300);
    struct digest leaf = leaves[77];
    for (size_t i = 0; i < sent.len; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            struct arena scratch;
            struct log_proof p;
            struct checkpoint head;
            struct err err = {0};
            arena_init(&scratch, 1U << 20);
            file[i] ^= (uint8_t)(1U << bit);
            EXPECT(!(proof_read(sent, &p, &err) &&
                     proof_verify(&p, leaf, &policy, &scratch, &head, &err)));
            EXPECT(err.kind != ERR_NONE);
            file[i] ^= (uint8_t)(1U << bit);
            arena_release(&scratch);
        }
    for (size_t cut = 0; cut < sent.len; cut++) {
        struct arena scratch;
        struct log_proof p;
        struct checkpoint head;
        struct err err = {0};
        arena_init(&scratch, 1U << 20);
        EXPECT(!(proof_read(bytes_of(file, cut), &p, &err) &&
                 proof_verify(&p, leaf, &policy, &scratch, &head, &err)));
        arena_release(&scratch);
    }
    arena_release(&arena);
}

TEST(the_extra_line_is_kept_and_trusted_for_nothing)
{
    static char text[20000];
    static uint8_t again[20000];
    struct log_proof p;
    struct err err = {0};
    struct writer w = writer_of(again, sizeof again);
    int len = snprintf(text, sizeof text, "c2sp.org/tlog-proof@v1\nextra ");
    for (size_t i = 0; i < 3000; i++) // longer than one piece of the check
        len += snprintf(text + len, sizeof text - (size_t)len, "AAAA");
    len += snprintf(text + len, sizeof text - (size_t)len, "AA==\nindex 0\n\nnote");
    EXPECT_OK(proof_read(bytes_of(text, (size_t)len), &p, &err));
    EXPECT(p.extra.len == 12004);
    proof_write(&p, &w);
    EXPECT(bytes_eq(writer_bytes(&w), bytes_of(text, (size_t)len)));
    text[5000] = '=';
    EXPECT_ERR(proof_read(bytes_of(text, (size_t)len), &p, &err), ERR_MALFORMED);
}

TEST(a_proof_file_in_any_other_form_is_refused)
{
#define HEAD "c2sp.org/tlog-proof@v1\n"
    static const char *const wrong[] = {
        "",
        HEAD,
        "c2sp.org/tlog-proof@v2\nindex 0\n\nnote",
        HEAD "index 0\n",
        HEAD "index 0\n\n",
        HEAD "index 00\n\nnote",
        HEAD "index -1\n\nnote",
        HEAD "index\n\nnote",
        HEAD "Index 0\n\nnote",
        HEAD "index 9223372036854775808\n\nnote",
        HEAD "extra\nindex 0\n\nnote",
        HEAD "extra \nindex 0\n\nnote",
        HEAD "extra AA\nindex 0\n\nnote",
        HEAD "extra AB==\nindex 0\n\nnote",
        HEAD "index 0\nextra AAAA\n\nnote",
        HEAD "index 0\nAAAA\n\nnote",
        HEAD "extra AAAA\nextra AAAA\nindex 0\n\nnote",
        "\n" HEAD "index 0\n\nnote",
        HEAD "index 0 \n\nnote",
        HEAD "index 0\r\n\r\nnote",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct log_proof p;
        struct err err = {0};
        if (proof_read(bytes_of(wrong[i], strlen(wrong[i])), &p, &err))
            fail_msg("taken: %s", wrong[i]);
        EXPECT(err.kind == ERR_MALFORMED);
    }
}
