#include "codebook/scale.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/lines.h"

#define CLAUSE "docs/codebook-format.md, scale"

const struct scale_level *scale_level_find(const struct scale *scale, struct str word)
{
    for (size_t i = 0; i < scale->levels_count; i++)
        if (str_eq(scale->levels[i].word, word))
            return &scale->levels[i];
    return NULL;
}

static bool fail(struct lines *lines, const char *why)
{
    return lines_fail(lines, CLAUSE, "%s", why);
}

// Capital letters and digits, and `more` after the first.
static bool capitals(struct str s, size_t max, char more)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || c != more))
            return false;
    }
    return s.len > 0 && s.len <= max;
}

static bool read_level(struct lines *lines, struct scale *s, struct scale_level *list)
{
    struct fields f = fields_of(lines_value(lines, STR("level")));
    struct scale_level made = {.word = field_next(&f)};
    if (lines->failed)
        return false;
    made.severity = field_next(&f);
    made.text = field_rest(&f);
    if (!fields_done(&f) || !capitals(made.word, SCALE_LEVEL_CHARS, '-'))
        return fail(lines, "a row is \"level WORD SEVERITY TEXT\"");
    if (made.severity.len != 1 || made.severity.ptr[0] < '0' || made.severity.ptr[0] > '9')
        return fail(lines, "a severity is one digit");
    if (scale_level_find(s, made.word) != NULL)
        return fail(lines, "the level stands twice");
    if (s->levels_count == SCALE_LEVELS_MAX)
        return fail(lines, "too many levels");
    list[s->levels_count++] = made;
    return true;
}

static bool read_head(struct lines *lines, struct scale *s)
{
    uint64_t version = 0;
    lines_exact(lines, STR("elchi scale v1"));
    s->state = lines_value(lines, STR("state"));
    struct fields f = fields_of(lines_value(lines, STR("book")));
    if (lines->failed)
        return false;
    s->book_name = field_next(&f);
    struct str number = field_next(&f);
    if (s->state.len < 2 || !capitals(s->state, 8, '0'))
        return fail(lines, "state is a State's code");
    if (!fields_done(&f) || !book_name_ok(s->book_name) ||
        !decimal_read(number, 999999, &version) || version == 0)
        return fail(lines, "book is a name and a version");
    s->book_version = (uint32_t)version;
    lines_exact(lines, STR(""));
    return !lines->failed;
}

bool scale_parse(struct bytes file, struct arena *a, struct scale *ret, struct err *err)
{
    struct str sent, text;
    struct scale made = {.levels_count = 0};
    struct lines lines;
    if (file.len > CODEBOOK_BYTES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "a scale of %zu octets", file.len);
    if (!text_check(file, &sent, err) || !arena_str(a, sent, &text, err))
        return err_wrap(err, "scale");
    struct scale_level *list = arena_new(a, struct scale_level, SCALE_LEVELS_MAX);
    if (list == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small for the scale");
    made.levels = list;
    lines_init(&lines, "scale", text, err);
    if (!read_head(&lines, &made))
        return false;
    while (lines_more(&lines))
        if (!read_level(&lines, &made, list))
            return false;
    if (!lines_done(&lines))
        return false;
    if (made.levels_count == 0)
        return fail(&lines, "a scale holds one level at least");
    *ret = made;
    return true;
}

bool scale_write(const struct scale *scale, struct buffer *to, struct err *err)
{
    buffer_fmt(to, "elchi scale v1\nstate %.*s\nbook %.*s %u\n\n", STR_ARG(scale->state),
               STR_ARG(scale->book_name), (unsigned)scale->book_version);
    for (size_t i = 0; i < scale->levels_count; i++) {
        const struct scale_level *l = &scale->levels[i];
        buffer_fmt(to, "level %.*s %.*s ", STR_ARG(l->word), STR_ARG(l->severity));
        buffer_str(to, l->text);
        buffer_str(to, STR("\n"));
    }
    if (to->full)
        return err_set(err, ERR_LIMIT, CLAUSE, "no room to write the scale");
    return true;
}
