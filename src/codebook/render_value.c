#include "codebook/render_value.h"
#include "codebook/calendar.h"

#include <unicode/uchar.h>
#include <unicode/ulistformatter.h>
#include <unicode/uloc.h>
#include <unicode/unumberformatter.h>
#include <unicode/ustring.h>

#define CLAUSE "DESIGN 6, rendering"

enum { PIECE_CHARS = 256 }; // a number, a language; never a value from outside
static bool icu_failed(UErrorCode status, struct err *err)
{
    return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
}

bool render_string(const struct render_with *with, enum rendering_string which,
                   const struct pattern_value *values, size_t count, struct arena *a,
                   struct str *ret, struct err *err)
{
    const struct rendering *from = with->language;
    if (from == NULL || from->strings[which].len == 0)
        from = with->english;
    *ret = STR("");
    if (from == NULL || from->strings[which].len == 0)
        return true;
    return pattern_format(from->strings[which], from->language, values, count, a, ret, err);
}

// UTC in the Gregorian calendar always, and the days in the calendar the language file names.
static bool render_span(const struct render_with *with, struct str language, const struct value *v,
                        struct arena *a, struct str *ret, struct err *err)
{
    struct time_span span = {v->from, v->to};
    struct str text;
    struct pattern_value places[] = {{.name = STR("utc")},
                                     {.name = STR("has-local"), .text = STR("no")},
                                     {.name = STR("local"), .text = STR("")}};
    if (!calendar_utc(language, span, a, &places[0].text, err))
        return false;
    if (with->language != NULL && with->language->calendar.len > 0) {
        places[1].text = STR("yes");
        if (!calendar_days(language, with->language->calendar, span, a, &places[2].text, err))
            return false;
    }
    if (!render_string(with, RENDERING_TIME, places, 3, a, &text, err))
        return false;
    *ret = text.len == 0 ? places[0].text : text;
    return true;
}

// `number` in the locale's digits, with a unit by ICU's number skeleton ("" for none).
static bool render_number(const char *locale, uint64_t number, const char *unit, struct arena *a,
                          struct str *ret, struct err *err)
{
    UChar text[PIECE_CHARS], wanted[64];
    UErrorCode status = U_ZERO_ERROR;
    int32_t wanted_len = 0;
    (void)u_strFromUTF8(wanted, 64, &wanted_len, unit, -1, &status);
    UNumberFormatter *format = unumf_openForSkeletonAndLocale(wanted, wanted_len, locale, &status);
    UFormattedNumber *result = unumf_openResult(&status);
    unumf_formatInt(format, (int64_t)number, result, &status);
    int32_t len = unumf_resultToString(result, text, PIECE_CHARS, &status);
    unumf_closeResult(result);
    unumf_close(format);
    if (U_FAILURE(status) || len >= PIECE_CHARS)
        return icu_failed(status, err);
    return wide_text(a, text, len, ret, err);
}

static bool render_duration(const char *locale, uint64_t seconds, struct arena *a, struct str *ret,
                            struct err *err)
{
    static const struct {
        uint64_t seconds;
        const char *unit;
    } units[] = {{86400, "unit/day unit-width-full-name"},
                 {3600, "unit/hour unit-width-full-name"},
                 {60, "unit/minute unit-width-full-name"},
                 {1, "unit/second unit-width-full-name"}};
    size_t i = 0;
    while (seconds % units[i].seconds != 0)
        i++;
    return render_number(locale, seconds / units[i].seconds, units[i].unit, a, ret, err);
}

static bool render_language(const char *locale, struct str tag, struct arena *a, struct str *ret,
                            struct err *err)
{
    UChar text[PIECE_CHARS];
    char named[LOCALE_CHARS];
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_of(tag, named, err))
        return false;
    int32_t len = uloc_getDisplayName(named, locale, text, PIECE_CHARS, &status);
    if (U_FAILURE(status) || len >= PIECE_CHARS)
        return icu_failed(status, err);
    return wide_text(a, text, len, ret, err);
}

static bool holds_right_to_left(struct str s)
{
    UCharIterator at;
    uiter_setUTF8(&at, s.len == 0 ? "" : s.ptr, (int32_t)s.len);
    for (UChar32 c = uiter_next32(&at); c >= 0; c = uiter_next32(&at)) {
        UCharDirection d = u_charDirection(c);
        if (d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC)
            return true;
    }
    return false;
}

// In right-to-left text every value stands in an isolate of its own (UAX 9), so that "/24" does not
// wander to the other side of its address.
bool render_isolated(bool right_to_left, struct str text, struct arena *a, struct str *ret,
                     struct err *err)
{
    if (!right_to_left && !holds_right_to_left(text)) {
        *ret = text;
        return true;
    }
    return arena_fmt(a, ret, err, "\xe2\x81\xa8%.*s\xe2\x81\xa9", STR_ARG(text));
}

static void render_code(const struct render_with *with, const struct value *v,
                        const struct book_table *table, struct str *ret)
{
    const struct str *name = NULL;
    CHECK(table != NULL);
    CHECK(v->number < table->codes_count);
    if (with->language != NULL)
        name = rendering_code(with->language, table->name, v->text);
    if (name == NULL && with->english != NULL)
        name = rendering_code(with->english, table->name, v->text);
    *ret = name == NULL ? table->codes[v->number].meaning : *name;
}

static void render_state(const struct render_with *with, struct str language, struct str code,
                         struct str *ret)
{
    if (with->state_name == NULL || !with->state_name(with->who, code, language, ret))
        *ret = code;
}

