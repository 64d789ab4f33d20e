#include "base/text.h"

#include "tests/test.h"

static bool accepted(const char *octets)
{
    struct str got;
    struct err err = {0};
    return text_check(bytes_of(octets, strlen(octets)), &got, &err);
}

TEST(plain_text_in_many_scripts_is_text)
{
    EXPECT(accepted(""));
    EXPECT(accepted("two\nlines\n"));
    EXPECT(accepted("Қауіпсіздік — безопасность"));
    EXPECT(accepted("الأمن السيبراني"));
    EXPECT(accepted("网络安全"));
    EXPECT(accepted("caf\xc3\xa9"));
}

TEST(what_could_deceive_a_reader_is_refused)
{
    EXPECT(!accepted("a\x01"));
    EXPECT(!accepted("a\tb"));
    EXPECT(!accepted("a\r\n"));
    EXPECT(!accepted("del\x7f"));
    EXPECT(!accepted("c1 \xc2\x85"));
    EXPECT(!accepted("line \xe2\x80\xa8 separator"));
    EXPECT(!accepted("paragraph \xe2\x80\xa9 separator"));
    EXPECT(!accepted("\xe2\x80\xae override"));
    EXPECT(!accepted("\xe2\x81\xa6 isolate"));
    EXPECT(!accepted("\xd8\x9c arabic letter mark"));
    EXPECT(!accepted("\xef\xbb\xbf byte order mark"));
    EXPECT(!accepted("soft\xc2\xadhyphen"));
    EXPECT(!accepted("zero\xe2\x80\x8bwidth"));
    EXPECT(!accepted("noncharacter \xef\xbf\xbf"));
}

TEST(text_that_is_not_utf8_is_refused)
{
    EXPECT(!accepted("\xff"));
    EXPECT(!accepted("\xc0\xaf"));         // overlong
    EXPECT(!accepted("\xed\xa0\x80"));     // a surrogate
    EXPECT(!accepted("\xf4\x90\x80\x80")); // beyond U+10FFFF
    EXPECT(!accepted("cut \xe2\x82"));
    struct str got = STR("untouched");
    struct err err = {0};
    EXPECT(!text_check(bytes_of("nul\0", 4), &got, &err));
    EXPECT(err.kind == ERR_MALFORMED);
    EXPECT(str_eq(got, STR("untouched")));
}

TEST(text_that_is_not_in_nfc_is_refused)
{
    EXPECT(!accepted("cafe\xcc\x81"));
    EXPECT(!accepted("\xe2\x84\xab")); // ANGSTROM SIGN, whose normal form is another
}

TEST(joiners_stand_only_between_letters)
{
    EXPECT(accepted("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88")); // Persian with ZWNJ
    EXPECT(!accepted("\xe2\x80\x8c\xd9\x85"));
    EXPECT(!accepted("\xd9\x85\xe2\x80\x8c"));
    EXPECT(!accepted("1\xe2\x80\x8d"
                     "2"));
    EXPECT(!accepted("\xd9\x85\xe2\x80\x8c\xe2\x80\x8c\xd9\x85"));
}

TEST(one_line_holds_no_line_break)
{
    struct str got;
    struct err err = {0};
    EXPECT_ERR(text_check_line(bytes_of("a\nb", 3), &got, &err), ERR_MALFORMED);
    EXPECT_OK(text_check_line(bytes_of("ab", 2), &got, &err));
}

static bool moment_again(const char *text, int64_t s)
{
    struct moment at = {-1};
    char again[MOMENT_CHARS + 1];
    if (!moment_read(str_of(text), &at) || at.s != s)
        return false;
    moment_write(at, again);
    return strcmp(text, again) == 0;
}

TEST(times_read_and_write_back_the_same)
{
    EXPECT(moment_again("1970-01-01T00:00:00Z", 0));
    EXPECT(moment_again("2026-07-14T04:01:05Z", 1784001665));
    EXPECT(moment_again("2000-02-29T23:59:59Z", 951868799));
    EXPECT(moment_again("2038-01-19T03:14:08Z", INT64_C(2147483648)));
    EXPECT(moment_again("9999-12-31T23:59:59Z", INT64_C(253402300799)));
    for (int64_t s = 0; s < INT64_C(253402300799); s += INT64_C(86399) * 97) {
        struct moment back = {0};
        char text[MOMENT_CHARS + 1];
        moment_write((struct moment){s}, text);
        EXPECT(moment_read(str_of(text), &back) && back.s == s);
    }
}

TEST(times_that_are_none_are_refused)
{
    static const char *const wrong[] = {
        "2026-02-29T00:00:00Z",  "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",  "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-06-30T23:59:60Z",  "2026-01-01t00:00:00Z", "2026-01-01T00:00:00z",
        "2026-01-01 00:00:00Z",  "2026-01-01T00:00:00",  "1969-12-31T23:59:59Z",
        "2026-01-01T00:00:00+0", "+026-01-01T00:00:00Z", "",
    };
    struct moment at = {7};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        EXPECT(!moment_read(str_of(wrong[i]), &at));
    EXPECT(at.s == 7);
}

TEST(attachment_names_are_narrow)
{
    EXPECT(text_is_file_name(STR("indicators.json")));
    EXPECT(text_is_file_name(STR("0")));
    EXPECT(!text_is_file_name(STR("")));
    EXPECT(!text_is_file_name(STR(".hidden")));
    EXPECT(!text_is_file_name(STR("../up")));
    EXPECT(!text_is_file_name(STR("a/b")));
    EXPECT(!text_is_file_name(STR("Upper")));
    EXPECT(
        text_is_file_name(STR("a234567890123456789012345678901234567890123456789012345678901234")));
    EXPECT(!text_is_file_name(
        STR("a2345678901234567890123456789012345678901234567890123456789012345")));
}
