// What breaks which rule, standing in a log.
#include "record/void.h"
#include "tests/record/made.h"

enum { ROOM = 8 << 20 };

// A log in which one ref is used, and one number under another year.
static enum ref_use used(void *context, struct str origin, struct leaf_index index,
                         const struct ref *ref)
{
    (void)context, (void)origin, (void)index;
    if (ref->serial == 500)
        return REF_USED;
    return ref->serial == 501 ? REF_SERIAL_USED : REF_FREE;
}
static const struct record_log log_of_made = {.keys = &made_keys, .ref_use = used};
static const struct blind blind = {{1, 2, 3}};

struct made_entry {
    struct bytes entry, blob, plain;
};
static struct made_entry open_entry(struct arena *a, struct bytes note)
{
    struct err err = {0};
    struct made_entry m = {.plain = {NULL, 0}};
    struct open_body body = {.blind = blind, .note = note};
    EXPECT_OK(open_body_write(&body, a, &m.blob, &err));
    struct entry e = entry_of(ENTRY_OPEN, m.blob, &blind, note);
    EXPECT_OK(entry_write(&e, a, &m.entry, &err));
    return m;
}
// The age file is of no concern here: any octets stand for it.
static struct made_entry sealed_entry(struct arena *a, struct bytes note, const char *from,
                                      const char *to)
{
    struct err err = {0};
    struct made_entry m = {.blob = octets("an age file")};
    struct sealed_body body = {
        .origin = str_of(from), .to = str_of(to), .blind = blind, .note = note};
    EXPECT_OK(sealed_body_write(&body, a, &m.plain, &err));
    struct entry e = entry_of(ENTRY_SEALED, m.blob, &blind, note);
    EXPECT_OK(entry_write(&e, a, &m.entry, &err));
    return m;
}
static enum void_rule judged(struct made_entry m, const char *origin, uint64_t index,
                             const char *ours)
{
    struct arena a;
    struct err err = {0};
    struct verified_record v = {.note = {NULL, 0}};
    enum void_rule rule = VOID_RULE_COUNT;
    struct record_found found = {m.entry, m.blob, m.plain, str_of(ours)};
    arena_init(&a, ROOM);
    EXPECT_OK(record_judge(&a, &log_of_made, made_place(origin, index), &found, &rule, &v, &err));
    EXPECT((rule == VOID_NOT) == (v.note.ptr != NULL));
    if (rule == VOID_NOT_UNKNOWN_TYPE)
        EXPECT(err.kind == ERR_UNSUPPORTED);
    else if (rule != VOID_NOT)
        EXPECT(err.kind == ERR_VOID && err.text[0] != '\0');
    arena_release(&a);
    return rule;
}
#define XA "xa.example/demo"
#define XB "xb.example/demo"

