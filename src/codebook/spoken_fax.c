#include "codebook/pattern.h"
#include "codebook/render_form.h"
#include "codebook/render_rows.h"
#include "codebook/render_value.h"
#include "codebook/spoken_aloud.h"
#include "codebook/wrap.h"

#include <stdio.h>

#define CLAUSE "docs/spoken.md, fax"

enum {
    ROWS_MAX = 65536,                 // 3104 blocks, and 99 lines in two languages
    PAGE_BODY_LINES = PAGE_LINES - 6, // an exercise in two languages above, two lines below
};
struct row {
    struct str text;
    bool right_to_left;
};
struct page_maker {
    const struct fax *fax;
    struct arena *arena;
    struct row *rows;
    size_t count;
    struct err *err;
};

// -- rows of 72 columns ---------------------------------------------------------------------------

static bool put_row(struct page_maker *m, struct str text, bool right_to_left)
{
    if (m->count == ROWS_MAX)
        return err_set(m->err, ERR_LIMIT, CLAUSE, "more than %d rows on the pages", ROWS_MAX);
    m->rows[m->count++] = (struct row){text, right_to_left};
    return true;
}

static bool is_rtl(const struct render_with *with)
{
    return with->language != NULL && with->language->right_to_left;
}

static bool put_wrapped(struct page_maker *m, const struct render_with *with, struct str text)
{
    struct wrapped lines;
    struct str language = with->language == NULL ? STR("en") : with->language->language;
    if (!wrap_columns(language, text, PAGE_COLUMNS, m->arena, &lines, m->err))
        return false;
    for (size_t i = 0; i < lines.count; i++)
        if (!put_row(m, lines.lines[i], is_rtl(with)))
            return false;
    return true;
}

static bool put_string(struct page_maker *m, const struct render_with *with,
                       enum rendering_string which, const struct pattern_value *values,
                       size_t count)
{
    struct str text;
    return render_string(with, which, values, count, m->arena, &text, m->err) &&
           put_wrapped(m, with, text);
}

// A sentence in both languages, or once where they are one.
static bool put_both(struct page_maker *m, enum rendering_string which)
{
    const struct fax *f = m->fax;
    return put_string(m, f->ours, which, NULL, 0) &&
           (f->ours->language == f->theirs->language || put_string(m, f->theirs, which, NULL, 0));
}

// -- what stands on the pages ---------------------------------------------------------------------

static bool put_title(struct page_maker *m, const struct render_with *with)
{
    const struct spoken_heading *h = &m->fax->spoken->heading;
    struct pattern_value v[3] = {{.name = STR("ref")}, {.name = STR("from")}, {.name = STR("to")}};
    bool rtl = is_rtl(with);
    if (!h->of_record)
        return put_string(m, with, RENDERING_VOICE_LINES, NULL, 0);
    return render_isolated(rtl, h->ref, m->arena, &v[0].text, m->err) &&
           render_isolated(rtl, h->from, m->arena, &v[1].text, m->err) &&
           render_isolated(rtl, h->to, m->arena, &v[2].text, m->err) &&
           put_string(m, with, RENDERING_VOICE_TITLE, v, 3);
}

static bool put_handling(struct page_maker *m, const struct render_with *with)
{
    const struct spoken_heading *h = &m->fax->spoken->heading;
    struct pattern_value precedence = {.name = STR("precedence")}, tlp = {.name = STR("tlp")};
    struct value time = {.type = PARAMETER_TIME, .from = h->time, .to = h->time};
    struct pattern_value when[2] = {{.name = STR("time")}, {.name = STR("canonical")}};
    char text[MOMENT_CHARS + 1];
    bool rtl = is_rtl(with);
    if (!h->of_record)
        return true;
    moment_write(h->time, text);
    time.text = str_of(text);
    precedence.text = str_of(precedence_word(h->precedence));
    tlp.text = h->tlp;
    if (!arena_str(m->arena, str_of(text), &when[1].text, m->err) ||
        !codebook_render_value(with, &time, NULL, m->arena, &when[0].text, m->err) ||
        !render_isolated(rtl, when[1].text, m->arena, &when[1].text, m->err) ||
        !render_isolated(rtl, precedence.text, m->arena, &precedence.text, m->err) ||
        !render_isolated(rtl, tlp.text, m->arena, &tlp.text, m->err))
        return false;
    return put_string(m, with, RENDERING_WHEN, when, 2) &&
           put_string(m, with, RENDERING_PRECEDENCE, &precedence, 1) &&
           (h->tlp.len == 0 || put_string(m, with, RENDERING_TLP, &tlp, 1)) &&
           (h->marking.len == 0 || put_row(m, h->marking, false));
}

// "02 1/2   0212 1R01 1202 6071 413X ="
static bool put_block(struct page_maker *m, const struct spoken_block *block)
{
    char name[3], shown[SPOKEN_SHOWN_CHARS];
    struct str text;
    spoken_line_name(block->line, name);
    spoken_shown(block, shown);
    return arena_fmt(m->arena, &text, m->err, "  %s %2u/%-2u   %s =", name, (unsigned)block->number,
                     (unsigned)block->count, shown) &&
           put_row(m, text, false);
}

