#include "codebook/spoken_pack.h"

#include "codebook/spelling.h"
#include "codebook/spoken.h"
#include "codebook/spoken_check.h"

#include <stdio.h>

#define CLAUSE "docs/spoken.md, symbols"

// -- texts and numbers ----------------------------------------------------------------------------

// In the order of the alphabet. Together with 29 direct symbols they are the 93 visible ASCII
// characters without '=', each once.
static const char other[] = "oilu!\"#$()&\\:.[]>-;_,+%?*/~'@xyz";
static const char shifted[] = "OILU<^`{|}ABCDEFGHJKMNPQRSTVWXYZ";
_Static_assert(sizeof other - 1 == SPOKEN_SYMBOLS, "one character for each symbol");
_Static_assert(sizeof shifted - 1 == SPOKEN_SYMBOLS, "one character for each symbol");
enum { TEXT_SHIFT = 'X', TEXT_OTHER = 'Y', TEXT_END = 'Z' };

static char change_case(char c)
{
    if (ascii_is_lower(c))
        return ascii_upper(c);
    return ascii_lower(c);
}
// Where capitals are usual they are the unmarked ones.
static char as_written(enum spoken_case usual, char c)
{
    if (usual == SPOKEN_CAPITAL)
        return change_case(c);
    return c;
}

static bool stands_for_itself(char symbol)
{
    return spoken_value(symbol) < SPOKEN_SYMBOLS && symbol < TEXT_SHIFT;
}

static void put_char(struct writer *to, char c)
{
    const char *at;
    char capital = ascii_upper(c);
    if (!ascii_is_upper(c) && stands_for_itself(capital)) {
        writer_u8(to, (uint8_t)capital);
        return;
    }
    at = strchr(other, c);
    writer_u8(to, at != NULL ? TEXT_OTHER : TEXT_SHIFT);
    if (at != NULL) {
        writer_u8(to, (uint8_t)spoken_symbol((unsigned)(at - other)));
        return;
    }
    at = strchr(shifted, c);
    CHECK(at != NULL); // phrase_line_read admits no other character
    writer_u8(to, (uint8_t)spoken_symbol((unsigned)(at - shifted)));
}

void spoken_put_text(struct writer *to, enum spoken_case usual, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        put_char(to, as_written(usual, text.ptr[i]));
    writer_u8(to, TEXT_END);
}

char spoken_take(struct spoken_in *in)
{
    if (in->failed || in->rest.len == 0) {
        in->failed = true;
        return '\0';
    }
    char symbol = in->rest.ptr[0];
    in->rest = str_slice(in->rest, 1, in->rest.len);
    return symbol;
}

void spoken_take_text(struct spoken_in *in, enum spoken_case usual, struct writer *ret)
{
    for (char symbol = spoken_take(in); !in->failed && symbol != TEXT_END;
         symbol = spoken_take(in)) {
        char c = ascii_lower(symbol);
        if (symbol == TEXT_SHIFT || symbol == TEXT_OTHER) {
            unsigned value = spoken_value(spoken_take(in));
            if (value == SPOKEN_SYMBOLS)
                break;
            c = (symbol == TEXT_SHIFT ? shifted : other)[value];
        }
        writer_u8(ret, (uint8_t)as_written(usual, c));
    }
    in->failed = in->failed || ret->full;
}

void spoken_put_number(struct writer *to, uint64_t number, size_t digits)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%0*llu", (int)digits, (unsigned long long)number);
    CHECK(len > 0);
    CHECK(len < (int)sizeof text);
    writer_put(to, bytes_of(text, (size_t)len));
}

uint64_t spoken_take_number(struct spoken_in *in, size_t digits)
{
    uint64_t number = 0;
    for (size_t i = 0; i < digits; i++) {
        char c = spoken_take(in);
        in->failed = in->failed || !ascii_is_digit(c);
        number = in->failed ? 0 : number * 10 + (uint64_t)(c - '0');
    }
    return number;
}

// Where the digits stand in YYYY-MM-DDTHH:MM:SSZ.
static const char time_form[] = "dddd-dd-ddTdd:dd:ddZ";
_Static_assert(sizeof time_form - 1 == MOMENT_CHARS, "a time as it is written");

