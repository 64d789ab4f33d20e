// Source: C2SP tlog-witness v1.0.0 and its rules of 2026-06; one test per row of its answers.
#include "tests/log/made.h"

static struct arena arena;
static struct made_key key;
static struct digest *leaves, *forked;

static void begin(void)
{
    arena_init(&arena, 64U << 20);
    key = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    leaves = made_leaves(&arena, 64, 64);
    forked = made_leaves(&arena, 64, 20);
}
static void end(void)
{
    secret_release(&key.seed);
    arena_release(&arena);
}
static struct witness_log held(size_t size)
{
    return (struct witness_log){key.key.name, &key.key, 1, {size}, made_root(leaves, size)};
}
static struct witness_request asked(size_t old, const struct digest *from, size_t size)
{
    struct witness_request r = {.old = {old}, .note = made_note(&arena, &key, from, size)};
    struct tile_memory m;
    struct err err = {0};
    tile_memory_init(&m, from, 64);
    if (old > 0 && old <= size)
        CHECK(merkle_make_consistency(&m.source, (struct tree_size){old}, (struct tree_size){size},
                                      &r.proof, &err));
    return r;
}
static bool decides(size_t held_size, struct witness_request r, enum witness_verdict wanted,
                    int status)
{
    struct witness_log log = held(held_size);
    struct checkpoint next = {.size = {999}};
    struct err err = {0};
    enum witness_verdict got = witness_decide(&log, &r, &next, &err);
    CHECK((got == WITNESS_COSIGN) == (err.kind == ERR_NONE));
    CHECK((got == WITNESS_COSIGN) == (next.size.n != 999));
    return got == wanted && witness_status(got) == status;
}

TEST(every_consistent_extension_is_cosigned)
{
    begin();
    for (size_t old = 0; old <= 24; old++)
        for (size_t size = old; size <= 40; size += 3)
            EXPECT(decides(old, asked(old, leaves, size), WITNESS_COSIGN, 200));
    end();
}

TEST(an_old_size_other_than_the_one_held_is_a_conflict_that_tells_ours)
{
    uint8_t octets[32];
    struct writer w = writer_of(octets, sizeof octets);
    struct tree_size size;
    struct err err = {0};
    begin();
    EXPECT(decides(10, asked(9, leaves, 20), WITNESS_OTHER_OLD, 409));
    EXPECT(decides(10, asked(11, leaves, 20), WITNESS_OTHER_OLD, 409));
    EXPECT(decides(10, asked(0, leaves, 20), WITNESS_OTHER_OLD, 409)); // how a client learns it
    EXPECT(decides(0, asked(5, leaves, 20), WITNESS_OTHER_OLD, 409));
    witness_size_write((struct tree_size){10}, &w);
    EXPECT(bytes_eq(writer_bytes(&w), bytes_of("10\n", 3)));
    EXPECT_OK(witness_size_read(writer_bytes(&w), &size, &err));
    EXPECT(size.n == 10);
    static const char *const wrong[] = {"", "\n", "10", "010\n", "10\n\n", " 10\n", "-1\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        EXPECT_ERR(witness_size_read(bytes_of(wrong[i], strlen(wrong[i])), &size, &err),
                   ERR_MALFORMED);
    end();
}

TEST(an_unknown_origin_is_not_found)
{
    begin();
    struct witness_request r = asked(0, leaves, 5);
    struct checkpoint next;
    struct err err = {0};
    struct str origin;
    EXPECT(witness_decide(NULL, &r, &next, &err) == WITNESS_UNKNOWN_LOG);
    EXPECT(witness_status(WITNESS_UNKNOWN_LOG) == 404);
    struct witness_log other = held(0);
    other.origin = STR("xb.example/demo");
    EXPECT(witness_decide(&other, &r, &next, &err) == WITNESS_UNKNOWN_LOG);
    err = (struct err){0};
    EXPECT_OK(witness_request_origin(&r, &origin, &err));
    EXPECT(str_eq(origin, STR("xa.example/demo")));
    end();
}

TEST(without_a_trusted_signature_or_with_one_that_fails_it_is_forbidden)
{
    begin();
    struct made_key thief = made_key("xa.example/demo", NOTE_KEY_ED25519, 2);
    struct witness_request r = asked(0, leaves, 5);
    r.note = made_note(&arena, &thief, leaves, 5);
    EXPECT(decides(0, r, WITNESS_UNSIGNED, 403));
    r = asked(0, leaves, 5);
    uint8_t *changed = arena_new(&arena, uint8_t, r.note.len);
    memcpy(changed, r.note.ptr, r.note.len);
    uint8_t *digit = memchr(changed, '5', r.note.len); // the size
    *digit = '6';
    r.note = bytes_of(changed, r.note.len);
    EXPECT(decides(0, r, WITNESS_UNSIGNED, 403));
    EXPECT(!witness_keep(WITNESS_UNSIGNED));
    end();
}

TEST(an_old_size_above_the_checkpoints_is_a_bad_request)
{
    begin();
    EXPECT(decides(10, asked(10, leaves, 9), WITNESS_OLD_ABOVE_NEW, 400));
    EXPECT(decides(3, asked(10, leaves, 9), WITNESS_OLD_ABOVE_NEW, 400));
    end();
}

TEST(what_is_no_note_or_no_checkpoint_is_a_bad_request)
{
    begin();
    struct witness_request r = asked(0, leaves, 5);
    r.note = bytes_of("no note\n", 8);
    EXPECT(decides(0, r, WITNESS_MALFORMED, 400));
    uint8_t octets[1024];
    struct writer w = writer_of(octets, sizeof octets);
    note_sign(STR("xa.example/demo\n05\nroot\n"), &key.key, &key.seed, &w);
    r.note = writer_bytes(&w);
    EXPECT(decides(0, r, WITNESS_MALFORMED, 400));
    end();
}

