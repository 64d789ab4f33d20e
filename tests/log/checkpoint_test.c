// Source: C2SP tlog-checkpoint v1.0.0; strictness: leading zeros, signs, spaces, 2^63, base64.
#include "tests/log/made.h"

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

TEST(a_checkpoint_is_origin_size_root_and_extension_lines)
{
    struct checkpoint_claim claim;
    struct err err = {0};
    EXPECT_OK(
        checkpoint_read(STR("example.com/behind-the-sofa\n20852163\n" ROOT "\n"), &claim, &err));
    EXPECT(str_eq(claim.said.origin, STR("example.com/behind-the-sofa")));
    EXPECT(claim.said.size.n == 20852163);
    EXPECT(claim.said.root.octets[0] == 0x0A && claim.said.root.octets[31] == 0x62);
    EXPECT(claim.said.extensions.len == 0);
    EXPECT_OK(checkpoint_read(STR("o\n1\n" ROOT "\none two\nthree\n"), &claim, &err));
    EXPECT(str_eq(claim.said.extensions, STR("one two\nthree\n")));
    EXPECT_OK(checkpoint_read(STR("o\n9223372036854775807\n" ROOT "\n"), &claim, &err));
    EXPECT_OK(checkpoint_read(STR("o\n0\n" EMPTY "\n"), &claim, &err));
}

TEST(a_checkpoint_in_any_other_form_is_refused)
{
    static const char *const wrong[] = {
        "",
        "\n",
        "o\n",
        "o\n1\n",
        "o\n1\n" ROOT,
        "\n1\n" ROOT "\n",
        "o o\n1\n" ROOT "\n",
        "o+o\n1\n" ROOT "\n",
        "o\n01\n" ROOT "\n",
        "o\n+1\n" ROOT "\n",
        "o\n-1\n" ROOT "\n",
        "o\n 1\n" ROOT "\n",
        "o\n1 \n" ROOT "\n",
        "o\n1.0\n" ROOT "\n",
        "o\n0x1\n" ROOT "\n",
        "o\n\n" ROOT "\n",
        "o\n9223372036854775808\n" ROOT "\n",
        "o\n18446744073709551617\n" ROOT "\n",
        "o\n1\r\n" ROOT "\n",
        "o\n1\n" ROOT "=\n",
        "o\n1\n " ROOT "\n",
        "o\n1\n" ROOT " \n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "o\n1\nCsUY\n",
        "o\n1\n\n",
        "o\n1\n" ROOT "\n\n",
        "o\n1\n" ROOT "\next\n\n",
        "o\n1\n" ROOT "\n\next\n",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct checkpoint_claim claim = {.said = {.size = {77}}};
        struct err err = {0};
        if (checkpoint_read(str_of(wrong[i]), &claim, &err))
            fail_msg("taken: %s", wrong[i]);
        EXPECT(err.kind == ERR_MALFORMED);
        EXPECT(claim.said.size.n == 77);
    }
    struct checkpoint_claim claim;
    struct err err = {0};
    EXPECT_ERR(checkpoint_read(STR("o\n0\n" ROOT "\n"), &claim, &err), ERR_TAMPERED);
}

TEST(origin_and_text_have_their_bounds)
{
    char text[CHECKPOINT_BYTES_MAX + 64];
    struct checkpoint_claim claim;
    struct err err = {0};
    memset(text, 'o', sizeof text);
    memcpy(text + ORIGIN_BYTES_MAX, "\n1\n" ROOT "\n", 48);
    EXPECT_OK(checkpoint_read((struct str){text, ORIGIN_BYTES_MAX + 48}, &claim, &err));
    memset(text, 'o', sizeof text);
    memcpy(text + ORIGIN_BYTES_MAX + 1, "\n1\n" ROOT "\n", 48);
    EXPECT_ERR(checkpoint_read((struct str){text, ORIGIN_BYTES_MAX + 49}, &claim, &err),
               ERR_MALFORMED);
    memset(text, 'x', sizeof text);
    memcpy(text, "o\n1\n" ROOT "\n", 49);
    text[CHECKPOINT_BYTES_MAX] = '\n';
    EXPECT_ERR(checkpoint_read((struct str){text, CHECKPOINT_BYTES_MAX + 1}, &claim, &err),
               ERR_LIMIT);
}

