#include "base/text.h"

#include "base/encode.h"

#include <stdio.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

// ICU's decoding macros are arithmetic on small unsigned types, which gcc's warning dislikes.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Warith-conversion"
#endif

static bool refuse(struct err *err, const char *rule, size_t offset)
{
    return err_set(err, ERR_MALFORMED, "DESIGN 5", "not allowed in text: %s, at octet %zu", rule,
                   offset);
}

// The rule a single code point breaks on its own, or NULL.
static const char *rule_broken_by(UChar32 c)
{
    if (c < 0x20 && c != '\n')
        return "a control character";
    if (c >= 0x7f && c <= 0x9f)
        return "a control character";
    if (c == 0x2028 || c == 0x2029)
        return "a Unicode line or paragraph separator";
    if (u_hasBinaryProperty(c, UCHAR_BIDI_CONTROL))
        return "a bidirectional control";
    if (u_hasBinaryProperty(c, UCHAR_NONCHARACTER_CODE_POINT))
        return "a noncharacter";
    if (c == 0x200c || c == 0x200d)
        return NULL; // decided by the neighbours
    if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
        return "an invisible character";
    return NULL;
}

static bool is_joiner(UChar32 c)
{
    return c == 0x200c || c == 0x200d;
}

// Letters, and the marks that complete them (a virama before a joiner, say).
static bool is_letter(UChar32 c)
{
    return u_isalpha(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

// The nesting counted here is inside ICU's macros.
// NOLINTNEXTLINE(readability-function-size)
static bool check_points(struct bytes sent, bool *ret_ascii, struct err *err)
{
    UChar32 before = 0;
    bool ascii = true;
    int32_t len = (int32_t)sent.len;
    for (int32_t i = 0; i < len;) {
        int32_t at = i;
        UChar32 c;
        U8_NEXT(sent.ptr, i, len, c);
        if (c < 0)
            return refuse(err, "octets that are not UTF-8", (size_t)at);
        const char *rule = rule_broken_by(c);
        if (rule != NULL)
            return refuse(err, rule, (size_t)at);
        if (is_joiner(before) && !is_letter(c))
            return refuse(err, "a joiner that is not between letters", (size_t)at);
        if (is_joiner(c) && !is_letter(before))
            return refuse(err, "a joiner that is not between letters", (size_t)at);
        ascii = ascii && c < 0x80;
        before = c;
    }
    if (is_joiner(before))
        return refuse(err, "a joiner that is not between letters", sent.len);
    *ret_ascii = ascii;
    return true;
}

static bool is_nfc(struct bytes sent)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    CHECK(U_SUCCESS(status));
    UChar *wide = memory_new(sent.len + 1, sizeof *wide);
    int32_t wide_len = 0;
    (void)u_strFromUTF8(wide, (int32_t)sent.len + 1, &wide_len, (const char *)sent.ptr,
                        (int32_t)sent.len, &status);
    CHECK(U_SUCCESS(status));
    bool normal = unorm2_isNormalized(nfc, wide, wide_len, &status);
    CHECK(U_SUCCESS(status));
    memory_release(wide);
    return normal;
}

// Most of what the node reads is ASCII; this finds it without a look into Unicode's tables.
static bool is_plain(struct bytes sent)
{
    for (size_t i = 0; i < sent.len; i++)
        if (sent.ptr[i] > 0x7e || (sent.ptr[i] < 0x20 && sent.ptr[i] != '\n'))
            return false;
    return true;
}

bool text_check(struct bytes sent, struct str *ret, struct err *err)
{
    bool ascii = true;
    if (sent.len > INT32_MAX - 1)
        return err_set(err, ERR_LIMIT, "DESIGN 5", "text of %zu octets", sent.len);
    if (!is_plain(sent)) {
        if (!check_points(sent, &ascii, err))
            return false;
        if (!ascii && !is_nfc(sent))
            return err_set(err, ERR_MALFORMED, "DESIGN 5", "text is not in normal form NFC");
    }
    *ret = (struct str){sent.len == 0 ? "" : (const char *)sent.ptr, sent.len};
    return true;
}

bool text_check_line(struct bytes sent, struct str *ret, struct err *err)
{
    const uint8_t *end = sent.len == 0 ? NULL : memchr(sent.ptr, '\n', sent.len);
    if (end != NULL)
        return refuse(err, "a line break within one line", (size_t)(end - sent.ptr));
    return text_check(sent, ret, err);
}

// -- times: the proleptic Gregorian calendar by Howard Hinnant's published day count --------------
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct date {
    int year, month, day;
};

static struct date date_of(int64_t days)
{
    int64_t z = days + 719468;
    int64_t era = z / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    return (struct date){(int)year, (int)month, (int)(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

static const int64_t moment_last = INT64_C(253402300799); // 9999-12-31T23:59:59Z

void moment_write(struct moment at, char ret_text[MOMENT_CHARS + 1])
{
    CHECK(at.s >= 0);
    CHECK(at.s <= moment_last);
    struct date d = date_of(at.s / 86400);
    int s = (int)(at.s % 86400);
    char wide[64];
    (void)snprintf(wide, sizeof wide, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day,
                   s / 3600, s / 60 % 60, s % 60);
    CHECK(strlen(wide) == MOMENT_CHARS);
    memcpy(ret_text, wide, MOMENT_CHARS + 1);
}

static bool digits(struct str text, size_t at, size_t count, int max, int *ret)
{
    int n = 0;
    for (size_t i = at; i < at + count; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        n = n * 10 + (text.ptr[i] - '0');
    }
    *ret = n;
    return n <= max;
}

bool moment_read(struct str text, struct moment *ret)
{
    static const char form[] = "0000-00-00T00:00:00Z";
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    if (text.len != MOMENT_CHARS)
        return false;
    for (size_t i = 0; i < MOMENT_CHARS; i++)
        if (form[i] != '0' && text.ptr[i] != form[i])
            return false;
    if (!digits(text, 0, 4, 9999, &year) || !digits(text, 5, 2, 12, &month) ||
        !digits(text, 8, 2, 31, &day))
        return false;
    if (!digits(text, 11, 2, 23, &hour) || !digits(text, 14, 2, 59, &minute) ||
        !digits(text, 17, 2, 59, &second))
        return false;
    if (year < 1970 || month < 1 || day < 1)
        return false;
    int64_t days = days_of(year, month, day);
    struct date again = date_of(days);
    if (again.year != year || again.month != month || again.day != day)
        return false; // 30 February
    *ret = (struct moment){days * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 + second};
    return true;
}

int moment_year(struct moment at)
{
    CHECK(at.s >= 0);
    return date_of(at.s / 86400).year;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool text_is_file_name(struct str s)
{
    if (s.len < 1 || s.len > 64 || !is_name_char(s.ptr[0]))
        return false;
    for (size_t i = 1; i < s.len; i++)
        if (!is_name_char(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != '_' && s.ptr[i] != '-')
            return false;
    return true;
}

size_t text_char_bytes(struct str s) // NOLINT(readability-function-size): ICU's macro
{
    CHECK(s.len > 0);
    int32_t i = 0;
    const uint8_t *octets = str_bytes(s).ptr;
    U8_FWD_1(octets, i, (int32_t)s.len);
    return (size_t)i;
}
