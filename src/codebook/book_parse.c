#include "base/encode.h"
#include "base/limits.h"
#include "base/lines.h"
#include "codebook/book.h"

#define CLAUSE "docs/codebook-format.md"

// What is being built; the counts grow, the arrays are as long as their bounds.
struct making {
    struct lines lines;
    struct arena *arena;
    struct book book;
    struct book_table *tables;
    struct book_disclaimer *disclaimers;
    struct phrase *phrases;
};

static bool fail(struct making *m, const char *why)
{
    return lines_fail(&m->lines, CLAUSE, "%s", why);
}

static bool code_ok(struct str code)
{
    if (code.len == 0 || code.len > 40)
        return false;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool digit = c >= '0' && c <= '9';
        if (!letter && !digit && (i == 0 || (c != '-' && c != '+')))
            return false;
    }
    return true;
}

// -- tables ---------------------------------------------------------------------------------------

static bool read_codes(struct making *m, struct book_table *table)
{
    struct str row;
    struct book_code *codes = arena_new(m->arena, struct book_code, BOOK_CODES_MAX);
    if (codes == NULL)
        return err_set(m->lines.err, ERR_LIMIT, CLAUSE, "the arena is too small for the book");
    while (lines_optional(&m->lines, STR("code"), &row)) {
        struct fields f = fields_of(row);
        struct book_code c = {.code = field_next(&f)};
        c.meaning = field_rest(&f);
        if (!fields_done(&f) || !code_ok(c.code))
            return fail(m, "a row is \"code CODE MEANING\"");
        table->codes = codes;
        if (book_table_code(table, c.code) != NULL)
            return fail(m, "the code stands twice in its table");
        if (table->codes_count == BOOK_CODES_MAX)
            return fail(m, "too many codes in one table");
        codes[table->codes_count++] = c;
    }
    return table->codes_count > 0 || fail(m, "a table holds one code at least");
}

// "unchecked", or a date and the name of the person who read the source.
static bool read_checked(struct making *m, struct str *ret)
{
    struct str value = lines_value(&m->lines, STR("checked"));
    char day[MOMENT_CHARS] = "0000-00-00T00:00:00Z";
    struct moment at;
    *ret = value;
    if (m->lines.failed)
        return false;
    if (str_eq(value, STR("unchecked")))
        return true;
    struct fields f = fields_of(value);
    struct str date = field_next(&f);
    (void)field_rest(&f);
    if (fields_done(&f) && date.len == 10) {
        memcpy(day, date.ptr, date.len);
        if (moment_read((struct str){day, MOMENT_CHARS}, &at))
            return true;
    }
    return fail(m, "checked is \"unchecked\", or a date and a person's name");
}

static bool read_table(struct making *m, struct str name)
{
    enum parameter_type type;
    if (!book_name_ok(name) || parameter_type_from_word(name, &type) || str_eq(name, STR("table")))
        return fail(m, "a table's name is letters, digits, hyphens, and not that of a type");
    if (book_table(&m->book, name) != NULL)
        return fail(m, "the table stands twice");
    if (m->book.tables_count == BOOK_TABLES_MAX)
        return fail(m, "too many tables");
    struct book_table *table = &m->tables[m->book.tables_count];
    *table = (struct book_table){.name = name, .source = lines_value(&m->lines, STR("source"))};
    if (!read_checked(m, &table->checked) || !read_codes(m, table))
        return false;
    m->book.tables_count++;
    return true;
}

// -- disclaimers ----------------------------------------------------------------------------------

static const struct book_disclaimer *find_disclaimer(const struct book *book, struct str id)
{
    for (size_t i = 0; i < book->disclaimers_count; i++)
        if (str_eq(book->disclaimers[i].id, id))
            return &book->disclaimers[i];
    return NULL;
}

