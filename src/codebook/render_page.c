#include "codebook/render_page.h"

#include "codebook/render_rows.h"
#include "codebook/render_value.h"
#include "codebook/wrap.h"

#define CLAUSE "DESIGN 6, rendering"

enum {
    HEAD_LINES_MAX = PAGE_LINES / 3,
    FOOT_LINES = 2, // a blank one and the number
    BLOCK_ROWS_MAX = 16,
};

// What stands together: a phrase with its disclaimers, the heading.
struct block {
    struct str *lines;
    size_t count;
    struct block *next;
};
struct paper {
    const struct render_with *with;
    const struct rendered *rendered;
    const struct render_letter *letter; // NULL: none
    struct arena *arena;
    struct err *err;
    struct str head[HEAD_LINES_MAX];
    size_t head_count;
    struct block *first, **end;
    struct str rows[BLOCK_ROWS_MAX]; // of the block in making
    size_t rows_count;
};

static bool no_room(struct paper *p)
{
    return err_set(p->err, ERR_LIMIT, CLAUSE, "the arena is too small for the pages");
}

static bool wrap(struct paper *p, struct str row, struct wrapped *ret)
{
    return wrap_columns(p->rendered->language, row, PAGE_COLUMNS, p->arena, ret, p->err);
}

// -- blocks ---------------------------------------------------------------------------------------

static void add_row(struct paper *p, struct str row)
{
    CHECK(p->rows_count < BLOCK_ROWS_MAX);
    if (row.len > 0)
        p->rows[p->rows_count++] = row;
}

static bool add_string(struct paper *p, enum rendering_string which,
                       const struct pattern_value *values, size_t count)
{
    struct str row;
    if (!render_string(p->with, which, values, count, p->arena, &row, p->err))
        return false;
    add_row(p, row);
    return true;
}

// The rows so far become a block of lines.
static bool end_block(struct paper *p)
{
    struct wrapped wrapped[BLOCK_ROWS_MAX];
    struct block *block = arena_new(p->arena, struct block, 1);
    size_t count = 0, n = 0;
    if (block == NULL)
        return no_room(p);
    for (size_t i = 0; i < p->rows_count; i++) {
        if (!wrap(p, p->rows[i], &wrapped[i]))
            return false;
        count += wrapped[i].count;
    }
    block->lines = arena_new(p->arena, struct str, count + 1);
    if (block->lines == NULL)
        return no_room(p);
    for (size_t i = 0; i < p->rows_count; i++)
        for (size_t k = 0; k < wrapped[i].count; k++)
            block->lines[n++] = wrapped[i].lines[k];
    block->count = n;
    p->rows_count = 0;
    if (n == 0)
        return true;
    *p->end = block;
    p->end = &block->next;
    return true;
}

// -- what stands in the places --------------------------------------------------------------------

static bool isolated(struct paper *p, struct str text, struct str *ret)
{
    return render_isolated(p->rendered->right_to_left, text, p->arena, ret, p->err);
}

// A value in the reader's words; what is none stands as it is.
static bool words_of(struct paper *p, enum parameter_type type, const char *table, struct str text,
                     struct str *ret)
{
    struct value value;
    struct err none = {0};
    const struct book_table *of = NULL;
    if (table != NULL && p->with->book != NULL)
        of = book_table(p->with->book, str_of(table));
    bool known = (type != PARAMETER_TABLE || of != NULL) &&
                 parameter_read(type, of, p->with->states, text, &value, &none);
    if (!known)
        return isolated(p, text, ret);
    return codebook_render_value(p->with, &value, of, p->arena, ret, p->err);
}

// The State of "XA/technical"; empty for "all".
static struct str state_of(struct str address)
{
    struct str rest = address, state;
    if (str_eq(address, STR("all")) || !str_split(&rest, '/', &state))
        return STR("");
    return state;
}

static bool name_of(struct paper *p, struct str state, struct str *ret)
{
    struct str name = STR("");
    bool named = state.len > 0 && p->with->state_name != NULL &&
                 p->with->state_name(p->with->who, state, p->rendered->language, &name);
    return isolated(p, named ? name : state, ret);
}

// -- the heading ----------------------------------------------------------------------------------

// The printing State first, as each side's copy of a treaty has it.
static bool add_parties(struct paper *p)
{
    struct str author = state_of(p->letter->from), other = state_of(p->letter->to);
    struct pattern_value v[2] = {{.name = STR("first")}, {.name = STR("second")}};
    if (author.len == 0 || other.len == 0)
        return true;
    bool turned = str_eq(p->letter->printing, other);
    return name_of(p, turned ? other : author, &v[0].text) &&
           name_of(p, turned ? author : other, &v[1].text) &&
           add_string(p, RENDERING_PARTIES, v, 2);
}