void spoken_put_time(struct writer *to, struct moment at)
{
    char text[MOMENT_CHARS + 1];
    moment_write(at, text);
    for (size_t i = 0; i < MOMENT_CHARS; i++)
        if (time_form[i] == 'd')
            writer_u8(to, (uint8_t)text[i]);
}

struct moment spoken_take_time(struct spoken_in *in)
{
    char text[MOMENT_CHARS];
    struct moment at = {0};
    for (size_t i = 0; i < MOMENT_CHARS; i++) {
        text[i] = time_form[i];
        if (time_form[i] == 'd')
            text[i] = spoken_take(in);
    }
    if (in->failed || !moment_read((struct str){text, MOMENT_CHARS}, &at))
        in->failed = true;
    return at;
}

// -- values: written ------------------------------------------------------------------------------

static const struct {
    const char *name; // as it stands before the digits
    size_t digits;
} hashes[] = {{"md5:", 32}, {"sha1:", 40}, {"sha256:", 64}, {"sha512:", 128}};
enum { HASHES = sizeof hashes / sizeof hashes[0] };

static void put_capitals(struct writer *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        writer_u8(to, (uint8_t)ascii_upper(text.ptr[i]));
}

static void put_hash(struct writer *to, struct str text)
{
    for (size_t i = 0; i < HASHES; i++) {
        struct str name = str_of(hashes[i].name);
        if (!str_starts(text, name))
            continue;
        writer_u8(to, (uint8_t)spoken_symbol((unsigned)i + 1));
        put_capitals(to, str_slice(text, name.len, text.len));
    }
}

// "P1D" and "PT90M" as D1Z and M90Z: the unit says whether a T stands before the number.
static void put_duration(struct writer *to, struct str text)
{
    size_t from = text.ptr[1] == 'T' ? 2 : 1;
    writer_u8(to, (uint8_t)text.ptr[text.len - 1]);
    writer_put(to, str_bytes(str_slice(text, from, text.len - 1)));
    writer_u8(to, TEXT_END);
}

static void put_nibble(struct writer *to, uint8_t octet, bool high)
{
    unsigned value = octet;
    writer_u8(to, (uint8_t)spoken_symbol((high ? value >> 4 : value) & 15u));
}

static void put_prefix(struct writer *to, const struct value *v)
{
    uint8_t octets[16] = {0};
    size_t bits = (size_t)v->number;
    bool four = prefix_octets(v->text, octets);
    writer_u8(to, four ? '4' : '6');
    spoken_put_number(to, bits, four ? 2 : 3);
    for (size_t i = 0; four && i < (bits + 7) / 8; i++)
        spoken_put_number(to, octets[i], 3);
    for (size_t i = 0; !four && i < (bits + 3) / 4; i++)
        put_nibble(to, octets[i / 2], i % 2 == 0);
}

static void put_digits(struct writer *to, struct str digits)
{
    writer_put(to, str_bytes(digits));
    writer_u8(to, TEXT_END);
}

static enum spoken_case usual_case(enum parameter_type type)
{
    bool capital = type == PARAMETER_STATE || type == PARAMETER_LEVEL ||
                   type == PARAMETER_REFERENCE || type == PARAMETER_VULNERABILITY;
    return capital ? SPOKEN_CAPITAL : SPOKEN_SMALL;
}

void spoken_put_value(struct writer *to, const struct value *v)
{
    if (v->type == PARAMETER_TABLE) {
        spoken_put_number(to, v->number + 1, 2);
    } else if (v->type == PARAMETER_TIME) {
        spoken_put_time(to, v->from);
    } else if (v->type == PARAMETER_INTERVAL) {
        spoken_put_time(to, v->from);
        spoken_put_time(to, v->to);
    } else if (v->type == PARAMETER_COUNT) {
        put_digits(to, v->text);
    } else if (v->type == PARAMETER_AS) {
        put_digits(to, str_slice(v->text, 2, v->text.len));
    } else if (v->type == PARAMETER_DURATION) {
        put_duration(to, v->text);
    } else if (v->type == PARAMETER_PREFIX) {
        put_prefix(to, v);
    } else if (v->type == PARAMETER_HASH) {
        put_hash(to, v->text);
    } else if (v->type == PARAMETER_LINE) {
        spoken_put_number(to, v->number, 2);
    } else {
        spoken_put_text(to, usual_case(v->type), v->text);
    }
}