TEST(a_wrong_proof_is_unprocessable_and_kept)
{
    begin();
    struct witness_request r = asked(10, leaves, 20);
    r.proof.path[0].octets[0] ^= 1;
    EXPECT(decides(10, r, WITNESS_WRONG_PROOF, 422));
    r = asked(10, leaves, 20);
    r.proof.count--;
    EXPECT(decides(10, r, WITNESS_WRONG_PROOF, 422));
    r = asked(0, leaves, 20);
    r.proof.count = 1; // from 0 the proof must be empty
    EXPECT(decides(0, r, WITNESS_WRONG_PROOF, 422));
    r = asked(10, leaves, 10);
    r.proof.count = 1; // and to the same size
    EXPECT(decides(10, r, WITNESS_WRONG_PROOF, 422));
    // another history that parts from ours at entry 20: its own proof is right, but not from our
    // root
    EXPECT(decides(30, asked(30, forked, 40), WITNESS_WRONG_PROOF, 422));
    EXPECT(witness_keep(WITNESS_WRONG_PROOF));
    end();
}

TEST(the_size_held_with_another_root_is_unprocessable_and_kept)
{
    begin();
    EXPECT(decides(30, asked(30, forked, 30), WITNESS_OTHER_ROOT, 422));
    EXPECT(decides(30, asked(30, leaves, 30), WITNESS_COSIGN, 200));
    EXPECT(witness_keep(WITNESS_OTHER_ROOT));
    end();
}

TEST(size_0_has_the_root_of_the_empty_tree_or_is_unprocessable)
{
    begin();
    uint8_t octets[1024];
    struct digest wrong = {{1}};
    struct writer text = writer_of(octets, 256), w = writer_of(octets + 256, 768);
    checkpoint_text(key.key.name, (struct tree_size){0}, &wrong, &text);
    note_sign((struct str){(char *)octets, text.len}, &key.key, &key.seed, &w);
    struct witness_request r = {.old = {0}, .note = writer_bytes(&w)};
    EXPECT(decides(0, r, WITNESS_WRONG_EMPTY_ROOT, 422));
    EXPECT(decides(0, asked(0, leaves, 0), WITNESS_COSIGN, 200));
    end();
}

// -- the body --------------------------------------------------------------------------------

TEST(a_request_written_is_the_request_read)
{
    static uint8_t one[8192], two[8192];
    begin();
    for (size_t old = 0; old <= 33; old += 3) {
        struct witness_request r = asked(old, leaves, 33), back;
        struct err err = {0};
        struct writer a = writer_of(one, sizeof one), b = writer_of(two, sizeof two);
        witness_request_write(&r, &a);
        EXPECT_OK(witness_request_read(writer_bytes(&a), &back, &err));
        EXPECT(back.old.n == old && back.proof.count == r.proof.count);
        witness_request_write(&back, &b);
        EXPECT(bytes_eq(writer_bytes(&a), writer_bytes(&b)));
    }
    end();
}

TEST(no_request_cut_short_or_changed_is_cosigned)
{
    static uint8_t one[8192];
    begin();
    struct witness_request r = asked(21, leaves, 33);
    struct witness_log log = held(21);
    struct checkpoint next;
    struct writer w = writer_of(one, sizeof one);
    witness_request_write(&r, &w);
    for (size_t i = 0; i < w.len; i++) {
        struct witness_request back;
        struct err err = {0};
        if (witness_request_read(bytes_of(one, i), &back, &err))
            if (witness_decide(&log, &back, &next, &err) == WITNESS_COSIGN)
                fail_msg("cosigned with octet %zu changed", i);
        EXPECT(err.kind != ERR_NONE);
        for (unsigned bit = 0; bit < 8; bit++) {
            err = (struct err){0};
            one[i] ^= (uint8_t)(1U << bit);
            if (witness_request_read(writer_bytes(&w), &back, &err))
                if (witness_decide(&log, &back, &next, &err) == WITNESS_COSIGN)
                    fail_msg("cosigned with octet %zu changed", i);
            EXPECT(err.kind != ERR_NONE);
            one[i] ^= (uint8_t)(1U << bit);
        }
    }
    end();
}

TEST(a_request_has_at_most_63_hashes_and_no_other_line)
{
    static char text[8192];
    struct err err = {0};
    struct witness_request back;
    for (size_t count = 62; count <= 65; count++) {
        int len = snprintf(text, sizeof text, "old 7\n");
        for (size_t i = 0; i < count; i++)
            len += snprintf(text + len, sizeof text - (size_t)len,
                            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
        len += snprintf(text + len, sizeof text - (size_t)len, "\nnote");
        bool read = witness_request_read(bytes_of(text, (size_t)len), &back, &err);
        EXPECT(read == (count <= 63));
    }
    static const char *const wrong[] = {
        "",
        "old\n\nnote",
        "old 7\nnote",
        "old 7\n\n",
        "old 07\n\nnote",
        "old -1\n\nnote",
        "Old 7\n\nnote",
        "old  7\n\nnote",
        "old 7 \n\nnote",
        "old 9223372036854775808\n\nnote",
        "old 7\r\n\r\nnote",
        "old 7\nAAAA\n\nnote",
        "old 7\n 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\nnote",
        "\nold 7\n\nnote",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        EXPECT_ERR(witness_request_read(bytes_of(wrong[i], strlen(wrong[i])), &back, &err),
                   ERR_MALFORMED);
}