static bool read_disclaimer(struct making *m, struct str id)
{
    struct book_disclaimer d = {.id = id};
    if (!book_name_ok(id))
        return fail(m, "a disclaimer's name is letters, digits and hyphens");
    if (find_disclaimer(&m->book, id) != NULL)
        return fail(m, "the disclaimer stands twice");
    if (m->book.disclaimers_count == BOOK_DISCLAIMERS_MAX)
        return fail(m, "too many disclaimers");
    d.meaning = lines_value(&m->lines, STR("meaning"));
    d.source = lines_value(&m->lines, STR("source"));
    if (!read_checked(m, &d.checked))
        return false;
    m->disclaimers[m->book.disclaimers_count++] = d;
    return true;
}

// -- phrases --------------------------------------------------------------------------------------

static bool read_parameter(struct making *m, struct phrase *p, struct str row)
{
    struct fields f = fields_of(row);
    struct book_parameter made = {.name = field_next(&f)};
    struct str type = field_next(&f), need = field_next(&f);
    if (!fields_done(&f) || !book_name_ok(made.name) || str_starts(made.name, STR("has-")))
        return fail(m, "a parameter is \"parameter NAME TYPE required|optional\"");
    if (phrase_parameter(p, made.name) != NULL)
        return fail(m, "the parameter stands twice");
    if (p->parameters_count == PHRASE_PARAMETERS_MAX)
        return fail(m, "too many parameters");
    if (!parameter_type_from_word(type, &made.type)) {
        made.type = PARAMETER_TABLE;
        made.table = book_table(&m->book, type);
        if (made.table == NULL)
            return fail(m, "the parameter's type is neither a type nor a table above");
    }
    made.required = str_eq(need, STR("required"));
    if (!made.required && !str_eq(need, STR("optional")))
        return fail(m, "a parameter is required or optional");
    p->parameters[p->parameters_count++] = made;
    return true;
}

static bool read_one_of(struct making *m, struct phrase *p, struct str row)
{
    struct fields f = fields_of(row);
    size_t at = 0, named = 0;
    while (!fields_done(&f)) {
        struct str name = field_next(&f);
        // In the order of the parameters, so that the rule has one spelling.
        while (at < p->parameters_count && !str_eq(p->parameters[at].name, name))
            at++;
        if (f.failed || at == p->parameters_count || p->parameters[at].required)
            return fail(m, "one-of names optional parameters, in their order");
        p->one_of |= 1u << at++;
        named++;
    }
    return named >= 2 || fail(m, "one-of names two parameters at least");
}

static bool read_offers(struct making *m, struct phrase *p)
{
    struct str row = lines_value(&m->lines, STR("offer"));
    if (m->lines.failed)
        return false;
    if (str_eq(row, STR("none")))
        return true;
    struct fields f = fields_of(row);
    while (!fields_done(&f)) {
        struct str code = field_next(&f);
        if (f.failed || !phrase_code_ok(code))
            return fail(m, "offer is \"none\" or codes");
        for (size_t i = 0; i < p->offers_count; i++)
            if (str_eq(p->offers[i], code))
                return fail(m, "an answer is offered twice");
        if (p->offers_count == PHRASE_OFFERS_MAX)
            return fail(m, "too many answers offered");
        p->offers[p->offers_count++] = code;
    }
    return true;
}

static bool read_desks(struct making *m, struct phrase *p)
{
    struct str row = lines_value(&m->lines, STR("desks"));
    const struct book_table *desks = book_table(&m->book, STR("desk"));
    size_t at = 0;
    if (m->lines.failed)
        return false;
    if (desks == NULL || desks->codes_count > 32)
        return fail(m, "the book has no table \"desk\" of at most 32 codes above");
    struct fields f = fields_of(row);
    while (!fields_done(&f)) {
        struct str desk = field_next(&f);
        while (at < desks->codes_count && !str_eq(desks->codes[at].code, desk))
            at++;
        if (f.failed || at == desks->codes_count)
            return fail(m, "desks are codes of the table \"desk\", in its order");
        p->desks |= 1u << at++;
    }
    return true;
}

