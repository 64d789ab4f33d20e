// cli/cmd_book.c - the codebook: its phrases, one of them, its findings, a line in a language.
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/compose.h"
#include "cli/form.h"
#include "codebook/findings.h"
#include "codebook/print.h"

#include <stdio.h>

struct books {
    struct layout layout;
    const struct book *book;
    const struct rendering *language; // NULL: none
};

static bool open_books(struct cli *cli, struct books *b, struct err *err)
{
    if (!layout_open(cli, NULL, &b->layout, err))
        return false;
    b->book = b->layout.codebook.current;
    b->language = codebook_rendering(&b->layout.codebook, b->book, str_of(command_language(cli)));
    return true;
}

static json_t *phrase_json(const struct phrase *p)
{
    json_t *o = json_object();
    json_t *parameters = json_array();
    (void)json_object_set_new(o, "code", json_str(p->code));
    (void)json_object_set_new(o, "meaning", json_str(p->meaning));
    for (size_t i = 0; i < p->parameters_count; i++) {
        const struct book_parameter *q = &p->parameters[i];
        json_t *one = json_object();
        (void)json_object_set_new(one, "name", json_str(q->name));
        (void)json_object_set_new(one, "type",
                                  q->table != NULL ? json_str(q->table->name)
                                                   : json_string(parameter_type_word(q->type)));
        (void)json_object_set_new(one, "required", json_boolean(q->required));
        (void)json_array_append_new(parameters, one);
    }
    (void)json_object_set_new(o, "parameters", parameters);
    (void)json_object_set_new(o, "reply", json_string(reply_word(p->reply)));
    (void)json_object_set_new(o, "response", json_string(response_word(p->response)));
    (void)json_object_set_new(o, "stand_by", json_boolean(p->stand_by));
    (void)json_object_set_new(o, "respond_s", json_integer((json_int_t)p->respond_s));
    (void)json_object_set_new(o, "precedence", json_string(precedence_word(p->precedence_max)));
    (void)json_object_set_new(o, "source", json_str(p->source));
    (void)json_object_set_new(o, "checked", json_str(p->checked));
    return o;
}

static bool list_json(const struct books *b, struct err *err)
{
    char hash[DIGEST_TEXT_CHARS + 1];
    json_t *phrases = json_array();
    digest_write(&b->book->hash, hash);
    for (size_t i = 0; i < b->book->phrases_count; i++)
        (void)json_array_append_new(phrases, phrase_json(&b->book->phrases[i]));
    return say_json(json_pack("{s:i,s:s,s:o}", "version", (int)b->book->version, "hash", hash,
                              "phrases", phrases),
                    err);
}

bool cmd_codebook_list(struct cli *cli, struct err *err)
{
    struct books *b = memory_new(1, sizeof *b);
    char hash[DIGEST_TEXT_CHARS + 1];
    bool done = open_books(cli, b, err);
    if (done && command_json(cli)) {
        done = list_json(b, err);
    } else if (done) {
        digest_write(&b->book->hash, hash);
        say("Codebook %.*s, version %u, %s\n", STR_ARG(b->book->name), (unsigned)b->book->version,
            hash);
        for (size_t i = 0; i < b->book->phrases_count; i++)
            say("  %.*s  %.*s\n", STR_ARG(b->book->phrases[i].code),
                STR_ARG(b->book->phrases[i].meaning));
    }
    memory_release(b);
    return done;
}

static void say_parameter(const struct book_parameter *p)
{
    struct str type = p->table != NULL ? p->table->name : str_of(parameter_type_word(p->type));
    say("  %.*s=%.*s%s\n", STR_ARG(p->name), STR_ARG(type), p->required ? " (required)" : "");
    size_t width = 0;
    for (size_t i = 0; p->table != NULL && i < p->table->codes_count; i++)
        width = p->table->codes[i].code.len > width ? p->table->codes[i].code.len : width;
    for (size_t i = 0; p->table != NULL && i < p->table->codes_count; i++)
        say("      %-*.*s  %.*s\n", (int)width, STR_ARG(p->table->codes[i].code),
            STR_ARG(p->table->codes[i].meaning));
}