// -- values: read ---------------------------------------------------------------------------------

static void put_fmt(struct writer *to, const char *text)
{
    writer_put(to, str_bytes(str_of(text)));
}

static void take_time(struct spoken_in *in, struct writer *ret)
{
    char text[MOMENT_CHARS + 1];
    moment_write(spoken_take_time(in), text);
    put_fmt(ret, text);
}

static void take_hash(struct spoken_in *in, struct writer *ret)
{
    unsigned which = spoken_value(spoken_take(in));
    if (which == 0 || which > HASHES) {
        in->failed = true;
        return;
    }
    put_fmt(ret, hashes[which - 1].name);
    for (size_t i = 0; i < hashes[which - 1].digits; i++)
        writer_u8(ret, (uint8_t)ascii_lower(spoken_take(in)));
}

static void take_duration(struct spoken_in *in, struct writer *ret)
{
    char unit = spoken_take(in);
    put_fmt(ret, unit == 'D' ? "P" : "PT");
    spoken_take_text(in, SPOKEN_SMALL, ret);
    writer_u8(ret, (uint8_t)unit);
}

static void take_prefix4(struct spoken_in *in, struct writer *ret)
{
    char text[PARAMETER_TEXT_BYTES];
    size_t bits = (size_t)spoken_take_number(in, 2);
    unsigned octets[4] = {0};
    for (size_t i = 0; i < 4 && i < (bits + 7) / 8; i++)
        octets[i] = (unsigned)spoken_take_number(in, 3);
    (void)snprintf(text, sizeof text, "%u.%u.%u.%u/%u", octets[0], octets[1], octets[2], octets[3],
                   (unsigned)bits);
    put_fmt(ret, text);
}

static void take_prefix6(struct spoken_in *in, struct writer *ret)
{
    char typed[64], canonical[PARAMETER_TEXT_BYTES];
    struct err none = {0};
    size_t at = 0, bits = (size_t)spoken_take_number(in, 3);
    for (size_t i = 0; i < 32; i++) {
        char digit = '0';
        if (i < (bits + 3) / 4)
            digit = spoken_take(in);
        typed[at++] = digit;
        if (i % 4 == 3 && i < 31)
            typed[at++] = ':';
    }
    (void)snprintf(typed + at, sizeof typed - at, "/%u", (unsigned)bits);
    if (in->failed ||
        !parameter_canonical(PARAMETER_PREFIX, NULL, NULL, str_of(typed), canonical, &none)) {
        in->failed = true;
        return;
    }
    put_fmt(ret, canonical);
}

static void take_code(struct spoken_in *in, const struct book_table *table, struct writer *ret)
{
    uint64_t place = spoken_take_number(in, 2);
    if (place == 0 || place > table->codes_count) {
        in->failed = true;
        return;
    }
    writer_put(ret, str_bytes(table->codes[place - 1].code));
}

static void take_value(struct spoken_in *in, const struct book_parameter *p, struct writer *ret)
{
    if (p->type == PARAMETER_TABLE) {
        take_code(in, p->table, ret);
    } else if (p->type == PARAMETER_TIME) {
        take_time(in, ret);
    } else if (p->type == PARAMETER_INTERVAL) {
        take_time(in, ret);
        writer_u8(ret, '/');
        take_time(in, ret);
    } else if (p->type == PARAMETER_AS) {
        put_fmt(ret, "AS");
        spoken_take_text(in, SPOKEN_SMALL, ret);
    } else if (p->type == PARAMETER_DURATION) {
        take_duration(in, ret);
    } else if (p->type == PARAMETER_PREFIX) {
        char family = spoken_take(in);
        in->failed = in->failed || (family != '4' && family != '6');
        if (family == '4')
            take_prefix4(in, ret);
        else
            take_prefix6(in, ret);
    } else if (p->type == PARAMETER_HASH) {
        take_hash(in, ret);
    } else if (p->type == PARAMETER_LINE) {
        writer_u8(ret, (uint8_t)spoken_take(in));
        writer_u8(ret, (uint8_t)spoken_take(in));
    } else {
        spoken_take_text(in, usual_case(p->type), ret);
    }
}

