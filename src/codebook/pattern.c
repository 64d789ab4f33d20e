#include "codebook/pattern.h"

#include <unicode/uloc.h>
#include <unicode/umsg.h>
#include <unicode/ustring.h>

#define CLAUSE "docs/codebook-format.md, patterns"

// -- the shape of a pattern -----------------------------------------------------------------------

enum mode { MODE_MESSAGE, MODE_CHOICES };

// A cursor over the pattern. A message holds arguments, a choice argument holds messages; `modes`
// is that nesting, with a counted depth instead of recursion.
struct scan {
    struct str rest;
    struct pattern_places *places;
    struct buffer *numbered; // the pattern with numbers for names, or NULL
    struct err *err;
    enum mode modes[PATTERN_DEPTH_MAX];
    size_t choices[PATTERN_DEPTH_MAX]; // seen so far in this argument
    size_t depth;
};

static bool refuse(struct scan *s, const char *why)
{
    return err_set(s->err, ERR_MALFORMED, CLAUSE, "%s", why);
}

static void pass(struct scan *s, size_t count)
{
    if (s->numbered != NULL)
        buffer_str(s->numbered, str_slice(s->rest, 0, count));
    s->rest = str_slice(s->rest, count, s->rest.len);
}

static void skip_spaces(struct scan *s)
{
    while (s->rest.len > 0 && s->rest.ptr[0] == ' ')
        pass(s, 1);
}

