// Source: C2SP tlog-cosignature v1.0.1, Ed25519 (type 0x04).
#include "tests/log/made.h"

#define TIME UINT64_C(1784000000)

static bool message_is(uint64_t time_s, struct str text, const char *wanted)
{
    uint8_t octets[COSIGN_MESSAGE_BYTES_MAX];
    struct writer w = writer_of(octets, sizeof octets);
    cosign_message(text, time_s, &w);
    return bytes_eq(writer_bytes(&w), bytes_of(wanted, strlen(wanted)));
}

TEST(the_message_is_two_lines_and_the_whole_text)
{
    EXPECT(message_is(1679315147, STR("example.com/behind-the-sofa\n20852163\nroot\next\n"),
                      "cosignature/v1\ntime 1679315147\n"
                      "example.com/behind-the-sofa\n20852163\nroot\next\n"));
}

TEST(a_cosignature_made_in_two_steps_is_the_one_made_in_one_and_verifies)
{
    struct made_key w1 = made_key("xb.example/demo/witness", NOTE_KEY_COSIGNER, 5);
    struct str text = STR("xa.example/demo\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    uint8_t one[512], two[512], message[COSIGN_MESSAGE_BYTES_MAX];
    struct writer a = writer_of(one, sizeof one), b = writer_of(two, sizeof two);
    struct writer m = writer_of(message, sizeof message);
    struct signature s;
    struct note_signature line;
    size_t count = 0;
    uint64_t time_s = 0;
    struct err err = {0};
    cosign_sign(text, TIME, &w1.key, &w1.seed, &a);
    cosign_message(text, TIME, &m);
    sign_message(&w1.seed, writer_bytes(&m), &s);
    cosign_line(&w1.key, TIME, &s, &b);
    EXPECT(bytes_eq(writer_bytes(&a), writer_bytes(&b)));
    EXPECT_OK(note_lines_read(writer_bytes(&a), &line, 1, &count, &err));
    EXPECT(count == 1 && line.size == COSIGN_OCTETS);
    EXPECT_OK(cosign_verify(&line, text, &w1.key, &time_s, &err));
    EXPECT(time_s == TIME);
    EXPECT(cosign_claimed_time(&line, &time_s) && time_s == TIME);
    EXPECT_ERR(cosign_verify(&line, STR("xa.example/demo\n"), &w1.key, &time_s, &err),
               ERR_TAMPERED);
    struct made_key w2 = made_key("xb.example/demo/mirror", NOTE_KEY_COSIGNER, 6);
    EXPECT_ERR(cosign_verify(&line, text, &w2.key, &time_s, &err), ERR_NOT_FOUND);
    for (size_t cut = 0; cut < a.len; cut++)
        EXPECT(!note_lines_read(bytes_of(one, cut), &line, 1, &count, &err));
}

TEST(another_time_or_one_above_2_63_is_refused)
{
    struct made_key w1 = made_key("w.example", NOTE_KEY_COSIGNER, 5);
    struct str text = STR("o\n");
    uint8_t message[256], raw[COSIGN_OCTETS], out[512];
    struct signature s;
    struct note_signature line;
    size_t count;
    uint64_t time_s;
    struct err err = {0};
    struct writer m = writer_of(message, sizeof message);
    cosign_message(text, TIME, &m);
    sign_message(&w1.seed, writer_bytes(&m), &s);
    const uint64_t others[] = {TIME + 1, 0, UINT64_C(1) << 63};
    for (size_t i = 0; i < 3; i++) {
        struct writer r = writer_of(raw, sizeof raw), w = writer_of(out, sizeof out);
        writer_u64(&r, others[i]);
        writer_put(&r, bytes_of(s.octets, sizeof s.octets));
        note_signature_line(&w1.key, writer_bytes(&r), &w);
        EXPECT_OK(note_lines_read(writer_bytes(&w), &line, 1, &count, &err));
        EXPECT(!cosign_verify(&line, text, &w1.key, &time_s, &err));
        EXPECT(err.kind == (i == 2 ? ERR_MALFORMED : ERR_TAMPERED));
        err.kind = ERR_NONE;
        EXPECT(cosign_claimed_time(&line, &time_s) == (i != 2));
    }
}

TEST(each_owner_counts_once_with_the_earliest_of_its_times)
{
    struct made_key log = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    struct made_key keys[4] = {made_key("xb.example/demo/witness", NOTE_KEY_COSIGNER, 2),
                               made_key("xb.example/demo/mirror", NOTE_KEY_COSIGNER, 3),
                               made_key("xc.example/demo/witness", NOTE_KEY_COSIGNER, 4),
                               made_key("xa.example/demo/witness", NOTE_KEY_COSIGNER, 5)};
    struct cosigner known[4] = {
        {keys[0].key, 1}, {keys[1].key, 1}, {keys[2].key, 2}, {keys[3].key, 0}};
    struct cosign_seen seen[NOTE_SIGNATURES_MAX];
    struct arena a;
    struct note note;
    size_t count = 0;
    uint64_t time_s = 0;
    struct err err = {0};
    arena_init(&a, 16U << 20);
    struct digest *leaves = made_leaves(&a, 3, 3);
    struct bytes sent = made_note(&a, &log, leaves, 3);
    sent = made_cosigned(&a, sent, TIME + 30, &keys[0]);
    sent = made_cosigned(&a, sent, TIME + 10, &keys[1]);
    sent = made_cosigned(&a, sent, TIME + 20, &keys[2]);
    sent = made_cosigned(&a, sent, TIME + 5, &keys[3]);
    struct made_key stranger = made_key("xz.example", NOTE_KEY_COSIGNER, 9);
    sent = made_cosigned(&a, sent, TIME, &stranger);
    sent =
        made_cosigned(&a, sent, TIME + 1, &keys[2]); // a second line of one key: the first counts
    EXPECT_OK(note_read(sent, &note, &err));
    EXPECT_OK(cosign_tally(&note, known, 4, seen, &count, &err));
    EXPECT(count == 3);
    EXPECT(seen[0].owner == 1 && seen[0].time_s == TIME + 10);
    EXPECT(seen[1].owner == 2 && seen[1].time_s == TIME + 20);
    EXPECT(cosign_count(seen, count, 0) == 2); // the author's own counts for nothing
    EXPECT(cosign_time_of(seen, count, 1, &time_s) && time_s == TIME + 5);
    EXPECT(cosign_time_of(seen, count, 2, &time_s) && time_s == TIME + 10);
    EXPECT(cosign_time_of(seen, count, 3, &time_s) && time_s == TIME + 20);
    EXPECT(!cosign_time_of(seen, count, 4, &time_s));
    arena_release(&a);
}

TEST(a_known_cosigners_line_that_fails_condemns_the_note)
{
    struct made_key log = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    struct made_key w1 = made_key("xb.example/demo/witness", NOTE_KEY_COSIGNER, 2);
    struct cosigner known = {w1.key, 1};
    struct cosign_seen seen[NOTE_SIGNATURES_MAX];
    struct arena a;
    struct note note;
    size_t count = 77;
    uint64_t verified;
    struct err err = {0};
    arena_init(&a, 16U << 20);
    struct digest *leaves = made_leaves(&a, 3, 3);
    struct bytes sent = made_note(&a, &log, leaves, 3), other = made_note(&a, &log, leaves, 2);
    // a cosignature over the smaller tree, put under the larger one
    uint8_t octets[2048];
    struct note small;
    struct writer w = writer_of(octets, sizeof octets);
    EXPECT_OK(note_read(other, &small, &err));
    writer_put(&w, sent);
    cosign_sign(small.text, TIME, &w1.key, &w1.seed, &w);
    EXPECT_OK(note_read(writer_bytes(&w), &note, &err));
    EXPECT_ERR(cosign_tally(&note, &known, 1, seen, &count, &err), ERR_TAMPERED);
    EXPECT(count == 77);
    const struct note_key keys[2] = {log.key, w1.key};
    EXPECT_ERR(note_verify(&note, keys, 2, &verified, &err), ERR_TAMPERED);
    EXPECT_OK(note_verify(&note, keys, 1, &verified, &err));
    arena_release(&a);
}

TEST(an_ml_dsa_line_is_kept_and_counts_for_nothing)
{
    struct made_key log = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    struct note_key pq = {.name = STR("w.example/pq"), .id = 0x12345678, .type = NOTE_KEY_MLDSA};
    static uint8_t raw[COSIGN_MLDSA_OCTETS], again[8192];
    struct arena a;
    struct note note;
    uint64_t verified = 0, time_s = 0;
    struct err err = {0};
    arena_init(&a, 16U << 20);
    struct digest *leaves = made_leaves(&a, 3, 3);
    struct bytes sent = made_note(&a, &log, leaves, 3);
    uint8_t octets[8192];
    struct writer w = writer_of(octets, sizeof octets);
    raw[7] = 42; // the time
    writer_put(&w, sent);
    note_signature_line(&pq, bytes_of(raw, sizeof raw), &w);
    const struct note_key known[2] = {log.key, pq};
    EXPECT_OK(note_open(writer_bytes(&w), known, 2, &note, &verified, &err));
    EXPECT(verified == 1 && note.signatures[1].size == COSIGN_MLDSA_OCTETS);
    EXPECT(cosign_claimed_time(&note.signatures[1], &time_s) && time_s == 42);
    EXPECT_ERR(cosign_verify(&note.signatures[1], note.text, &pq, &time_s, &err), ERR_UNSUPPORTED);
    struct writer back = writer_of(again, sizeof again);
    note_write(&note, &back);
    EXPECT(bytes_eq(writer_bytes(&back), writer_bytes(&w)));
    arena_release(&a);
}
