#include "community/optin.h"

#include "base/lines.h"
#include "record/address.h"

static const char clause[] = "community/optin.h";

#define OPTIN_WORD(name, word) [name] = (word),
static const char *const words[OPTIN_FUNCTION_COUNT] = {OPTIN_FUNCTIONS(OPTIN_WORD)};
#undef OPTIN_WORD

const char *optin_word(enum optin_function f)
{
    CHECK(f < OPTIN_FUNCTION_COUNT);
    return words[f];
}

bool optin_from_word(struct str word, enum optin_function *ret)
{
    for (int i = 0; i < OPTIN_FUNCTION_COUNT; i++) {
        if (!str_eq(word, str_of(words[i])))
            continue;
        *ret = (enum optin_function)i;
        return true;
    }
    return false;
}

void optin_init(struct optin *o)
{
    o->count = 0;
}

// The row of `state`, or the place where it belongs.
static size_t place_of(const struct optin *o, struct str state)
{
    size_t i = 0;
    while (i < o->count && str_cmp(o->rows[i].state, state) < 0)
        i++;
    return i;
}

static bool stands_at(const struct optin *o, size_t i, struct str state)
{
    return i < o->count && str_eq(o->rows[i].state, state);
}

bool optin_is_on(const struct optin *o, struct str state, enum optin_function f)
{
    CHECK(f < OPTIN_FUNCTION_COUNT);
    size_t i = place_of(o, state);
    return stands_at(o, i, state) && (o->rows[i].on & 1U << f) != 0;
}

static void row_remove(struct optin *o, size_t at)
{
    for (size_t i = at + 1; i < o->count; i++)
        o->rows[i - 1] = o->rows[i];
    o->count--;
}

static void row_insert(struct optin *o, size_t at, struct str state)
{
    for (size_t i = o->count; i > at; i--)
        o->rows[i] = o->rows[i - 1];
    o->rows[at] = (struct optin_row){state, 0};
    o->count++;
}

bool optin_set(struct optin *o, struct str state, enum optin_function f, bool on, struct err *err)
{
    CHECK(f < OPTIN_FUNCTION_COUNT);
    size_t i = place_of(o, state);
    if (!stands_at(o, i, state)) {
        if (!on)
            return true;
        if (o->count == COMMUNITY_STATES_MAX)
            return err_set(err, ERR_LIMIT, clause, "more than %d partners", COMMUNITY_STATES_MAX);
        row_insert(o, i, state);
    }
    if (on)
        o->rows[i].on |= 1U << f;
    else
        o->rows[i].on &= ~(1U << f);
    if (o->rows[i].on == 0)
        row_remove(o, i);
    return true;
}

static void read_row(struct lines *l, struct optin *o)
{
    struct state_code code;
    struct fields f = fields_of(lines_value(l, STR("partner")));
    struct optin_row row = {.state = field_next(&f)};
    if (f.failed || !state_code_read(row.state, &code)) {
        (void)lines_fail(l, clause, "not the code of a State");
        return;
    }
    if (o->count > 0 && str_cmp(o->rows[o->count - 1].state, row.state) >= 0) {
        (void)lines_fail(l, clause, "partners are not ascending, each once");
        return;
    }
    while (!f.failed && f.rest.len > 0) {
        enum optin_function function;
        // Functions come in the table's order: none may stand at or below one already read.
        if (!optin_from_word(field_next(&f), &function) || row.on >> function != 0) {
            (void)lines_fail(l, clause, "functions are not those of the table, in its order");
            return;
        }
        row.on |= 1U << function;
    }
    if (f.failed || row.on == 0)
        (void)lines_fail(l, clause, "a partner with nothing switched on has no line");
    else if (o->count == COMMUNITY_STATES_MAX)
        (void)lines_fail(l, clause, "more than %d partners", COMMUNITY_STATES_MAX);
    else
        o->rows[o->count++] = row;
}

bool optin_read(struct bytes sent, struct optin *ret, struct err *err)
{
    struct lines l;
    struct str text;
    if (sent.len > CONFIG_BYTES_MAX)
        return err_set(err, ERR_LIMIT, clause, "an opt-in table of %zu octets", sent.len);
    if (!text_check(sent, &text, err))
        return err_wrap(err, "opt-in table");
    // Read beside: a refused table must leave the caller's untouched.
    struct optin made;
    optin_init(&made);
    lines_init(&l, "opt-in table", text, err);
    lines_exact(&l, STR("elchi optin v1"));
    while (lines_more(&l))
        read_row(&l, &made);
    if (!lines_done(&l))
        return false;
    *ret = made;
    return true;
}

bool optin_write(const struct optin *o, struct arena *a, struct bytes *ret, struct err *err)
{
    struct buffer out;
    buffer_init(&out, a, CONFIG_BYTES_MAX);
    buffer_str(&out, STR("elchi optin v1\n"));
    for (size_t i = 0; i < o->count; i++) {
        buffer_fmt(&out, "partner %.*s", STR_ARG(o->rows[i].state));
        for (int f = 0; f < OPTIN_FUNCTION_COUNT; f++)
            if (o->rows[i].on & 1U << f)
                buffer_fmt(&out, " %s", words[f]);
        buffer_str(&out, STR("\n"));
    }
    return buffer_take(&out, ret, err);
}
