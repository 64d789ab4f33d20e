#include "codebook/render.h"

#include "codebook/dialogue.h"
#include "codebook/render_value.h"

enum { LINE_PLACES_MAX = 2 * PHRASE_PARAMETERS_MAX };

struct job {
    const struct render_with *with;
    struct arena *arena;
    struct err *err;
};

static bool put_string(struct job *j, enum rendering_string which,
                       const struct pattern_value *values, size_t count, struct str *ret)
{
    return render_string(j->with, which, values, count, j->arena, ret, j->err);
}

static bool isolated(struct job *j, struct str text, struct str *ret)
{
    bool rtl = j->with->language != NULL && j->with->language->right_to_left;
    return render_isolated(rtl, text, j->arena, ret, j->err);
}

// -- one line -------------------------------------------------------------------------------------

// Each parameter gives two places: {name}, and {has-name} which is yes or no.
static bool values_of(struct job *j, const struct render_with *with, const struct checked_line *c,
                      struct pattern_value *ret, size_t *ret_count)
{
    size_t n = 0;
    for (size_t i = 0; i < c->phrase->parameters_count; i++) {
        const struct book_parameter *p = &c->phrase->parameters[i];
        bool given = (c->present >> i & 1u) != 0;
        struct pattern_value has = {.text = given ? STR("yes") : STR("no")};
        struct pattern_value value = {.name = p->name, .text = STR("")};
        if (!arena_fmt(j->arena, &has.name, j->err, "has-%.*s", STR_ARG(p->name)))
            return false;
        ret[n++] = has;
        if (!given)
            continue;
        value.number = (double)c->values[i].number;
        if (!codebook_render_value(with, &c->values[i], p->table, j->arena, &value.text, j->err))
            return false;
        ret[n++] = value;
    }
    *ret_count = n;
    return true;
}

// Are all codes of the line's tables named in the reader's language?
static bool names_codes(const struct rendering *r, const struct checked_line *c)
{
    for (size_t i = 0; i < c->phrase->parameters_count; i++) {
        const struct book_parameter *p = &c->phrase->parameters[i];
        if ((c->present >> i & 1u) == 0 || p->type != PARAMETER_TABLE)
            continue;
        if (rendering_code(r, p->table->name, c->values[i].text) == NULL)
            return false;
    }
    return true;
}

static bool render_sentence(struct job *j, const struct checked_line *c, struct rendered_line *to)
{
    struct pattern_value values[LINE_PLACES_MAX];
    size_t count = 0;
    struct render_with with = *j->with;
    const struct str *pattern =
        with.language == NULL ? NULL : rendering_phrase(with.language, c->phrase->code);
    if (pattern == NULL) {
        to->flags |= RENDERED_UNTRANSLATED;
        with.language = with.english;
        pattern = with.english == NULL ? NULL : rendering_phrase(with.english, c->phrase->code);
    } else if (!names_codes(with.language, c)) {
        to->flags |= RENDERED_UNTRANSLATED;
    }
    // No sentence at all: the book's own meaning, and the values stand in the line as signed.
    if (pattern == NULL) {
        to->text = c->phrase->meaning;
        return true;
    }
    return values_of(j, &with, c, values, &count) &&
           pattern_format(*pattern, with.language->language, values, count, j->arena, &to->text,
                          j->err);
}

static void render_disclaimers(struct job *j, const struct phrase *p, struct rendered_line *to)
{
    for (size_t i = 0; i < p->disclaimers_count; i++) {
        const struct book_disclaimer *d = p->disclaimers[i];
        const struct str *text = NULL;
        if (j->with->language != NULL)
            text = rendering_disclaimer(j->with->language, d->id);
        if (text == NULL) {
            to->flags |= RENDERED_UNTRANSLATED;
            text = j->with->english == NULL ? NULL : rendering_disclaimer(j->with->english, d->id);
        }
        to->disclaimers[to->disclaimers_count++] = text == NULL ? d->meaning : *text;
    }
}

static bool render_bare(struct job *j, enum rendering_string which, struct rendered_line *to)
{
    struct pattern_value code = {.name = STR("code")};
    return isolated(j, to->code, &code.text) && put_string(j, which, &code, 1, &to->text);
}

static bool write_source(struct job *j, const struct phrase_line *line, struct str *ret)
{
    struct buffer text;
    buffer_init(&text, j->arena, (size_t)2 * PHRASE_LINE_BYTES_MAX);
    return phrase_line_write(line, &text, j->err) && buffer_take_str(&text, ret, j->err);
}

