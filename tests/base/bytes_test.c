#include "base/bytes.h"

#include "base/encode.h"
#include "base/frame.h"
#include "base/limits.h"
#include "base/lines.h"
#include "tests/test.h"

#include <sys/socket.h>
#include <unistd.h>

TEST(a_failed_reader_stays_failed_and_yields_zeros)
{
    struct reader r = reader_of(bytes_of("\x00\x02hi", 4));
    struct bytes block = reader_block16(&r);
    EXPECT(bytes_eq(block, bytes_of("hi", 2)));
    EXPECT(reader_done(&r));
    EXPECT(reader_u8(&r) == 0);
    EXPECT(!reader_done(&r));
    EXPECT(reader_take(&r, 0).len == 0);
    EXPECT(r.failed);
}

TEST(a_length_that_lies_is_a_failure_not_a_read)
{
    struct reader r = reader_of(bytes_of("\xff\xff\xff\xffx", 5));
    EXPECT(reader_block32(&r).ptr == NULL);
    EXPECT(r.failed);
}

TEST(a_full_writer_stays_full)
{
    uint8_t room[4];
    struct writer w = writer_of(room, sizeof room);
    writer_u32(&w, 0x01020304);
    EXPECT(!w.full);
    writer_u8(&w, 5);
    EXPECT(w.full);
    EXPECT(w.len == 4);
    EXPECT(memcmp(room, "\1\2\3\4", 4) == 0);
}

TEST(numbers_have_one_spelling)
{
    uint64_t n = 7;
    EXPECT(decimal_read(STR("0"), 10, &n) && n == 0);
    EXPECT(decimal_read(STR("18446744073709551615"), UINT64_MAX, &n) && n == UINT64_MAX);
    EXPECT(!decimal_read(STR("18446744073709551616"), UINT64_MAX, &n));
    EXPECT(!decimal_read(STR("01"), 10, &n));
    EXPECT(!decimal_read(STR("+1"), 10, &n));
    EXPECT(!decimal_read(STR(" 1"), 10, &n));
    EXPECT(!decimal_read(STR(""), 10, &n));
    EXPECT(!decimal_read(STR("11"), 10, &n));
}

TEST(base64_and_hex_have_one_spelling)
{
    uint8_t out[8];
    size_t size = 0;
    char text[16];
    EXPECT(base64_read(STR("aGk="), BASE64_PADDED, out, sizeof out, &size) && size == 2);
    EXPECT(!base64_read(STR("aGl="), BASE64_PADDED, out, sizeof out, &size)); // trailing bits
    EXPECT(!base64_read(STR("aGk"), BASE64_PADDED, out, sizeof out, &size));
    EXPECT(!base64_read(STR("aGk=\n"), BASE64_PADDED, out, sizeof out, &size));
    EXPECT(!base64_read(STR("aG k"), BASE64_BARE, out, sizeof out, &size));
    EXPECT(!base64_read(STR("aG\xc3\xa9"), BASE64_PADDED, out, sizeof out, &size));
    EXPECT(!base64_read(STR("aGk="), BASE64_BARE, out, sizeof out, &size));
    EXPECT(base64_write(bytes_of("hi", 2), BASE64_PADDED, text) == 4);
    EXPECT(strcmp(text, "aGk=") == 0);
    EXPECT(hex_read(STR("00ff"), out, 2) && out[1] == 0xff);
    EXPECT(!hex_read(STR("00FF"), out, 2));
    EXPECT(!hex_read(STR("00f"), out, 2));
}

TEST(typed_lines_keep_their_order_and_end)
{
    struct err err = {0};
    struct lines l;
    lines_init(&l, "entry", STR("elchi entry v1\nkind open\nbody sha256:6b 482\n"), &err);
    lines_exact(&l, STR("elchi entry v1"));
    EXPECT(str_eq(lines_value(&l, STR("kind")), STR("open")));
    struct fields f = fields_of(lines_value(&l, STR("body")));
    EXPECT(str_eq(field_next(&f), STR("sha256:6b")));
    EXPECT(str_eq(field_next(&f), STR("482")));
    EXPECT(fields_done(&f));
    EXPECT(lines_done(&l));
}

TEST(lines_that_deviate_are_refused_by_number)
{
    static const char *const wrong[] = {"a 1\nb 2", "a 1\nc 2\n", "a  \nb 2\n",
                                        "a\nb 2\n", "a 1\n",      "a 1\nb 2\nb 2\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err err = {0};
        struct lines l;
        lines_init(&l, "thing", str_of(wrong[i]), &err);
        struct fields f = fields_of(lines_value(&l, STR("a")));
        (void)field_next(&f);
        (void)lines_value(&l, STR("b"));
        EXPECT(!(lines_done(&l) && fields_done(&f)));
        EXPECT(err.kind == ERR_MALFORMED || !fields_done(&f));
    }
}

