#include "community/proof_check.h"
#include "log/proof.h"
#include "log/tile.h"
#include "tests/community/made.h"

enum { SIZE = 8, AT = 5 };

// One sealed message of XA to XB at entry 5 of 8, cosigned by XB and XC.
struct sample {
    struct made m;
    struct bytes note, entry, entry_zero;
    struct blind blind;
    struct digest leaves[SIZE];
    struct digest root;
    struct bytes checkpoint;
    struct proof_file file;
    struct proof_file_keys keys[MADE_STATES];
    struct bytes whole;
};

static struct bytes made_message(struct made *m, enum keys_role signer, const char *to)
{
    struct arena *a = &m->arena;
    char book[DIGEST_TEXT_CHARS + 1];
    digest_write(&m->community.codebook, book);
    struct str text =
        made_fmt(a,
                 "elchi record v1\nlog xa.example/demo\ntype message\nfrom XA/technical\nto %s\n"
                 "ref XA%s-2026-0012\ntime 2026-07-14T04:01:05Z\nprecedence IMMEDIATE\n"
                 "tlp GREEN\nexercise no\n",
                 to, strcmp(to, "all") == 0 ? "" : "/XB");
    struct buffer b;
    buffer_init(&b, a, RECORD_BYTES_MAX);
    buffer_str(&b, text);
    buffer_fmt(&b, "codebook 1 %s\n01 C01\n", book);
    struct note_key key = made_role(a, made_origins[0], signer, 1);
    struct secret seed;
    struct writer w = writer_of(arena_new(a, uint8_t, 4096), 4096);
    made_seed(made_role_label(a, made_origins[0], signer, 1), &seed);
    note_sign((struct str){(const char *)b.ptr, b.len}, &key, &seed, &w);
    secret_release(&seed);
    EXPECT(!w.full);
    return writer_bytes(&w);
}

static void make_keys(struct sample *s)
{
    struct err err = {0};
    for (size_t i = 0; i < MADE_STATES; i++) {
        s->keys[i].origin = s->m.chain[i].origin;
        EXPECT_OK(chain_write(&s->m.chain[i], &s->m.arena, &s->keys[i].chain, &err));
    }
}

static void make_file(struct sample *s)
{
    struct err err = {0};
    struct log_proof proof = {.index = {AT}, .note = s->checkpoint};
    struct tile_memory tiles;
    struct writer w = writer_of(arena_new(&s->m.arena, uint8_t, 65536), 65536);
    tile_memory_init(&tiles, s->leaves, SIZE);
    EXPECT_OK(merkle_make_inclusion(&tiles.source, (struct leaf_index){AT},
                                    (struct tree_size){SIZE}, &proof.path, &err));
    proof_write(&proof, &w);
    EXPECT(!w.full);
    s->file = (struct proof_file){.community = s->m.file,
                                  .keys = s->keys,
                                  .keys_count = MADE_STATES,
                                  .note = s->note,
                                  .blind = bytes_of(s->blind.octets, BLIND_BYTES),
                                  .entry = s->entry,
                                  .tlog_proof = writer_bytes(&w)};
    EXPECT_OK(proof_file_write(&s->file, &s->m.arena, &s->whole, &err));
}

static void make_log(struct sample *s)
{
    struct edge edge;
    edge_init(&edge);
    for (int i = 0; i < SIZE; i++) {
        char filler[16];
        int len = snprintf(filler, sizeof filler, "filler %d", i);
        s->leaves[i] = merkle_leaf(i == 0    ? s->m.first[0]
                                   : i == AT ? s->entry
                                             : bytes_of(filler, (size_t)len));
        edge_append(&edge, &s->leaves[i]);
    }
    s->root = edge_root(&edge);
}

static void sample_note(struct sample *s, enum entry_kind kind, struct bytes note)
{
    struct err err = {0};
    const uint64_t witness[MADE_STATES] = {0, 1784001700, 0, 0};
    const uint64_t mirror[MADE_STATES] = {0, 0, 1784001800, 0};
    s->note = note;
    for (size_t i = 0; i < BLIND_BYTES; i++)
        s->blind.octets[i] = (uint8_t)i;
    struct entry entry = entry_of(kind, str_bytes(STR("an age file")), &s->blind, s->note);
    EXPECT_OK(entry_write(&entry, &s->m.arena, &s->entry, &err));
    make_log(s);
    s->checkpoint = made_checkpoint(&s->m, 0, SIZE, &s->root, witness, mirror);
    make_keys(s);
    make_file(s);
}

