// Opening a note: one signature line, by the key in force where it stands.
#include "tests/record/made.h"

enum { ROOM = 4 << 20 };

static void expect_refused(struct arena *a, struct bytes note, struct record_place place,
                           enum err_kind kind, const char *clause)
{
    struct err err;
    struct verified_record v = {.note = {NULL, 0}};
    EXPECT_ERR(record_open(a, note, &made_keys, place, &v, &err), kind);
    EXPECT(!clause || (err.clause && strcmp(err.clause, clause) == 0));
    EXPECT(v.note.ptr == NULL);
}
TEST(a_note_by_the_desks_key_opens)
{
    struct arena a;
    struct err err = {0};
    struct verified_record v;
    arena_init(&a, ROOM);
    struct bytes note = made_note(&a, MADE_MESSAGE, "xa.example/demo", "technical", 7);
    struct digest hash = digest_of(note);
    EXPECT_OK(record_open(&a, note, &made_keys, made_place("xa.example/demo", 7), &v, &err));
    EXPECT(str_eq(v.key_name, STR("xa.example/demo/technical")));
    EXPECT(digest_eq(&v.note_hash, &hash));
    EXPECT(v.place.index.n == 7);
    note = made_note(&a, MADE_RECEIPT, "xb.example/demo", "node", 7);
    EXPECT_OK(record_open(&a, note, &made_keys, made_place("xb.example/demo", 7), &v, &err));
    arena_release(&a);
}
TEST(only_the_key_in_force_at_the_index_counts)
{
    struct arena a;
    struct err err = {0};
    struct verified_record v;
    arena_init(&a, ROOM);
    struct bytes old = made_note(&a, MADE_MESSAGE, "xa.example/demo", "technical", 99);
    struct bytes new = made_note(&a, MADE_MESSAGE, "xa.example/demo", "technical", 100);
    EXPECT_OK(record_open(&a, old, &made_keys, made_place("xa.example/demo", 99), &v, &err));
    EXPECT_OK(record_open(&a, new, &made_keys, made_place("xa.example/demo", 100), &v, &err));
    expect_refused(&a, old, made_place("xa.example/demo", 100), ERR_TAMPERED, RECORD_CLAUSE_KEY);
    expect_refused(&a, new, made_place("xa.example/demo", 99), ERR_TAMPERED, RECORD_CLAUSE_KEY);
    arena_release(&a);
}
TEST(no_other_key_may_sign_for_a_desk)
{
    static const char *const others[] = {"diplomatic", "coordination", "node", "witness", "root"};
    struct arena a;
    arena_init(&a, ROOM);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        expect_refused(&a, made_note(&a, MADE_MESSAGE, "xa.example/demo", others[i], 7),
                       made_place("xa.example/demo", 7), ERR_DENIED, RECORD_CLAUSE_KEY);
    expect_refused(&a, made_note(&a, MADE_RECEIPT, "xb.example/demo", "technical", 7),
                   made_place("xb.example/demo", 7), ERR_DENIED, RECORD_CLAUSE_KEY);
    expect_refused(&a, made_note(&a, MADE_MESSAGE, "xb.example/demo", "technical", 7),
                   made_place("xa.example/demo", 7), ERR_DENIED, RECORD_CLAUSE_KEY);
    arena_release(&a);
}
TEST(a_desk_without_a_key_says_nothing)
{
    struct arena a;
    arena_init(&a, ROOM);
    const char *text = with(&a, MADE_MESSAGE, "from XA/technical", "from XA/judicial");
    expect_refused(&a, made_note(&a, text, "xa.example/demo", "judicial", 7),
                   made_place("xa.example/demo", 7), ERR_NOT_FOUND, RECORD_CLAUSE_KEY);
    arena_release(&a);
}
TEST(a_record_counts_only_in_the_log_it_names_and_for_its_own_state)
{
    struct arena a;
    arena_init(&a, ROOM);
    struct bytes note = made_note(&a, MADE_MESSAGE, "xa.example/demo", "technical", 7);
    expect_refused(&a, note, made_place("xb.example/demo", 7), ERR_DENIED, RECORD_CLAUSE_LOG);
    expect_refused(&a, note, made_place("xa.example/dem", 7), ERR_DENIED, RECORD_CLAUSE_LOG);
    const char *text = with(&a, MADE_OPEN_MESSAGE, "from XA/", "from XB/");
    text = with(&a, text, "ref XA-", "ref XB-");
    expect_refused(&a, made_note(&a, text, "xa.example/demo", "diplomatic", 7),
                   made_place("xa.example/demo", 7), ERR_DENIED, RECORD_CLAUSE_STATE);
    arena_release(&a);
}
TEST(two_signature_lines_are_one_too_many)
{
    struct arena a;
    struct err err = {0};
    struct str both;
    arena_init(&a, ROOM);
    struct bytes first = made_note(&a, MADE_MESSAGE, "xa.example/demo", "technical", 7);
    struct bytes second = made_note(&a, MADE_MESSAGE, "xa.example/demo", "diplomatic", 7);
    size_t text = strlen(MADE_MESSAGE) + 1;
    EXPECT_OK(arena_fmt(&a, &both, &err, "%.*s%.*s", (int)first.len, (const char *)first.ptr,
                        (int)(second.len - text), (const char *)second.ptr + text));
    expect_refused(&a, str_bytes(both), made_place("xa.example/demo", 7), ERR_DENIED,
                   RECORD_CLAUSE_SIGNATURES);
    // the same line twice is two lines as well
    EXPECT_OK(arena_fmt(&a, &both, &err, "%.*s%.*s", (int)first.len, (const char *)first.ptr,
                        (int)(first.len - text), (const char *)first.ptr + text));
    expect_refused(&a, str_bytes(both), made_place("xa.example/demo", 7), ERR_DENIED,
                   RECORD_CLAUSE_SIGNATURES);
    arena_release(&a);
}
TEST(every_changed_octet_of_a_note_is_refused)
{
    struct arena a;
    arena_init(&a, ROOM);
    struct bytes note = made_note(&a, MADE_RECEIPT, "xb.example/demo", "node", 7);
    uint8_t copy[2048];
    EXPECT(note.len <= sizeof copy);
    for (size_t at = 0; at < note.len; at++) {
        struct arena scratch;
        struct err err = {0};
        struct verified_record v;
        arena_init(&scratch, ROOM);
        memcpy(copy, note.ptr, note.len);
        copy[at] ^= 1;
        EXPECT(!record_open(&scratch, bytes_of(copy, note.len), &made_keys,
                            made_place("xb.example/demo", 7), &v, &err));
        EXPECT(err.kind != ERR_NONE);
        EXPECT(!record_open(&scratch, bytes_of(note.ptr, at), &made_keys,
                            made_place("xb.example/demo", 7), &v, &err));
        arena_release(&scratch);
    }
    arena_release(&a);
}
TEST(a_note_above_the_bound_is_a_limit)
{
    static uint8_t big[RECORD_BYTES_MAX + 1];
    struct arena a;
    arena_init(&a, ROOM);
    memset(big, 'x', sizeof big);
    expect_refused(&a, bytes_of(big, sizeof big), made_place("xa.example/demo", 7), ERR_LIMIT,
                   NULL);
    arena_release(&a);
}