static bool read_respond(struct making *m, struct phrase *p)
{
    struct str stand_by = lines_value(&m->lines, STR("stand-by"));
    struct str respond = lines_value(&m->lines, STR("respond"));
    if (m->lines.failed)
        return false;
    p->stand_by = str_eq(stand_by, STR("yes"));
    if (!p->stand_by && !str_eq(stand_by, STR("no")))
        return fail(m, "stand-by is yes or no");
    if (p->response == RESPONSE_NONE && p->stand_by)
        return fail(m, "where no answer is expected nobody stands by");
    if (str_eq(respond, STR("none")))
        return p->response == RESPONSE_NONE || fail(m, "a time to respond is missing");
    if (p->response == RESPONSE_NONE || !duration_read(respond, &p->respond_s))
        return fail(m, "respond is a duration, or none where no answer is expected");
    return true;
}

static bool read_rules(struct making *m, struct phrase *p)
{
    struct str reply = lines_value(&m->lines, STR("reply"));
    struct str response = lines_value(&m->lines, STR("response"));
    if (m->lines.failed)
        return false;
    if (!reply_read(reply, &p->reply))
        return fail(m, "this reply is not one of the list");
    if (!response_read(response, &p->response))
        return fail(m, "this response is not one of the list");
    bool answers = p->reply != REPLY_NONE && p->reply != REPLY_FREE_TEXT;
    const struct book_parameter *first = p->parameters_count > 0 ? &p->parameters[0] : NULL;
    bool line = first != NULL && str_eq(first->name, STR("line")) &&
                first->type == PARAMETER_LINE && !first->required;
    if (answers && !line)
        return fail(m, "what answers has \"parameter line line optional\" first");
    if (p->reply == REPLY_STAND_BY) {
        const struct book_parameter *until = phrase_parameter(p, STR("until"));
        if (until == NULL || until->type != PARAMETER_TIME || !until->required)
            return fail(m, "what stands by has \"parameter until time required\"");
    }
    return read_respond(m, p);
}

static bool read_phrase_end(struct making *m, struct phrase *p)
{
    struct str id, precedence = lines_value(&m->lines, STR("precedence"));
    if (!m->lines.failed && !precedence_read(precedence, &p->precedence_max))
        return fail(m, "precedence is ROUTINE, PRIORITY, IMMEDIATE or FLASH");
    while (lines_optional(&m->lines, STR("disclaimer"), &id)) {
        const struct book_disclaimer *d = find_disclaimer(&m->book, id);
        if (d == NULL)
            return fail(m, "the disclaimer does not stand above");
        for (size_t i = 0; i < p->disclaimers_count; i++)
            if (p->disclaimers[i] == d)
                return fail(m, "the disclaimer stands twice");
        if (p->disclaimers_count == PHRASE_DISCLAIMERS_MAX)
            return fail(m, "too many disclaimers");
        p->disclaimers[p->disclaimers_count++] = d;
    }
    p->source = lines_value(&m->lines, STR("source"));
    return read_checked(m, &p->checked);
}

// Families in their order, numbers rising: one order, and no code twice.
static bool comes_after(struct str before, struct str code)
{
    const char *a = strchr(BOOK_FAMILIES, before.ptr[0]);
    const char *b = strchr(BOOK_FAMILIES, code.ptr[0]);
    return a < b || (a == b && memcmp(before.ptr, code.ptr, PHRASE_CODE_CHARS) < 0);
}

