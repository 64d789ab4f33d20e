#include "codebook/rendering.h"

#include "base/encode.h"
#include "base/limits.h"
#include "base/lines.h"
#include "codebook/calendar.h"
#include "codebook/pattern.h"

#include <unicode/uloc.h>

#define CLAUSE "docs/codebook-format.md, renderings"

#define RENDERING_ROW(name, key, places) {key, places},
static const struct {
    const char *key, *places;
} strings[] = {RENDERING_STRINGS(RENDERING_ROW)};
_Static_assert(sizeof strings / sizeof strings[0] == RENDERING_STRING_COUNT, "one row each");

const char *rendering_string_key(enum rendering_string s)
{
    CHECK(s < RENDERING_STRING_COUNT);
    return strings[s].key;
}
const char *rendering_string_places(enum rendering_string s)
{
    CHECK(s < RENDERING_STRING_COUNT);
    return strings[s].places;
}

// -- finding --------------------------------------------------------------------------------------

static const struct str *find(const struct rendering_text *rows, size_t count, struct str key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(rows[i].key, key))
            return &rows[i].text;
    return NULL;
}

const struct str *rendering_phrase(const struct rendering *r, struct str code)
{
    return find(r->phrases, r->phrases_count, code);
}
const struct str *rendering_disclaimer(const struct rendering *r, struct str id)
{
    return find(r->disclaimers, r->disclaimers_count, id);
}
const struct str *rendering_code(const struct rendering *r, struct str table, struct str code)
{
    for (size_t i = 0; i < r->tables_count; i++)
        if (str_eq(r->tables[i].name, table))
            return find(r->tables[i].codes, r->tables[i].codes_count, code);
    return NULL;
}

const struct str *rendering_situation(const struct rendering *r, struct str id)
{
    return find(r->situations, r->situations_count, id);
}
const struct str *rendering_words(const struct rendering *r, struct str code)
{
    return find(r->words, r->words_count, code);
}
bool rendering_words_next(struct str *rest, struct str *ret)
{
    if (rest->len == 0)
        return false;
    for (size_t i = 0; i + 1 < rest->len; i++) {
        if (rest->ptr[i] != ';' || rest->ptr[i + 1] != ' ')
            continue;
        *ret = str_slice(*rest, 0, i);
        *rest = str_slice(*rest, i + 2, rest->len);
        return true;
    }
    *ret = *rest;
    *rest = str_slice(*rest, rest->len, rest->len);
    return true;
}

// -- parsing --------------------------------------------------------------------------------------

struct making {
    struct lines lines;
    struct arena *arena;
    struct rendering made;
    struct rendering_table *tables;
    struct rendering_text *disclaimers, *situations, *phrases, *words;
};

static bool fail(struct making *m, const char *why)
{
    return lines_fail(&m->lines, CLAUSE, "%s", why);
}

static bool no_room(struct making *m)
{
    return err_set(m->lines.err, ERR_LIMIT, CLAUSE, "the arena is too small for the rendering");
}

static bool key_ok(struct str key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '+')
            return false;
    }
    return key.len > 0 && key.len <= 40;
}

// "KEY WORDS" into a list that has room for `max`.
static bool add_text(struct making *m, struct str row, struct rendering_text *list, size_t max,
                     size_t *count)
{
    struct fields f = fields_of(row);
    struct rendering_text t = {.key = field_next(&f)};
    t.text = field_rest(&f);
    if (!fields_done(&f) || !key_ok(t.key))
        return fail(m, "a row is a code and its words");
    if (find(list, *count, t.key) != NULL)
        return fail(m, "the code stands twice");
    if (*count == max)
        return fail(m, "too many rows");
    list[(*count)++] = t;
    return true;
}

static bool check_pattern(struct making *m, struct str pattern)
{
    struct err why = {0};
    struct arena scratch; // the numbered copy is of no further use
    arena_init(&scratch, 131072);
    bool good = pattern_check(pattern, m->made.language, &scratch, &why);
    arena_release(&scratch);
    return good || fail(m, why.text);
}

static bool read_language(struct making *m)
{
    struct value value;
    struct err why = {0};
    char locale[LOCALE_CHARS];
    m->made.language = lines_value(&m->lines, STR("language"));
    if (m->lines.failed)
        return false;
    if (!parameter_read(PARAMETER_LANGUAGE, NULL, NULL, m->made.language, &value, &why) ||
        !locale_of(m->made.language, locale, &why))
        return fail(m, why.text);
    m->made.right_to_left = uloc_isRightToLeft(locale);
    return true;
}

// A line only where readers use another calendar: absent and empty are the same, and written alike.
static bool read_calendar(struct making *m)
{
    if (!lines_optional(&m->lines, STR("calendar"), &m->made.calendar))
        return !m->lines.failed;
    return calendar_known(m->made.calendar) ||
           fail(m, "calendar is a calendar ICU knows, and not gregorian");
}