static bool put_blocks(struct page_maker *m)
{
    const struct spoken *s = m->fax->spoken;
    for (size_t i = 0; i < s->count; i++) {
        bool new_line = i > 0 && s->blocks[i].line != s->blocks[i - 1].line;
        if (new_line && !put_row(m, STR(""), false))
            return false;
        if (!put_block(m, &s->blocks[i]))
            return false;
    }
    return put_row(m, STR(""), false);
}

static bool put_rendering(struct page_maker *m, const struct render_with *with)
{
    struct rendered rendered;
    struct str text, line;
    if (!codebook_render(with, m->fax->lines, m->fax->lines_count, m->arena, &rendered, m->err) ||
        !codebook_render_plain(with, &rendered, m->arena, &text, m->err))
        return false;
    while (text.len > 0 && str_split(&text, '\n', &line))
        if (!put_wrapped(m, with, line))
            return false;
    return put_row(m, STR(""), false);
}

static bool put_groups(struct page_maker *m)
{
    const struct spoken *s = m->fax->spoken;
    struct buffer to;
    struct pattern_value v = {.name = STR("groups")};
    if (!s->of_record)
        return true;
    buffer_init(&to, m->arena, 256);
    for (size_t i = 0; i < SPOKEN_GROUPS; i++)
        buffer_fmt(&to, i == 0 ? "%05u" : " %05u", (unsigned)s->groups[i]);
    struct str digits;
    return buffer_take_str(&to, &digits, m->err) &&
           render_isolated(is_rtl(m->fax->ours), digits, m->arena, &v.text, m->err) &&
           put_string(m, m->fax->ours, RENDERING_VOICE_GROUPS, &v, 1);
}

static bool put_signature(struct page_maker *m)
{
    struct pattern_value space = {.name = STR("space"),
                                  .text = STR("______________________________")};
    const struct fax *f = m->fax;
    return put_row(m, STR(""), false) && put_row(m, STR(""), false) &&
           put_string(m, f->ours, RENDERING_SIGNATURE, &space, 1) &&
           (f->ours->language == f->theirs->language ||
            (put_row(m, STR(""), false) &&
             put_string(m, f->theirs, RENDERING_SIGNATURE, &space, 1)));
}

static bool put_all(struct page_maker *m)
{
    const struct fax *f = m->fax;
    bool one_language = f->ours->language == f->theirs->language;
    if (!put_title(m, f->ours) || !put_handling(m, f->ours) || !put_row(m, STR(""), false))
        return false;
    if (!one_language &&
        (!put_title(m, f->theirs) || !put_handling(m, f->theirs) || !put_row(m, STR(""), false)))
        return false;
    if (!put_blocks(m))
        return false;
    if (!put_rendering(m, f->ours) || (!one_language && !put_rendering(m, f->theirs)))
        return false;
    if (!put_groups(m) || !put_both(m, RENDERING_VOICE_UNPROVEN))
        return false;
    return (!f->spoken->heading.more || put_both(m, RENDERING_VOICE_LEFT_OUT)) && put_signature(m);
}

// -- pages ----------------------------------------------------------------------------------------

// Above each page: the exercise in both languages, so that no page can be taken for the real thing.
static bool write_top(struct page_maker *m, struct buffer *to)
{
    size_t kept = m->count;
    if (!m->fax->spoken->heading.exercise)
        return true;
    if (!put_both(m, RENDERING_EXERCISE))
        return false;
    for (size_t i = kept; i < m->count; i++)
        render_put_line(to, m->rows[i].right_to_left, m->rows[i].text);
    m->count = kept;
    return true;
}

static bool write_bottom(struct page_maker *m, struct buffer *to, size_t page, size_t pages)
{
    struct pattern_value v[2] = {{.name = STR("page")}, {.name = STR("pages")}};
    struct str text;
    if (!render_count(m->fax->ours, page, m->arena, &v[0].text, m->err) ||
        !render_count(m->fax->ours, pages, m->arena, &v[1].text, m->err) ||
        !render_string(m->fax->ours, RENDERING_PAGE, v, 2, m->arena, &text, m->err))
        return false;
    buffer_str(to, STR("\n"));
    render_put_line(to, is_rtl(m->fax->ours), text);
    return true;
}

static bool write_pages(struct page_maker *m, struct buffer *to)
{
    size_t pages = (m->count + PAGE_BODY_LINES - 1) / PAGE_BODY_LINES, rows = m->count;
    for (size_t page = 0; page < pages; page++) {
        size_t from = page * PAGE_BODY_LINES;
        size_t end = rows - from < PAGE_BODY_LINES ? rows : from + PAGE_BODY_LINES;
        if (page > 0)
            buffer_str(to, STR("\f"));
        if (!write_top(m, to))
            return false;
        for (size_t i = from; i < end; i++)
            render_put_line(to, m->rows[i].right_to_left, m->rows[i].text);
        if (!write_bottom(m, to, page + 1, pages))
            return false;
    }
    return true;
}

bool spoken_fax(const struct fax *fax, struct arena *a, struct str *ret, struct err *err)
{
    struct page_maker m = {.fax = fax, .arena = a, .err = err};
    struct buffer to;
    m.rows = arena_new(a, struct row, ROWS_MAX);
    if (m.rows == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small for the pages");
    buffer_init(&to, a, a->limit);
    return put_all(&m) && write_pages(&m, &to) && buffer_take_str(&to, ret, err);
}