// -- lines ----------------------------------------------------------------------------------------

// A reader need not know which States there are; the shape is checked by the type.
static bool any_state(const void *who, struct str state)
{
    (void)who;
    return state.len > 0;
}
static const struct electorate anybody = {.has = any_state};

bool spoken_pack_line(const struct book *book, const struct phrase_line *line, struct writer *to,
                      struct err *err)
{
    struct checked_line c;
    if (!phrase_line_check(book, &anybody, line, &c, err))
        return false;
    if (c.status == LINE_UNKNOWN)
        return err_set(err, ERR_NOT_FOUND, CLAUSE,
                       "line %02u: the codebook has no phrase %.*s, so it cannot be spoken",
                       (unsigned)line->number, STR_ARG(line->code));
    writer_u8(to, (uint8_t)(line->code.ptr[0] == 'O' ? '0' : line->code.ptr[0]));
    writer_put(to, str_bytes(str_slice(line->code, 1, PHRASE_CODE_CHARS)));
    for (size_t i = 0; i < c.phrase->parameters_count; i++) {
        if ((c.present >> i & 1u) == 0)
            continue;
        writer_u8(to, (uint8_t)spoken_symbol((unsigned)i + 1));
        spoken_put_value(to, &c.values[i]);
    }
    if (to->full)
        return err_set(err, ERR_LIMIT, CLAUSE,
                       "line %02u is too long to be spoken: %d blocks are the most",
                       (unsigned)line->number, SPOKEN_BLOCKS_MAX);
    return true;
}

static bool no_line(uint32_t number, struct err *err)
{
    return err_set(err, ERR_MALFORMED, CLAUSE, "line %02u makes no sense in this codebook",
                   (unsigned)number);
}

static bool take_parameters(struct spoken_in *in, const struct phrase *p, struct arena *a,
                            struct phrase_line *line, struct err *err)
{
    size_t next = 0;
    while (!in->failed && in->rest.len > 0 && in->rest.ptr[0] != '0') {
        char text[PARAMETER_TEXT_BYTES];
        size_t place = spoken_value(spoken_take(in));
        if (place <= next || place > p->parameters_count)
            return no_line(line->number, err);
        struct writer value = writer_of(text, sizeof text);
        struct phrase_parameter *to = &line->parameters[line->parameters_count++];
        next = place;
        take_value(in, &p->parameters[place - 1], &value);
        to->name = p->parameters[place - 1].name;
        if (in->failed || value.full)
            return no_line(line->number, err);
        if (!arena_str(a, (struct str){text, value.len}, &to->value, err))
            return false;
    }
    return true;
}

bool spoken_unpack_line(const struct book *book, uint32_t number, struct str symbols,
                        struct arena *a, struct phrase_line *ret, struct err *err)
{
    char again[SPOKEN_LINE_SYMBOLS_MAX];
    struct writer to = writer_of(again, sizeof again);
    struct spoken_in in = {.rest = symbols};
    struct phrase_line line = {.number = number};
    struct str code;
    struct err none = {0};
    char letter = spoken_take(&in);
    unsigned digits = (unsigned)spoken_take_number(&in, 2);
    if (in.failed)
        return no_line(number, err);
    if (!arena_fmt(a, &code, err, "%c%02u", letter == '0' ? 'O' : letter, digits))
        return false;
    const struct phrase *p = book_phrase(book, code);
    if (p == NULL)
        return no_line(number, err);
    line.code = p->code;
    if (!take_parameters(&in, p, a, &line, err))
        return false;
    // One spelling: what was read is written again and must be what was heard.
    if (!spoken_pack_line(book, &line, &to, &none) || to.len > symbols.len ||
        memcmp(again, symbols.ptr, to.len) != 0)
        return no_line(number, err);
    if (symbols.len - to.len >= SPOKEN_GROUP_CHARS)
        return no_line(number, err);
    for (size_t i = to.len; i < symbols.len; i++)
        if (symbols.ptr[i] != '0')
            return no_line(number, err);
    *ret = line;
    return true;
}
