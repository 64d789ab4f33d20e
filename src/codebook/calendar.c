#include "codebook/calendar.h"

#include "codebook/pattern.h"

#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/udateintervalformat.h>
#include <unicode/udatpg.h>
#include <unicode/uloc.h>

#define CLAUSE "DESIGN 6, rendering"

enum { PIECE_CHARS = 256, UTC_CHARS = 7, LOCALE_WITH_CALENDAR = 128 };
static const UChar utc[] = {'E', 't', 'c', '/', 'U', 'T', 'C', 0};
// Day, month in words, year, hour to second, zone: nothing of the value is lost.
static const UChar to_second[] = {'y', 'M', 'M', 'M', 'M', 'd', 'H', 'm', 's', 'z', 0};
// Day, month in words, year and era, so that no calendar is taken for another.
static const UChar to_day[] = {'G', 'y', 'M', 'M', 'M', 'M', 'd', 0};

bool calendar_known(struct str name)
{
    UErrorCode status = U_ZERO_ERROR;
    const char *one;
    bool known = false;
    if (name.len > CALENDAR_CHARS_MAX || str_eq(name, STR("gregorian")))
        return false;
    UEnumeration *all = ucal_getKeywordValuesForLocale("calendar", "root", false, &status);
    while (!known && (one = uenum_next(all, NULL, &status)) != NULL)
        known = str_eq(name, str_of(one));
    uenum_close(all);
    return known;
}

struct shape {
    char locale[LOCALE_WITH_CALENDAR];
    const UChar *skeleton;
    int32_t skeleton_len;
};

static bool shape_in(struct str language, struct str calendar, struct shape *to, struct err *err)
{
    char name[CALENDAR_CHARS_MAX + 1];
    UErrorCode status = U_ZERO_ERROR;
    CHECK(calendar.len <= CALENDAR_CHARS_MAX);
    memcpy(name, calendar.ptr, calendar.len);
    name[calendar.len] = '\0';
    if (!locale_of(language, to->locale, err))
        return false;
    (void)uloc_setKeywordValue("calendar", name, to->locale, LOCALE_WITH_CALENDAR, &status);
    if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING)
        return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
    return true;
}

static int32_t write_moment(const struct shape *in, struct moment at, UChar *to, UErrorCode *status)
{
    UChar pattern[PIECE_CHARS];
    UDateTimePatternGenerator *maker = udatpg_open(in->locale, status);
    int32_t len =
        udatpg_getBestPattern(maker, in->skeleton, in->skeleton_len, pattern, PIECE_CHARS, status);
    udatpg_close(maker);
    UDateFormat *format =
        udat_open(UDAT_PATTERN, UDAT_PATTERN, in->locale, utc, UTC_CHARS, pattern, len, status);
    len = udat_format(format, (double)at.s * 1000, to, PIECE_CHARS, NULL, status);
    udat_close(format);
    return len;
}

static int32_t write_interval(const struct shape *in, struct time_span span, UChar *to,
                              UErrorCode *status)
{
    UDateIntervalFormat *format =
        udtitvfmt_open(in->locale, in->skeleton, in->skeleton_len, utc, UTC_CHARS, status);
    int32_t len = udtitvfmt_format(format, (double)span.from.s * 1000, (double)span.to.s * 1000, to,
                                   PIECE_CHARS, NULL, status);
    udtitvfmt_close(format);
    return len;
}

static bool write_span(const struct shape *in, struct time_span span, struct arena *a,
                       struct str *ret, struct err *err)
{
    UChar text[PIECE_CHARS];
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = span.from.s == span.to.s ? write_moment(in, span.from, text, &status)
                                           : write_interval(in, span, text, &status);
    if (U_FAILURE(status) || len >= PIECE_CHARS)
        return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
    return wide_text(a, text, len, ret, err);
}

bool calendar_utc(struct str language, struct time_span span, struct arena *a, struct str *ret,
                  struct err *err)
{
    struct shape in = {.skeleton = to_second, .skeleton_len = 10};
    return shape_in(language, STR("gregorian"), &in, err) && write_span(&in, span, a, ret, err);
}

bool calendar_days(struct str language, struct str calendar, struct time_span span, struct arena *a,
                   struct str *ret, struct err *err)
{
    struct shape in = {.skeleton = to_day, .skeleton_len = 7};
    return shape_in(language, calendar, &in, err) && write_span(&in, span, a, ret, err);
}
