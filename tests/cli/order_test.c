// The file that asks root holders for an order, and the order they sign: to the octet.
#include "cli/order.h"
#include "crypto/sign.h"
#include "tests/test.h"

#define CHALLENGE "00112233445566778899aabbccddeeff"
#define ROOT "fr0bN48xdevcktd1HwdD65Hyw01iOTSRWshq1Pv8iVo="
#define DRAWN                                                                                   \
    "elchi order request v1\nlog xa.example/demo\nchallenge " CHALLENGE "\nsize 12\nroot " ROOT \
    "\nlock restored\n"

static struct bytes octets(const char *text)
{
    return str_bytes(str_of(text));
}

// A root holder's key of a log, as its file gives it.
static struct keyfile root_of(const char *name, uint8_t dice)
{
    struct keyfile k = {.name = str_of(name)};
    struct err err = {0};
    struct sign_public public;
    uint8_t seed[SIGN_SEED_BYTES];
    memset(seed, dice, sizeof seed);
    secret_copy(&k.seed, bytes_of(seed, sizeof seed));
    sign_public_of(&k.seed, &public);
    EXPECT_OK(note_key_make(k.name, NOTE_KEY_ED25519, &public, &k.key, &err));
    return k;
}

TEST(the_request_drawn_in_the_header_is_this_one_and_writes_back)
{
    struct arena a;
    struct err err = {0};
    struct order_request r;
    struct bytes again;
    arena_init(&a, 1 << 20);
    EXPECT_OK(order_request_read(octets(DRAWN), &r, &err));
    EXPECT(str_eq(r.asked.log, STR("xa.example/demo")));
    EXPECT(r.asked.act == ORDER_NONE && r.asked.size == 12);
    EXPECT(r.asked.challenge.octets[1] == 0x11);
    EXPECT(str_eq(r.lock, STR("restored")));
    EXPECT_OK(order_request_write(&r, &a, &again, &err));
    EXPECT(bytes_eq(again, octets(DRAWN)));
    arena_release(&a);
}

TEST(a_request_that_is_cut_or_bent_is_no_request)
{
    static const char *const bent[] = {
        "",
        "elchi order request v1\n",
        "elchi order request v1\nlog a b\nchallenge " CHALLENGE "\nsize 1\nroot " ROOT
        "\nlock restored\n",
        "elchi order request v1\nlog x\nchallenge 0011\nsize 1\nroot " ROOT "\nlock restored\n",
        "elchi order request v1\nlog x\nchallenge " CHALLENGE "\nsize 01\nroot " ROOT
        "\nlock restored\n",
        "elchi order request v1\nlog x\nchallenge " CHALLENGE "\nsize 1\nroot fr0b\nlock x\n",
        DRAWN "more\n",
    };
    for (size_t i = 0; i < sizeof bent / sizeof bent[0]; i++) {
        struct err err = {0};
        struct order_request r;
        EXPECT(!order_request_read(octets(bent[i]), &r, &err));
        EXPECT(err.kind == ERR_MALFORMED);
    }
}

TEST(two_roots_sign_one_order_each_once_and_lines_stand_by_key_id)
{
    struct arena a;
    struct err err = {0};
    struct bytes one, two, twice;
    size_t lines = 0;
    struct order_sheet *s = memory_new(1, sizeof *s);
    arena_init(&a, 4 << 20);
    struct keyfile first = root_of("xa.example/demo/root", 1);
    struct keyfile second = root_of("xa.example/demo/root", 2);
    EXPECT_OK(order_sheet_read(octets(DRAWN), s, &err));
    EXPECT(s->note.signatures_count == 0);
    s->order.act = ORDER_RESUME;
    EXPECT_OK(order_sign(s, &first, &a, &one, &lines, &err));
    EXPECT(lines == 1);
    EXPECT_OK(order_sheet_read(one, s, &err));
    EXPECT(s->order.act == ORDER_RESUME && s->order.size == 12);
    EXPECT_OK(order_sign(s, &first, &a, &twice, &lines, &err));
    EXPECT(lines == 1 && bytes_eq(twice, one));
    EXPECT_OK(order_sign(s, &second, &a, &two, &lines, &err));
    EXPECT(lines == 2);
    EXPECT_OK(order_sheet_read(two, s, &err));
    EXPECT(s->note.signatures[0].id < s->note.signatures[1].id);
    EXPECT(note_line_of(&s->note, &first.key) != NULL);
    keyfile_close(&first);
    keyfile_close(&second);
    memory_release(s);
    arena_release(&a);
}

TEST(a_root_of_another_log_or_an_officer_signs_no_order)
{
    static const char *const names[] = {"xb.example/demo/root", "xa.example/demo/officer/anna"};
    struct arena a;
    struct err err = {0};
    struct order_sheet *s = memory_new(1, sizeof *s);
    arena_init(&a, 4 << 20);
    EXPECT_OK(order_sheet_read(octets(DRAWN), s, &err));
    s->order.act = ORDER_ADOPT;
    for (size_t i = 0; i < 2; i++) {
        struct bytes note;
        size_t lines = 0;
        struct keyfile k = root_of(names[i], 3);
        EXPECT_ERR(order_sign(s, &k, &a, &note, &lines, &err), ERR_DENIED);
        keyfile_close(&k);
    }
    memory_release(s);
    arena_release(&a);
}