static bool read_head(struct making *m)
{
    uint64_t version = 0;
    lines_exact(&m->lines, STR("elchi rendering v1"));
    if (!read_language(m) || !read_calendar(m))
        return false;
    struct fields f = fields_of(lines_value(&m->lines, STR("book")));
    if (m->lines.failed)
        return false;
    m->made.book_name = field_next(&f);
    struct str number = field_next(&f);
    if (!fields_done(&f) || !key_ok(m->made.book_name) || !decimal_read(number, 999999, &version) ||
        version == 0)
        return fail(m, "book is a name and a version");
    m->made.book_version = (uint32_t)version;
    struct str status = lines_value(&m->lines, STR("status"));
    m->made.reviewer = lines_value(&m->lines, STR("reviewer"));
    if (m->lines.failed)
        return false;
    m->made.reviewed = str_eq(status, STR("reviewed"));
    if (!m->made.reviewed && !str_eq(status, STR("draft")))
        return fail(m, "status is draft or reviewed");
    if (m->made.reviewed == str_eq(m->made.reviewer, STR("none")))
        return fail(m, "a reviewed rendering names its reviewer, a draft names none");
    return true;
}

static bool read_strings(struct making *m)
{
    struct str row;
    size_t at = 0;
    lines_exact(&m->lines, STR(""));
    while (lines_optional(&m->lines, STR("string"), &row)) {
        struct fields f = fields_of(row);
        struct str key = field_next(&f), text = field_rest(&f);
        while (at < RENDERING_STRING_COUNT && !str_eq(key, str_of(strings[at].key)))
            at++;
        if (!fields_done(&f) || at == RENDERING_STRING_COUNT)
            return fail(m, "the strings stand in the order of docs/codebook-format.md, each once");
        if (!check_pattern(m, text))
            return false;
        m->made.strings[at++] = text;
    }
    return !m->lines.failed;
}

static bool read_table(struct making *m, struct str name)
{
    struct str row;
    size_t n = m->made.tables_count;
    struct rendering_text *codes = arena_new(m->arena, struct rendering_text, BOOK_CODES_MAX);
    if (codes == NULL)
        return no_room(m);
    if (!key_ok(name) || n == BOOK_TABLES_MAX)
        return fail(m, "not a table's name, or one table too many");
    for (size_t i = 0; i < n; i++)
        if (str_eq(m->tables[i].name, name))
            return fail(m, "the table stands twice");
    m->tables[n] = (struct rendering_table){.name = name, .codes = codes};
    while (lines_optional(&m->lines, STR("code"), &row))
        if (!add_text(m, row, codes, BOOK_CODES_MAX, &m->tables[n].codes_count))
            return false;
    if (m->tables[n].codes_count == 0)
        return fail(m, "a table holds one code at least");
    m->made.tables_count++;
    return true;
}

static bool read_disclaimers(struct making *m)
{
    struct str row;
    while (lines_optional(&m->lines, STR("disclaimer"), &row))
        if (!add_text(m, row, m->disclaimers, BOOK_DISCLAIMERS_MAX, &m->made.disclaimers_count))
            return false;
    return !m->lines.failed;
}

static bool read_situations(struct making *m)
{
    struct str row;
    size_t *count = &m->made.situations_count;
    while (lines_optional(&m->lines, STR("situation"), &row))
        if (!add_text(m, row, m->situations, RENDERING_SITUATIONS_MAX, count))
            return false;
    return !m->lines.failed;
}

// "a; b; c": no item empty, none twice in the row. Across rows codebook/findings.h looks.
static bool words_ok(struct str row)
{
    struct str rest = row, item;
    size_t count = 0;
    while (rendering_words_next(&rest, &item)) {
        struct str before = row, other;
        if (item.len == 0 || item.ptr[0] == ' ' || item.ptr[item.len - 1] == ' ')
            return false;
        for (size_t i = 0; i < count && rendering_words_next(&before, &other); i++)
            if (str_eq(other, item))
                return false;
        count++;
    }
    char last = row.ptr[row.len - 1];
    return count <= RENDERING_WORDS_MAX && last != ';' && last != ' ';
}

static bool read_words(struct making *m, struct str code)
{
    struct str row;
    size_t *count = &m->made.words_count;
    if (!lines_optional(&m->lines, STR("words"), &row))
        return !m->lines.failed;
    if (!add_text(m, row, m->words, BOOK_PHRASES_MAX, count))
        return false;
    const struct rendering_text *made = &m->words[*count - 1];
    if (!str_eq(made->key, code))
        return fail(m, "words stand under their phrase");
    return words_ok(made->text) || fail(m, "words are \"words CODE a; b; c\", each once");
}

