#include "codebook/parameter.h"

#include "codebook/spelling.h"

#include <stdarg.h>
#include <stdio.h>

#define CLAUSE "DESIGN 6, parameters"

enum { SHOWN_BYTES = 80 };
// How much of a typed value a sentence shows; never half a character.
static int shown(struct str s)
{
    size_t len = s.len;
    if (len > SHOWN_BYTES)
        for (len = SHOWN_BYTES; len > 0 && ((uint8_t)s.ptr[len] & 0xc0) == 0x80;)
            len--;
    return (int)len;
}

bool spelling_refuse(struct spelling *s, const char *why)
{
    return err_set(s->err, ERR_MALFORMED, CLAUSE, "\"%.*s\" is not of this type: %s",
                   shown(s->typed), s->typed.ptr, why);
}

void spelling_put(struct spelling *s, const char *fmt, ...)
{
    char piece[256];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(piece, sizeof piece, fmt, args);
    va_end(args);
    CHECK(len >= 0);
    CHECK((size_t)len < sizeof piece);
    writer_put(&s->to, bytes_of(piece, (size_t)len));
}

bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
bool ascii_is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}
bool ascii_is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}
bool ascii_is_hex(char c)
{
    return ascii_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
char ascii_lower(char c)
{
    if (ascii_is_upper(c))
        return (char)(c + ('a' - 'A'));
    return c;
}
char ascii_upper(char c)
{
    if (ascii_is_lower(c))
        return (char)(c - ('a' - 'A'));
    return c;
}

bool digits_take(struct str *rest, uint64_t max, uint64_t *ret)
{
    uint64_t n = 0;
    size_t taken = 0;
    while (taken < rest->len && ascii_is_digit(rest->ptr[taken])) {
        uint64_t digit = (uint64_t)(rest->ptr[taken] - '0');
        if (n > (max - digit) / 10 || digit > max)
            return false;
        n = n * 10 + digit;
        taken++;
    }
    if (taken == 0)
        return false;
    *rest = str_slice(*rest, taken, rest->len);
    *ret = n;
    return true;
}

// -- the short types ------------------------------------------------------------------------------

static bool same_but_case(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
            return false;
    return true;
}

static bool spelling_table(struct spelling *s)
{
    CHECK(s->table != NULL);
    for (size_t i = 0; i < s->table->codes_count; i++) {
        if (!same_but_case(s->table->codes[i].code, s->typed))
            continue;
        writer_put(&s->to, str_bytes(s->table->codes[i].code));
        s->value.number = i;
        return true;
    }
    return err_set(s->err, ERR_NOT_FOUND, CLAUSE, "the table \"%.*s\" holds no code \"%.*s\"",
                   STR_ARG(s->table->name), shown(s->typed), s->typed.ptr);
}

static bool spelling_count(struct spelling *s)
{
    struct str rest = s->typed;
    if (!digits_take(&rest, UINT64_C(999999999999999), &s->value.number) || rest.len > 0)
        return spelling_refuse(s, "a count is at most fifteen digits");
    spelling_put(s, "%llu", (unsigned long long)s->value.number);
    return true;
}

static bool spelling_line(struct spelling *s)
{
    struct str rest = s->typed;
    if (!digits_take(&rest, 99, &s->value.number) || rest.len > 0 || s->value.number == 0)
        return spelling_refuse(s, "a line number is 01 to 99");
    spelling_put(s, "%02u", (unsigned)s->value.number);
    return true;
}

// -- the table of types ---------------------------------------------------------------------------

#define PARAMETER_ROW(name, word, octets, form) {word, octets, form},
static const struct {
    const char *word;
    size_t bytes_max;
    enum form_kind form;
} types[] = {PARAMETER_TYPES(PARAMETER_ROW)};
_Static_assert(sizeof types / sizeof types[0] == PARAMETER_TYPE_COUNT, "one row per type");

static const char *const examples[PARAMETER_TYPE_COUNT] = {
    [PARAMETER_TIME] = "2026-07-14T12:00:00Z",
    [PARAMETER_INTERVAL] = "2026-07-14T02:10:00Z/2026-07-14T03:55:00Z",
    [PARAMETER_STATE] = "XA",
    [PARAMETER_LEVEL] = "XA:HIGH",
    [PARAMETER_COUNT] = "23",
    [PARAMETER_DURATION] = "PT90M",
    [PARAMETER_PREFIX] = "198.51.100.0/24",
    [PARAMETER_AS] = "AS64500",
    [PARAMETER_DOMAIN] = "node7.example",
    [PARAMETER_URL] = "https://node7.example/a",
    [PARAMETER_HASH] = // of no octets
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    [PARAMETER_PRODUCT] = "vendor:product:1.0",
    [PARAMETER_VULNERABILITY] = "CVE-2026-0001",
    [PARAMETER_REFERENCE] = "XA/XB-2026-0012",
    [PARAMETER_LINE] = "02",
    [PARAMETER_LANGUAGE] = "ru",
};

static bool (*const spellings[PARAMETER_TYPE_COUNT])(struct spelling *s) = {
    [PARAMETER_TABLE] = spelling_table,
    [PARAMETER_TIME] = spelling_time,
    [PARAMETER_INTERVAL] = spelling_interval,
    [PARAMETER_STATE] = spelling_state,
    [PARAMETER_LEVEL] = spelling_level,
    [PARAMETER_COUNT] = spelling_count,
    [PARAMETER_DURATION] = spelling_duration,
    [PARAMETER_PREFIX] = spelling_prefix,
    [PARAMETER_AS] = spelling_as,
    [PARAMETER_DOMAIN] = spelling_domain,
    [PARAMETER_URL] = spelling_url,
    [PARAMETER_HASH] = spelling_hash,
    [PARAMETER_PRODUCT] = spelling_product,
    [PARAMETER_VULNERABILITY] = spelling_vulnerability,
    [PARAMETER_REFERENCE] = spelling_reference,
    [PARAMETER_LINE] = spelling_line,
    [PARAMETER_LANGUAGE] = spelling_language,
};

const char *parameter_type_example(enum parameter_type type)
{
    CHECK(type < PARAMETER_TYPE_COUNT);
    return examples[type];
}
const char *parameter_type_word(enum parameter_type type)
{
    CHECK(type < PARAMETER_TYPE_COUNT);
    return types[type].word;
}
enum form_kind parameter_type_form(enum parameter_type type)
{
    CHECK(type < PARAMETER_TYPE_COUNT);
    return types[type].form;
}
size_t parameter_type_bytes_max(enum parameter_type type)
{
    CHECK(type < PARAMETER_TYPE_COUNT);
    return types[type].bytes_max;
}

bool parameter_type_from_word(struct str word, enum parameter_type *ret)
{
    for (size_t i = PARAMETER_TABLE + 1; i < PARAMETER_TYPE_COUNT; i++) {
        if (!str_eq(word, str_of(types[i].word)))
            continue;
        *ret = (enum parameter_type)i;
        return true;
    }
    return false;
}

// Fills `s->to` and `s->value`.
static bool spell(enum parameter_type type, struct spelling *s)
{
    CHECK(type < PARAMETER_TYPE_COUNT);
    s->value.type = type;
    if (s->typed.len == 0)
        return err_set(s->err, ERR_MALFORMED, CLAUSE, "the value is empty");
    // Twice the bound, because a typed form may be the longer one: "=" becomes "%3D".
    if (s->typed.len > 2 * types[type].bytes_max)
        return err_set(s->err, ERR_LIMIT, CLAUSE, "a value of %zu octets; %s takes %zu",
                       s->typed.len, types[type].word, types[type].bytes_max);
    if (!spellings[type](s))
        return false;
    if (s->to.full || s->to.len > types[type].bytes_max)
        return err_set(s->err, ERR_LIMIT, CLAUSE, "the value is too long; %s takes %zu octets",
                       types[type].word, types[type].bytes_max);
    return true;
}

bool parameter_canonical(enum parameter_type type, const struct book_table *table,
                         const struct electorate *states, struct str typed,
                         char ret_text[PARAMETER_TEXT_BYTES], struct err *err)
{
    char room[PARAMETER_TEXT_BYTES];
    struct spelling s = {.typed = typed, .table = table, .states = states, .err = err};
    s.to = writer_of(room, sizeof room - 1);
    if (!spell(type, &s))
        return false;
    memcpy(ret_text, room, s.to.len);
    ret_text[s.to.len] = '\0';
    return true;
}

bool parameter_read(enum parameter_type type, const struct book_table *table,
                    const struct electorate *states, struct str text, struct value *ret,
                    struct err *err)
{
    char room[PARAMETER_TEXT_BYTES];
    struct spelling s = {.typed = text, .table = table, .states = states, .err = err};
    s.to = writer_of(room, sizeof room - 1);
    if (!spell(type, &s))
        return false;
    struct str canonical = {room, s.to.len};
    if (!str_eq(canonical, text))
        return err_set(err, ERR_MALFORMED, CLAUSE, "one spelling per value: write \"%.*s\"",
                       shown(canonical), canonical.ptr);
    s.value.text = text;
    *ret = s.value;
    return true;
}
