#include "codebook/render_rows.h"

#include "codebook/render_value.h"
#include "codebook/wrap.h"

static void add(struct render_rows *to, struct str row)
{
    CHECK(to->count < RENDER_ROWS_MAX);
    if (row.len > 0)
        to->rows[to->count++] = row;
}

static bool sentence(const struct render_with *with, const struct rendered_line *line, bool bold,
                     struct arena *a, struct str *ret, struct err *err)
{
    bool rtl = with->language != NULL && with->language->right_to_left;
    struct pattern_value v[3] = {
        {.name = STR("line")}, {.name = STR("code")}, {.name = STR("text"), .text = line->text}};
    struct str number, code = line->code;
    if (!arena_fmt(a, &number, err, "%02u", (unsigned)line->number))
        return false;
    if (bold && !arena_fmt(a, &code, err, WRAP_BOLD "%.*s" WRAP_PLAIN, STR_ARG(line->code)))
        return false;
    if (!render_isolated(rtl, number, a, &v[0].text, err) ||
        !render_isolated(rtl, code, a, &v[1].text, err))
        return false;
    // English inside another language keeps to itself.
    bool foreign = (line->flags & RENDERED_UNTRANSLATED) != 0;
    if (foreign && !render_isolated(rtl, line->text, a, &v[2].text, err))
        return false;
    return render_string(with, RENDERING_LINE, v, 3, a, ret, err);
}

bool render_rows(const struct render_with *with, const struct rendered_line *line,
                 struct render_rows_how how, struct arena *a, struct render_rows *ret,
                 struct err *err)
{
    const unsigned unclear = RENDERED_UNKNOWN | RENDERED_INVALID | RENDERED_UNTRANSLATED;
    bool rtl = with->language != NULL && with->language->right_to_left;
    struct render_rows made = {.count = 0};
    struct str row;
    if (!sentence(with, line, how.bold, a, &row, err))
        return false;
    add(&made, row.len == 0 ? line->source : row);
    for (size_t i = 0; i < line->disclaimers_count; i++) {
        struct pattern_value note = {.name = STR("text"), .text = line->disclaimers[i]};
        if (!render_string(with, RENDERING_NOTE, &note, 1, a, &row, err))
            return false;
        add(&made, row.len == 0 ? line->disclaimers[i] : row);
    }
    add(&made, line->mark);
    // What could not be rendered, or not wholly, stands below as it was signed.
    if ((line->flags & unclear) != 0 && !how.signed_below) {
        if (!render_isolated(rtl, line->source, a, &row, err))
            return false;
        add(&made, row);
    }
    *ret = made;
    return true;
}

// U+2067 and U+2069, apart from each other in the source so that it reads as it is written.
static const char begin[] = {(char)0xE2, (char)0x81, (char)0xA7, '\0'};
static const char end[] = {(char)0xE2, (char)0x81, (char)0xA9, '\0'};

void render_put_line(struct buffer *to, bool right_to_left, struct str line)
{
    bool walled = right_to_left && line.len > 0;
    if (walled)
        buffer_str(to, str_of(begin));
    buffer_str(to, line);
    if (walled)
        buffer_str(to, str_of(end));
    buffer_str(to, STR("\n"));
}