static void say_phrase(const struct phrase *p)
{
    char respond[DURATION_CHARS + 1] = "none";
    if (p->respond_s > 0)
        duration_write(p->respond_s, respond);
    say("%s%.*s%s %.*s\n", style_bold(), STR_ARG(p->code), style_plain(), STR_ARG(p->meaning));
    for (size_t i = 0; i < p->parameters_count; i++)
        say_parameter(&p->parameters[i]);
    say("  expects    %s, within %s%s\n  precedence at most %s\n", response_word(p->response),
        respond, p->stand_by ? ", stand-by allowed" : "", precedence_word(p->precedence_max));
    for (size_t i = 0; i < p->disclaimers_count; i++)
        say("  always     %.*s\n", STR_ARG(p->disclaimers[i]->meaning));
    say("  source     %.*s (checked: %.*s)\n", STR_ARG(p->source), STR_ARG(p->checked));
}

bool cmd_codebook_show(struct cli *cli, struct err *err)
{
    struct books *b = memory_new(1, sizeof *b);
    bool done = open_books(cli, b, err);
    const struct phrase *p = done ? book_phrase(b->book, str_of(cli->arguments[0])) : NULL;
    if (done && p == NULL)
        done = err_set(err, ERR_NOT_FOUND, "DESIGN 6",
                       "the codebook has no phrase %.40s; `elchi codebook list` shows all",
                       cli->arguments[0]);
    else if (done && command_json(cli))
        done = say_json(phrase_json(p), err);
    else if (done)
        say_phrase(p);
    memory_release(b);
    return done;
}

// -- findings ------------------------------------------------------------------------------------
// "meaning-alike N02 N05 (rule 2)"
static void say_finding(const struct finding *one)
{
    say("%s", finding_word(one->kind));
    const struct str parts[] = {one->language, one->subject, one->detail};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].len > 0)
            say(" %.*s", STR_ARG(parts[i]));
    if (finding_rule(one->kind) > 0)
        say(" (rule %u)", (unsigned)finding_rule(one->kind));
    say("\n");
}

static bool report_findings(struct cli *cli, const struct findings *f, struct err *err)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < f->count; i++) {
        const struct finding *one = &f->rows[i];
        json_t *o = json_object();
        (void)json_object_set_new(o, "word", json_string(finding_word(one->kind)));
        (void)json_object_set_new(o, "rule", json_integer((json_int_t)finding_rule(one->kind)));
        (void)json_object_set_new(o, "error", json_boolean(finding_is_error(one->kind)));
        (void)json_object_set_new(o, "language", json_str(one->language));
        (void)json_object_set_new(o, "subject", json_str(one->subject));
        (void)json_object_set_new(o, "detail", json_str(one->detail));
        (void)json_array_append_new(rows, o);
        if (!command_json(cli) && finding_is_error(one->kind))
            say_finding(one);
    }
    if (command_json(cli))
        return say_json(json_pack("{s:o,s:I,s:I,s:I}", "findings", rows, "errors",
                                  (json_int_t)f->errors, "sources", (json_int_t)f->sources,
                                  "sources_unchecked", (json_int_t)f->sources_unchecked),
                        err);
    json_decref(rows);
    say("%zu errors, %zu findings (--json lists each). Of %zu sources, %zu: wording not yet "
        "checked against the source.\n",
        f->errors, f->count, f->sources, f->sources_unchecked);
    return true;
}

