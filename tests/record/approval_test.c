// Approvals and orders: what officers and roots sign.
#include "record/approval.h"
#include "tests/record/made.h"

enum { ROOM = 1 << 20 };
#define APPROVAL                               \
    "elchi approval v1\n"                      \
    "log xa.example/demo\n"                    \
    "draft 00112233445566778899aabbccddeeff\n" \
    "text " HASH_A "\n"                        \
    "decision release\n"                       \
    "officer a.officer\n"                      \
    "until 2026-07-15T04:00:00Z\n"
#define ORDER                                      \
    "elchi order v1\n"                             \
    "log xa.example/demo\n"                        \
    "challenge 00112233445566778899aabbccddeeff\n" \
    "act resume\n"                                 \
    "size 4711\n"                                  \
    "root " ROOT_A "\n"

static bool accepted(struct bytes sent, bool order)
{
    struct arena a;
    struct err err = {0};
    struct approval p;
    struct order o;
    struct str text = {(const char *)sent.ptr, sent.len}, again = {NULL, 0};
    arena_init(&a, ROOM);
    bool good = order ? order_read(text, &o, &err) : approval_read(text, &p, &err);
    if (good && order)
        EXPECT_OK(order_write(&o, &a, &again, &err));
    if (good && !order)
        EXPECT_OK(approval_write(&p, &a, &again, &err));
    if (good)
        EXPECT(bytes_eq(str_bytes(again), sent));
    arena_release(&a);
    return good;
}
TEST(an_approval_reads_and_writes_back)
{
    struct arena a;
    struct err err = {0};
    struct approval p;
    struct str name;
    struct digest hash = digest_of(octets(APPROVAL)), challenge = approval_digest(STR(APPROVAL));
    arena_init(&a, ROOM);
    EXPECT(accepted(octets(APPROVAL), false));
    EXPECT_OK(approval_read(STR(APPROVAL), &p, &err));
    EXPECT(p.decision == DECISION_RELEASE && p.draft.octets[15] == 0xff);
    EXPECT_OK(approval_key_name(&p, &a, &name, &err));
    EXPECT(str_eq(name, STR("xa.example/demo/officer/a.officer")));
    EXPECT(digest_eq(&hash, &challenge));
    arena_release(&a);
}
TEST(an_order_reads_and_writes_back)
{
    struct err err = {0};
    struct order o;
    EXPECT(accepted(octets(ORDER), true));
    EXPECT_OK(order_read(STR(ORDER), &o, &err));
    EXPECT(o.act == ORDER_RESUME && o.size == 4711 && o.root.octets[0] == 0xaa);
}
TEST(texts_cut_or_changed_are_never_read_as_others)
{
    const char *const texts[] = {APPROVAL, ORDER};
    uint8_t copy[512];
    for (size_t t = 0; t < 2; t++) {
        struct bytes whole = octets(texts[t]);
        for (size_t at = 0; at < whole.len; at++) {
            EXPECT(!accepted(bytes_of(whole.ptr, at), t == 1));
            for (unsigned c = 1; c < 256; c++) {
                memcpy(copy, whole.ptr, whole.len);
                copy[at] ^= (uint8_t)c;
                (void)accepted(bytes_of(copy, whole.len), t == 1);
            }
        }
    }
}
TEST(strange_approvals_are_refused)
{
    static const char *const bad[][2] = {
        {"decision release", "decision approve"},
        {"decision release", "decision"},
        {"officer a.officer", "officer A"},
        {"officer a.officer", "officer a/b"},
        {"officer a.officer", "officer a b"},
        {"draft 0", "draft "},
        {"draft 0", "draft 00"},
        {"ddeeff", "ddeefF"},
        {"until 2026", "until 1969"},
        {"log xa", "log x a"},
        {"log xa", "log x+a"},
        {"elchi approval v1", "elchi order v1"},
        {"officer a.officer\n", ""},
        {"officer a.officer\n", "officer a\nofficer b\n"},
    };
    struct arena a;
    arena_init(&a, ROOM);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        EXPECT(!accepted(octets(with(&a, APPROVAL, bad[i][0], bad[i][1])), false));
    EXPECT(!accepted(octets(ORDER), false));
    EXPECT(!accepted(octets(APPROVAL), true));
    arena_release(&a);
}
TEST(nothing_is_written_that_no_reader_takes)
{
    struct arena a;
    struct err err = {0};
    struct approval p;
    struct order o;
    struct str text = {NULL, 0};
    arena_init(&a, ROOM);
    EXPECT_OK(approval_read(STR(APPROVAL), &p, &err));
    p.officer = STR("a\nuntil 2099-01-01T00:00:00Z");
    EXPECT_ERR(approval_write(&p, &a, &text, &err), ERR_MALFORMED);
    EXPECT_OK(approval_read(STR(APPROVAL), &p, &err));
    p.decision = DECISION_NONE;
    EXPECT_ERR(approval_write(&p, &a, &text, &err), ERR_MALFORMED);
    EXPECT_OK(order_read(STR(ORDER), &o, &err));
    o.size = UINT64_MAX;
    EXPECT_ERR(order_write(&o, &a, &text, &err), ERR_MALFORMED);
    EXPECT(text.ptr == NULL);
    arena_release(&a);
}
