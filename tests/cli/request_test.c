// The file that asks officers to approve: it reads back to the octet, says exactly what is hashed,
// and is signed only by an officer of its log.
#include "cli/request.h"

#include "base/encode.h"
#include "log/note.h"
#include "tests/test.h"

#define DRAFT_HEX "00112233445566778899aabbccddeeff"
#define HEAD(decision, size)                                                         \
    "elchi request v1\nlog xa.example/demo\ndraft " DRAFT_HEX "\ndecision " decision \
    "\ntext " size "\n"

static struct arena room;

static struct bytes text_of(const char *text)
{
    return bytes_of(text, strlen(text));
}

static void expect_refused(struct bytes sent, enum err_kind kind, const char *says)
{
    struct request r = {.decision = DECISION_REFUSE};
    struct err err = {0};
    if (request_read(sent, &r, &err) || err.kind != kind || strstr(err.text, says) == NULL)
        fail_msg("wanted %s \"%s\", got %s \"%s\"", err_kind_word(kind), says,
                 err_kind_word(err.kind), err.text);
    EXPECT(r.decision == DECISION_REFUSE && r.text.ptr == NULL); // outputs stay untouched
}

TEST(a_request_of_each_kind_reads_back_to_the_octet)
{
    static const char *const files[] = {HEAD("release", "5") "words",
                                        HEAD("export", "5") "a\nb\n\n", HEAD("register", "0")};
    arena_init(&room, 1 << 20);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct request r;
        struct bytes again;
        struct err err = {0};
        EXPECT_OK(request_read(text_of(files[i]), &r, &err));
        EXPECT(str_eq(r.log, STR("xa.example/demo")));
        EXPECT(r.draft.octets[1] == 0x11 && r.draft.octets[15] == 0xff);
        EXPECT_OK(request_write(&r, &room, &again, &err));
        EXPECT(bytes_eq(again, text_of(files[i])));
    }
    arena_release(&room);
}

TEST(the_text_may_be_any_octets_for_it_is_counted)
{
    char file[200];
    struct request r;
    struct err err = {0};
    size_t head = strlen(HEAD("export", "4"));
    memcpy(file, HEAD("export", "4"), head);
    memcpy(file + head, "\xff\x00\n\x01", 4);
    EXPECT_OK(request_read(bytes_of(file, head + 4), &r, &err));
    EXPECT(r.text.len == 4 && r.text.ptr[0] == 0xff);
}

TEST(a_request_cut_or_lengthened_anywhere_is_refused)
{
    char whole[] = HEAD("release", "5") "words";
    struct request r;
    for (size_t len = 0; len < sizeof whole - 1; len++) {
        struct err err = {0};
        EXPECT(!request_read(bytes_of(whole, len), &r, &err));
        EXPECT(err.kind == ERR_MALFORMED && err.clause != NULL);
    }
    expect_refused(text_of(HEAD("release", "5") "words\n"), ERR_MALFORMED, "another size");
}

TEST(what_the_lines_say_is_checked_one_by_one)
{
    expect_refused(text_of(HEAD("refuse", "0")), ERR_MALFORMED,
                   "a release, an export or a register");
    expect_refused(text_of(HEAD("burn", "0")), ERR_MALFORMED, "a release, an export or a register");
    expect_refused(text_of(HEAD("release", "05") "words"), ERR_MALFORMED, "another size");
    expect_refused(
        text_of("elchi request v2\nlog xa\ndraft " DRAFT_HEX "\ndecision export\ntext 0\n"),
        ERR_MALFORMED, "line 1");
    expect_refused(text_of("elchi request v1\nlog xa\ndraft 00\ndecision export\ntext 0\n"),
                   ERR_MALFORMED, "32 hex digits");
    expect_refused(text_of("elchi request v1\nlog xa\ndraft 00112233445566778899AABBCCDDEEFF"
                           "\ndecision export\ntext 0\n"),
                   ERR_MALFORMED, "32 hex digits");
    expect_refused(
        text_of("elchi request v1\nlog x a\ndraft " DRAFT_HEX "\ndecision export\ntext 0\n"),
        ERR_MALFORMED, "");
    expect_refused(
        text_of("elchi request v1\ndraft " DRAFT_HEX "\nlog xa\ndecision export\ntext 0\n"),
        ERR_MALFORMED, "line 2");
    expect_refused(text_of("elchi request v1\r\nlog xa\r\ndraft " DRAFT_HEX
                           "\r\ndecision export\r\ntext 0\r\n"),
                   ERR_MALFORMED, "");
}

