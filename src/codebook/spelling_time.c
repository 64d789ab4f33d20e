#include "codebook/spelling.h"

#include <stdio.h>

// A time as typed: case does not matter, and seconds may be left out.
static bool time_take(struct str typed, struct moment *ret)
{
    char full[MOMENT_CHARS + 1];
    size_t short_chars = sizeof "2026-07-14T04:01Z" - 1;
    if (typed.len != MOMENT_CHARS && typed.len != short_chars)
        return false;
    for (size_t i = 0; i < typed.len; i++)
        full[i] = ascii_upper(typed.ptr[i]);
    if (typed.len == short_chars)
        memcpy(full + short_chars - 1, ":00Z", sizeof ":00Z");
    return moment_read((struct str){full, MOMENT_CHARS}, ret);
}

static void time_put(struct spelling *s, struct moment at)
{
    char text[MOMENT_CHARS + 1];
    moment_write(at, text);
    spelling_put(s, "%s", text);
}

bool spelling_time(struct spelling *s)
{
    if (!time_take(s->typed, &s->value.from))
        return spelling_refuse(s, "a time is YYYY-MM-DDTHH:MM:SSZ");
    s->value.to = s->value.from;
    time_put(s, s->value.from);
    return true;
}

bool spelling_interval(struct spelling *s)
{
    struct str rest = s->typed, from = {"", 0}, to = {"", 0};
    struct value *v = &s->value;
    bool two = str_split(&rest, '/', &from) && str_split(&rest, '/', &to) && rest.len == 0;
    if (!two || !time_take(from, &v->from) || !time_take(to, &v->to))
        return spelling_refuse(s, "an interval is TIME/TIME");
    if (v->from.s > v->to.s)
        return spelling_refuse(s, "an interval begins before it ends");
    time_put(s, v->from);
    spelling_put(s, "/");
    time_put(s, v->to);
    return true;
}

static const struct {
    char letter;
    bool of_time; // stands after the T
    uint64_t seconds;
} units[] = {{'D', false, 86400}, {'H', true, 3600}, {'M', true, 60}, {'S', true, 1}};
enum { UNITS = sizeof units / sizeof units[0] };
#define DURATION_S_MAX (UINT64_C(3660) * 86400) // ten years: longer is a date, not a duration

// One "12H" at the front; units come in falling order, each once.
static bool unit_take(struct str *rest, bool in_time, size_t *unit, uint64_t *total)
{
    uint64_t n;
    if (!digits_take(rest, DURATION_S_MAX, &n) || rest->len == 0)
        return false;
    while (*unit < UNITS && units[*unit].letter != ascii_upper(rest->ptr[0]))
        ++*unit;
    if (*unit == UNITS || units[*unit].of_time != in_time)
        return false;
    *total += n * units[(*unit)++].seconds;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

// ISO 8601 without years, months and weeks, which have no fixed length or a second spelling.
static bool duration_take(struct str typed, uint64_t *ret_s)
{
    uint64_t total = 0;
    bool in_time = false;
    size_t unit = 0;
    if (typed.len < 3 || ascii_upper(typed.ptr[0]) != 'P')
        return false;
    struct str rest = str_slice(typed, 1, typed.len);
    while (rest.len > 0) {
        if (!in_time && ascii_upper(rest.ptr[0]) == 'T') {
            in_time = true;
            rest = str_slice(rest, 1, rest.len);
        }
        if (!unit_take(&rest, in_time, &unit, &total))
            return false;
    }
    *ret_s = total;
    return total > 0 && total <= DURATION_S_MAX;
}

void duration_write(uint64_t seconds, char ret_text[DURATION_CHARS + 1])
{
    size_t unit = 0;
    CHECK(seconds > 0);
    CHECK(seconds <= DURATION_S_MAX);
    while (seconds % units[unit].seconds != 0)
        unit++;
    (void)snprintf(ret_text, DURATION_CHARS + 1, "P%s%llu%c", units[unit].of_time ? "T" : "",
                   (unsigned long long)(seconds / units[unit].seconds), units[unit].letter);
}

bool spelling_duration(struct spelling *s)
{
    if (!duration_take(s->typed, &s->value.number))
        return spelling_refuse(s, "a duration is P1D, PT4H, PT90M or PT30S, at most ten years");
    char text[DURATION_CHARS + 1];
    duration_write(s->value.number, text);
    spelling_put(s, "%s", text);
    return true;
}

bool duration_read(struct str text, uint64_t *ret_s)
{
    struct err err = {0};
    struct value value;
    if (!parameter_read(PARAMETER_DURATION, NULL, NULL, text, &value, &err))
        return false;
    *ret_s = value.number;
    return true;
}
