#include "codebook/line.h"

#define CLAUSE "FORMATS 1, numbered lines"

static bool name_ok(struct str name)
{
    if (name.len == 0 || name.len > 32 || name.ptr[0] < 'a' || name.ptr[0] > 'z')
        return false;
    for (size_t i = 1; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

// Visible ASCII without '=': a value of any type, in this book or a later one.
static bool value_ok(struct str value)
{
    if (value.len == 0)
        return false;
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] <= 0x20 || value.ptr[i] >= 0x7f || value.ptr[i] == '=')
            return false;
    return true;
}

static bool read_parameter(struct str field, struct phrase_line *line, struct err *err)
{
    const char *mark = memchr(field.ptr, '=', field.len);
    if (mark == NULL)
        return err_set(err, ERR_MALFORMED, CLAUSE, "a parameter is NAME=VALUE");
    size_t at = (size_t)(mark - field.ptr);
    struct phrase_parameter p = {str_slice(field, 0, at), str_slice(field, at + 1, field.len)};
    if (!name_ok(p.name))
        return err_set(err, ERR_MALFORMED, CLAUSE,
                       "a parameter's name is 1 to 32 lower-case letters, digits and hyphens");
    if (!value_ok(p.value))
        return err_set(err, ERR_MALFORMED, CLAUSE,
                       "the value of %.*s is empty, or not visible ASCII without \"=\"",
                       STR_ARG(p.name));
    if (phrase_line_value(line, p.name) != NULL)
        return err_set(err, ERR_MALFORMED, CLAUSE, "%.*s stands twice", STR_ARG(p.name));
    if (line->parameters_count == PHRASE_PARAMETERS_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "more than %d parameters", PHRASE_PARAMETERS_MAX);
    line->parameters[line->parameters_count++] = p;
    return true;
}

bool phrase_line_read(struct str text, struct phrase_line *ret, struct err *err)
{
    struct phrase_line line = {0};
    if (text.len > PHRASE_LINE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "a line of %zu octets", text.len);
    if (text.len < 6 || text.ptr[2] != ' ' || (text.len > 6 && text.ptr[6] != ' '))
        return err_set(err, ERR_MALFORMED, CLAUSE, "a line begins with \"01 N02\"");
    char tens = text.ptr[0], ones = text.ptr[1];
    if (tens < '0' || tens > '9' || ones < '0' || ones > '9' || (tens == '0' && ones == '0'))
        return err_set(err, ERR_MALFORMED, CLAUSE, "a line's number is 01 to 99");
    line.number = (uint32_t)((tens - '0') * 10 + (ones - '0'));
    line.code = str_slice(text, 3, 6);
    if (!phrase_code_ok(line.code))
        return err_set(err, ERR_MALFORMED, CLAUSE, "a phrase's code is a letter and two digits");
    if (text.len > 6) {
        struct str rest = str_slice(text, 7, text.len), field;
        while (str_split(&rest, ' ', &field))
            if (!read_parameter(field, &line, err))
                return err_wrap(err, "line %02u", (unsigned)line.number);
    }
    *ret = line;
    return true;
}

bool phrase_lines_read(const struct str *texts, size_t count, struct phrase_line *ret,
                       struct err *err)
{
    struct phrase_line line;
    if (count > PHRASE_LINES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "%zu lines; two digits count to 99", count);
    for (size_t i = 0; i < count; i++) {
        if (!phrase_line_read(texts[i], &line, err))
            return false;
        if (line.number != i + 1)
            return err_set(err, ERR_MALFORMED, CLAUSE, "line %02u stands where %02zu should",
                           (unsigned)line.number, i + 1);
        ret[i] = line;
    }
    return true;
}

bool phrase_line_write(const struct phrase_line *line, struct buffer *to, struct err *err)
{
    CHECK(line->number >= 1);
    CHECK(line->number <= PHRASE_LINES_MAX);
    buffer_fmt(to, "%02u %.*s", (unsigned)line->number, STR_ARG(line->code));
    for (size_t i = 0; i < line->parameters_count; i++) {
        buffer_str(to, STR(" "));
        buffer_str(to, line->parameters[i].name);
        buffer_str(to, STR("="));
        buffer_str(to, line->parameters[i].value);
    }
    if (to->full)
        return err_set(err, ERR_LIMIT, CLAUSE, "no room to write the line");
    return true;
}

const struct str *phrase_line_value(const struct phrase_line *line, struct str name)
{
    for (size_t i = 0; i < line->parameters_count; i++)
        if (str_eq(line->parameters[i].name, name))
            return &line->parameters[i].value;
    return NULL;
}

// -- against a book -------------------------------------------------------------------------------

static bool take_values(const struct electorate *states, struct checked_line *c, struct err *err)
{
    const struct phrase *p = c->phrase;
    size_t at = 0;
    for (size_t i = 0; i < c->line.parameters_count; i++) {
        const struct phrase_parameter *given = &c->line.parameters[i];
        const struct book_parameter *known = phrase_parameter(p, given->name);
        if (known == NULL)
            return err_set(err, ERR_MALFORMED, "codebook: unknown parameter",
                           "%.*s has no parameter %.*s", STR_ARG(p->code), STR_ARG(given->name));
        size_t index = (size_t)(known - p->parameters);
        if (index < at)
            return err_set(err, ERR_MALFORMED, "codebook: order of parameters",
                           "%.*s stands after a parameter the book puts behind it",
                           STR_ARG(given->name));
        if (!parameter_read(known->type, known->table, states, given->value, &c->values[index],
                            err))
            return err_wrap(err, "%.*s", STR_ARG(given->name));
        c->present |= 1u << index;
        at = index + 1;
    }
    return true;
}

static bool check_present(const struct checked_line *c, struct err *err)
{
    const struct phrase *p = c->phrase;
    for (size_t i = 0; i < p->parameters_count; i++)
        if (p->parameters[i].required && (c->present >> i & 1u) == 0)
            return err_set(err, ERR_MALFORMED, "codebook: required parameter",
                           "%.*s needs the parameter %.*s", STR_ARG(p->code),
                           STR_ARG(p->parameters[i].name));
    if (p->one_of != 0 && (c->present & p->one_of) == 0)
        return err_set(err, ERR_MALFORMED, "codebook: one of these parameters",
                       "%.*s needs at least one of the parameters that name its object",
                       STR_ARG(p->code));
    return true;
}

bool phrase_line_check(const struct book *book, const struct electorate *states,
                       const struct phrase_line *line, struct checked_line *ret, struct err *err)
{
    struct checked_line c = {.status = LINE_UNKNOWN, .line = *line};
    c.phrase = book_phrase(book, line->code);
    if (c.phrase != NULL) {
        c.status = LINE_KNOWN;
        if (!take_values(states, &c, err) || !check_present(&c, err))
            return err_wrap(err, "line %02u", (unsigned)line->number);
    }
    *ret = c;
    return true;
}