TEST(a_request_above_its_bound_is_refused)
{
    uint8_t *large = memory_new(REQUEST_BYTES_MAX + 1, 1);
    memset(large, 'x', REQUEST_BYTES_MAX + 1);
    expect_refused(bytes_of(large, REQUEST_BYTES_MAX + 1), ERR_LIMIT, "an approval request of");
    memory_release(large);
}

// -- what is hashed ------------------------------------------------------------------------------
TEST(an_export_and_a_register_hash_the_text_itself)
{
    static const char *const files[] = {HEAD("export", "5") "words", HEAD("register", "5") "words"};
    arena_init(&room, 1 << 20);
    for (size_t i = 0; i < 2; i++) {
        struct request r;
        struct digest digest;
        struct digest wanted = digest_of(text_of("words"));
        struct err err = {0};
        EXPECT_OK(request_read(text_of(files[i]), &r, &err));
        EXPECT_OK(request_digest(&r, &room, &digest, &err));
        EXPECT(digest_eq(&digest, &wanted));
    }
    arena_release(&room);
}

TEST(a_release_of_what_is_no_record_has_no_hash)
{
    struct request r;
    struct digest digest;
    struct err err = {0};
    arena_init(&room, 1 << 20);
    EXPECT_OK(request_read(text_of(HEAD("release", "5") "words"), &r, &err));
    EXPECT_ERR(request_digest(&r, &room, &digest, &err), ERR_MALFORMED);
    arena_release(&room);
}

// -- signing -------------------------------------------------------------------------------------
static struct keyfile officer_of(const char *name)
{
    struct keyfile k = {.name = str_of(name)};
    struct sign_public key;
    struct err err = {0};
    EXPECT_OK(sign_seed_new(world_real(), &k.seed, &err));
    sign_public_of(&k.seed, &key);
    EXPECT_OK(note_key_make(k.name, NOTE_KEY_ED25519, &key, &k.key, &err));
    return k;
}

static struct request asked_for(const char *file)
{
    struct request r;
    struct err err = {0};
    EXPECT_OK(request_read(text_of(file), &r, &err));
    return r;
}

TEST(an_officer_signs_an_approval_that_names_log_draft_hash_and_time)
{
    crypto_start();
    arena_init(&room, 1 << 20);
    struct keyfile anna = officer_of("xa.example/demo/officer/anna");
    struct request r = asked_for(HEAD("export", "5") "words");
    static const enum decision decisions[] = {DECISION_EXPORT, DECISION_REFUSE};
    for (size_t i = 0; i < 2; i++) {
        struct err err = {0};
        struct bytes made;
        struct note note;
        struct approval said;
        struct note_key known = anna.key;
        uint64_t time_s = 0;
        struct digest wanted = digest_of(r.text);
        EXPECT_OK(request_approve(&r, decisions[i], &anna, (struct moment){1784005265}, &room,
                                  &made, &err));
        EXPECT_OK(note_read(made, &note, &err));
        EXPECT(note.signatures_count == 1);
        EXPECT_OK(note_line_verify(&note.signatures[0], note.text, &known, &time_s, &err));
        EXPECT_OK(approval_read(note.text, &said, &err));
        EXPECT(str_eq(said.log, r.log));
        EXPECT(memcmp(said.draft.octets, r.draft.octets, DRAFT_ID_BYTES) == 0);
        EXPECT(digest_eq(&said.text, &wanted));
        EXPECT(said.decision == decisions[i]);
        EXPECT(str_eq(said.officer, STR("anna")));
        EXPECT(said.until.s == 1784005265);
    }
    secret_release(&anna.seed);
    arena_release(&room);
}

TEST(a_key_of_another_log_or_of_no_officer_signs_nothing)
{
    static const char *const names[] = {"xb.example/demo/officer/anna", "xa.example/demo/root",
                                        "xa.example/demo/technical", "xa.example/demo"};
    crypto_start();
    arena_init(&room, 1 << 20);
    struct request r = asked_for(HEAD("export", "5") "words");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct keyfile k = officer_of(names[i]);
        struct bytes made = {0};
        struct err err = {0};
        bool done = request_approve(&r, DECISION_EXPORT, &k, (struct moment){1784005265}, &room,
                                    &made, &err);
        EXPECT(!done);
        EXPECT(err.kind == ERR_DENIED || err.kind == ERR_MALFORMED);
        EXPECT(made.ptr == NULL); // nothing was signed
        secret_release(&k.seed);
    }
    arena_release(&room);
}