static bool read_phrase(struct making *m)
{
    struct str row = lines_value(&m->lines, STR("phrase"));
    size_t *count = &m->made.phrases_count;
    if (m->lines.failed || !add_text(m, row, m->phrases, BOOK_PHRASES_MAX, count))
        return false;
    const struct rendering_text *made = &m->phrases[*count - 1];
    if (!phrase_code_ok(made->key))
        return fail(m, "a phrase's code is a letter and two digits");
    return check_pattern(m, made->text) && read_words(m, made->key);
}

// Tables, the disclaimers, the situations, then phrases; a blank line before each table and phrase
// and before the other two.
static bool read_block(struct making *m)
{
    struct str name;
    lines_exact(&m->lines, STR(""));
    bool no_phrase = m->made.phrases_count == 0 && m->made.situations_count == 0;
    bool early = m->made.disclaimers_count == 0 && no_phrase;
    if (early && lines_optional(&m->lines, STR("table"), &name))
        return read_table(m, name);
    if (early && lines_next_is(&m->lines, STR("disclaimer")))
        return read_disclaimers(m);
    if (no_phrase && lines_next_is(&m->lines, STR("situation")))
        return read_situations(m);
    return read_phrase(m);
}

static bool make_room(struct making *m)
{
    m->tables = arena_new(m->arena, struct rendering_table, BOOK_TABLES_MAX);
    m->disclaimers = arena_new(m->arena, struct rendering_text, BOOK_DISCLAIMERS_MAX);
    m->situations = arena_new(m->arena, struct rendering_text, RENDERING_SITUATIONS_MAX);
    m->phrases = arena_new(m->arena, struct rendering_text, BOOK_PHRASES_MAX);
    m->words = arena_new(m->arena, struct rendering_text, BOOK_PHRASES_MAX);
    if (m->tables == NULL || m->disclaimers == NULL || m->situations == NULL)
        return no_room(m);
    if (m->phrases == NULL || m->words == NULL)
        return no_room(m);
    m->made.tables = m->tables;
    m->made.disclaimers = m->disclaimers;
    m->made.situations = m->situations;
    m->made.phrases = m->phrases;
    m->made.words = m->words;
    return true;
}

bool rendering_parse(struct bytes file, struct arena *a, struct rendering *ret, struct err *err)
{
    struct str sent, text;
    struct making m = {.arena = a};
    if (file.len > CODEBOOK_BYTES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "a rendering of %zu octets", file.len);
    if (!text_check(file, &sent, err) || !arena_str(a, sent, &text, err))
        return err_wrap(err, "rendering");
    lines_init(&m.lines, "rendering", text, err);
    if (!make_room(&m))
        return false;
    if (!read_head(&m) || !read_strings(&m))
        return false;
    while (lines_more(&m.lines))
        if (!read_block(&m))
            return false;
    if (!lines_done(&m.lines))
        return false;
    *ret = m.made;
    return true;
}

// -- writing --------------------------------------------------------------------------------------

static void write_rows(struct buffer *to, const char *key, const struct rendering_text *rows,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buffer_fmt(to, "%s %.*s ", key, STR_ARG(rows[i].key));
        buffer_str(to, rows[i].text);
        buffer_str(to, STR("\n"));
    }
}

bool rendering_write(const struct rendering *r, struct buffer *to, struct err *err)
{
    buffer_fmt(to, "elchi rendering v1\nlanguage %.*s\n", STR_ARG(r->language));
    if (r->calendar.len > 0)
        buffer_fmt(to, "calendar %.*s\n", STR_ARG(r->calendar));
    buffer_fmt(to, "book %.*s %u\nstatus %s\nreviewer ", STR_ARG(r->book_name),
               (unsigned)r->book_version, r->reviewed ? "reviewed" : "draft");
    buffer_str(to, r->reviewer);
    buffer_str(to, STR("\n\n"));
    for (size_t i = 0; i < RENDERING_STRING_COUNT; i++) {
        struct rendering_text row = {str_of(strings[i].key), r->strings[i]};
        write_rows(to, "string", &row, row.text.len == 0 ? 0 : 1);
    }
    for (size_t i = 0; i < r->tables_count; i++) {
        buffer_fmt(to, "\ntable %.*s\n", STR_ARG(r->tables[i].name));
        write_rows(to, "code", r->tables[i].codes, r->tables[i].codes_count);
    }
    if (r->disclaimers_count > 0)
        buffer_str(to, STR("\n"));
    write_rows(to, "disclaimer", r->disclaimers, r->disclaimers_count);
    if (r->situations_count > 0)
        buffer_str(to, STR("\n"));
    write_rows(to, "situation", r->situations, r->situations_count);
    for (size_t i = 0, w = 0; i < r->phrases_count; i++) {
        buffer_str(to, STR("\n"));
        write_rows(to, "phrase", &r->phrases[i], 1);
        if (w < r->words_count && str_eq(r->words[w].key, r->phrases[i].key))
            write_rows(to, "words", &r->words[w++], 1);
    }
    if (to->full)
        return err_set(err, ERR_LIMIT, CLAUSE, "no room to write the rendering");
    return true;
}