static bool add_address(struct paper *p, enum rendering_string which, struct str address)
{
    struct str state = state_of(address);
    struct pattern_value v[3] = {{.name = STR("address")},
                                 {.name = STR("has-state"), .text = STR("no")},
                                 {.name = STR("state"), .text = STR("")}};
    if (address.len == 0)
        return true;
    if (state.len > 0 && p->with->state_name != NULL) {
        v[1].text = STR("yes");
        if (!name_of(p, state, &v[2].text))
            return false;
    }
    return isolated(p, address, &v[0].text) && add_string(p, which, v, 3);
}

static bool add_code(struct paper *p, enum rendering_string which, const char *place,
                     struct str code)
{
    struct pattern_value v = {.name = str_of(place)};
    return code.len == 0 || (isolated(p, code, &v.text) && add_string(p, which, &v, 1));
}

static bool add_time(struct paper *p)
{
    struct pattern_value v[2] = {{.name = STR("time")}, {.name = STR("canonical")}};
    char canonical[MOMENT_CHARS + 1];
    struct str text;
    if (!p->letter->has_time)
        return true;
    moment_write(p->letter->time, canonical);
    return arena_str(p->arena, str_of(canonical), &text, p->err) &&
           words_of(p, PARAMETER_TIME, NULL, text, &v[0].text) && isolated(p, text, &v[1].text) &&
           add_string(p, RENDERING_WHEN, v, 2);
}

static bool add_handling(struct paper *p)
{
    struct pattern_value v = {.name = STR("tlp")};
    return p->letter->tlp.len == 0 ||
           (words_of(p, PARAMETER_TABLE, "tlp", p->letter->tlp, &v.text) &&
            add_string(p, RENDERING_TLP, &v, 1));
}

static bool add_book(struct paper *p)
{
    const struct book *book = p->with->book;
    struct pattern_value v[3] = {
        {.name = STR("name")}, {.name = STR("version")}, {.name = STR("hash")}};
    char hash[DIGEST_TEXT_CHARS + 1];
    struct str version;
    if (book == NULL) {
        add_row(p, p->rendered->book);
        return true;
    }
    digest_write(&book->hash, hash);
    return arena_fmt(p->arena, &version, p->err, "%u", (unsigned)book->version) &&
           isolated(p, version, &v[1].text) && isolated(p, book->name, &v[0].text) &&
           isolated(p, str_of(hash), &v[2].text) && add_string(p, RENDERING_BOOK_HASH, v, 3);
}

static bool lay_heading(struct paper *p)
{
    const struct render_letter *l = p->letter;
    if (l != NULL &&
        !(add_parties(p) && end_block(p) && add_address(p, RENDERING_FROM, l->from) &&
          add_address(p, RENDERING_TO, l->to) &&
          add_code(p, RENDERING_REFERENCE, "reference", l->reference) && add_time(p) &&
          add_code(p, RENDERING_PRECEDENCE, "precedence", l->precedence) && add_handling(p)))
        return false;
    return add_book(p) && end_block(p);
}

// -- the body -------------------------------------------------------------------------------------

