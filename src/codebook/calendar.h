// codebook/calendar.h - spans of time in a language's words: UTC to the second, days of a calendar.
//
// Holds: the two ways a time is shown, by ICU's patterns; a span within one day, month or year is
// shortened by them. Which calendars there are is ICU's knowledge.
// Knows nothing of: values, renderings. Which calendar readers of a language use is a line of its
// rendering file.
// Source: DESIGN section 6 (rendering); Unicode TR 35 part 4, calendars and interval formats.
#ifndef CODEBOOK_CALENDAR_H
#define CODEBOOK_CALENDAR_H
#include "base/text.h"

enum { CALENDAR_CHARS_MAX = 32 }; // ICU's longest has 20
// A calendar that may stand beside the Gregorian one, which every rendering shows: "persian".
bool calendar_known(struct str name);

struct time_span {
    struct moment from, to; // the same for a single time
};
// "July 14, 2026, 02:10:00 UTC – 03:55:00 UTC": Gregorian, nothing of the value lost.
//   errors  ERR_IO (ICU), ERR_LIMIT
bool calendar_utc(struct str language, struct time_span span, struct arena *a, struct str *ret,
                  struct err *err) MUST_USE;
// "23 Tir 1405 AP": the days the span touches, counted in UTC, in a known calendar.
bool calendar_days(struct str language, struct str calendar, struct time_span span, struct arena *a,
                   struct str *ret, struct err *err) MUST_USE;
#endif
