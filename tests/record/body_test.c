// Bodies: inner header, note, padding; nothing else.
#include "record/body.h"
#include "tests/record/made.h"

enum { ROOM = 8 << 20 };

static struct sealed_body sample(void)
{
    struct sealed_body b = {.origin = STR("xa.example/demo"),
                            .to = STR("xb.example/demo"),
                            .note = octets(MADE_MESSAGE)};
    memset(b.blind.octets, 0x5a, BLIND_BYTES);
    return b;
}
static bool accepted(struct bytes plain)
{
    struct arena a;
    struct err err = {0};
    struct sealed_body b;
    struct bytes again;
    arena_init(&a, ROOM);
    bool good = sealed_body_read(plain, &b, &err);
    if (good) {
        EXPECT_OK(sealed_body_write(&b, &a, &again, &err));
        EXPECT(bytes_eq(again, plain));
    } else {
        EXPECT(err.kind != ERR_NONE);
    }
    arena_release(&a);
    return good;
}
TEST(padme_lengths_are_those_of_the_paper)
{
    // PURBs, algorithm 1, by hand: 9 = 1001b keeps floor(log2 3)+1 = 2 bits after the first
    static const uint64_t known[][2] = {{0, 0},       {1, 1},         {2, 2},        {3, 3},
                                        {4, 4},       {8, 8},         {9, 10},       {10, 10},
                                        {100, 104},   {128, 128},     {129, 144},    {1000, 1024},
                                        {1025, 1088}, {65535, 65536}, {65537, 67584}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        EXPECT(body_padded_bytes(known[i][0]) == known[i][1]);
}
TEST(padme_adds_at_most_twelve_percent_and_never_shrinks)
{
    uint64_t last = 0;
    for (uint64_t n = 1; n < 200000; n++) {
        uint64_t p = body_padded_bytes(n);
        EXPECT(p >= n && p >= last);
        EXPECT((p - n) * 100 <= n * 12);
        EXPECT(body_padded_bytes(p) == p); // a length once padded stays
        last = p;
    }
}
TEST(a_sealed_body_reads_and_writes_back)
{
    struct arena a;
    struct err err = {0};
    struct sealed_body made = sample(), read;
    struct bytes plain;
    arena_init(&a, ROOM);
    EXPECT_OK(sealed_body_write(&made, &a, &plain, &err));
    EXPECT(body_padded_bytes(plain.len) == plain.len);
    EXPECT(accepted(plain));
    EXPECT_OK(sealed_body_read(plain, &read, &err));
    EXPECT(str_eq(read.origin, made.origin) && str_eq(read.to, made.to));
    EXPECT(bytes_eq(read.note, made.note));
    EXPECT(memcmp(&read.blind, &made.blind, BLIND_BYTES) == 0);
    arena_release(&a);
}
TEST(a_body_cut_lengthened_or_changed_is_refused)
{
    struct arena a;
    struct err err = {0};
    struct sealed_body made = sample();
    struct bytes plain;
    arena_init(&a, ROOM);
    EXPECT_OK(sealed_body_write(&made, &a, &plain, &err));
    uint8_t *copy = arena_new(&a, uint8_t, plain.len + 600);
    memcpy(copy, plain.ptr, plain.len);
    for (size_t n = 0; n < plain.len; n++)
        EXPECT(!accepted(bytes_of(copy, n)));
    for (size_t n = 1; n < 600; n++)
        EXPECT(!accepted(bytes_of(copy, plain.len + n)));
    for (size_t at = 0; at < plain.len; at++) {
        copy[at] ^= 1;
        (void)accepted(bytes_of(copy, plain.len));
        copy[at] ^= 1;
    }
    copy[plain.len - 1] = 1; // padding that says something
    EXPECT(plain.ptr[plain.len - 1] == 0);
    EXPECT(!accepted(bytes_of(copy, plain.len)));
    arena_release(&a);
}
TEST(a_body_of_the_largest_record_fits)
{
    static uint8_t note[RECORD_BYTES_MAX + 1];
    static char origin[ORIGIN_BYTES_MAX + 2];
    struct arena a;
    struct err err;
    struct bytes plain;
    arena_init(&a, ROOM);
    memset(note, 'x', sizeof note);
    memset(origin, 'o', ORIGIN_BYTES_MAX + 1);
    struct sealed_body b = sample();
    b.origin = b.to = (struct str){origin, ORIGIN_BYTES_MAX};
    b.note = bytes_of(note, RECORD_BYTES_MAX);
    err = (struct err){0};
    EXPECT_OK(sealed_body_write(&b, &a, &plain, &err));
    EXPECT(plain.len <= BODY_BYTES_MAX - 2048); // age's frame has room
    EXPECT(accepted(plain));
    b.note.len++;
    EXPECT_ERR(sealed_body_write(&b, &a, &plain, &err), ERR_LIMIT);
    b = sample();
    b.origin = (struct str){origin, ORIGIN_BYTES_MAX + 1};
    EXPECT(!sealed_body_write(&b, &a, &plain, &err));
    b = sample();
    b.to = STR("two words");
    EXPECT_ERR(sealed_body_write(&b, &a, &plain, &err), ERR_MALFORMED);
    b = sample();
    b.note.len = 0;
    EXPECT_ERR(sealed_body_write(&b, &a, &plain, &err), ERR_LIMIT);
    arena_release(&a);
}
TEST(an_open_body_is_blind_and_note_and_nothing_else)
{
    struct arena a;
    struct err err = {0};
    struct open_body made = {.note = octets(MADE_OPEN_MESSAGE)}, read;
    struct bytes blob, again;
    arena_init(&a, ROOM);
    memset(made.blind.octets, 0xc3, BLIND_BYTES);
    EXPECT_OK(open_body_write(&made, &a, &blob, &err));
    EXPECT(blob.len == BLIND_BYTES + made.note.len);
    EXPECT_OK(open_body_read(blob, &read, &err));
    EXPECT(bytes_eq(read.note, made.note));
    EXPECT_OK(open_body_write(&read, &a, &again, &err));
    EXPECT(bytes_eq(again, blob));
    for (size_t n = 0; n <= BLIND_BYTES; n++)
        EXPECT_ERR(open_body_read(bytes_of(blob.ptr, n), &read, &err), ERR_MALFORMED);
    arena_release(&a);
}
