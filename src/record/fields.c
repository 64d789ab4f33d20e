// record/fields.c - one helper per kind of value.
#include "record/fields.h"

#include "base/encode.h"
#include "log/checkpoint.h"

static const char clause[] = "FORMATS 1";

struct str lines_origin(struct lines *l, struct str key)
{
    struct str value = lines_value(l, key);
    struct err why = {0};
    if (l->failed || checkpoint_origin_check(value, &why))
        return value;
    (void)lines_fail(l, clause, "\"%.*s\" is no origin", STR_ARG(key));
    return (struct str){"", 0};
}

struct address lines_address(struct lines *l, struct str key)
{
    struct address made = {0};
    struct str value = lines_value(l, key);
    if (!l->failed && !address_read(value, &made))
        (void)lines_fail(l, clause, "\"%.*s\" is no address", STR_ARG(key));
    return made;
}

struct moment lines_moment(struct lines *l, struct str key)
{
    struct moment made = {0};
    struct str value = lines_value(l, key);
    if (!l->failed && !moment_read(value, &made))
        (void)lines_fail(l, clause, "\"%.*s\" is no time", STR_ARG(key));
    return made;
}

struct digest lines_digest(struct lines *l, struct str key)
{
    struct digest made = {{0}};
    struct str value = lines_value(l, key);
    if (!l->failed && !digest_read(value, &made))
        (void)lines_fail(l, clause, "\"%.*s\" is no hash", STR_ARG(key));
    return made;
}

struct named_record lines_named_record(struct lines *l, struct str key)
{
    struct named_record made = {0};
    struct str value = lines_value(l, key);
    if (!l->failed && !named_record_read(value, &made))
        (void)lines_fail(l, clause, "\"%.*s\" does not name a record and its hash", STR_ARG(key));
    return made;
}

bool lines_yes_no(struct lines *l, struct str key)
{
    struct str value = lines_value(l, key);
    bool yes = str_eq(value, STR("yes"));
    if (!l->failed && !yes && !str_eq(value, STR("no")))
        (void)lines_fail(l, clause, "\"%.*s\" is neither yes nor no", STR_ARG(key));
    return yes && !l->failed;
}

uint64_t lines_decimal(struct lines *l, struct str key, uint64_t max)
{
    uint64_t n = 0;
    struct str value = lines_value(l, key);
    if (!l->failed && !decimal_read(value, max, &n))
        (void)lines_fail(l, clause, "\"%.*s\" is no number in range", STR_ARG(key));
    return n;
}

static bool fail_limit(struct lines *l)
{
    l->failed = true;
    return false;
}
bool lines_full(struct lines *l)
{
    if (!l->failed)
        (void)err_set(l->err, ERR_LIMIT, NULL, "%s: no room left to read it", l->what);
    return fail_limit(l);
}
bool lines_too_many(struct lines *l, const char *what, size_t max)
{
    if (!l->failed)
        (void)err_set(l->err, ERR_LIMIT, NULL, "%s: more than %zu lines \"%s\"", l->what, max,
                      what);
    return fail_limit(l);
}

size_t lines_count_of(const struct lines *l, struct str key)
{
    struct err unused = {0};
    struct lines ahead = *l;
    size_t count = 0;
    ahead.err = &unused;
    while (lines_next_is(&ahead, key)) {
        (void)lines_any(&ahead);
        count++;
    }
    return count;
}

bool field_digest(struct fields *f, struct digest *ret)
{
    struct str text = field_next(f);
    return !f->failed && digest_read(text, ret);
}
bool field_decimal(struct fields *f, uint64_t max, uint64_t *ret)
{
    struct str text = field_next(f);
    return !f->failed && decimal_read(text, max, ret);
}

void put_digest(struct buffer *out, const char *key, const struct digest *d)
{
    char text[DIGEST_TEXT_CHARS + 1];
    digest_write(d, text);
    buffer_fmt(out, "%s %s\n", key, text);
}
void put_named_record(struct buffer *out, const char *key, const struct named_record *n)
{
    char text[NAMED_RECORD_CHARS_MAX + 1];
    named_record_write(n, text);
    buffer_fmt(out, "%s %s\n", key, text);
}
void put_moment(struct buffer *out, const char *key, struct moment at)
{
    char text[MOMENT_CHARS + 1];
    moment_write(at, text);
    buffer_fmt(out, "%s %s\n", key, text);
}