// What the State itself said of its level; NULL: no scale that is held does.
static const struct scale_level *level_of(const struct render_with *with, struct str text)
{
    struct str word = text, state;
    if (!str_split(&word, ':', &state))
        return NULL;
    for (size_t i = 0; i < with->scales_count; i++)
        if (str_eq(with->scales[i].state, state))
            return scale_level_find(&with->scales[i], word);
    return NULL;
}

// The name of a common severity; its code where nothing names it.
static struct str severity_name(const struct render_with *with, struct str code)
{
    const struct str *name = NULL;
    if (with->language != NULL)
        name = rendering_code(with->language, STR("severity"), code);
    if (name == NULL && with->english != NULL)
        name = rendering_code(with->english, STR("severity"), code);
    return name == NULL ? code : *name;
}

static bool render_level(const struct render_with *with, const struct value *v, struct arena *a,
                         struct str *ret, struct err *err)
{
    const struct scale_level *level = level_of(with, v->text);
    bool rtl = with->language != NULL && with->language->right_to_left;
    struct str text;
    struct pattern_value places[] = {
        {.name = STR("has-scale"), .text = level == NULL ? STR("no") : STR("yes")},
        {.name = STR("severity"), .text = STR("")},
        {.name = STR("level")},
        {.name = STR("text"), .text = STR("")}};
    if (level != NULL) {
        places[1].text = severity_name(with, level->severity);
        if (!render_isolated(rtl, level->text, a, &places[3].text, err))
            return false;
    }
    if (!render_isolated(rtl, v->text, a, &places[2].text, err) ||
        !render_string(with, RENDERING_LEVEL, places, 4, a, &text, err))
        return false;
    *ret = text.len == 0 ? v->text : text;
    return true;
}

bool codebook_render_value(const struct render_with *with, const struct value *v,
                           const struct book_table *table, struct arena *a, struct str *ret,
                           struct err *err)
{
    char locale[LOCALE_CHARS];
    struct str language = with->language == NULL ? STR("en") : with->language->language;
    bool rtl = with->language != NULL && with->language->right_to_left;
    bool done = true;
    struct str text = v->text;
    CHECK(v->type < PARAMETER_TYPE_COUNT);
    if (!locale_of(language, locale, err))
        return false;
    if (v->type == PARAMETER_TABLE)
        render_code(with, v, table, &text);
    else if (v->type == PARAMETER_STATE)
        render_state(with, language, v->text, &text);
    else if (v->type == PARAMETER_TIME || v->type == PARAMETER_INTERVAL)
        done = render_span(with, language, v, a, &text, err);
    else if (v->type == PARAMETER_LEVEL)
        done = render_level(with, v, a, &text, err);
    else if (v->type == PARAMETER_COUNT)
        done = render_number(locale, v->number, "", a, &text, err);
    else if (v->type == PARAMETER_DURATION)
        done = render_duration(locale, v->number, a, &text, err);
    else if (v->type == PARAMETER_LANGUAGE)
        done = render_language(locale, v->text, a, &text, err);
    if (!done)
        return false;
    // The language's own words need no wall around them; a word of another direction does.
    bool words = v->type == PARAMETER_TABLE || v->type == PARAMETER_LANGUAGE;
    if (words && rtl) {
        *ret = text;
        return true;
    }
    return render_isolated(rtl, text, a, ret, err);
}

bool render_count(const struct render_with *with, uint64_t count, struct arena *a, struct str *ret,
                  struct err *err)
{
    const struct value value = {.type = PARAMETER_COUNT, .number = count};
    return codebook_render_value(with, &value, NULL, a, ret, err);
}

// -- States in a row -----------------------------------------------------------------------------
enum { STATES_CHARS = 16384, STATE_CHARS = 512 };
struct listing {
    UChar names[VOUCHERS_MAX][STATE_CHARS];
    const UChar *items[VOUCHERS_MAX];
    int32_t sizes[VOUCHERS_MAX];
    UChar text[STATES_CHARS];
};

static bool list_states(struct listing *l, const char *locale, size_t count, struct arena *a,
                        struct str *ret, struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UListFormatter *format = ulistfmt_open(locale, &status);
    int32_t len =
        ulistfmt_format(format, l->items, l->sizes, (int32_t)count, l->text, STATES_CHARS, &status);
    ulistfmt_close(format);
    if (U_FAILURE(status) || len >= STATES_CHARS)
        return icu_failed(status, err);
    return wide_text(a, l->text, len, ret, err);
}

bool render_states(const struct render_with *with, const struct str *codes, size_t count,
                   struct arena *a, struct str *ret, struct err *err)
{
    struct str language = with->language != NULL ? with->language->language : STR("en");
    bool rtl = with->language != NULL && with->language->right_to_left;
    char locale[LOCALE_CHARS];
    bool done = locale_of(language, locale, err);
    struct listing *l = memory_new(1, sizeof *l);
    count = count < VOUCHERS_MAX ? count : VOUCHERS_MAX; // the others are in the list of vouchers
    for (size_t i = 0; done && i < count; i++) {
        UErrorCode status = U_ZERO_ERROR;
        struct str name;
        render_state(with, language, codes[i], &name);
        done = render_isolated(rtl, name, a, &name, err);
        if (!done)
            break;
        (void)u_strFromUTF8(l->names[i], STATE_CHARS, &l->sizes[i], name.ptr, (int32_t)name.len,
                            &status);
        l->items[i] = l->names[i];
        if (U_FAILURE(status))
            done = icu_failed(status, err);
    }
    done = done && list_states(l, locale, count, a, ret, err);
    memory_release(l);
    return done;
}