static void sample_init(struct sample *s)
{
    memset(s, 0, sizeof *s);
    made_init(&s->m, 2, "");
    sample_note(s, ENTRY_SEALED, made_message(&s->m, KEYS_TECHNICAL, "XB/technical"));
}

static bool verify(struct sample *s, struct bytes file, bool anchored, struct proof_shown *ret,
                   struct err *err)
{
    return proof_file_verify(&s->m.arena, file, anchored ? &s->m.community.hash : NULL, ret, err);
}

// Writes the changed sections anew, with a right closing hash, and expects a refusal.
static void expect_refused(struct sample *s, enum err_kind kind)
{
    struct err err = {0};
    struct bytes changed;
    struct proof_shown shown;
    EXPECT_OK(proof_file_write(&s->file, &s->m.arena, &changed, &err));
    EXPECT_ERR(verify(s, changed, true, &shown, &err), kind);
}

TEST(a_proof_shows_who_said_what_and_who_saw_it)
{
    struct err err = {0};
    struct sample s;
    struct proof_shown shown;
    sample_init(&s);
    EXPECT_OK(verify(&s, s.whole, true, &shown, &err));
    EXPECT(shown.verdict == ERR_NONE);
    EXPECT(str_eq(shown.author->code, STR("XA")));
    EXPECT(str_eq(shown.said->key_name, STR("xa.example/demo/technical")));
    EXPECT(bytes_eq(shown.said->note, s.note));
    EXPECT(shown.said->record.time.s == MADE_TIME);
    EXPECT(shown.said->place.index.n == AT && shown.size.n == SIZE);
    EXPECT(digest_eq(&shown.root, &s.root));
    EXPECT(shown.kind == ENTRY_SEALED && shown.disowned == 0);
    EXPECT(shown.quorum.met && shown.quorum.counted == 2 && shown.quorum.available == 3);
    EXPECT(str_eq(shown.quorum.cosigners[1].state->code, STR("XC")));
    EXPECT(shown.quorum.met_at.s == 1784001800);
    made_release(&s.m);
}

TEST(without_an_anchor_a_proof_is_consistent_but_not_anchored)
{
    struct err err = {0};
    struct sample s;
    struct proof_shown shown;
    sample_init(&s);
    EXPECT_OK(verify(&s, s.whole, false, &shown, &err));
    EXPECT(shown.verdict == ERR_UNANCHORED);
    EXPECT(err_kind_exit(shown.verdict) != err_kind_exit(ERR_NONE));
    EXPECT(digest_eq(&shown.community->hash, &s.m.community.hash));
    struct digest other = digest_of(str_bytes(STR("another community")));
    EXPECT_ERR(proof_file_verify(&s.m.arena, s.whole, &other, &shown, &err), ERR_CONFLICT);
    made_release(&s.m);
}

TEST(a_proof_file_reads_back_as_it_was_written)
{
    struct err err = {0};
    struct sample s;
    struct proof_file again;
    struct bytes twice;
    sample_init(&s);
    EXPECT_OK(proof_file_read(&s.m.arena, s.whole, &again, &err));
    EXPECT_OK(proof_file_write(&again, &s.m.arena, &twice, &err));
    EXPECT(bytes_eq(s.whole, twice));
    made_release(&s.m);
}

TEST(every_changed_byte_of_a_proof_is_refused_with_a_reason)
{
    struct sample s;
    sample_init(&s);
    uint8_t *copy = arena_new(&s.m.arena, uint8_t, s.whole.len);
    memcpy(copy, s.whole.ptr, s.whole.len);
    for (size_t i = 0; i < s.whole.len; i++) {
        struct err err = {0};
        struct arena scratch;
        struct proof_shown shown;
        arena_init(&scratch, 1 << 22);
        copy[i] ^= 1;
        if (proof_file_verify(&scratch, bytes_of(copy, s.whole.len), NULL, &shown, &err))
            fail_msg("octet %zu changed, and accepted", i);
        EXPECT(err.kind != ERR_NONE && err.text[0] != '\0');
        copy[i] ^= 1;
        arena_release(&scratch);
    }
    made_release(&s.m);
}

