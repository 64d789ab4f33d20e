#include "codebook/book.h"

static void write_line(struct buffer *to, const char *key, struct str value)
{
    buffer_fmt(to, "%s %.*s\n", key, STR_ARG(value));
}

static const char *type_name(const struct book_parameter *p, char room[40])
{
    if (p->type != PARAMETER_TABLE)
        return parameter_type_word(p->type);
    CHECK(p->table->name.len < 40);
    memcpy(room, p->table->name.ptr, p->table->name.len);
    room[p->table->name.len] = '\0';
    return room;
}

static void write_parameters(const struct phrase *p, struct buffer *to)
{
    char room[40];
    for (size_t i = 0; i < p->parameters_count; i++)
        buffer_fmt(to, "parameter %.*s %s %s\n", STR_ARG(p->parameters[i].name),
                   type_name(&p->parameters[i], room),
                   p->parameters[i].required ? "required" : "optional");
    if (p->one_of == 0)
        return;
    buffer_str(to, STR("one-of"));
    for (size_t i = 0; i < p->parameters_count; i++)
        if ((p->one_of >> i & 1u) != 0)
            buffer_fmt(to, " %.*s", STR_ARG(p->parameters[i].name));
    buffer_str(to, STR("\n"));
}

static void write_offers(const struct phrase *p, struct buffer *to)
{
    buffer_str(to, p->offers_count == 0 ? STR("offer none") : STR("offer"));
    for (size_t i = 0; i < p->offers_count; i++)
        buffer_fmt(to, " %.*s", STR_ARG(p->offers[i]));
    buffer_str(to, STR("\n"));
}

static void write_desks(const struct book *book, const struct phrase *p, struct buffer *to)
{
    const struct book_table *desks = book_table(book, STR("desk"));
    CHECK(desks != NULL); // the parser saw it
    buffer_str(to, STR("desks"));
    for (size_t i = 0; i < desks->codes_count && i < 32; i++)
        if ((p->desks >> i & 1u) != 0)
            buffer_fmt(to, " %.*s", STR_ARG(desks->codes[i].code));
    buffer_str(to, STR("\n"));
}

static void write_phrase(const struct book *book, const struct phrase *p, struct buffer *to)
{
    char respond[DURATION_CHARS + 1] = "none";
    if (p->response != RESPONSE_NONE)
        duration_write(p->respond_s, respond);
    buffer_str(to, STR("\n"));
    write_line(to, "phrase", p->code);
    write_line(to, "meaning", p->meaning);
    write_parameters(p, to);
    buffer_fmt(to, "reply %s\nresponse %s\nstand-by %s\nrespond %s\n", reply_word(p->reply),
               response_word(p->response), p->stand_by ? "yes" : "no", respond);
    write_offers(p, to);
    write_desks(book, p, to);
    buffer_fmt(to, "precedence %s\n", precedence_word(p->precedence_max));
    for (size_t i = 0; i < p->disclaimers_count; i++)
        write_line(to, "disclaimer", p->disclaimers[i]->id);
    write_line(to, "source", p->source);
    write_line(to, "checked", p->checked);
}

static void write_tables(const struct book *book, struct buffer *to)
{
    for (size_t i = 0; i < book->tables_count; i++) {
        const struct book_table *t = &book->tables[i];
        buffer_str(to, STR("\n"));
        write_line(to, "table", t->name);
        write_line(to, "source", t->source);
        write_line(to, "checked", t->checked);
        for (size_t c = 0; c < t->codes_count; c++)
            buffer_fmt(to, "code %.*s %.*s\n", STR_ARG(t->codes[c].code),
                       STR_ARG(t->codes[c].meaning));
    }
}

bool book_write(const struct book *book, struct buffer *to, struct err *err)
{
    buffer_fmt(to, "elchi codebook v1\nname %.*s\nversion %u\n", STR_ARG(book->name),
               (unsigned)book->version);
    write_tables(book, to);
    for (size_t i = 0; i < book->disclaimers_count; i++) {
        const struct book_disclaimer *d = &book->disclaimers[i];
        buffer_str(to, STR("\n"));
        write_line(to, "disclaimer", d->id);
        write_line(to, "meaning", d->meaning);
        write_line(to, "source", d->source);
        write_line(to, "checked", d->checked);
    }
    for (size_t i = 0; i < book->phrases_count; i++)
        write_phrase(book, &book->phrases[i], to);
    if (to->full)
        return err_set(err, ERR_LIMIT, "docs/codebook-format.md", "no room to write the codebook");
    return true;
}