static bool read_phrase(struct making *m, struct str code)
{
    struct str row;
    size_t n = m->book.phrases_count;
    if (!phrase_code_ok(code) || strchr(BOOK_FAMILIES, code.ptr[0]) == NULL)
        return fail(m, "a phrase's code is a family's letter and two digits");
    if (n > 0 && !comes_after(m->phrases[n - 1].code, code))
        return fail(m, "phrases stand in the order of families and numbers");
    if (n == BOOK_PHRASES_MAX)
        return fail(m, "too many phrases");
    struct phrase *p = &m->phrases[n];
    p->code = code;
    p->meaning = lines_value(&m->lines, STR("meaning"));
    while (lines_optional(&m->lines, STR("parameter"), &row))
        if (!read_parameter(m, p, row))
            return false;
    if (lines_optional(&m->lines, STR("one-of"), &row) && !read_one_of(m, p, row))
        return false;
    if (!read_rules(m, p) || !read_offers(m, p) || !read_desks(m, p) || !read_phrase_end(m, p))
        return false;
    m->book.phrases_count++;
    return true;
}

// -- the whole ------------------------------------------------------------------------------------

static bool read_head(struct making *m)
{
    uint64_t version = 0;
    lines_exact(&m->lines, STR("elchi codebook v1"));
    m->book.name = lines_value(&m->lines, STR("name"));
    struct str number = lines_value(&m->lines, STR("version"));
    if (m->lines.failed)
        return false;
    if (!book_name_ok(m->book.name))
        return fail(m, "the book's name is letters, digits and hyphens");
    if (!decimal_read(number, 999999, &version) || version == 0)
        return fail(m, "the version is a number from 1");
    m->book.version = (uint32_t)version;
    return true;
}

// Tables, then disclaimers, then phrases; one blank line before each.
static bool read_block(struct making *m)
{
    struct str name;
    lines_exact(&m->lines, STR(""));
    if (m->book.phrases_count == 0 && m->book.disclaimers_count == 0 &&
        lines_optional(&m->lines, STR("table"), &name))
        return read_table(m, name);
    if (m->book.phrases_count == 0 && lines_optional(&m->lines, STR("disclaimer"), &name))
        return read_disclaimer(m, name);
    name = lines_value(&m->lines, STR("phrase"));
    return !m->lines.failed && read_phrase(m, name);
}

// All but the lines that say where a phrase comes from and who has read that.
static struct digest hash_of(struct str text)
{
    struct hash h;
    struct str rest = text, line;
    hash_init(&h);
    while (rest.len > 0 && str_split(&rest, '\n', &line)) {
        if (str_starts(line, STR("source ")) || str_starts(line, STR("checked ")))
            continue;
        hash_put(&h, str_bytes(line));
        hash_put(&h, bytes_of("\n", 1));
    }
    return hash_end(&h);
}

bool book_parse(struct bytes file, struct arena *a, struct book *ret, struct err *err)
{
    struct str sent, text;
    struct making m = {.arena = a};
    if (file.len > CODEBOOK_BYTES_MAX)
        return err_set(err, ERR_LIMIT, CLAUSE, "a codebook of %zu octets", file.len);
    if (!text_check(file, &sent, err) || !arena_str(a, sent, &text, err))
        return err_wrap(err, "codebook");
    m.tables = arena_new(a, struct book_table, BOOK_TABLES_MAX);
    m.disclaimers = arena_new(a, struct book_disclaimer, BOOK_DISCLAIMERS_MAX);
    m.phrases = arena_new(a, struct phrase, BOOK_PHRASES_MAX);
    if (m.tables == NULL || m.disclaimers == NULL || m.phrases == NULL)
        return err_set(err, ERR_LIMIT, CLAUSE, "the arena is too small for the book");
    m.book.tables = m.tables;
    m.book.disclaimers = m.disclaimers;
    m.book.phrases = m.phrases;
    lines_init(&m.lines, "codebook", text, err);
    if (!read_head(&m))
        return false;
    while (lines_more(&m.lines))
        if (!read_block(&m))
            return false;
    if (!lines_done(&m.lines))
        return false;
    if (m.book.phrases_count == 0)
        return fail(&m, "a codebook holds one phrase at least");
    m.book.hash = hash_of(text);
    *ret = m.book;
    return true;
}