TEST(a_proof_cut_short_is_refused)
{
    struct sample s;
    sample_init(&s);
    for (size_t len = 0; len < s.whole.len; len++) {
        struct err err = {0};
        struct arena scratch;
        struct proof_file file;
        arena_init(&scratch, 1 << 20);
        EXPECT(!proof_file_read(&scratch, bytes_of(s.whole.ptr, len), &file, &err));
        EXPECT(err.kind != ERR_NONE);
        arena_release(&scratch);
    }
    made_release(&s.m);
}

// A forger who can compute the closing hash anew still changes nothing of what was signed.
TEST(a_changed_byte_of_a_section_is_refused_even_under_a_right_closing_hash)
{
    struct sample s;
    sample_init(&s);
    struct bytes *sections[] = {&s.file.note, &s.file.blind, &s.file.entry, &s.file.tlog_proof,
                                &s.keys[0].chain};
    for (size_t n = 0; n < sizeof sections / sizeof *sections; n++) {
        struct bytes right = *sections[n];
        uint8_t *copy = arena_new(&s.m.arena, uint8_t, right.len);
        memcpy(copy, right.ptr, right.len);
        *sections[n] = bytes_of(copy, right.len);
        for (size_t i = 0; i<right.len; i += right.len> 600 ? 5 : 1) {
            struct err err = {0};
            struct arena scratch;
            struct proof_shown shown;
            struct bytes changed;
            arena_init(&scratch, 1 << 22);
            copy[i] ^= 1;
            EXPECT_OK(proof_file_write(&s.file, &scratch, &changed, &err));
            if (proof_file_verify(&scratch, changed, &s.m.community.hash, &shown, &err))
                fail_msg("section %zu, octet %zu changed, and accepted", n, i);
            EXPECT(err.kind != ERR_NONE);
            copy[i] ^= 1;
            arena_release(&scratch);
        }
        *sections[n] = right;
    }
    made_release(&s.m);
}

TEST(another_community_under_the_same_keys_is_another_anchor)
{
    struct sample s;
    sample_init(&s);
    s.file.community = made_file(&s.m.arena, s.m.first, MADE_STATES, 1, "");
    expect_refused(&s, ERR_CONFLICT);
    made_release(&s.m);
}

TEST(a_quorum_that_is_not_met_is_shown)
{
    struct err err = {0};
    struct sample s;
    struct proof_shown shown;
    sample_init(&s);
    const uint64_t witness[MADE_STATES] = {0, 1784001700, 0, 0};
    const uint64_t mirror[MADE_STATES] = {0};
    s.checkpoint = made_checkpoint(&s.m, 0, SIZE, &s.root, witness, mirror);
    make_file(&s);
    EXPECT_OK(verify(&s, s.whole, true, &shown, &err));
    EXPECT(!shown.quorum.met && shown.quorum.counted == 1);
    made_release(&s.m);
}

TEST(a_stolen_witness_key_leaves_a_quorum_no_longer_met)
{
    struct err err = {0};
    struct sample s;
    struct proof_shown shown;
    sample_init(&s);
    struct digest previous = made_text_hash(s.m.first[1]);
    struct keys_record k = made_keys(&s.m.arena, made_origins[1], "XB", 2, &previous);
    k.keys[KEYS_WITNESS] = made_role(&s.m.arena, made_origins[1], KEYS_WITNESS, 2);
    k.compromised_count = 1;
    k.compromised[0].key = made_role(&s.m.arena, made_origins[1], KEYS_WITNESS, 1);
    EXPECT_OK(chain_add_claimed(&s.m.chain[1], 9, made_sign_next(&s.m.arena, &k), &err));
    make_keys(&s);
    make_file(&s);
    EXPECT_OK(verify(&s, s.whole, true, &shown, &err));
    EXPECT(!shown.quorum.met && shown.quorum.counted == 1 && shown.disowned == 1);
    made_release(&s.m);
}

