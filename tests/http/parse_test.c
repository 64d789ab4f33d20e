// Tests of http/parse.h.
#include "http/parse.h"

#include "base/limits.h"
#include "tests/test.h"

static struct bytes lit(const char *s)
{
    return str_bytes(str_of(s));
}

TEST(percent_encoding_decodes_and_refuses_what_is_broken)
{
    struct arena a;
    struct bytes got;
    struct err err = {0};
    arena_init(&a, 4096);
    EXPECT_OK(percent_read(lit("a%20b%2f%C3%A9"), false, &a, &got, &err));
    EXPECT(bytes_eq(got, lit("a b/\xc3\xa9")));
    EXPECT_OK(percent_read(lit("a+b"), false, &a, &got, &err));
    EXPECT(bytes_eq(got, lit("a+b")));
    EXPECT_OK(percent_read(lit("a+b"), true, &a, &got, &err));
    EXPECT(bytes_eq(got, lit("a b")));
    EXPECT_OK(percent_read(lit("%41"), false, &a, &got, &err));
    EXPECT(bytes_eq(got, lit("A")));
    EXPECT_OK(percent_read(lit("%00"), false, &a, &got, &err));
    EXPECT(got.len == 1 && got.ptr[0] == 0);
    static const char *const broken[] = {"%",   "%4",   "a%",  "a%4", "%4g",
                                         "%g4", "%%41", "%-1", "% 1"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        EXPECT_ERR(percent_read(lit(broken[i]), false, &a, &got, &err), ERR_MALFORMED);
    arena_release(&a);
}

TEST(what_is_percent_written_reads_back)
{
    struct arena a;
    struct buffer text;
    struct bytes got;
    uint8_t all[256];
    struct err err = {0};
    arena_init(&a, 65536);
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    buffer_init(&text, &a, 4096);
    percent_write(&text, bytes_of(all, sizeof all));
    EXPECT_OK(percent_read(buffer_bytes(&text), true, &a, &got, &err));
    EXPECT(bytes_eq(got, bytes_of(all, sizeof all)));
    arena_release(&a);
}

TEST(a_query_splits_into_names_and_values)
{
    struct arena a;
    struct query q;
    struct bytes value;
    struct err err = {0};
    arena_init(&a, 1 << 20);
    EXPECT_OK(query_read(lit("a=1&b=two+words&&c&a=3&d=x%3Dy=z&=e"), &a, &q, &err));
    EXPECT(q.count == 6);
    EXPECT(query_find(&q, STR("a"), &value) && bytes_eq(value, lit("1")));
    EXPECT(query_count(&q, STR("a")) == 2);
    EXPECT(query_find(&q, STR("b"), &value) && bytes_eq(value, lit("two words")));
    EXPECT(query_find(&q, STR("c"), &value) && value.len == 0);
    EXPECT(query_find(&q, STR("d"), &value) && bytes_eq(value, lit("x=y=z")));
    EXPECT(!query_find(&q, STR("z"), &value));
    EXPECT_OK(query_read((struct bytes){0}, &a, &q, &err));
    EXPECT(q.count == 0);
    EXPECT_ERR(query_read(lit("a=%"), &a, &q, &err), ERR_MALFORMED);
    char many[4 * HTTP_PARAMS_MAX];
    memset(many, '&', sizeof many);
    EXPECT_ERR(query_read(bytes_of(many, sizeof many), &a, &q, &err), ERR_LIMIT);
    arena_release(&a);
}

TEST(ranges_follow_the_standard)
{
    static const struct {
        const char *value;
        uint64_t size;
        enum range_kind kind;
        uint64_t first, count;
    } cases[] = {
        {"bytes=0-99", 1000, RANGE_PART, 0, 100},
        {"bytes=0-0", 1000, RANGE_PART, 0, 1},
        {"bytes=500-", 1000, RANGE_PART, 500, 500},
        {"bytes=999-", 1000, RANGE_PART, 999, 1},
        {"bytes=-1", 1000, RANGE_PART, 999, 1},
        {"bytes=-5000", 1000, RANGE_PART, 0, 1000},
        {"bytes=900-5000", 1000, RANGE_PART, 900, 100},
        {"bytes=900-99999999999999999999999", 1000, RANGE_PART, 900, 100},
        {"bytes=1000-", 1000, RANGE_OUTSIDE, 0, 0},
        {"bytes=18446744073709551615-", 1000, RANGE_OUTSIDE, 0, 0},
        {"bytes=99999999999999999999999-", 1000, RANGE_OUTSIDE, 0, 0},
        {"bytes=-0", 1000, RANGE_OUTSIDE, 0, 0},
        {"bytes=0-", 0, RANGE_OUTSIDE, 0, 0},
        {"bytes=-1", 0, RANGE_OUTSIDE, 0, 0},
        {"bytes=0-18446744073709551615", UINT64_MAX, RANGE_PART, 0, UINT64_MAX},
        {"bytes=9-5", 1000, RANGE_NONE, 0, 0},
        {"bytes=0-1,5-6", 1000, RANGE_NONE, 0, 0},
        {"bytes=", 1000, RANGE_NONE, 0, 0},
        {"bytes=-", 1000, RANGE_NONE, 0, 0},
        {"bytes=5", 1000, RANGE_NONE, 0, 0},
        {"bytes=+5-6", 1000, RANGE_NONE, 0, 0},
        {"bytes= 5-6", 1000, RANGE_NONE, 0, 0},
        {"bytes=a-b", 1000, RANGE_NONE, 0, 0},
        {"items=0-1", 1000, RANGE_NONE, 0, 0},
        {"", 1000, RANGE_NONE, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct range r = {77, 77};
        enum range_kind kind = range_read(str_of(cases[i].value), cases[i].size, &r);
        if (kind != cases[i].kind)
            fail_msg("%s: %d", cases[i].value, (int)kind);
        if (kind == RANGE_PART)
            EXPECT(r.first == cases[i].first && r.count == cases[i].count);
        else
            EXPECT(r.first == 77 && r.count == 77);
    }
}

TEST(content_range_is_read_strictly)
{
    struct range r;
    uint64_t total;
    EXPECT(content_range_read(STR("bytes 5-9/10"), &r, &total));
    EXPECT(r.first == 5 && r.count == 5 && total == 10);
    static const char *const wrong[] = {
        "bytes 5-10/10", "bytes 6-5/10",  "bytes */10", "bytes 5-9/*", "bytes 05-9/10",
        "bytes=5-9/10",  "bytes 5-9/10 ", "",           "bytes 5-9",   "bytes -9/10"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        EXPECT(!content_range_read(str_of(wrong[i]), &r, &total));
}

TEST(tokens_and_field_values)
{
    EXPECT(http_is_token(STR("Content-Length")));
    EXPECT(http_is_token(STR("x!#$%&'*+-.^_`|~9")));
    EXPECT(!http_is_token(STR("")));
    EXPECT(!http_is_token(STR("a b")));
    EXPECT(!http_is_token(STR("a:")));
    EXPECT(!http_is_token(STR("a\0b")));
    EXPECT(!http_is_token(STR("\xc3\xa9")));
    EXPECT(http_is_field_value(STR("a\tb c\xc3\xa9")));
    EXPECT(!http_is_field_value(STR("a\rb")));
    EXPECT(!http_is_field_value(STR("a\nb")));
    EXPECT(!http_is_field_value(STR("a\0b")));
    EXPECT(!http_is_field_value(STR("a\x7f")));
}