TEST(an_arena_refuses_past_its_limit)
{
    struct arena a;
    struct err err = {0};
    struct bytes copy;
    uint8_t big[512] = {1};
    arena_init(&a, 1000);
    EXPECT_OK(arena_copy(&a, bytes_of(big, sizeof big), &copy, &err));
    EXPECT_ERR(arena_copy(&a, bytes_of(big, sizeof big), &copy, &err), ERR_LIMIT);
    EXPECT(arena_alloc(&a, SIZE_MAX, 8, 8) == NULL);
    arena_release(&a);
    EXPECT(a.used == 0);
}

TEST(frames_cross_a_socket_with_a_descriptor)
{
    int pair[2];
    struct err err = {0};
    struct arena a;
    struct frame got;
    arena_init(&a, 1 << 22);
    EXPECT_OK(frame_pair(pair, &err));
    EXPECT_OK(frame_send(pair[0], (struct frame){7, bytes_of("hi", 2), pair[0]}, 1000, &err));
    EXPECT_OK(frame_receive(pair[1], &a, 1000, &got, &err));
    EXPECT(got.kind == 7);
    EXPECT(bytes_eq(got.payload, bytes_of("hi", 2)));
    EXPECT(got.fd >= 0);
    EXPECT(close(got.fd) == 0);
    EXPECT_ERR(frame_receive(pair[1], &a, 20, &got, &err), ERR_BUSY);
    EXPECT(close(pair[0]) == 0);
    EXPECT_ERR(frame_receive(pair[1], &a, 20, &got, &err), ERR_OFFLINE);
    EXPECT(close(pair[1]) == 0);
    arena_release(&a);
}

TEST(the_frame_drawn_in_the_header_is_this_one)
{
    int pair[2];
    struct err err = {0};
    struct arena a;
    struct frame got;
    arena_init(&a, 1 << 22);
    EXPECT_OK(frame_pair(pair, &err));
    EXPECT(write(pair[0], "\x00\x00\x00\x02\x00\x07\x00\x00hi", 10) == 10);
    EXPECT_OK(frame_receive(pair[1], &a, 1000, &got, &err));
    EXPECT(got.kind == 7 && got.fd == -1);
    EXPECT(write(pair[0], "\x7f\xff\xff\xff\x00\x07\x00\x00", 8) == 8);
    EXPECT_ERR(frame_receive(pair[1], &a, 1000, &got, &err), ERR_MALFORMED);
    arena_release(&a);
    (void)close(pair[0]);
    (void)close(pair[1]);
}

TEST(an_error_crosses_a_socket_whole)
{
    int pair[2];
    struct err err = {0};
    struct err sent = {0};
    struct arena a;
    struct frame got;
    arena_init(&a, 1 << 22);
    EXPECT_OK(frame_pair(pair, &err));
    (void)err_set(&sent, ERR_LOCKED, "FORMATS 10", "the keeper waits for a quorum");
    EXPECT_OK(frame_answer_err(pair[1], &sent, &err));
    EXPECT_ERR(frame_call(pair[0], (struct frame){1, {0}, -1}, &a, 1000, &got, &err), ERR_LOCKED);
    EXPECT(strcmp(err.clause, "FORMATS 10") == 0);
    EXPECT(strcmp(err.text, "the keeper waits for a quorum") == 0);
    arena_release(&a);
    (void)close(pair[0]);
    (void)close(pair[1]);
}

TEST(context_is_put_in_front_and_the_reason_is_never_cut)
{
    struct err err = {0};
    EXPECT(!err_set(&err, ERR_IO, NULL, "the reason"));
    for (int i = 0; i < 40; i++)
        (void)err_wrap(&err, "context number %d", i);
    EXPECT(strlen(err.text) < ERR_TEXT_BYTES);
    EXPECT(strstr(err.text, "the reason") != NULL);
    EXPECT(err.kind == ERR_IO);
}

TEST(the_clause_of_another_process_outlives_the_arena_its_answer_came_in)
{
    struct err why = {0};
    struct err err = {0};
    struct err again = {0};
    struct arena a;
    struct frame answer;
    int pair[2];
    EXPECT(!err_set(&why, ERR_DENIED, "FORMATS 5", "1 of 2 roots signed the order"));
    EXPECT_OK(frame_pair(pair, &err));
    for (int i = 0; i < 2; i++) {
        struct err *to = i == 0 ? &err : &again;
        EXPECT_OK(frame_answer_err(pair[1], &why, to));
        arena_init(&a, 1 << 20);
        EXPECT(!frame_call(pair[0], (struct frame){7, {0}, -1}, &a, 1000, &answer, to));
        arena_release(&a);
    }
    EXPECT(err.kind == ERR_DENIED);
    EXPECT(strcmp(err.clause, "FORMATS 5") == 0);
    EXPECT(again.clause == err.clause); // kept once
    (void)close(pair[0]);
    (void)close(pair[1]);
}
