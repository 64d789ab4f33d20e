#include "cli/when.h"

#include <stdio.h>

#define CLAUSE "docs/codebook.md, times"
enum { DAY_S = 86400, COUNT_MAX = 99999 };

// -- digits ---------------------------------------------------------------------------------------
static const struct {
    char first[4]; // UTF-8 of the digit zero
    size_t octets;
} digit_rows[] = {{"\xD9\xA0", 2}, {"\xDB\xB0", 2}, {"\xEF\xBC\x90", 3}};

// The value of a digit of those scripts at the front of `s`, or -1.
static int foreign_digit(struct str s, size_t *ret_octets)
{
    for (size_t i = 0; i < sizeof digit_rows / sizeof digit_rows[0]; i++) {
        size_t n = digit_rows[i].octets;
        if (s.len < n || memcmp(s.ptr, digit_rows[i].first, n - 1) != 0)
            continue;
        int value = (uint8_t)s.ptr[n - 1] - (uint8_t)digit_rows[i].first[n - 1];
        if (value < 0 || value > 9)
            continue;
        *ret_octets = n;
        return value;
    }
    return -1;
}

bool when_ascii_digits(struct str typed, char *ret_text, size_t size)
{
    struct writer w = writer_of(ret_text, size);
    while (typed.len > 0) {
        size_t octets = 1;
        int value = foreign_digit(typed, &octets);
        writer_u8(&w, value >= 0 ? (uint8_t)('0' + value) : (uint8_t)typed.ptr[0]);
        typed = str_slice(typed, octets, typed.len);
    }
    writer_u8(&w, 0);
    return !w.full;
}

// -- pieces ---------------------------------------------------------------------------------------
static struct str trim(struct str s)
{
    while (s.len > 0 && s.ptr[0] == ' ')
        s = str_slice(s, 1, s.len);
    while (s.len > 0 && s.ptr[s.len - 1] == ' ')
        s.len--;
    return s;
}

static bool take(struct str *s, const char *word)
{
    struct str w = str_of(word);
    if (s->len < w.len)
        return false;
    for (size_t i = 0; i < w.len; i++) {
        char c = s->ptr[i];
        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != w.ptr[i])
            return false;
    }
    *s = trim(str_slice(*s, w.len, s->len));
    return true;
}

static bool take_number(struct str *s, uint64_t *ret)
{
    size_t n = 0;
    uint64_t made = 0;
    while (n < s->len && s->ptr[n] >= '0' && s->ptr[n] <= '9' && made <= COUNT_MAX)
        made = made * 10 + (uint64_t)(s->ptr[n++] - '0');
    if (n == 0 || made > COUNT_MAX)
        return false;
    *s = str_slice(*s, n, s->len);
    *ret = made;
    return true;
}

// Exactly `width` digits, not above `most`.
static bool take_digits(struct str *s, size_t width, int64_t most, int64_t *ret)
{
    uint64_t made = 0;
    if (s->len < width)
        return false;
    struct str part = str_slice(*s, 0, width);
    if (!take_number(&part, &made) || part.len > 0 || (int64_t)made > most)
        return false;
    *s = str_slice(*s, width, s->len);
    *ret = (int64_t)made;
    return true;
}

static bool take_char(struct str *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c)
        return false;
    *s = str_slice(*s, 1, s->len);
    return true;
}

// "12:00" or "12:00:05", as seconds of the day.
static bool take_clock(struct str *s, int64_t *ret_s)
{
    int64_t hour = 0, minute = 0, second = 0;
    if (!take_digits(s, 2, 23, &hour) && !take_digits(s, 1, 9, &hour))
        return false;
    if (!take_char(s, ':') || !take_digits(s, 2, 59, &minute))
        return false;
    if (take_char(s, ':') && !take_digits(s, 2, 59, &second))
        return false;
    *ret_s = hour * 3600 + minute * 60 + second;
    return true;
}

// Nothing, Z, UTC, or +05:00; what is left over is an error.
static bool take_offset(struct str s, int64_t *ret_s)
{
    int64_t hour = 0, minute = 0;
    s = trim(s);
    *ret_s = 0;
    if (s.len == 0)
        return true;
    bool east = s.ptr[0] == '+';
    if (!east && s.ptr[0] != '-')
        return (take(&s, "utc") || take(&s, "z")) && s.len == 0;
    s = str_slice(s, 1, s.len);
    if (!take_digits(&s, 2, 14, &hour) || !take_char(&s, ':') || !take_digits(&s, 2, 59, &minute))
        return false;
    *ret_s = (east ? 1 : -1) * (hour * 3600 + minute * 60);
    return s.len == 0;
}

// -- durations ------------------------------------------------------------------------------------
static const struct {
    const char *word;
    uint64_t seconds;
} units[] = {{"days", 86400}, {"day", 86400},  {"d", 86400},   {"hours", 3600}, {"hour", 3600},
             {"h", 3600},     {"minutes", 60}, {"minute", 60}, {"min", 60},     {"m", 60},
             {"seconds", 1},  {"second", 1},   {"s", 1}};

static bool take_span(struct str *s, uint64_t *ret_s)
{
    uint64_t n = 0;
    if (!take_number(s, &n))
        return false;
    *s = trim(*s);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!take(s, units[i].word))
            continue;
        *ret_s = n * units[i].seconds;
        return true;
    }
    return false;
}

