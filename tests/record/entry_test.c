// Log entries: two commitments and the record as it is.
#include "base/encode.h"
#include "record/entry.h"
#include "tests/record/made.h"

enum { ROOM = 4 << 20 };
#define SEALED "elchi entry v1\nkind sealed\nbody " HASH_A " 482\ncommit " HASH_B "\n"

static bool accepted(struct bytes sent)
{
    struct arena a;
    struct err err = {0};
    struct entry e;
    struct bytes again;
    arena_init(&a, ROOM);
    bool good = entry_read(sent, &e, &err);
    if (good) {
        EXPECT_OK(entry_write(&e, &a, &again, &err));
        EXPECT(bytes_eq(again, sent));
    } else {
        EXPECT(err.kind != ERR_NONE);
    }
    arena_release(&a);
    return good;
}
TEST(the_drawn_entry_reads_and_writes_back)
{
    struct err err = {0};
    struct entry e;
    EXPECT(accepted(octets(SEALED)));
    EXPECT_OK(entry_read(octets(SEALED), &e, &err));
    EXPECT(e.kind == ENTRY_SEALED && e.body_bytes == 482 && e.commit.octets[0] == 0xbb);
    EXPECT(strlen(SEALED) < ENTRY_COMMITMENT_BYTES_MAX);
}
TEST(an_entry_cut_or_changed_anywhere_is_never_read_as_another)
{
    struct bytes whole = octets(SEALED);
    uint8_t copy[256];
    for (size_t at = 0; at < whole.len; at++) {
        EXPECT(!accepted(bytes_of(whole.ptr, at)));
        for (unsigned c = 1; c < 256; c++) {
            memcpy(copy, whole.ptr, whole.len);
            copy[at] ^= (uint8_t)c;
            (void)accepted(bytes_of(copy, whole.len));
        }
    }
}
TEST(strange_entries_are_refused)
{
    static const char *const bad[][2] = {
        {"kind sealed", "kind secret"},
        {"kind sealed", "kind as-it-is"},
        {" 482", " 0482"},
        {" 482", " 0"},
        {" 482", " 131073"},
        {" 482", " 18446744073709551616"},
        {"elchi entry v1", "elchi entry v2"},
        {"kind sealed\n", "kind sealed\nkind sealed\n"},
        {"kind sealed\n", ""},
        {"kind sealed", "kind sealed "},
        {"commit sha256:b", "commit sha256:B"},
    };
    struct arena a;
    arena_init(&a, ROOM);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        EXPECT(!accepted(octets(with(&a, SEALED, bad[i][0], bad[i][1]))));
    EXPECT(!accepted(octets(SEALED "more\n")));
    EXPECT(!accepted(octets("")));
    EXPECT(accepted(octets(MADE_MESSAGE))); // as it is; whether it may is judged elsewhere
    EXPECT(accepted(octets(with(&a, SEALED, "kind sealed", "kind open"))));
    arena_release(&a);
}
TEST(an_entry_above_its_bound_is_a_limit)
{
    static uint8_t big[ENTRY_BYTES_MAX + 1];
    struct err err;
    struct entry e;
    memset(big, 'x', sizeof big);
    memcpy(big, "elchi record v1\n", 16);
    EXPECT(accepted(bytes_of(big, ENTRY_BYTES_MAX)));
    EXPECT_ERR(entry_read(bytes_of(big, sizeof big), &e, &err), ERR_LIMIT);
}
TEST(a_commitment_is_the_hash_the_design_draws)
{
    // SHA-256("elchi commit v1" || 0x00 || blind || SHA-256(note)), put together by hand
    uint8_t drawn[16 + BLIND_BYTES + DIGEST_BYTES] = "elchi commit v1";
    struct blind blind;
    struct bytes note = octets("a note\n");
    struct digest inner = digest_of(note);
    for (size_t i = 0; i < BLIND_BYTES; i++)
        blind.octets[i] = (uint8_t)i;
    memcpy(drawn + 16, blind.octets, BLIND_BYTES);
    memcpy(drawn + 16 + BLIND_BYTES, inner.octets, DIGEST_BYTES);
    struct digest wanted = digest_of(bytes_of(drawn, sizeof drawn));
    struct digest made = entry_commitment(&blind, note);
    EXPECT(digest_eq(&made, &wanted));
}
TEST(an_entry_binds_blob_blind_and_note)
{
    struct err err = {0};
    struct blind blind = {{7}}, other = {{8}};
    struct bytes blob = octets("a blob"), note = octets("a note\n");
    struct entry e = entry_of(ENTRY_SEALED, blob, &blind, note);
    EXPECT_OK(entry_check_blob(&e, blob, &err));
    EXPECT_OK(entry_check_note(&e, &blind, note, &err));
    EXPECT_ERR(entry_check_blob(&e, octets("a bloc"), &err), ERR_TAMPERED);
    EXPECT_ERR(entry_check_blob(&e, octets("a blob "), &err), ERR_TAMPERED);
    EXPECT_ERR(entry_check_note(&e, &other, note, &err), ERR_TAMPERED);
    EXPECT_ERR(entry_check_note(&e, &blind, octets("b note\n"), &err), ERR_TAMPERED);
    e = entry_of(ENTRY_AS_IT_IS, blob, &blind, note);
    EXPECT(bytes_eq(e.note, note));
    EXPECT_ERR(entry_check_blob(&e, blob, &err), ERR_TAMPERED);
    EXPECT_ERR(entry_check_note(&e, &blind, note, &err), ERR_TAMPERED);
}
