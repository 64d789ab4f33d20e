// Times as people type them: what is taken, and what is refused because it could mean two things.
#include "cli/when.h"
#include "tests/test.h"

#include <stdlib.h>

// 2026-07-14T04:01:05Z
static const struct moment now = {1784001665};

static void expect_time(const char *typed, enum when_side side, const char *wanted)
{
    struct err err = {0};
    struct moment at;
    char text[MOMENT_CHARS + 1];
    if (!when_read(str_of(typed), now, side, &at, &err))
        fail_msg("%s is refused", typed);
    moment_write(at, text);
    if (strcmp(text, wanted) != 0)
        fail_msg("%s is taken as %s", typed, text);
}

TEST(times_are_taken_as_they_are_typed)
{
    static const struct {
        const char *typed;
        enum when_side side;
        const char *wanted;
    } cases[] = {
        {"2026-07-14T12:00:00Z", WHEN_NEXT, "2026-07-14T12:00:00Z"},
        {"2026-07-14 12:00", WHEN_LAST, "2026-07-14T12:00:00Z"},
        {"2026-07-14 12:00:07", WHEN_NEXT, "2026-07-14T12:00:07Z"},
        {"2026-07-14 12:00 UTC", WHEN_NEXT, "2026-07-14T12:00:00Z"},
        {"2026-07-14 12:00+05:00", WHEN_NEXT, "2026-07-14T07:00:00Z"},
        {"2026-07-14 01:00 +05:30", WHEN_NEXT, "2026-07-13T19:30:00Z"},
        {" 2026-07-14  9:05 ", WHEN_NEXT, "2026-07-14T09:05:00Z"},
        {"14:30", WHEN_NEXT, "2026-07-14T14:30:00Z"},
        {"14:30", WHEN_LAST, "2026-07-13T14:30:00Z"},
        {"03:00", WHEN_NEXT, "2026-07-15T03:00:00Z"},
        {"03:00", WHEN_LAST, "2026-07-14T03:00:00Z"},
        {"3:00z", WHEN_LAST, "2026-07-14T03:00:00Z"},
        {"04:01:05", WHEN_NEXT, "2026-07-14T04:01:05Z"},
        {"04:01:05", WHEN_LAST, "2026-07-14T04:01:05Z"},
        {"08:30+05:00", WHEN_NEXT, "2026-07-15T03:30:00Z"},
        {"02:00-09:00", WHEN_NEXT, "2026-07-14T11:00:00Z"},
        {"+4h", WHEN_LAST, "2026-07-14T08:01:05Z"},
        {"in 4h", WHEN_NEXT, "2026-07-14T08:01:05Z"},
        {"In 4 Hours", WHEN_NEXT, "2026-07-14T08:01:05Z"},
        {"-90m", WHEN_NEXT, "2026-07-14T02:31:05Z"},
        {"90 min ago", WHEN_NEXT, "2026-07-14T02:31:05Z"},
        {"+2d", WHEN_NEXT, "2026-07-16T04:01:05Z"},
        {"now", WHEN_NEXT, "2026-07-14T04:01:05Z"},
        {"+٤h", WHEN_NEXT, "2026-07-14T08:01:05Z"},
        {"۱۴:۳۰", WHEN_NEXT, "2026-07-14T14:30:00Z"},
        {"１４:３０", WHEN_NEXT, "2026-07-14T14:30:00Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_time(cases[i].typed, cases[i].side, cases[i].wanted);
}

TEST(what_is_no_moment_or_could_be_two_is_refused)
{
    static const char *const cases[] = {
        "",
        "2026-07-14",
        "14",
        "1430",
        "24:00",
        "12:60",
        "2026-02-30 12:00",
        "14/07/2026 12:00",
        "07-14 12:00",
        "4h",
        "in",
        "in 4",
        "+4",
        "+4w",
        "+999999d",
        "12:00 PM",
        "12:00 EST",
        "12:00+5",
        "12:00+15:00",
        "now now",
        "tomorrow",
        "-",
        "+",
        ":",
        "1969-12-31 23:59",
        "9999-12-31 23:59-01:00",
        "12:00:00:00",
        "2026-07-14T",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct moment at = {7};
        if (when_read(str_of(cases[i]), now, WHEN_NEXT, &at, &err))
            fail_msg("%s is taken", cases[i]);
        EXPECT(err.kind == ERR_MALFORMED);
        EXPECT(at.s == 7);
    }
}

static void expect_span(const char *typed, const char *wanted)
{
    struct err err = {0};
    struct moment from, to;
    char text[2 * MOMENT_CHARS + 2];
    if (!when_read_span(str_of(typed), now, &from, &to, &err))
        fail_msg("%s is refused", typed);
    moment_write(from, text);
    text[MOMENT_CHARS] = '/';
    moment_write(to, text + MOMENT_CHARS + 1);
    if (strcmp(text, wanted) != 0)
        fail_msg("%s is taken as %s", typed, text);
}

TEST(spans_are_two_times)
{
    expect_span("2026-07-14T02:10:00Z/2026-07-14T03:55:00Z",
                "2026-07-14T02:10:00Z/2026-07-14T03:55:00Z");
    expect_span("02:10/03:55", "2026-07-14T02:10:00Z/2026-07-14T03:55:00Z");
    expect_span("02:10 - 03:55", "2026-07-14T02:10:00Z/2026-07-14T03:55:00Z");
    expect_span("23:10 to 01:30", "2026-07-13T23:10:00Z/2026-07-14T01:30:00Z");
    expect_span("2026-07-10 23:10 – 01:30", "2026-07-10T23:10:00Z/2026-07-11T01:30:00Z");
    expect_span("3h ago / now", "2026-07-14T01:01:05Z/2026-07-14T04:01:05Z");
    expect_span("-3h - -1h", "2026-07-14T01:01:05Z/2026-07-14T03:01:05Z");
}

TEST(spans_that_go_backwards_or_hold_one_time_are_refused)
{
    static const char *const cases[] = {
        "02:10", "", "/", "02:10/", "now / 3h ago", "a/b", "2026-07-14 03:00/2026-07-14 02:00"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err = {0};
        struct moment from, to;
        if (when_read_span(str_of(cases[i]), now, &from, &to, &err))
            fail_msg("%s is taken", cases[i]);
        EXPECT(err.kind == ERR_MALFORMED);
    }
}

TEST(durations_have_one_unit)
{
    static const struct {
        const char *typed;
        uint64_t wanted;
    } cases[] = {
        {"90m", 5400}, {"4h", 14400}, {"2 days", 172800}, {"٣٠s", 30}, {"3660d", 316224000}};
    static const char *const bad[] = {"", "0h", "h", "4", "4h30m", "3661d", "-4h", "4 weeks"};
    struct err err = {0};
    uint64_t s = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EXPECT_OK(when_read_duration(str_of(cases[i].typed), &s, &err));
        EXPECT(s == cases[i].wanted);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (when_read_duration(str_of(bad[i]), &s, &err))
            fail_msg("%s is taken", bad[i]);
    }
}

// Letters that times are made of, in any order: taken or refused, and what is taken is a moment
// that is written and read as every other.
TEST(no_typing_trips_a_check)
{
    static const char letters[] = "0123456789:-+/ TZhmdsinagowutc\xd9\xa0";
    unsigned seed = (unsigned)test_seed();
    char typed[24];
    for (int i = 0; i < 200000; i++) {
        struct err err = {0};
        struct moment from, to;
        uint64_t s = 0;
        char text[MOMENT_CHARS + 1];
        size_t len = (size_t)(rand_r(&seed) % (int)sizeof typed);
        for (size_t c = 0; c < len; c++)
            typed[c] = letters[rand_r(&seed) % (int)(sizeof letters - 1)];
        struct str sent = {typed, len};
        if (when_read(sent, now, i % 2 == 0 ? WHEN_NEXT : WHEN_LAST, &from, &err)) {
            moment_write(from, text);
            EXPECT(moment_read(str_of(text), &to));
            EXPECT(from.s == to.s);
        }
        if (when_read_span(sent, now, &from, &to, &err))
            EXPECT(from.s <= to.s);
        if (when_read_duration(sent, &s, &err))
            EXPECT(s > 0);
    }
}