// A sealed message with one change, judged by its addressee.
static enum void_rule sealed_with(const char *old, const char *new)
{
    struct arena a;
    arena_init(&a, ROOM);
    const char *text = with(&a, MADE_MESSAGE, old, new);
    struct bytes note = made_note(&a, text, XA, "technical", 7);
    enum void_rule rule = judged(sealed_entry(&a, note, XA, XB), XA, 7, XB);
    arena_release(&a);
    return rule;
}
TEST(records_that_break_no_rule_are_valid)
{
    struct arena a;
    arena_init(&a, ROOM);
    struct bytes note = made_note(&a, MADE_MESSAGE, XA, "technical", 7);
    EXPECT(judged(sealed_entry(&a, note, XA, XB), XA, 7, XB) == VOID_NOT);
    EXPECT(judged(sealed_entry(&a, note, XA, XB), XA, 7, XA) == VOID_NOT); // the author's own
    EXPECT(judged(sealed_entry(&a, note, XA, XB), XA, 7, "") == VOID_NOT); // an auditor
    note = made_note(&a, MADE_OPEN_MESSAGE, XA, "diplomatic", 7);
    EXPECT(judged(open_entry(&a, note), XA, 7, "") == VOID_NOT);
    arena_release(&a);
}
TEST(a_claimed_time_far_ahead_voids_nothing)
{
    EXPECT(sealed_with("time 2026", "time 2099") == VOID_NOT);
}
TEST(what_is_neither_commitment_nor_record_is_void)
{
    struct made_entry m = {.entry = octets("hello\n")};
    EXPECT(judged(m, XA, 7, XB) == VOID_ENTRY);
    m.entry = octets("");
    EXPECT(judged(m, XA, 7, XB) == VOID_ENTRY);
}
TEST(another_blob_says_nothing_about_the_entry)
{
    struct arena a;
    struct err err;
    struct verified_record v;
    enum void_rule rule = VOID_RULE_COUNT;
    arena_init(&a, ROOM);
    struct made_entry m = open_entry(&a, made_note(&a, MADE_OPEN_MESSAGE, XA, "diplomatic", 7));
    struct record_found found = {m.entry, octets("junk from a relay"), {NULL, 0}, STR("")};
    EXPECT_ERR(record_judge(&a, &log_of_made, made_place(XA, 7), &found, &rule, &v, &err),
               ERR_TAMPERED);
    EXPECT(rule == VOID_RULE_COUNT);
    arena_release(&a);
}
TEST(a_verdict_never_hangs_on_memory)
{
    struct arena a, small;
    struct err err;
    struct verified_record v;
    enum void_rule rule = VOID_RULE_COUNT;
    arena_init(&a, ROOM);
    arena_init(&small, RECORD_JUDGE_BYTES - 1);
    struct made_entry m = open_entry(&a, made_note(&a, MADE_OPEN_MESSAGE, XA, "diplomatic", 7));
    struct record_found found = {m.entry, m.blob, {NULL, 0}, STR("")};
    EXPECT_ERR(record_judge(&small, &log_of_made, made_place(XA, 7), &found, &rule, &v, &err),
               ERR_LIMIT);
    EXPECT(rule == VOID_RULE_COUNT);
    arena_release(&small);
    // the largest of everything is judged within the bound
    struct buffer b;
    struct str text;
    buffer_init(&b, &a, RECORD_TEXT_BYTES_MAX);
    buffer_str(&b, STR(MADE_HEAD MADE_FILLED MADE_HANDLING "codebook 1 " HASH_A "\n"));
    for (unsigned i = 1; i <= 99; i++)
        buffer_fmt(&b, "%02u P01\n", i);
    for (unsigned i = 0; i < 32; i++)
        buffer_str(&b, STR("text en again\n"));
    for (unsigned i = 0; i < ATTACHMENT_COUNT_MAX; i++)
        buffer_fmt(&b, "attach sha256:%064x 1 text/plain f%u\n", i + 1, i);
    for (unsigned i = 0; i < RECORD_SEEN_MAX; i++)
        buffer_fmt(&b, "seen x%04u.example/demo 1 " ROOT_A "\n", i);
    buffer_put(&b, bytes_of("", 1));
    err = (struct err){0};
    EXPECT_OK(buffer_take_str(&b, &text, &err));
    m = sealed_entry(&a, made_note(&a, text.ptr, XA, "technical", 7), XA, XB);
    found = (struct record_found){m.entry, m.blob, m.plain, STR("")};
    arena_init(&small, RECORD_JUDGE_BYTES);
    EXPECT_OK(record_judge(&small, &log_of_made, made_place(XA, 7), &found, &rule, &v, &err));
    EXPECT(rule == VOID_NOT);
    arena_release(&small);
    arena_release(&a);
}
TEST(a_malformed_body_is_void)
{
    struct arena a;
    arena_init(&a, ROOM);
    struct bytes note = made_note(&a, MADE_MESSAGE, XA, "technical", 7);
    struct made_entry m = sealed_entry(&a, note, XA, XB);
    m.plain.len--;
    EXPECT(judged(m, XA, 7, XB) == VOID_BODY);
    m.plain = (struct bytes){NULL, 0};
    EXPECT(judged(m, XA, 7, XB) == VOID_BODY);
    arena_release(&a);
}
TEST(a_payload_moved_to_another_envelope_is_void)
{
    struct arena a;
    arena_init(&a, ROOM);
    struct bytes note = made_note(&a, MADE_MESSAGE, XA, "technical", 7);
    EXPECT(judged(sealed_entry(&a, note, XB, XB), XA, 7, XB) == VOID_HEADER);
    EXPECT(judged(sealed_entry(&a, note, XA, "xc.example/demo"), XA, 7, XB) == VOID_HEADER);
    // the header names us, the record names another State
    EXPECT(judged(sealed_entry(&a, note, XA, "xc.example/demo"), XA, 7, "xc.example/demo") ==
           VOID_HEADER);
    arena_release(&a);
}
TEST(another_note_than_the_one_committed_to_is_void)
{
    struct arena a;
    arena_init(&a, ROOM);
    struct bytes note = made_note(&a, MADE_MESSAGE, XA, "technical", 7);
    struct made_entry m = sealed_entry(&a, note, XA, XB);
    const char *text = with(&a, MADE_MESSAGE, "at night", "at noon");
    struct made_entry other = sealed_entry(&a, made_note(&a, text, XA, "technical", 7), XA, XB);
    m.plain = other.plain;
    EXPECT(judged(m, XA, 7, XB) == VOID_COMMITMENT);
    arena_release(&a);
}
TEST(a_malformed_text_is_void)
{
    struct arena a;
    arena_init(&a, ROOM);
    EXPECT(sealed_with("tlp AMBER+STRICT", "tlp WHITE") == VOID_TEXT);
    EXPECT(sealed_with("ref XA/XB-2026-0012", "ref XA/XC-2026-0012") == VOID_TEXT);
    struct made_entry m = sealed_entry(&a, octets("no note at all\n"), XA, XB);
    EXPECT(judged(m, XA, 7, XB) == VOID_TEXT);
    arena_release(&a);
}
TEST(an_unknown_type_is_shown_as_unknown_and_not_void)
{
    EXPECT(sealed_with("type message", "type treaty") == VOID_NOT_UNKNOWN_TYPE);
    EXPECT(!void_rule_is_void(VOID_NOT_UNKNOWN_TYPE));
}
TEST(the_wrong_log_state_key_or_number_of_signatures_is_named)
{
    struct arena a;
    arena_init(&a, ROOM);
    struct bytes note = made_note(&a, MADE_MESSAGE, XA, "technical", 7);
    EXPECT(judged(sealed_entry(&a, note, XB, XB), XB, 7, XB) == VOID_LOG);
    EXPECT(judged(sealed_entry(&a, note, XA, XB), XA, 100, XB) == VOID_KEY); // rotated away
    note = made_note(&a, MADE_MESSAGE, XA, "node", 7);
    EXPECT(judged(sealed_entry(&a, note, XA, XB), XA, 7, XB) == VOID_KEY);
    const char *text = with(&a, MADE_OPEN_MESSAGE, "from XA/", "from XB/");
    text = with(&a, text, "ref XA-", "ref XB-");
    note = made_note(&a, text, XA, "diplomatic", 7);
    EXPECT(judged(open_entry(&a, note), XA, 7, "") == VOID_STATE);
    note = made_note(&a, MADE_OPEN_MESSAGE, XA, "diplomatic", 7);
    struct str twice;
    struct err err = {0};
    size_t line = strlen(MADE_OPEN_MESSAGE) + 1;
    EXPECT_OK(arena_fmt(&a, &twice, &err, "%.*s%.*s", (int)note.len, (const char *)note.ptr,
                        (int)(note.len - line), (const char *)note.ptr + line));
    EXPECT(judged(open_entry(&a, str_bytes(twice)), XA, 7, "") == VOID_SIGNATURES);
    arena_release(&a);
}
TEST(sealed_open_and_as_it_is_agree_with_the_record)
{
    struct arena a;
    arena_init(&a, ROOM);
    struct bytes sealed = made_note(&a, MADE_MESSAGE, XA, "technical", 7);
    struct bytes open = made_note(&a, MADE_OPEN_MESSAGE, XA, "diplomatic", 7);
    EXPECT(judged(open_entry(&a, sealed), XA, 7, "") == VOID_KIND);
    EXPECT(judged(sealed_entry(&a, open, XA, XB), XA, 7, XB) == VOID_KIND);
    struct made_entry whole = {.entry = open};
    EXPECT(judged(whole, XA, 7, "") == VOID_KIND); // a message never stands as it is
    arena_release(&a);
}
TEST(a_used_reference_is_void_and_so_is_its_number_under_another_year)
{
    EXPECT(sealed_with("-2026-0012", "-2026-0500") == VOID_REF);
    EXPECT(sealed_with("-2026-0012", "-2026-0501") == VOID_SERIAL);
    EXPECT(sealed_with("-2026-0012", "-2026-0502") == VOID_NOT);
}
TEST(every_rule_has_a_stable_word_of_its_own)
{
    for (int i = 0; i < VOID_RULE_COUNT; i++) {
        enum void_rule read;
        EXPECT(void_rule_read(str_of(void_rule_word((enum void_rule)i)), &read));
        EXPECT((int)read == i);
        EXPECT(strlen(void_rule_meaning((enum void_rule)i)) > 8);
    }
    enum void_rule none;
    EXPECT(!void_rule_read(STR("voidness"), &none));
    EXPECT(strcmp(void_rule_word(VOID_REF), "reused-ref") == 0);
    EXPECT(strcmp(void_rule_word(VOID_HEADER), "swapped-payload") == 0);
}
