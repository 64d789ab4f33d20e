// Evidence of two histories: E1 to E3 of the reference, section 5.1.
#include "tests/log/made.h"

#define TIME UINT64_C(1784000000)
enum { LEAVES = 400 };

static struct arena arena;
static struct made_key key, key_next, witness;
static struct digest *ours, *theirs; // they part at entry 137
static struct tile_memory our_tiles, their_tiles;
static uint8_t file[EVIDENCE_BYTES_MAX];

static void begin(void)
{
    crypto_start();
    arena_init(&arena, 128U << 20);
    key = made_key("xa.example/demo", NOTE_KEY_ED25519, 1);
    key_next = made_key("xa.example/demo", NOTE_KEY_ED25519, 2);
    witness = made_key("xb.example/demo/witness", NOTE_KEY_COSIGNER, 3);
    ours = made_leaves(&arena, LEAVES, LEAVES);
    theirs = made_leaves(&arena, LEAVES, 137);
    tile_memory_init(&our_tiles, ours, LEAVES);
    tile_memory_init(&their_tiles, theirs, LEAVES);
}
static struct evidence_history history(const struct made_key *by, bool second, size_t size)
{
    struct bytes note = made_note(&arena, by, second ? theirs : ours, size);
    struct made_key stranger = made_key("xz.example", NOTE_KEY_COSIGNER, 9);
    note = made_cosigned(&arena, note, TIME + size, &witness);
    note = made_cosigned(&arena, note, TIME, &stranger);
    return (struct evidence_history){note, by->key,
                                     second ? &their_tiles.source : &our_tiles.source};
}
static struct bytes written(const struct evidence *e)
{
    struct writer w = writer_of(file, sizeof file);
    evidence_write(e, &w);
    CHECK(!w.full);
    return writer_bytes(&w);
}
static bool convinces(struct bytes sent, struct evidence_found *found, struct err *err)
{
    struct evidence e;
    return evidence_read(sent, &e, err) && evidence_verify(&e, found, err);
}
static bool accuses(const char *sentence)
{
    static const char *const words[] = {"lied",   "cheat",  "forg",      "fraud", "malicious",
                                        "guilty", "attack", "dishonest", "XA "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(sentence, words[i]) != NULL)
            return true;
    return strstr(sentence, "fault, theft or intent") == NULL;
}
static struct evidence same_size(void)
{
    struct evidence_history a = history(&key, false, 200), b = history(&key, true, 200);
    struct evidence e;
    struct err err = {0};
    EXPECT_OK(evidence_make_same_size(&a, &b, &arena, &e, &err));
    return e;
}
static struct evidence same_index(void)
{
    struct evidence_history a = history(&key, false, 300), b = history(&key, true, 250);
    struct evidence e;
    struct err err = {0};
    EXPECT_OK(evidence_make_same_index(&a, &b, &arena, &e, &err));
    return e;
}

TEST(two_roots_of_one_size_are_evidence_that_reads_back)
{
    static uint8_t again[EVIDENCE_BYTES_MAX];
    struct evidence_found found;
    struct evidence back;
    struct err err = {0};
    begin();
    struct evidence e = same_size();
    struct bytes sent = written(&e);
    print_message("evidence: same size, %zu octets\n", sent.len);
    EXPECT(sent.len >= 512 && sent.len <= 2560);
    EXPECT_OK(convinces(sent, &found, &err));
    EXPECT(found.first.size.n == 200 && found.second.size.n == 200);
    print_message("%s\n", found.sentence);
    EXPECT(!accuses(found.sentence));
    EXPECT_OK(evidence_read(sent, &back, &err));
    struct writer w = writer_of(again, sizeof again);
    evidence_write(&back, &w);
    EXPECT(bytes_eq(writer_bytes(&w), sent));
    arena_release(&arena);
}

TEST(two_leaves_at_one_index_are_evidence_whatever_the_sizes)
{
    struct evidence_found found;
    struct err err = {0};
    static const size_t sizes[][2] = {{138, 138}, {138, 400}, {400, 138}, {256, 257}, {399, 140}};
    begin();
    for (size_t i = 0; i < 5; i++) {
        struct evidence_history a = history(&key, false, sizes[i][0]),
                                b = history(&key, true, sizes[i][1]);
        struct evidence e;
        EXPECT_OK(evidence_make_same_index(&a, &b, &arena, &e, &err));
        struct bytes sent = written(&e);
        EXPECT(sent.len <= 2560 + 512);
        EXPECT_OK(convinces(sent, &found, &err));
        EXPECT(found.index.n == 137);
        EXPECT(!accuses(found.sentence));
        if (i == 4)
            print_message("evidence: same index, %zu octets\n%s\n", sent.len, found.sentence);
    }
    arena_release(&arena);
}

TEST(the_first_differing_entry_is_found_wherever_it_is)
{
    begin();
    for (size_t at = 0; at < 70; at++)
        for (size_t size = at + 1; size <= 70; size += 1 + size / 9) {
            struct digest *other = made_leaves(&arena, 70, at);
            struct tile_memory m;
            struct leaf_index found = {999};
            struct err err = {0};
            tile_memory_init(&m, other, 70);
            EXPECT_OK(evidence_first_difference(&our_tiles.source, (struct tree_size){size},
                                                &m.source, (struct tree_size){70}, &found, &err));
            EXPECT(found.n == at);
            if (at > 0)
                EXPECT_ERR(evidence_first_difference(&our_tiles.source, (struct tree_size){at},
                                                     &m.source, (struct tree_size){70}, &found,
                                                     &err),
                           ERR_CONFLICT);
        }
    arena_release(&arena);
}

