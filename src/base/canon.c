#include "base/canon.h"

#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unicode/utf8.h>

enum { DEPTH_MAX = 64 };

// digits "d[.ddd]e[+-]xx" as printf makes them, taken apart
struct decimal {
    char digits[24]; // without point
    int count;       // of digits
    int point;       // value = 0.DIGITS * 10^point
};

static struct decimal shortest(double value)
{
    char text[40];
    struct decimal d = {{0}, 0, 0};
    // Seventeen significant digits always read back; the fewest that do are ECMAScript's.
    for (int precision = 0; precision < 17; precision++) {
        (void)snprintf(text, sizeof text, "%.*e", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    const char *at = text;
    for (; *at != 'e'; at++)
        if (*at != '.')
            d.digits[d.count++] = *at;
    while (d.count > 1 && d.digits[d.count - 1] == '0')
        d.count--;
    d.digits[d.count] = '\0';
    d.point = (int)strtol(at + 1, NULL, 10) + 1;
    return d;
}

// ECMA-262 Number::toString, steps 6 to 10.
static void lay_out(const struct decimal *d, char *to, size_t cap)
{
    int k = d->count;
    int n = d->point;
    if (k <= n && n <= 21)
        (void)snprintf(to, cap, "%s%.*s", d->digits, n - k, "000000000000000000000");
    else if (0 < n && n <= 21)
        (void)snprintf(to, cap, "%.*s.%s", n, d->digits, d->digits + n);
    else if (-6 < n && n <= 0)
        (void)snprintf(to, cap, "0.%.*s%s", -n, "000000", d->digits);
    else if (k == 1)
        (void)snprintf(to, cap, "%se%+d", d->digits, n - 1);
    else
        (void)snprintf(to, cap, "%.1s.%se%+d", d->digits, d->digits + 1, n - 1);
}

bool canon_number(double value, char ret_text[CANON_NUMBER_CHARS_MAX], struct err *err)
{
    if (!isfinite(value))
        return err_set(err, ERR_MALFORMED, "RFC 8785 3.2.2.3", "a number that is not finite");
    if (fpclassify(value) == FP_ZERO) {
        (void)snprintf(ret_text, CANON_NUMBER_CHARS_MAX, "0");
        return true;
    }
    struct decimal d = shortest(value < 0 ? -value : value);
    char *to = ret_text;
    if (value < 0)
        *to++ = '-';
    lay_out(&d, to, CANON_NUMBER_CHARS_MAX - 1);
    return true;
}

static void put_escaped(struct buffer *out, unsigned char c)
{
    static const char shorts[][2] = {{'\b', 'b'}, {'\t', 't'}, {'\n', 'n'}, {'\f', 'f'},
                                     {'\r', 'r'}, {'"', '"'},  {'\\', '\\'}};
    for (size_t i = 0; i < sizeof shorts / sizeof shorts[0]; i++) {
        if ((unsigned char)shorts[i][0] == c) {
            buffer_fmt(out, "\\%c", shorts[i][1]);
            return;
        }
    }
    buffer_fmt(out, "\\u%04x", c);
}

void canon_string(struct buffer *out, struct str value)
{
    size_t plain_from = 0;
    buffer_str(out, STR("\""));
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buffer_str(out, str_slice(value, plain_from, i));
        put_escaped(out, c);
        plain_from = i + 1;
    }
    buffer_str(out, str_slice(value, plain_from, value.len));
    buffer_str(out, STR("\""));
}

struct member {
    struct str key;
    const json_t *value;
};

// By UTF-16 code units: the same as by code points but where surrogates meet U+E000 and above.
static int utf16_rank(UChar32 c)
{
    if (c > 0xffff)
        return 0xd800 + ((c - 0x10000) >> 10);
    return c;
}

// ICU's decoding macros nest deeper than the eye sees; hence one use each.
static UChar32 next_point(struct str s, int32_t *at) // NOLINT(readability-function-size)
{
    UChar32 c;
    U8_NEXT_UNSAFE(s.ptr, *at, c);
    return c;
}

static int by_utf16(const void *left, const void *right)
{
    struct str a = ((const struct member *)left)->key;
    struct str b = ((const struct member *)right)->key;
    int32_t i = 0;
    int32_t j = 0;
    while ((size_t)i < a.len && (size_t)j < b.len) {
        UChar32 x = next_point(a, &i);
        UChar32 y = next_point(b, &j);
        if (x == y)
            continue;
        int first = utf16_rank(x) - utf16_rank(y);
        return first != 0 ? first : x - y;
    }
    return (a.len - (size_t)i > 0) - (b.len - (size_t)j > 0);
}

// The recursion below is counted: DEPTH_MAX.
// NOLINTBEGIN(misc-no-recursion)
static bool canon_value(struct buffer *out, const json_t *value, int depth, struct err *err);

static bool canon_object(struct buffer *out, const json_t *object, int depth, struct err *err)
{
    size_t count = json_object_size(object);
    struct member *members = arena_new(out->arena, struct member, count + 1);
    if (members == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "a JSON object of %zu members", count);
    // Jansson's iterators take a pointer to non-const, and do not write through it.
    union {
        const json_t *from;
        json_t *object;
    } iterated = {object};
    size_t at = 0;
    for (void *i = json_object_iter(iterated.object); i != NULL;
         i = json_object_iter_next(iterated.object, i))
        members[at++] = (struct member){str_of(json_object_iter_key(i)), json_object_iter_value(i)};
    qsort(members, count, sizeof *members, by_utf16);
    buffer_str(out, STR("{"));
    for (size_t m = 0; m < count; m++) {
        buffer_str(out, m == 0 ? STR("") : STR(","));
        canon_string(out, members[m].key);
        buffer_str(out, STR(":"));
        if (!canon_value(out, members[m].value, depth + 1, err))
            return false;
    }
    buffer_str(out, STR("}"));
    return true;
}

static bool canon_array(struct buffer *out, const json_t *array, int depth, struct err *err)
{
    buffer_str(out, STR("["));
    for (size_t i = 0; i < json_array_size(array); i++) {
        buffer_str(out, i == 0 ? STR("") : STR(","));
        if (!canon_value(out, json_array_get(array, i), depth + 1, err))
            return false;
    }
    buffer_str(out, STR("]"));
    return true;
}

static bool put_number(struct buffer *out, double value, struct err *err)
{
    char text[CANON_NUMBER_CHARS_MAX];
    if (!canon_number(value, text, err))
        return false;
    buffer_str(out, str_of(text));
    return true;
}

static bool put_integer(struct buffer *out, json_int_t value, struct err *err)
{
    const json_int_t exact = INT64_C(9007199254740992); // 2^53: beyond it JSON readers disagree
    if (value > exact || value < -exact)
        return err_set(err, ERR_MALFORMED, "RFC 7493 2.2", "an integer beyond 2^53");
    return put_number(out, (double)value, err);
}

static bool canon_value(struct buffer *out, const json_t *value, int depth, struct err *err)
{
    if (depth > DEPTH_MAX)
        return err_set(err, ERR_LIMIT, "base/canon.c", "JSON deeper than %d", DEPTH_MAX);
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return canon_object(out, value, depth, err);
    case JSON_ARRAY:
        return canon_array(out, value, depth, err);
    case JSON_STRING:
        canon_string(out, (struct str){json_string_value(value), json_string_length(value)});
        return true;
    case JSON_INTEGER:
        return put_integer(out, json_integer_value(value), err);
    case JSON_REAL:
        return put_number(out, json_real_value(value), err);
    case JSON_TRUE:
        buffer_str(out, STR("true"));
        return true;
    case JSON_FALSE:
        buffer_str(out, STR("false"));
        return true;
    case JSON_NULL:
        buffer_str(out, STR("null"));
        return true;
    }
    return err_set(err, ERR_MALFORMED, "RFC 8259", "a JSON value of no known type");
}
// NOLINTEND(misc-no-recursion)

bool json_canon(const json_t *value, struct arena *a, struct bytes *ret, struct err *err)
{
    struct buffer out;
    buffer_init(&out, a, a->limit);
    return canon_value(&out, value, 0, err) && buffer_take(&out, ret, err);
}