static bool render_line(struct job *j, const struct phrase_line *line, struct rendered_line *to)
{
    struct checked_line c;
    struct err problem = {0};
    *to = (struct rendered_line){.number = line->number, .code = line->code, .problem = STR("")};
    to->mark = STR("");
    if (!write_source(j, line, &to->source))
        return false;
    if (j->with->book == NULL) {
        to->flags = RENDERED_UNKNOWN;
        return render_bare(j, RENDERING_UNHELD, to);
    }
    if (!phrase_line_check(j->with->book, j->with->states, line, &c, &problem)) {
        to->flags = RENDERED_INVALID;
        return arena_fmt(j->arena, &to->problem, j->err, "%s", problem.text) &&
               render_bare(j, RENDERING_INVALID, to);
    }
    if (c.status == LINE_UNKNOWN) {
        to->flags = RENDERED_UNKNOWN;
        return render_bare(j, RENDERING_UNKNOWN, to);
    }
    if (reply_is_neutral(c.phrase->reply))
        to->flags |= RENDERED_NEUTRAL;
    if (c.phrase->reply == REPLY_FREE_TEXT)
        to->flags |= RENDERED_FREE_TEXT;
    if (!render_sentence(j, &c, to))
        return false;
    render_disclaimers(j, c.phrase, to);
    if ((to->flags & RENDERED_UNTRANSLATED) == 0)
        return true;
    return put_string(j, RENDERING_UNTRANSLATED, NULL, 0, &to->mark);
}

// -- the whole ------------------------------------------------------------------------------------

static bool render_book(struct job *j, struct rendered *to)
{
    const struct book *book = j->with->book;
    struct pattern_value v[2] = {{.name = STR("version")}, {.name = STR("name")}};
    struct str version;
    uint32_t n = book == NULL ? j->with->unheld_version : book->version;
    if (!arena_fmt(j->arena, &version, j->err, "%u", (unsigned)n) ||
        !isolated(j, version, &v[0].text))
        return false;
    to->book_id = version;
    if (book == NULL)
        return put_string(j, RENDERING_BOOK_UNHELD, v, 1, &to->book);
    return arena_fmt(j->arena, &to->book_id, j->err, "%.*s %u", STR_ARG(book->name), (unsigned)n) &&
           isolated(j, book->name, &v[1].text) && put_string(j, RENDERING_BOOK, v, 2, &to->book);
}

static bool render_notice(struct job *j, struct rendered *to)
{
    struct pattern_value wanted = {.name = STR("language")};
    to->notice = STR("");
    if (j->with->language != NULL || j->with->wanted.len == 0)
        return true;
    return isolated(j, j->with->wanted, &wanted.text) &&
           put_string(j, RENDERING_NO_LANGUAGE, &wanted, 1, &to->notice);
}

// The States' names as the language lists them, or that nobody vouches for its words.
static bool render_banner(struct job *j, struct rendered *to)
{
    struct pattern_value states = {.name = STR("states")};
    to->draft = j->with->vouchers_count == 0;
    if (to->draft)
        return put_string(j, RENDERING_DRAFT, NULL, 0, &to->banner);
    return render_states(j->with, j->with->vouchers, j->with->vouchers_count, j->arena,
                         &states.text, j->err) &&
           put_string(j, RENDERING_VOUCHED, &states, 1, &to->banner);
}

static bool render_head(struct job *j, struct rendered *to)
{
    const struct rendering *language = j->with->language;
    to->language = language == NULL ? STR("en") : language->language;
    to->right_to_left = language != NULL && language->right_to_left;
    to->banner = STR("");
    to->exercise = STR("");
    if (!render_book(j, to) || !render_notice(j, to))
        return false;
    if (!render_banner(j, to))
        return false;
    return !j->with->exercise || put_string(j, RENDERING_EXERCISE, NULL, 0, &to->exercise);
}

bool codebook_render(const struct render_with *with, const struct phrase_line *lines, size_t count,
                     struct arena *a, struct rendered *ret, struct err *err)
{
    struct job j = {with, a, err};
    struct rendered made = {.lines_count = count};
    CHECK(count <= PHRASE_LINES_MAX);
    made.lines = arena_new(a, struct rendered_line, count + 1);
    if (made.lines == NULL)
        return err_set(err, ERR_LIMIT, "DESIGN 6, rendering", "the arena is too small to render");
    if (!render_head(&j, &made))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!render_line(&j, &lines[i], &made.lines[i]))
            return false;
    *ret = made;
    return true;
}
