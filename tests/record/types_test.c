// The rules of each type between its own lines and the envelope.
#include "record/lifecycle.h"
#include "record/type/message.h"
#include "record/type/receipt.h"
#include "record/type/vouch.h"
#include "record/type/withdraw.h"
#include "tests/record/made.h"

enum { ROOM = 4 << 20 };

static bool reads(const char *text)
{
    struct arena a;
    struct err err = {0};
    struct record r;
    arena_init(&a, ROOM);
    bool good = record_read(&a, octets(text), &r, &err);
    arena_release(&a);
    return good;
}
struct change {
    const char *old, *new;
    bool stays;
};
static void expect_changes(const char *text, const struct change *changes, size_t count)
{
    struct arena a;
    arena_init(&a, ROOM);
    for (size_t i = 0; i < count; i++)
        if (reads(with(&a, text, changes[i].old, changes[i].new)) != changes[i].stays)
            fail_msg("\"%s\" for \"%s\"", changes[i].new, changes[i].old);
    arena_release(&a);
}
#define EXPECT_CHANGES(text, changes) \
    expect_changes(text, changes, sizeof(changes) / sizeof(changes)[0])

TEST(a_message_answers_within_its_pair_or_an_open_record)
{
    static const struct change changes[] = {
        {"answers XB/XA-2026-0007", "answers XB/XA-2025-0007", true},
        {"answers XB/XA-2026-0007", "answers XA/XB-2026-0007", true}, // follows up its own
        {"answers XB/XA-2026-0007", "answers XB-2026-0007", true},
        {"answers XB/XA-2026-0007", "answers XA-2026-0007", true},
        {"answers XB/XA-2026-0007", "answers XC-2026-0007", false},
        {"answers XB/XA-2026-0007", "answers XC/XA-2026-0007", false},
        {"answers XB/XA-2026-0007", "answers XB/XC-2026-0007", false},
        {"answers XB/XA-2026-0007", "answers XA/XC-2026-0007", false},
    };
    EXPECT_CHANGES(MADE_MESSAGE, changes);
}
TEST(an_open_message_never_names_a_sealed_record)
{
    static const struct change changes[] = {
        {"01 P01", "answers XB-2026-0001 " HASH_A "\n01 P01", true},
        {"01 P01", "answers XB/XA-2026-0001 " HASH_A "\n01 P01", false},
        {"01 P01", "answers XA/XB-2026-0001 " HASH_A "\n01 P01", false},
        {"01 P01", "replaces XA-2026-0002 " HASH_A "\n01 P01", true},
        {"01 P01", "replaces XA/XB-2026-0002 " HASH_A "\n01 P01", false},
        {"01 P01", "circular " HASH_A "\n01 P01", false},
    };
    EXPECT_CHANGES(MADE_OPEN_MESSAGE, changes);
}
TEST(a_message_replaces_an_earlier_one_of_its_own_series)
{
    static const struct change changes[] = {
        {"replaces XA/XB-2026-0011", "replaces XA/XB-2025-0001", true},
        {"replaces XA/XB-2026-0011", "replaces XB/XA-2026-0011", false},
        {"replaces XA/XB-2026-0011", "replaces XA/XC-2026-0011", false},
        {"replaces XA/XB-2026-0011", "replaces XA-2026-0011", false},
        {"replaces XA/XB-2026-0011", "replaces XA/XB-2026-0012", false}, // itself
        {"replaces XA/XB-2026-0011", "replaces XA/XB-2025-0012", false}, // its number
    };
    EXPECT_CHANGES(MADE_MESSAGE, changes);
}
TEST(phrase_lines_are_numbered_from_one_without_a_gap)
{
    static const struct change changes[] = {
        {"\n01 N02", "\n02 N02", false},     {"\n02 R01", "\n03 R01", false},
        {"\n02 R01", "\n1 R01", false},      {"\n02 R01", "\n002 R01", false},
        {"\n02 R01", "\n02  R01", false},    {"\n02 R01", "\n02 R1", false},
        {"\n02 R01", "\n02 r01", false},     {"\n03 C01", "\n03 C01 ", false},
        {"sector=energy", "sector=", false}, {"sector=energy", "=energy", false},
        {"sector=energy", "sector", false},  {"sector=energy", "sector=a=b", false},
        {"\n03 C01", "\n03 Z99", true}, // a code nobody knows is kept and shown as unknown
    };
    EXPECT_CHANGES(MADE_MESSAGE, changes);
}
TEST(free_text_carries_its_language)
{
    static const struct change changes[] = {
        {"text en The", "text kaa The", true},
        {"text en The", "text EN The", false},
        {"text en The", "text The", false},
        {"text en The activity began at night.", "text en", false},
        {"text en The", "text en  The", false},
        {"at night.", "at night. ", false},
        {"at night.", "at\xc2\xa0night.", true},
    };
    EXPECT_CHANGES(MADE_MESSAGE, changes);
}
TEST(a_codebook_is_named_by_version_and_hash)
{
    static const struct change changes[] = {
        {"codebook 1 ", "codebook 4294967295 ", true},
        {"codebook 1 ", "codebook 0 ", false},
        {"codebook 1 ", "codebook 01 ", false},
        {"codebook 1 ", "codebook 4294967296 ", false},
        {"codebook 1 ", "codebook ", false},
        {"codebook 1 ", "codebook 1  ", false},
    };
    EXPECT_CHANGES(MADE_MESSAGE, changes);
}
TEST(copies_of_a_circular_share_one_hash)
{
    struct arena a;
    struct err err = {0};
    struct record first, second, other;
    struct digest one, two, three;
    arena_init(&a, ROOM);
    const char *text = with(&a, MADE_MESSAGE, "to XB/technical", "to XC/technical");
    text = with(&a, text, "ref XA/XB-2026-0012", "ref XA/XC-2026-0400");
    text = with(&a, text, "answers XB/XA-2026-0007 " HASH_B "\n", "");
    text = with(&a, text, "replaces XA/XB-2026-0011 " HASH_C "\n", "");
    text = with(&a, text, "attach " HASH_A, "attach " HASH_C);
    EXPECT_OK(record_read(&a, octets(MADE_MESSAGE), &first, &err));
    EXPECT_OK(record_read(&a, octets(text), &second, &err));
    text = with(&a, text, "at night", "at noon");
    EXPECT_OK(record_read(&a, octets(text), &other, &err));
    EXPECT_OK(message_circular_digest(&a, &first, &one, &err));
    EXPECT_OK(message_circular_digest(&a, &second, &two, &err));
    EXPECT_OK(message_circular_digest(&a, &other, &three, &err));
    EXPECT(digest_eq(&one, &two));
    EXPECT(!digest_eq(&one, &three));
    arena_release(&a);
}
TEST(a_receipt_has_the_lines_of_its_state_and_no_other)
{
    static const struct change held[] = {
        {"state held", "state unreadable", true},
        {"state held", "state missing", false},
        {"state held", "state read", false},
        {"of XA/XB-2026-0012 " HASH_A, "of unknown", false},
        {"of XA/XB-2026-0012 " HASH_A, "of XA/XB-2026-0012 unknown", false},
        {"of XA/XB-2026-0012", "of XA/XC-2026-0012", false},
        {"of XA/XB-2026-0012", "of XB/XA-2026-0012", false},
        {"of XA/XB-2026-0012", "of XA-2026-0012", false},
        {"at xa.example", "at xb.example", false},
        {" 4711 ", " 9223372036854775807 ", false},
        {" 4711 ", " 9223372036854775806 ", true},
        {"state held\n", "state held\nsince 2026-07-14T03:00:00Z\n", false},
        {"1 of 2", "2 of 2", true},
        {"1 of 2", "3 of 2", false},
        {"1 of 2", "1 of 33", false},
        {"1 of 2", "1  2", false},
        {"1 of 2", "1 of 2 ", false},
        {"from XB", "from XB/technical", false},
        {"to XA", "to XA/technical", false},
        {"to XA", "to all", false},
        {"attachments 1 of 2\n", "attachments 1 of 2\nseen xa.example/demo 1 " ROOT_A "\n", false},
        {"attachments 1 of 2\n", "attachments 1 of 2\nattach " HASH_A " 1 a/b c\n", false},
        {"of XA", "tlp RED\nof XA", false},
    };
    static const struct change unreadable[] = {
        {"state unreadable", "state held", false},
        {"state unreadable", "state missing", false},
        {"0 of 0", "0 of 1", false},
        {"of unknown", "of XA/XB-2026-0012 unknown", false},
        {"of unknown", "of  unknown", false},
        {"at xa.example/demo 0 " HASH_B "\n", "", false},
    };
    static const struct change missing[] = {
        {"state missing\nsince 2026-07-14T03:00:00Z", "state missing", false},
        {"XA/XB-2026-0013 unknown", "unknown", false},
        {"XA/XB-2026-0013 unknown", "XA/XB-2026-0013 " HASH_A, false},
        {"state missing", "at xa.example/demo 0 " HASH_B "\nstate missing", false},
    };
    EXPECT_CHANGES(MADE_RECEIPT, held);
    EXPECT_CHANGES(MADE_UNREADABLE, unreadable);
    EXPECT_CHANGES(MADE_MISSING, missing);
}
TEST(a_withdrawal_takes_back_an_own_record_of_the_same_series_for_a_known_reason)
{
    static const struct change changes[] = {
        {"reason error", "reason handling", true},
        {"reason error", "reason because", false},
        {"reason error\n", "", false},
        {"of XA/XB-2026-0012", "of XB/XA-2026-0012", false},
        {"of XA/XB-2026-0012", "of XA/XC-2026-0012", false},
        {"of XA/XB-2026-0012", "of XA-2026-0012", false},
        {"of XA/XB-2026-0012", "of XA/XB-2026-0013", false},
        {"of XA/XB-2026-0012", "of XA/XB-2026-0014", true}, // in a log, order is not number
        {"reason error\n", "reason error\ntext en sorry\n", false},
    };
    EXPECT_CHANGES(MADE_WITHDRAW, changes);
    for (int i = WITHDRAW_ERROR; i < WITHDRAW_REASON_COUNT; i++) {
        enum withdraw_reason read;
        EXPECT(withdraw_reason_read(str_of(withdraw_reason_word((enum withdraw_reason)i)), &read));
        EXPECT((int)read == i);
    }
}
TEST(no_type_stands_in_the_log_whole_that_can_hold_personal_data)
{
    EXPECT(!record_type_message.as_it_is);
    EXPECT(!record_type_receipt.as_it_is);
    EXPECT(!record_type_withdraw.as_it_is);
    EXPECT(!record_type_vouch.as_it_is);
    EXPECT(record_type_message.lifecycle == &lifecycle_dialogue);
}

TEST(a_voucher_names_a_file_and_a_scale_is_ones_own)
{
    static const struct change changes[] = {
        {"file rendering", "file scale", false}, // of ru: no State
        {"file rendering", "file codebook", false},
        {"rendering " HASH_A " 23456\nof ru", "scale " HASH_A " 23456\nof XA", true},
        {"rendering " HASH_A " 23456\nof ru", "scale " HASH_A " 23456\nof XB", false},
        {" 23456", " 0", false},
        {" 23456", " 023456", false},
        {" 23456", " 1048577", false},
        {"of ru", "of zh-Hant", true},
        {"of ru", "of r_u", false},
        {"of ru", "of", false},
        {"elchi 1 ", "Elchi 1 ", false},
        {"elchi 1 ", "elchi 0 ", false},
        {"elchi 1 ", "elchi 4294967296 ", false},
        {"book elchi", "book", false},
        {"to all", "to XB/technical", false},
    };
    EXPECT_CHANGES(MADE_VOUCH, changes);
}