TEST(a_cosigner_of_both_histories_is_evidence_too)
{
    struct evidence_found found;
    struct err err = {0};
    begin();
    struct evidence_history a = history(&key, false, 200), b = history(&key, true, 200);
    struct evidence base = same_size(), e;
    EXPECT_OK(evidence_make_cosigned(&base, a.note, b.note, &witness.key, &arena, &e, &err));
    EXPECT_OK(convinces(written(&e), &found, &err));
    EXPECT(found.first_time_s == TIME + 200 && found.second_time_s == TIME + 200);
    EXPECT(strstr(found.sentence, "xb.example/demo/witness+") != NULL);
    EXPECT(!accuses(found.sentence));
    base = same_index();
    a = history(&key, false, 300);
    b = history(&key, true, 250);
    EXPECT_OK(evidence_make_cosigned(&base, a.note, b.note, &witness.key, &arena, &e, &err));
    struct bytes sent = written(&e);
    print_message("evidence: cosigned index, %zu octets\n", sent.len);
    EXPECT_OK(convinces(sent, &found, &err));
    EXPECT(found.first_time_s == TIME + 300 && found.second_time_s == TIME + 250);
    struct made_key absent = made_key("xc.example/demo/witness", NOTE_KEY_COSIGNER, 8);
    EXPECT_ERR(evidence_make_cosigned(&base, a.note, b.note, &absent.key, &arena, &e, &err),
               ERR_NOT_FOUND);
    arena_release(&arena);
}

TEST(a_rotated_key_hides_no_second_history)
{
    struct evidence_found found;
    struct evidence e;
    struct err err = {0};
    begin();
    struct evidence_history a = history(&key, false, 200), b = history(&key_next, true, 200);
    EXPECT_OK(evidence_make_same_size(&a, &b, &arena, &e, &err));
    EXPECT_OK(convinces(written(&e), &found, &err));
    EXPECT(strstr(found.sentence, " and key ") != NULL);
    arena_release(&arena);
}

TEST(one_history_is_no_evidence)
{
    struct evidence e;
    struct err err = {0};
    begin();
    struct evidence_history a = history(&key, false, 200), b = history(&key, false, 200),
                            c = history(&key, false, 300);
    EXPECT_ERR(evidence_make_same_size(&a, &b, &arena, &e, &err), ERR_CONFLICT);
    EXPECT_ERR(evidence_make_same_size(&a, &c, &arena, &e, &err), ERR_CONFLICT);
    EXPECT_ERR(evidence_make_same_index(&a, &c, &arena, &e, &err), ERR_CONFLICT);
    // shorter than where the two part
    struct evidence_history early = history(&key, true, 137);
    EXPECT_ERR(evidence_make_same_index(&early, &c, &arena, &e, &err), ERR_CONFLICT);
    // by another's key, and of another origin
    struct evidence_history stolen = history(&key_next, true, 200);
    stolen.key = key.key;
    EXPECT(!evidence_make_same_size(&a, &stolen, &arena, &e, &err));
    struct made_key other = made_key("xb.example/demo", NOTE_KEY_ED25519, 1);
    struct evidence_history foreign = history(&other, true, 200);
    EXPECT_ERR(evidence_make_same_size(&a, &foreign, &arena, &e, &err), ERR_CONFLICT);
    arena_release(&arena);
}

// The closing hash is made anew by whoever changes the file, so it must not be what protects it.
static struct bytes closed_anew(uint8_t *octets, size_t size)
{
    char end[DIGEST_TEXT_CHARS + 1];
    size_t body = size - (4 + DIGEST_TEXT_CHARS + 1);
    struct digest all = digest_of(bytes_of(octets, body));
    digest_write(&all, end);
    memcpy(octets + body + 4, end, DIGEST_TEXT_CHARS);
    return bytes_of(octets, size);
}

static void every_octet_changed(struct evidence e)
{
    static uint8_t changed[EVIDENCE_BYTES_MAX];
    struct evidence_found found;
    struct bytes sent = written(&e);
    for (size_t i = 0; i < sent.len; i++) {
        struct err err = {0};
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(changed, sent.ptr, sent.len);
            changed[i] ^= (uint8_t)(1U << bit);
            err.kind = ERR_NONE;
            EXPECT(!convinces(bytes_of(changed, sent.len), &found, &err));
            EXPECT(err.kind != ERR_NONE);
        }
        if (i < sent.len - (4 + DIGEST_TEXT_CHARS + 1)) {
            memcpy(changed, sent.ptr, sent.len);
            changed[i] ^= 1;
            if (convinces(closed_anew(changed, sent.len), &found, &err))
                fail_msg("octet %zu of %zu may be changed: %.*s", i, sent.len, (int)sent.len,
                         (char *)changed);
        }
        EXPECT(!convinces(bytes_of(sent.ptr, i), &found, &err));
    }
}

TEST(every_changed_octet_of_evidence_is_refused_even_with_the_closing_hash_made_anew)
{
    struct err err = {0};
    struct evidence e;
    begin();
    every_octet_changed(same_size());
    every_octet_changed(same_index());
    struct evidence_history a = history(&key, false, 200), b = history(&key, true, 200);
    struct evidence base = same_size();
    EXPECT_OK(evidence_make_cosigned(&base, a.note, b.note, &witness.key, &arena, &e, &err));
    every_octet_changed(e);
    arena_release(&arena);
}

TEST(evidence_with_another_line_in_a_note_is_refused)
{
    struct evidence_found found;
    struct err err = {0};
    begin();
    struct evidence e = same_size();
    struct made_key stranger = made_key("xz.example", NOTE_KEY_COSIGNER, 9);
    e.first.section = made_cosigned(&arena, e.first.section, TIME, &stranger);
    EXPECT_ERR(convinces(written(&e), &found, &err), ERR_MALFORMED);
    arena_release(&arena);
}