// Of several versions the newest is checked; what renders another one that is held is right there.
static bool check_newest(struct cli *cli, const struct books *b, struct findings *ret,
                         struct err *err)
{
    const struct codebook *c = &b->layout.codebook;
    struct rendering *own = arena_new(&cli->arena, struct rendering, c->renderings_count + 1);
    size_t count = 0;
    if (own == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for the renderings");
    for (size_t i = 0; i < c->renderings_count; i++) {
        const struct rendering *r = &c->renderings[i];
        const struct book *of = codebook_book(c, r->book_name, r->book_version);
        if (of == NULL || of == b->book)
            own[count++] = *r;
    }
    return codebook_check_rules(b->book, own, count, codebook_guide(c, b->book), &cli->arena, ret,
                                err);
}

bool cmd_codebook_check(struct cli *cli, struct err *err)
{
    struct books *b = memory_new(1, sizeof *b);
    struct findings f = {0};
    bool done =
        open_books(cli, b, err) && check_newest(cli, b, &f, err) && report_findings(cli, &f, err);
    memory_release(b);
    if (done && f.errors > 0)
        return err_set(err, ERR_MALFORMED, "DESIGN 6", "the codebook has %zu errors", f.errors);
    return done;
}

// -- a line in a language ------------------------------------------------------------------------
static bool render_lines(struct cli *cli, struct books *b, struct err *err)
{
    struct record record = {.type = &record_type_message};
    struct message m = {.codebook_version = b->book->version, .codebook = b->book->hash};
    struct phrase_line *lines =
        arena_new(&cli->arena, struct phrase_line, cli->arguments_count + 1);
    struct str text;
    struct form form;
    const char *language = command_language(cli);
    if (!form_asked(cli, &form, err))
        return false;
    form.letter = false;
    if (lines == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many lines");
    for (size_t i = 0; i < cli->arguments_count; i++)
        if (!compose_line(&b->layout, b->book, &cli->arena, str_of(cli->arguments[i]),
                          (uint32_t)i + 1, &lines[i], err))
            return err_wrap(err, "line %02zu", i + 1);
    m.lines = lines;
    m.lines_count = cli->arguments_count;
    record.payload = &m;
    if (!form_render(cli, &b->layout, &record, language, &form, &text, err))
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:s,s:o}", "language", language, "form",
                                  render_form_word(form.form), "text", json_str(text)),
                        err);
    bool rtl = b->language != NULL && b->language->right_to_left;
    if (form.whole)
        say("%.*s", STR_ARG(text));
    else
        layout_say_lines(text, rtl && form.form == RENDER_PLAIN);
    return true;
}

bool cmd_codebook_render(struct cli *cli, struct err *err)
{
    struct books *b = memory_new(1, sizeof *b);
    bool done = open_books(cli, b, err) && render_lines(cli, b, err);
    memory_release(b);
    return done;
}

// -- the whole book -------------------------------------------------------------------------------
static bool print_book(struct cli *cli, const struct books *b, struct err *err)
{
    enum { PRINT_BYTES_MAX = 4 << 20 };
    const struct codebook *c = &b->layout.codebook;
    bool beside = option_given(cli, OPTION_LANG);
    struct book_print what = {.book = b->book,
                              .guide = codebook_guide(c, b->book),
                              .english = codebook_rendering(c, b->book, STR("en")),
                              .language = beside ? b->language : NULL};
    struct buffer to;
    struct str text;
    if (beside && b->language == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 6",
                       "no rendering in %.40s is held here; `elchi codebook add FILE` adds one",
                       command_language(cli));
    buffer_init(&to, &cli->arena, PRINT_BYTES_MAX);
    if (!codebook_print(&what, codebook_print_frame(), &cli->arena, &to, err) ||
        !buffer_take_str(&to, &text, err))
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:i,s:s,s:o}", "version", (int)b->book->version, "language",
                                  beside ? command_language(cli) : "", "text", json_str(text)),
                        err);
    say("%.*s", STR_ARG(text));
    return true;
}

bool cmd_codebook_print(struct cli *cli, struct err *err)
{
    struct books *b = memory_new(1, sizeof *b);
    bool done = open_books(cli, b, err) && print_book(cli, b, err);
    memory_release(b);
    return done;
}