static bool lay_phrase(struct paper *p, const struct rendered_line *line)
{
    const struct render_rows_how how = {.signed_below = true};
    struct pattern_value source = {.name = STR("text")};
    struct render_rows rows;
    if (!render_rows(p->with, line, how, p->arena, &rows, p->err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        add_row(p, rows.rows[i]);
    return isolated(p, line->source, &source.text) && add_string(p, RENDERING_SIGNED, &source, 1) &&
           end_block(p);
}

static bool lay_unofficial(struct paper *p, const struct render_text *t)
{
    struct pattern_value v[2] = {{.name = STR("language")}, {.name = STR("text")}};
    return words_of(p, PARAMETER_LANGUAGE, NULL, t->language, &v[0].text) &&
           isolated(p, t->text, &v[1].text) && add_string(p, RENDERING_TEXT, v, 2) && end_block(p);
}

static bool lay_enclosure(struct paper *p, const struct render_enclosure *e)
{
    struct pattern_value v[3] = {
        {.name = STR("name")}, {.name = STR("media")}, {.name = STR("hash")}};
    return isolated(p, e->name, &v[0].text) && isolated(p, e->media, &v[1].text) &&
           isolated(p, e->hash, &v[2].text) && add_string(p, RENDERING_ENCLOSURE, v, 3) &&
           end_block(p);
}

static bool lay_body(struct paper *p)
{
    const struct render_letter none = {.texts_count = 0};
    const struct render_letter *l = p->letter == NULL ? &none : p->letter;
    struct pattern_value space = {.name = STR("space")};
    for (size_t i = 0; i < p->rendered->lines_count; i++)
        if (!lay_phrase(p, &p->rendered->lines[i]))
            return false;
    for (size_t i = 0; i < l->texts_count; i++)
        if (!lay_unofficial(p, &l->texts[i]))
            return false;
    for (size_t i = 0; i < l->enclosures_count; i++)
        if (!lay_enclosure(p, &l->enclosures[i]))
            return false;
    return isolated(p, STR("______________________________"), &space.text) &&
           add_string(p, RENDERING_SIGNATURE, &space, 1) && end_block(p);
}

// -- every page -----------------------------------------------------------------------------------

static bool add_head(struct paper *p, struct str row)
{
    struct wrapped w;
    if (row.len == 0)
        return true;
    if (!wrap(p, row, &w))
        return false;
    if (w.count > HEAD_LINES_MAX - p->head_count)
        return err_set(p->err, ERR_LIMIT, CLAUSE, "the head of a page leaves no room for a text");
    for (size_t i = 0; i < w.count; i++)
        p->head[p->head_count++] = w.lines[i];
    return true;
}

static bool lay_head(struct paper *p)
{
    struct pattern_value v[3] = {{.name = STR("has-reference"), .text = STR("no")},
                                 {.name = STR("reference"), .text = STR("")},
                                 {.name = STR("tlp")}};
    struct str running;
    if (!add_head(p, p->rendered->exercise) || !add_head(p, p->rendered->banner) ||
        !add_head(p, p->rendered->notice))
        return false;
    if (p->letter == NULL || p->letter->tlp.len == 0)
        return true;
    if (p->letter->reference.len > 0)
        v[0].text = STR("yes");
    return isolated(p, p->letter->reference, &v[1].text) &&
           words_of(p, PARAMETER_TABLE, "tlp", p->letter->tlp, &v[2].text) &&
           render_string(p->with, RENDERING_RUNNING, v, 3, p->arena, &running, p->err) &&
           add_head(p, running);
}

// Pages are laid twice: the first time counts them, the second writes them.
struct pages {
    struct buffer *to;   // NULL: count only
    size_t number, all;  // of the page that is open; 0: none is
    size_t used, room;   // lines of its body
    struct paper *paper; // borrowed
};

static void put(struct pages *g, struct str line)
{
    if (g->to != NULL)
        render_put_line(g->to, g->paper->rendered->right_to_left, line);
}

static bool close_page(struct pages *g)
{
    struct paper *p = g->paper;
    struct pattern_value v[2] = {{.name = STR("page")}, {.name = STR("pages")}};
    struct str foot;
    struct wrapped w;
    if (g->number == 0)
        return true;
    for (; g->used < g->room + FOOT_LINES - 1; g->used++)
        put(g, STR(""));
    if (!render_count(p->with, g->number, p->arena, &v[0].text, p->err) ||
        !render_count(p->with, g->all, p->arena, &v[1].text, p->err) ||
        !render_string(p->with, RENDERING_PAGE, v, 2, p->arena, &foot, p->err) ||
        !wrap(p, foot, &w))
        return false;
    if (w.count != 1)
        return err_set(p->err, ERR_LIMIT, CLAUSE, "the foot of a page takes more than one line");
    put(g, w.lines[0]);
    return true;
}

static bool open_page(struct pages *g)
{
    if (!close_page(g))
        return false;
    if (g->to != NULL && g->number > 0)
        buffer_str(g->to, STR("\f"));
    for (size_t i = 0; i < g->paper->head_count; i++)
        put(g, g->paper->head[i]);
    put(g, STR(""));
    g->number++;
    g->used = 0;
    return true;
}

// A block that fits on no page goes on over the next.
static bool put_block(struct pages *g, const struct block *block)
{
    bool parted = g->used > 0;
    size_t wanted = block->count + (parted ? 1 : 0);
    if (g->number == 0 || (wanted > g->room - g->used && block->count <= g->room)) {
        if (!open_page(g))
            return false;
    } else if (parted && g->used < g->room) {
        put(g, STR(""));
        g->used++;
    }
    for (size_t i = 0; i < block->count; i++) {
        if (g->used == g->room && !open_page(g))
            return false;
        put(g, block->lines[i]);
        g->used++;
    }
    return true;
}

static bool lay_pages(struct paper *p, struct buffer *to, size_t all, size_t *ret_pages)
{
    struct pages g = {.to = to, .all = all, .paper = p};
    g.room = PAGE_LINES - p->head_count - 1 - FOOT_LINES;
    for (const struct block *b = p->first; b != NULL; b = b->next)
        if (!put_block(&g, b))
            return false;
    *ret_pages = g.number;
    return close_page(&g);
}

bool render_pages(const struct render_with *with, const struct rendered *rendered,
                  const struct render_letter *letter, struct arena *a, struct str *ret,
                  struct err *err)
{
    struct paper p = {.with = with, .rendered = rendered, .letter = letter, .arena = a, .err = err};
    struct buffer to;
    size_t pages = 0, again = 0;
    p.end = &p.first;
    buffer_init(&to, a, a->limit);
    if (!lay_head(&p) || !lay_heading(&p) || !lay_body(&p) || !lay_pages(&p, NULL, 0, &pages) ||
        !lay_pages(&p, &to, pages, &again))
        return false;
    CHECK(again == pages);
    return buffer_take_str(&to, ret, err);
}