TEST(what_we_sign_a_peer_opens_and_the_sizes_are_those_of_the_reference)
{
    struct made_key log = made_key("cert.example-state.int/log1", NOTE_KEY_ED25519, 1);
    struct digest root = {{7}};
    struct checkpoint ours, theirs;
    struct note note;
    struct err err = {0};
    uint8_t octets[CHECKPOINT_NOTE_BYTES];
    struct writer w = writer_of(octets, sizeof octets);
    checkpoint_sign((struct tree_size){4711}, &root, &log.key, &log.seed, &w, &ours);
    EXPECT(str_eq(ours.origin, log.key.name) && ours.size.n == 4711);
    EXPECT_OK(checkpoint_open(writer_bytes(&w), log.key.name, &log.key, 1, &theirs, &note, &err));
    EXPECT(theirs.size.n == 4711 && digest_eq(&theirs.root, &root));
    EXPECT(note.signatures_count == 1);
    // the same note, rendered from what a thin link carries
    uint8_t again[CHECKPOINT_NOTE_BYTES];
    struct signature s;
    size_t size = 0;
    EXPECT(note_signature_octets(&note.signatures[0], s.octets, sizeof s.octets, &size));
    struct writer b = writer_of(again, sizeof again);
    checkpoint_note(log.key.name, (struct tree_size){4711}, &root, &log.key, &s, &b);
    EXPECT(bytes_eq(writer_bytes(&b), writer_bytes(&w)));
}

TEST(only_the_logs_own_key_makes_a_checkpoint_and_only_of_its_origin)
{
    struct made_key log = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    struct made_key thief = made_key("xa.example/demo", NOTE_KEY_ED25519, 2);
    struct made_key other = made_key("xb.example/demo", NOTE_KEY_ED25519, 3);
    struct checkpoint head = {.size = {99}};
    struct arena a;
    struct err err = {0};
    arena_init(&a, 4U << 20);
    struct digest *leaves = made_leaves(&a, 9, 9);
    struct bytes sent = made_note(&a, &log, leaves, 9);
    EXPECT_ERR(checkpoint_open(sent, log.key.name, &thief.key, 1, &head, NULL, &err), ERR_TAMPERED);
    EXPECT_ERR(checkpoint_open(sent, log.key.name, NULL, 0, &head, NULL, &err), ERR_TAMPERED);
    EXPECT_ERR(checkpoint_open(sent, other.key.name, &log.key, 1, &head, NULL, &err), ERR_CONFLICT);
    EXPECT(head.size.n == 99);
    const struct note_key both[2] = {thief.key, log.key};
    EXPECT_OK(checkpoint_open(sent, log.key.name, both, 2, &head, NULL, &err));
    uint8_t *changed = arena_new(&a, uint8_t, sent.len);
    for (size_t i = 0; i < sent.len; i++) {
        memcpy(changed, sent.ptr, sent.len);
        changed[i] ^= 1;
        EXPECT(!checkpoint_open(bytes_of(changed, sent.len), log.key.name, both, 2, &head, NULL,
                                &err));
        EXPECT(!checkpoint_open(bytes_of(sent.ptr, i), log.key.name, both, 2, &head, NULL, &err));
    }
    arena_release(&a);
}

TEST(a_signed_note_that_is_no_checkpoint_is_refused)
{
    struct made_key log = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    struct checkpoint head;
    struct err err = {0};
    uint8_t octets[1024];
    struct writer w = writer_of(octets, sizeof octets);
    note_sign(STR("elchi record v1\nlog xa.example/demo\n"), &log.key, &log.seed, &w);
    EXPECT_ERR(checkpoint_open(writer_bytes(&w), log.key.name, &log.key, 1, &head, NULL, &err),
               ERR_MALFORMED);
}