static bool refuse(struct err *err)
{
    return err_set(err, ERR_MALFORMED, CLAUSE,
                   "not a time, a span or a duration as it is read here");
}

bool when_read_duration(struct str typed, uint64_t *ret_s, struct err *err)
{
    char room[WHEN_TYPED_BYTES_MAX];
    uint64_t made = 0;
    enum { DAYS_MAX = 3660 }; // codebook/parameter.h: longer is a date
    if (!when_ascii_digits(trim(typed), room, sizeof room))
        return refuse(err);
    struct str s = str_of(room);
    if (!take_span(&s, &made) || s.len > 0 || made == 0 || made > (uint64_t)DAYS_MAX * DAY_S)
        return refuse(err);
    *ret_s = made;
    return true;
}

// -- times ----------------------------------------------------------------------------------------
// +4h, -90m, in 2d, 3h ago, now.
static bool read_distance(struct str s, struct moment now, struct moment *ret)
{
    uint64_t distance = 0;
    if (take(&s, "now")) {
        *ret = now;
        return s.len == 0;
    }
    bool before = take(&s, "-");
    bool after = !before && (take(&s, "+") || take(&s, "in "));
    if (!take_span(&s, &distance))
        return false;
    if (!before && !after)
        before = take(&s, "ago");
    if (s.len > 0 || (!before && !after))
        return false;
    ret->s = now.s + (before ? -(int64_t)distance : (int64_t)distance);
    return true;
}

// 2026-07-14 12:00, with T or a space, seconds or none, an offset or none.
static bool read_date(struct str s, struct moment *ret)
{
    int64_t clock = 0, offset = 0;
    struct moment day;
    char text[MOMENT_CHARS + 1];
    enum { DATE_CHARS = 10 };
    if (s.len <= DATE_CHARS + 1)
        return false;
    char between = s.ptr[DATE_CHARS];
    (void)snprintf(text, sizeof text, "%.10sT00:00:00Z", s.ptr);
    if ((between != ' ' && between != 'T' && between != 't') || !moment_read(str_of(text), &day))
        return false;
    s = trim(str_slice(s, DATE_CHARS + 1, s.len));
    if (!take_clock(&s, &clock) || !take_offset(s, &offset))
        return false;
    ret->s = day.s + clock - offset;
    return true;
}

static bool read_clock(struct str s, struct moment now, enum when_side side, struct moment *ret)
{
    int64_t clock = 0, offset = 0;
    if (!take_clock(&s, &clock) || !take_offset(s, &offset))
        return false;
    int64_t at = now.s - now.s % DAY_S + clock - offset;
    while (side == WHEN_NEXT && at < now.s)
        at += DAY_S;
    while (side == WHEN_NEXT && at - DAY_S >= now.s)
        at -= DAY_S;
    while (side == WHEN_LAST && at > now.s)
        at -= DAY_S;
    while (side == WHEN_LAST && at + DAY_S <= now.s)
        at += DAY_S;
    ret->s = at;
    return true;
}

static bool read_ascii(struct str s, struct moment now, enum when_side side, struct moment *ret)
{
    const struct moment last = {INT64_C(253402300799)}; // the end of the year 9999
    struct moment made;
    s = trim(s);
    if (!read_distance(s, now, &made) && !read_date(s, &made) && !read_clock(s, now, side, &made))
        return false;
    if (made.s < 0 || made.s > last.s)
        return false;
    *ret = made;
    return true;
}

bool when_read(struct str typed, struct moment now, enum when_side side, struct moment *ret,
               struct err *err)
{
    char room[WHEN_TYPED_BYTES_MAX];
    if (!when_ascii_digits(typed, room, sizeof room))
        return refuse(err);
    return read_ascii(str_of(room), now, side, ret) || refuse(err);
}

static bool part_in_two(struct str s, struct str *ret_first, struct str *ret_second)
{
    static const char *const marks[] = {"/", " - ", " to ", " – ", "–"};
    for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++) {
        struct str mark = str_of(marks[m]);
        for (size_t i = 0; i + mark.len <= s.len; i++) {
            if (memcmp(s.ptr + i, mark.ptr, mark.len) != 0)
                continue;
            *ret_first = str_slice(s, 0, i);
            *ret_second = str_slice(s, i + mark.len, s.len);
            return true;
        }
    }
    return false;
}

bool when_read_span(struct str typed, struct moment now, struct moment *ret_from,
                    struct moment *ret_to, struct err *err)
{
    char room[WHEN_TYPED_BYTES_MAX];
    struct str first, second;
    struct moment from, to;
    if (!when_ascii_digits(typed, room, sizeof room) || !part_in_two(str_of(room), &first, &second))
        return refuse(err);
    if (!read_ascii(first, now, WHEN_LAST, &from))
        return refuse(err);
    second = trim(second);
    // "02:10 - 03:55": the end is the first 03:55 after the beginning.
    if (!read_clock(second, from, WHEN_NEXT, &to) && !read_ascii(second, now, WHEN_LAST, &to))
        return refuse(err);
    if (from.s > to.s)
        return err_set(err, ERR_MALFORMED, CLAUSE, "a span begins before it ends");
    *ret_from = from;
    *ret_to = to;
    return true;
}
