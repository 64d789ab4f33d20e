#include "codebook/render_form.h"

#include "codebook/render_brief.h"
#include "codebook/render_page.h"
#include "codebook/render_rows.h"
#include "codebook/wrap.h"

#define FORM_WORD(name, word) word,
static const char *const words[] = {RENDER_FORMS(FORM_WORD)};
_Static_assert(sizeof words / sizeof words[0] == RENDER_FORM_COUNT, "one word per form");

const char *render_form_word(enum render_form form)
{
    CHECK(form < RENDER_FORM_COUNT);
    return words[form];
}

bool render_form_read(struct str word, enum render_form *ret)
{
    for (size_t i = 0; i < RENDER_FORM_COUNT; i++)
        if (str_eq(word, str_of(words[i]))) {
            *ret = (enum render_form)i;
            return true;
        }
    return false;
}

// -- rows under each other ------------------------------------------------------------------------

struct laying {
    const struct render_with *with;
    const struct rendered *rendered;
    const struct render_how *how;
    size_t columns; // 0: rows stay whole
    struct arena *arena;
    struct buffer to;
    struct err *err;
};

// The marks of bold become what the screen wants; they never reach it themselves.
static void put_marked(struct laying *l, struct str line)
{
    const char *bold = l->how->bold == NULL ? "" : l->how->bold;
    const char *end = l->how->bold_end == NULL ? "" : l->how->bold_end;
    struct buffer text;
    buffer_init(&text, l->arena, WRAP_BYTES_MAX);
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == WRAP_BOLD[0])
            buffer_str(&text, str_of(bold));
        else if (line.ptr[i] == WRAP_PLAIN[0])
            buffer_str(&text, str_of(end));
        else
            buffer_str(&text, str_slice(line, i, i + 1));
    }
    struct bytes put = buffer_bytes(&text);
    l->to.full = l->to.full || text.full;
    render_put_line(&l->to, l->rendered->right_to_left,
                    (struct str){(const char *)put.ptr, put.len});
}

static bool put_row(struct laying *l, struct str row)
{
    struct wrapped w;
    if (row.len == 0)
        return true;
    if (l->columns == 0) {
        render_put_line(&l->to, false, row);
        return true;
    }
    if (!wrap_columns(l->rendered->language, row, l->columns, l->arena, &w, l->err))
        return false;
    for (size_t i = 0; i < w.count; i++)
        put_marked(l, w.lines[i]);
    return true;
}

static bool lay_rows(struct laying *l, struct str *ret)
{
    const struct rendered *r = l->rendered;
    const struct render_rows_how how = {.bold = l->columns > 0};
    struct render_rows rows;
    buffer_init(&l->to, l->arena, l->arena->limit);
    if (!put_row(l, r->exercise) || !put_row(l, r->banner) || !put_row(l, r->notice) ||
        !put_row(l, r->book))
        return false;
    for (size_t i = 0; i < r->lines_count; i++) {
        if (!render_rows(l->with, &r->lines[i], how, l->arena, &rows, l->err))
            return false;
        for (size_t k = 0; k < rows.count; k++)
            if (!put_row(l, rows.rows[k]))
                return false;
    }
    return buffer_take_str(&l->to, ret, l->err);
}

// -- the forms ------------------------------------------------------------------------------------

bool codebook_render_form(const struct render_with *with, const struct rendered *rendered,
                          const struct render_how *how, struct arena *a, struct str *ret,
                          struct err *err)
{
    struct laying l = {with, rendered, how, 0, a, {0}, err};
    CHECK(how->form < RENDER_FORM_COUNT);
    if (how->form == RENDER_PRINT)
        return render_pages(with, rendered, how->letter, a, ret, err);
    if (how->form == RENDER_SINGLE_LINE)
        return render_brief(with, rendered, how->width == 0 ? BRIEF_CLUSTERS : how->width, a, ret,
                            err);
    if (how->form == RENDER_SCREEN) {
        l.columns = how->width == 0 ? SCREEN_COLUMNS : how->width;
        if (l.columns < WRAP_COLUMNS_MIN)
            l.columns = WRAP_COLUMNS_MIN; // a narrower screen breaks the lines itself
    }
    return lay_rows(&l, ret);
}

bool codebook_render_plain(const struct render_with *with, const struct rendered *rendered,
                           struct arena *a, struct str *ret, struct err *err)
{
    const struct render_how how = {.form = RENDER_PLAIN};
    return codebook_render_form(with, rendered, &how, a, ret, err);
}
