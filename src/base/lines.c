#include "base/lines.h"

#include <stdarg.h>
#include <stdio.h>

void lines_init(struct lines *l, const char *what, struct str text, struct err *err)
{
    *l = (struct lines){.rest = text, .err = err, .what = what};
    if (text.len > 0 && text.ptr[text.len - 1] != '\n')
        (void)lines_fail(l, "DESIGN 5", "the last line does not end");
}

bool lines_fail(struct lines *l, const char *clause, const char *fmt, ...)
{
    char sentence[ERR_TEXT_BYTES];
    va_list args;
    if (l->failed)
        return false;
    l->failed = true;
    va_start(args, fmt);
    (void)vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    (void)err_set(l->err, ERR_MALFORMED, clause, "%s", sentence);
    return l->number == 0 ? err_wrap(l->err, "%s", l->what)
                          : err_wrap(l->err, "%s, line %zu", l->what, l->number);
}

bool lines_more(const struct lines *l)
{
    return !l->failed && l->rest.len > 0;
}

static struct str peek(const struct lines *l)
{
    const char *end = memchr(l->rest.ptr, '\n', l->rest.len);
    CHECK(end != NULL); // lines_init saw the last line end
    return (struct str){l->rest.ptr, (size_t)(end - l->rest.ptr)};
}

struct str lines_any(struct lines *l)
{
    if (l->failed)
        return (struct str){"", 0};
    if (l->rest.len == 0) {
        (void)lines_fail(l, "DESIGN 5", "it ends too early");
        return (struct str){"", 0};
    }
    struct str line = peek(l);
    l->rest.ptr += line.len + 1;
    l->rest.len -= line.len + 1;
    l->number++;
    return line;
}

void lines_exact(struct lines *l, struct str line)
{
    struct str got = lines_any(l);
    if (!l->failed && !str_eq(got, line))
        (void)lines_fail(l, "DESIGN 5", "expected \"%.*s\"", STR_ARG(line));
}

static bool has_key(struct str line, struct str key)
{
    if (!str_starts(line, key))
        return false;
    return line.len == key.len || line.ptr[key.len] == ' ';
}

bool lines_next_is(const struct lines *l, struct str key)
{
    return lines_more(l) && has_key(peek(l), key);
}

struct str lines_value(struct lines *l, struct str key)
{
    struct str line = lines_any(l);
    if (l->failed)
        return line;
    if (!has_key(line, key)) {
        (void)lines_fail(l, "DESIGN 5", "expected \"%.*s\"", STR_ARG(key));
        return (struct str){"", 0};
    }
    if (line.len < key.len + 2) {
        (void)lines_fail(l, "DESIGN 5", "\"%.*s\" has no value", STR_ARG(key));
        return (struct str){"", 0};
    }
    return str_slice(line, key.len + 1, line.len);
}

bool lines_optional(struct lines *l, struct str key, struct str *ret_value)
{
    if (!lines_next_is(l, key))
        return false;
    struct str value = lines_value(l, key);
    if (l->failed)
        return false;
    *ret_value = value;
    return true;
}

bool lines_done(struct lines *l)
{
    if (l->failed)
        return false;
    if (l->rest.len > 0) {
        l->number++;
        return lines_fail(l, "DESIGN 5", "a line too many");
    }
    return true;
}

struct str field_next(struct fields *f)
{
    if (f->failed || f->rest.len == 0) {
        f->failed = true;
        return (struct str){"", 0};
    }
    const char *space = memchr(f->rest.ptr, ' ', f->rest.len);
    size_t len = space == NULL ? f->rest.len : (size_t)(space - f->rest.ptr);
    size_t eaten = space == NULL ? len : len + 1;
    // a space at the end of the value would be lost on writing back
    if (len == 0 || (space != NULL && eaten == f->rest.len)) {
        f->failed = true;
        return (struct str){"", 0};
    }
    struct str field = {f->rest.ptr, len};
    f->rest.ptr += eaten;
    f->rest.len -= eaten;
    return field;
}

struct str field_rest(struct fields *f)
{
    if (f->failed || f->rest.len == 0) {
        f->failed = true;
        return (struct str){"", 0};
    }
    struct str rest = f->rest;
    f->rest = (struct str){rest.ptr + rest.len, 0};
    return rest;
}
