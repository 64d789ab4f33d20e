#include "cli/guided_value.h"

#include "base/encode.h"
#include "cli/guided_parts.h"
#include "cli/when.h"

static const char *const examples[PARAMETER_TYPE_COUNT] = {
    [PARAMETER_TABLE] = "",
    [PARAMETER_TIME] = "14:30 UTC; 2026-07-14 14:30; 14:30+05:00; +4h",
    [PARAMETER_INTERVAL] = "02:10 / 03:55 UTC; 2026-07-14 02:10 / 03:55",
    [PARAMETER_STATE] = "XA",
    [PARAMETER_LEVEL] = "XA:HIGH",
    [PARAMETER_COUNT] = "23",
    [PARAMETER_DURATION] = "90m; 4h; 2d",
    [PARAMETER_PREFIX] = "198.51.100.0/24; 2001:db8::/32",
    [PARAMETER_AS] = "AS64500",
    [PARAMETER_DOMAIN] = "node7.example",
    [PARAMETER_URL] = "https://node7.example/a",
    [PARAMETER_HASH] = "sha256:…",
    [PARAMETER_PRODUCT] = "vendor:product:1.0",
    [PARAMETER_VULNERABILITY] = "CVE-2026-0001",
    [PARAMETER_REFERENCE] = "XA/XB-2026-0012",
    [PARAMETER_LINE] = "02",
    [PARAMETER_LANGUAGE] = "ru",
};

struct str guided_example(const struct book_parameter *p)
{
    CHECK(p->type < PARAMETER_TYPE_COUNT);
    CHECK(examples[p->type] != NULL);
    return str_of(examples[p->type]);
}

bool guided_pick(struct str typed, size_t count, size_t *ret)
{
    char room[16];
    uint64_t n = 0;
    if (!when_ascii_digits(typed, room, sizeof room))
        return false;
    struct str digits = str_of(room);
    while (digits.len > 1 && digits.ptr[0] == '0')
        digits = str_slice(digits, 1, digits.len);
    if (!decimal_read(digits, count, &n) || n == 0)
        return false;
    *ret = (size_t)n - 1;
    return true;
}

bool guided_codes_are_digits(const struct book_table *table)
{
    uint64_t n = 0;
    for (size_t i = 0; i < table->codes_count; i++)
        if (!decimal_read(table->codes[i].code, UINT32_MAX, &n))
            return false;
    return true;
}

bool guided_one_of_open(const struct guided *g)
{
    uint32_t all = g->phrase->one_of;
    for (size_t i = 0; i < g->line.parameters_count; i++) {
        const struct book_parameter *p = phrase_parameter(g->phrase, g->line.parameters[i].name);
        all = (g->phrase->one_of >> (p - g->phrase->parameters) & 1u) != 0 ? 0 : all;
    }
    return all != 0;
}

// -- friendly spellings ---------------------------------------------------------------------------
// Deadlines are still to come; everything else has happened.
static enum when_side side_of(const struct book_parameter *p)
{
    bool ahead = str_eq(p->name, STR("by")) || str_eq(p->name, STR("until"));
    return ahead ? WHEN_NEXT : WHEN_LAST;
}

static void span_write(struct moment from, struct moment to, char ret[2 * MOMENT_CHARS + 2])
{
    moment_write(from, ret);
    ret[MOMENT_CHARS] = '/';
    moment_write(to, ret + MOMENT_CHARS + 1);
}

// What a person typed in the words of cli/when.h, or as a number of a choice; else as it is.
static bool friendly(const struct guided *g, const struct book_parameter *p, struct str typed,
                     struct moment now, char room[PARAMETER_TEXT_BYTES])
{
    struct err none = {0};
    struct moment from, to;
    uint64_t seconds = 0;
    size_t place = 0;
    struct str chosen = {0};
    if (p->type == PARAMETER_TIME && when_read(typed, now, side_of(p), &from, &none)) {
        moment_write(from, room);
        return true;
    }
    if (p->type == PARAMETER_INTERVAL && when_read_span(typed, now, &from, &to, &none)) {
        span_write(from, to, room);
        return true;
    }
    if (p->type == PARAMETER_DURATION && when_read_duration(typed, &seconds, &none)) {
        duration_write(seconds, room);
        return true;
    }
    if (p->type == PARAMETER_STATE && guided_pick(typed, g->setup->names_count, &place))
        chosen = g->setup->names[place].code;
    if (p->type == PARAMETER_TABLE && !guided_codes_are_digits(p->table) &&
        guided_pick(typed, p->table->codes_count, &place))
        chosen = p->table->codes[place].code;
    if (chosen.len > 0) {
        memcpy(room, chosen.ptr, chosen.len);
        room[chosen.len] = '\0';
        return true;
    }
    return when_ascii_digits(typed, room, PARAMETER_TEXT_BYTES);
}

bool guided_value(struct guided *g, struct str typed, struct moment now, struct str *ret,
                  struct str *ret_shown, struct err *err)
{
    char room[PARAMETER_TEXT_BYTES], canonical[PARAMETER_TEXT_BYTES];
    struct err none = {0};
    struct value value;
    struct str text, shown;
    const struct book_parameter *p = &g->phrase->parameters[g->at];
    const struct electorate *states = guided_speech(g)->reader.states;
    if (!friendly(g, p, typed, now, room) ||
        !parameter_canonical(p->type, p->table, states, str_of(room), canonical, &none) ||
        !parameter_read(p->type, p->table, states, str_of(canonical), &value, &none))
        return false;
    if (!arena_str(&g->work, str_of(canonical), &text, err))
        return false;
    value.text = text;
    if (!codebook_render_value(&guided_speech(g)->reader, &value, p->table, &g->work, &shown, err))
        return false;
    *ret = text;
    *ret_shown = shown;
    return true;
}
