// What officers approve, and what may be filled in afterwards.
#include "tests/record/made.h"

enum { ROOM = 4 << 20 };

static struct record_filling filling(void)
{
    static struct seen seen[2];
    struct record_filling f = {.seen = seen, .seen_count = 2};
    EXPECT(ref_read(STR("XA/XB-2026-0012"), &f.ref));
    EXPECT(moment_read(STR("2026-07-14T04:01:05Z"), &f.time));
    memset(seen[0].root.octets, 0xaa, DIGEST_BYTES);
    memset(seen[1].root.octets, 0xaa, DIGEST_BYTES);
    seen[0].origin = STR("xb.example/demo");
    seen[0].size = 4711;
    seen[1].origin = STR("xc.example/demo");
    return f;
}
TEST(officers_approve_the_text_without_ref_time_and_seen)
{
    struct arena a;
    struct err err = {0};
    struct str approved;
    arena_init(&a, ROOM);
    EXPECT_OK(record_text_approved(&a, octets(MADE_MESSAGE), &approved, &err));
    EXPECT(str_eq(approved, STR(MADE_APPROVED)));
    arena_release(&a);
}
TEST(the_hash_they_bind_is_the_same_before_and_after_filling)
{
    struct arena a;
    struct err err = {0};
    struct digest before, after, plain = digest_of(octets(MADE_APPROVED));
    arena_init(&a, ROOM);
    EXPECT_OK(record_approved_digest(&a, octets(MADE_APPROVED), &before, &err));
    EXPECT_OK(record_approved_digest(&a, octets(MADE_MESSAGE), &after, &err));
    EXPECT(digest_eq(&before, &after) && digest_eq(&before, &plain));
    arena_release(&a);
}
TEST(filling_adds_ref_time_and_seen_in_their_places)
{
    struct arena a;
    struct err err = {0};
    struct str whole;
    struct record_filling f = filling();
    arena_init(&a, ROOM);
    EXPECT_OK(record_fill(&a, octets(MADE_APPROVED), &f, &whole, &err));
    EXPECT(str_eq(whole, STR(MADE_MESSAGE)));
    EXPECT_OK(record_same_but_filled(&a, octets(MADE_APPROVED), str_bytes(whole), &err));
    arena_release(&a);
}
TEST(filling_refuses_what_no_reader_would_take)
{
    struct arena a;
    struct err err;
    struct str whole = {NULL, 0};
    arena_init(&a, ROOM);
    struct record_filling f = filling();
    f.ref.serial = 0;
    EXPECT_ERR(record_fill(&a, octets(MADE_APPROVED), &f, &whole, &err), ERR_MALFORMED);
    f = filling();
    EXPECT(ref_read(STR("XA/XC-2026-0012"), &f.ref));
    EXPECT_ERR(record_fill(&a, octets(MADE_APPROVED), &f, &whole, &err), ERR_MALFORMED);
    f = filling();
    EXPECT(ref_read(STR("XA/XB-2026-0011"), &f.ref)); // the number of what it replaces
    EXPECT_ERR(record_fill(&a, octets(MADE_APPROVED), &f, &whole, &err), ERR_MALFORMED);
    f = filling();
    struct seen swapped[2] = {f.seen[1], f.seen[0]};
    f.seen = swapped;
    EXPECT_ERR(record_fill(&a, octets(MADE_APPROVED), &f, &whole, &err), ERR_MALFORMED);
    f = filling();
    EXPECT_ERR(record_fill(&a, octets(MADE_MESSAGE), &f, &whole, &err), ERR_MALFORMED);
    EXPECT(whole.ptr == NULL);
    arena_release(&a);
}
TEST(no_other_line_may_differ_from_what_was_approved)
{
    static const char *const changes[][2] = {
        {"log xa.example/demo", "log xa.example/other"},
        {"from XA/technical", "from XA/diplomatic"},
        {"to XB/technical", "to XB/judicial"},
        {"precedence IMMEDIATE", "precedence FLASH"},
        {"marking XA:INTERNAL-2\n", ""},
        {"tlp AMBER+STRICT", "tlp CLEAR"},
        {"exercise no", "exercise yes"},
        {"codebook 1", "codebook 2"},
        {"answers XB/XA-2026-0007", "answers XB/XA-2026-0008"},
        {"circular " HASH_A "\n", ""},
        {"sector=energy", "sector=health"},
        {"03 C01\n", ""},
        {"at night", "at noon"},
        {"indicators.json", "indicator.json"},
        {"48211", "48212"},
    };
    struct arena a;
    struct err err;
    arena_init(&a, ROOM);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const char *other = with(&a, MADE_MESSAGE, changes[i][0], changes[i][1]);
        EXPECT_ERR(record_same_but_filled(&a, octets(MADE_APPROVED), octets(other), &err),
                   ERR_DENIED);
    }
    EXPECT_ERR(record_same_but_filled(&a, octets(MADE_APPROVED), octets(MADE_APPROVED), &err),
               ERR_MALFORMED);
    arena_release(&a);
}
TEST(node_made_records_have_an_approved_form_too)
{
    struct arena a;
    struct err err = {0};
    struct str approved;
    arena_init(&a, ROOM);
    EXPECT_OK(record_text_approved(&a, octets(MADE_RECEIPT), &approved, &err));
    const char *expected =
        with(&a, MADE_RECEIPT, "ref XB/XA-2026-0031\ntime 2026-07-14T04:02:00Z\n", "");
    EXPECT(str_eq(approved, str_of(expected)));
    EXPECT_OK(record_same_but_filled(&a, str_bytes(approved), octets(MADE_RECEIPT), &err));
    arena_release(&a);
}
TEST(a_claimed_time_is_ahead_beyond_three_hundred_seconds)
{
    struct arena a;
    struct err err = {0};
    struct record r;
    arena_init(&a, ROOM);
    EXPECT_OK(record_read(&a, octets(MADE_MESSAGE), &r, &err));
    EXPECT(!record_time_is_ahead(&r, r.time));
    EXPECT(!record_time_is_ahead(&r, (struct moment){r.time.s - 300}));
    EXPECT(record_time_is_ahead(&r, (struct moment){r.time.s - 301}));
    EXPECT(!record_time_is_ahead(&r, (struct moment){r.time.s + 100000}));
    arena_release(&a);
}
