#include "codebook/guide.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/lines.h"

#define CLAUSE "docs/codebook-format.md, guide"

static bool fail(struct lines *lines, const char *why)
{
    return lines_fail(lines, CLAUSE, "%s", why);
}

static bool read_situation(struct lines *lines, struct guide *g, struct guide_situation *list)
{
    struct fields f = fields_of(lines_value(lines, STR("situation")));
    struct guide_situation made = {.id = field_next(&f)};
    if (lines->failed)
        return false;
    if (f.failed || !book_name_ok(made.id))
        return fail(lines, "a situation has a name of small letters, digits and hyphens");
    for (size_t i = 0; i < g->situations_count; i++)
        if (str_eq(list[i].id, made.id))
            return fail(lines, "the situation stands twice");
    while (!fields_done(&f)) {
        struct str code = field_next(&f);
        if (f.failed || !phrase_code_ok(code) || made.phrases_count == GUIDE_PHRASES_MAX)
            return fail(lines, "a situation names one to twelve phrases");
        made.phrases[made.phrases_count++] = code;
    }
    if (made.phrases_count == 0 || g->situations_count == GUIDE_SITUATIONS_MAX)
        return fail(lines, "a situation without phrases, or one situation too many");
    list[g->situations_count++] = made;
    return true;
}

static bool read_head(struct lines *lines, struct guide *g)
{
    uint64_t version = 0;
    lines_exact(lines, STR("elchi guide v1"));
    struct fields f = fields_of(lines_value(lines, STR("book")));
    if (lines->failed)
        return false;
    g->book_name = field_next(&f);
    struct str number = field_next(&f);
    if (!fields_done(&f) || !book_name_ok(g->book_name) ||
        !decimal_read(number, 999999, &version) || version == 0)
        return fail(lines, "book is a name and a version");
    g->book_version = (uint32_t)version;
    lines_exact(lines, STR(""));
    return !lines->failed;
}

bool guide_parse(struct bytes file, struct arena *a, struct guide *ret, struct err *err)
{
    struct str sent, text;
    struct guide made = {.situations_count = 0};
    struct lines lines;
    if (file.len > CODEBOOK_BYTES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "a guide of %zu octets", file.len);
    if (!text_check(file, &sent, err) || !arena_str(a, sent, &text, err))
        return err_wrap(err, "guide");
    struct guide_situation *list = arena_new(a, struct guide_situation, GUIDE_SITUATIONS_MAX);
    if (list == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small for the guide");
    lines_init(&lines, "guide", text, err);
    if (!read_head(&lines, &made))
        return false;
    while (lines_more(&lines))
        if (!read_situation(&lines, &made, list))
            return false;
    if (!lines_done(&lines))
        return false;
    if (made.situations_count == 0)
        return fail(&lines, "a guide holds one situation at least");
    made.situations = list;
    *ret = made;
    return true;
}

bool guide_write(const struct guide *guide, struct buffer *to, struct err *err)
{
    buffer_fmt(to, "elchi guide v1\nbook %.*s %u\n\n", STR_ARG(guide->book_name),
               (unsigned)guide->book_version);
    for (size_t i = 0; i < guide->situations_count; i++) {
        const struct guide_situation *s = &guide->situations[i];
        buffer_fmt(to, "situation %.*s", STR_ARG(s->id));
        for (size_t p = 0; p < s->phrases_count; p++)
            buffer_fmt(to, " %.*s", STR_ARG(s->phrases[p]));
        buffer_str(to, STR("\n"));
    }
    if (to->full)
        return err_set(err, ERR_LIMIT, CLAUSE, "no room to write the guide");
    return true;
}