TEST(a_signature_line_by_a_stranger_is_refused)
{
    struct sample s;
    sample_init(&s);
    // XC's chain is left out, so its mirror's line is by nobody known.
    s.file.keys_count = 2;
    expect_refused(&s, ERR_TAMPERED);
    made_release(&s.m);
}

TEST(chains_stand_in_the_order_of_states_after_the_authors)
{
    struct sample s;
    sample_init(&s);
    struct proof_file_keys second = s.keys[1];
    s.keys[1] = s.keys[2];
    s.keys[2] = second;
    expect_refused(&s, ERR_MALFORMED);
    s.keys[2] = s.keys[1]; // one twice
    expect_refused(&s, ERR_MALFORMED);
    s.file.keys_count = 0;
    expect_refused(&s, ERR_MALFORMED);
    made_release(&s.m);
}

TEST(a_record_signed_by_another_of_the_states_keys_is_refused)
{
    struct sample s;
    sample_init(&s);
    sample_note(&s, ENTRY_SEALED, made_message(&s.m, KEYS_DIPLOMATIC, "XB/technical"));
    expect_refused(&s, ERR_DENIED);
    made_release(&s.m);
}

TEST(an_open_record_under_a_sealed_entry_is_refused)
{
    struct err err = {0};
    struct sample s;
    struct proof_shown shown;
    sample_init(&s);
    struct bytes open = made_message(&s.m, KEYS_TECHNICAL, "all");
    sample_note(&s, ENTRY_OPEN, open);
    EXPECT_OK(verify(&s, s.whole, true, &shown, &err));
    sample_note(&s, ENTRY_SEALED, open);
    expect_refused(&s, ERR_VOID);
    made_release(&s.m);
}

TEST(another_blind_does_not_open_the_commitment)
{
    struct sample s;
    sample_init(&s);
    struct blind other = s.blind;
    other.octets[31] ^= 0x80;
    s.file.blind = bytes_of(other.octets, BLIND_BYTES);
    expect_refused(&s, ERR_TAMPERED);
    s.file.blind = bytes_of(other.octets, BLIND_BYTES - 1);
    expect_refused(&s, ERR_MALFORMED);
    made_release(&s.m);
}

TEST(a_key_manifest_itself_can_be_proven)
{
    struct err err = {0};
    struct sample s;
    struct proof_shown shown;
    struct log_proof proof = {.index = {0}};
    struct tile_memory tiles;
    sample_init(&s);
    struct writer w = writer_of(arena_new(&s.m.arena, uint8_t, 65536), 65536);
    proof.note = s.checkpoint;
    tile_memory_init(&tiles, s.leaves, SIZE);
    EXPECT_OK(merkle_make_inclusion(&tiles.source, (struct leaf_index){0}, (struct tree_size){SIZE},
                                    &proof.path, &err));
    proof_write(&proof, &w);
    s.file.note = s.m.first[0];
    s.file.entry = s.m.first[0];
    s.file.blind = (struct bytes){0};
    s.file.tlog_proof = writer_bytes(&w);
    EXPECT_OK(proof_file_write(&s.file, &s.m.arena, &s.whole, &err));
    EXPECT_OK(verify(&s, s.whole, true, &shown, &err));
    EXPECT(shown.kind == ENTRY_AS_IT_IS);
    EXPECT(str_eq(str_of(shown.said->record.type->name), STR("keys")));
    s.file.blind = bytes_of(s.blind.octets, BLIND_BYTES);
    expect_refused(&s, ERR_MALFORMED);
    made_release(&s.m);
}

TEST(extra_in_the_tlog_proof_is_refused)
{
    struct err err = {0};
    struct sample s;
    sample_init(&s);
    struct log_proof proof;
    struct writer w = writer_of(arena_new(&s.m.arena, uint8_t, 65536), 65536);
    EXPECT_OK(proof_read(s.file.tlog_proof, &proof, &err));
    proof.extra = STR("AAAA");
    proof_write(&proof, &w);
    s.file.tlog_proof = writer_bytes(&w);
    expect_refused(&s, ERR_MALFORMED);
    made_release(&s.m);
}