static bool push(struct scan *s, enum mode mode)
{
    if (s->depth == PATTERN_DEPTH_MAX)
        return err_set(s->err, ERR_LIMIT, CLAUSE, "a pattern nests too deep");
    s->choices[s->depth] = 0;
    s->modes[s->depth++] = mode;
    return true;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static size_t word_length(struct str s)
{
    size_t len = 0;
    while (len < s.len && is_name_char(s.ptr[len]))
        len++;
    return len;
}

// The number ICU shall know this place by: texts from 0, numbers behind all texts.
static bool place_index(struct scan *s, struct str name, bool number, size_t *ret)
{
    size_t same_sort = 0;
    for (size_t i = 0; i < s->places->count; i++) {
        const struct pattern_place *p = &s->places->places[i];
        if (p->number != number)
            continue;
        if (str_eq(p->name, name)) {
            *ret = same_sort + (number ? PATTERN_TEXTS_MAX : 0);
            return true;
        }
        same_sort++;
    }
    if (same_sort == (number ? PATTERN_NUMBERS_MAX : PATTERN_TEXTS_MAX))
        return err_set(s->err, ERR_LIMIT, CLAUSE, "a pattern has too many places");
    s->places->places[s->places->count++] = (struct pattern_place){name, number};
    *ret = same_sort + (number ? PATTERN_TEXTS_MAX : 0);
    return true;
}

static bool kind_of(struct str word, bool *ret_number)
{
    *ret_number = str_eq(word, STR("plural")) || str_eq(word, STR("selectordinal"));
    return *ret_number || str_eq(word, STR("select"));
}

// After '{': a name, and either '}' or ", KIND," before the choices.
static bool scan_argument(struct scan *s)
{
    size_t index, len = word_length(s->rest);
    struct str name = str_slice(s->rest, 0, len);
    struct str after = str_slice(s->rest, len, s->rest.len);
    bool number = false;
    if (len == 0 || len > 40)
        return refuse(s, "a place has a name of lower-case letters, digits and hyphens");
    if (after.len > 0 && after.ptr[0] == '}') {
        if (!place_index(s, name, false, &index))
            return false;
        if (s->numbered != NULL)
            buffer_fmt(s->numbered, "%zu", index);
        s->rest = after;
        pass(s, 1);
        return true;
    }
    if (!str_starts(after, STR(", ")))
        return refuse(s, "a place is {name} or {name, select, ...} or {name, plural, ...}");
    size_t kind = word_length(str_slice(after, 2, after.len));
    if (!kind_of(str_slice(after, 2, 2 + kind), &number) || after.len < kind + 3 ||
        after.ptr[kind + 2] != ',')
        return refuse(s, "a place is simple, select, plural or selectordinal");
    if (!place_index(s, name, number, &index))
        return false;
    if (s->numbered != NULL)
        buffer_fmt(s->numbered, "%zu", index);
    s->rest = after;
    pass(s, kind + 3);
    return push(s, MODE_CHOICES);
}

// A selector and '{', or the '}' that ends the argument.
static bool scan_choice(struct scan *s)
{
    skip_spaces(s);
    if (s->rest.len > 0 && s->rest.ptr[0] == '}') {
        if (s->choices[s->depth - 1] == 0)
            return refuse(s, "a choice has no branch");
        pass(s, 1);
        s->depth--;
        return true;
    }
    size_t sign = s->rest.len > 0 && s->rest.ptr[0] == '=' ? 1 : 0;
    size_t len = word_length(str_slice(s->rest, sign, s->rest.len));
    if (len == 0)
        return refuse(s, "a branch begins with a word and a brace");
    pass(s, sign + len);
    skip_spaces(s);
    if (s->rest.len == 0 || s->rest.ptr[0] != '{')
        return refuse(s, "a branch begins with a word and a brace");
    pass(s, 1);
    s->choices[s->depth - 1]++;
    return push(s, MODE_MESSAGE);
}

static bool scan_message(struct scan *s)
{
    size_t plain = 0;
    while (plain < s->rest.len && s->rest.ptr[plain] != '{' && s->rest.ptr[plain] != '}') {
        if (s->rest.ptr[plain] == '\'')
            return refuse(s, "an ASCII apostrophe quotes in ICU; write U+2019");
        plain++;
    }
    pass(s, plain);
    if (s->rest.len == 0)
        return s->depth == 1 || refuse(s, "a brace does not close");
    bool opens = s->rest.ptr[0] == '{';
    if (!opens && s->depth == 1)
        return refuse(s, "a brace closes nothing");
    pass(s, 1);
    if (opens)
        return scan_argument(s);
    s->depth--;
    return true;
}

static bool scan_pattern(struct str pattern, struct pattern_places *places, struct buffer *numbered,
                         struct err *err)
{
    struct scan s = {.rest = pattern, .places = places, .numbered = numbered, .err = err};
    if (pattern.len == 0 || pattern.len > PATTERN_BYTES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "a pattern has 1 to %d octets", PATTERN_BYTES_MAX);
    if (!push(&s, MODE_MESSAGE))
        return false;
    while (s.rest.len > 0) {
        bool message = s.modes[s.depth - 1] == MODE_MESSAGE;
        if (!(message ? scan_message(&s) : scan_choice(&s)))
            return false;
    }
    return s.depth == 1 || refuse(&s, "a brace does not close");
}

bool pattern_places_read(struct str pattern, struct pattern_places *ret, struct err *err)
{
    struct pattern_places places = {.count = 0};
    if (!scan_pattern(pattern, &places, NULL, err))
        return false;
    *ret = places;
    return true;
}

bool pattern_has_place(const struct pattern_places *places, struct str name)
{
    for (size_t i = 0; i < places->count; i++)
        if (str_eq(places->places[i].name, name))
            return true;
    return false;
}

// -- ICU ------------------------------------------------------------------------------------------

bool wide_of(struct arena *a, struct str text, struct wide *ret, struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0;
    if (text.len > INT32_MAX / 4)
        return err_set(err, ERR_LIMIT, CLAUSE, "a text of %zu octets", text.len);
    UChar *wide = arena_new(a, UChar, text.len + 1);
    if (wide == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small to render");
    (void)u_strFromUTF8(wide, (int32_t)text.len + 1, &len, text.len == 0 ? "" : text.ptr,
                        (int32_t)text.len, &status);
    if (U_FAILURE(status))
        return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
    *ret = (struct wide){wide, len};
    return true;
}

bool wide_text(struct arena *a, const uint16_t *ptr, int32_t len, struct str *ret, struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t bytes = 0;
    size_t room = 3 * (size_t)len + 1;
    char *text = arena_new(a, char, room);
    if (text == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small to render");
    (void)u_strToUTF8(text, (int32_t)room, &bytes, ptr, len, &status);
    if (U_FAILURE(status))
        return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
    *ret = (struct str){text, (size_t)bytes};
    return true;
}

bool locale_of(struct str language, char ret_locale[LOCALE_CHARS], struct err *err)
{
    char tag[LOCALE_CHARS], locale[LOCALE_CHARS];
    UErrorCode status = U_ZERO_ERROR;
    int32_t parsed = 0;
    if (language.len == 0 || language.len >= sizeof tag)
        return err_set(err, ERR_MALFORMED, "BCP 47", "not a language");
    memcpy(tag, language.ptr, language.len);
    tag[language.len] = '\0';
    (void)uloc_forLanguageTag(tag, locale, sizeof locale, &parsed, &status);
    if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING ||
        parsed != (int32_t)language.len)
        return err_set(err, ERR_MALFORMED, "BCP 47", "not a language: %s", tag);
    memcpy(ret_locale, locale, sizeof locale);
    return true;
}

// The pattern with numbers for names, opened in the language; the caller closes it.
static bool open_pattern(struct str pattern, struct str language, struct arena *a,
                         struct pattern_places *places, UMessageFormat **ret, struct err *err)
{
    struct buffer numbered;
    struct str text;
    struct wide wide;
    char locale[LOCALE_CHARS];
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    buffer_init(&numbered, a, (size_t)2 * PATTERN_BYTES_MAX);
    if (!scan_pattern(pattern, places, &numbered, err))
        return false;
    if (!buffer_take_str(&numbered, &text, err) || !wide_of(a, text, &wide, err) ||
        !locale_of(language, locale, err))
        return false;
    UMessageFormat *made = umsg_open(wide.ptr, wide.len, locale, &where, &status);
    if (U_FAILURE(status)) {
        umsg_close(made);
        return err_set(err, ERR_MALFORMED, CLAUSE, "ICU refuses the pattern: %s",
                       u_errorName(status));
    }
    *ret = made;
    return true;
}

bool pattern_check(struct str pattern, struct str language, struct arena *a, struct err *err)
{
    struct pattern_places places = {.count = 0};
    UMessageFormat *opened = NULL;
    if (!open_pattern(pattern, language, a, &places, &opened, err))
        return false;
    umsg_close(opened);
    return true;
}

struct arguments {
    const UChar *texts[PATTERN_TEXTS_MAX];
    double numbers[PATTERN_NUMBERS_MAX];
};

static const struct pattern_value empty_value = {.text = {"", 0}};

static const struct pattern_value *value_named(const struct pattern_value *values, size_t count,
                                               struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(values[i].name, name))
            return &values[i];
    return &empty_value;
}

static bool fill(const struct pattern_places *places, const struct pattern_value *values,
                 size_t count, struct arena *a, struct arguments *to, struct err *err)
{
    size_t text = 0, number = 0;
    struct wide wide;
    if (!wide_of(a, STR(""), &wide, err))
        return false;
    for (size_t i = 0; i < PATTERN_TEXTS_MAX; i++)
        to->texts[i] = wide.ptr;
    for (size_t p = 0; p < places->count; p++) {
        const struct pattern_place *place = &places->places[p];
        const struct pattern_value *value = value_named(values, count, place->name);
        if (place->number) {
            to->numbers[number++] = value->number;
            continue;
        }
        if (!wide_of(a, value->text, &wide, err))
            return false;
        to->texts[text++] = wide.ptr;
    }
    return true;
}

static bool format_opened(const UMessageFormat *opened, const struct arguments *v, struct arena *a,
                          struct str *ret, struct err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    const UChar *const *t = v->texts;
    const double *n = v->numbers;
    UChar *result = arena_new(a, UChar, PATTERN_RESULT_MAX);
    if (result == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small to render");
    // ICU reads arguments by number up to the highest the pattern names, so all may be given.
    int32_t len = umsg_format(opened, result, PATTERN_RESULT_MAX, &status, t[0], t[1], t[2], t[3],
                              t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[11], t[12], t[13], t[14],
                              t[15], t[16], t[17], t[18], t[19], n[0], n[1], n[2], n[3]);
    if (status == U_BUFFER_OVERFLOW_ERROR || status == U_STRING_NOT_TERMINATED_WARNING)
        return err_set(err, ERR_LIMIT, CLAUSE, "the rendered sentence is too long");
    if (U_FAILURE(status))
        return err_set(err, ERR_IO, CLAUSE, "ICU: %s", u_errorName(status));
    return wide_text(a, result, len, ret, err);
}

// What is needed only while formatting stands in a scratch of its own, so that a page of a hundred
// lines costs the caller's arena the sentences and no more.
enum { SCRATCH_BYTES = 1 << 19 };
bool pattern_format(struct str pattern, struct str language, const struct pattern_value *values,
                    size_t count, struct arena *a, struct str *ret, struct err *err)
{
    struct pattern_places places = {.count = 0};
    struct arguments v = {.numbers = {0}};
    struct arena scratch;
    struct str text;
    UMessageFormat *opened = NULL;
    bool done = false;
    arena_init(&scratch, SCRATCH_BYTES);
    if (!open_pattern(pattern, language, &scratch, &places, &opened, err))
        goto out;
    if (!fill(&places, values, count, &scratch, &v, err))
        goto out;
    done = format_opened(opened, &v, &scratch, &text, err) && arena_str(a, text, ret, err);
out:
    if (opened != NULL)
        umsg_close(opened);
    arena_release(&scratch);
    return done;
}

enum { NUMBERS_TRIED = 131 }; // past the first hundred every language's forms repeat

bool pattern_tells_number(struct str pattern, struct str language, struct str name, struct arena *a,
                          bool *ret, struct err *err)
{
    struct str told[NUMBERS_TRIED], has;
    if (!arena_fmt(a, &has, err, "has-%.*s", STR_ARG(name)))
        return false;
    for (int n = 0; n < NUMBERS_TRIED; n++) {
        struct pattern_value values[2] = {{.name = has, .text = STR("yes")},
                                          {.name = name, .text = STR(""), .number = n}};
        if (!pattern_format(pattern, language, values, 2, a, &told[n], err))
            return false;
        for (int before = 0; before < n; before++) {
            if (!str_eq(told[before], told[n]))
                continue;
            *ret = false;
            return true;
        }
    }
    *ret = true;
    return true;
}
