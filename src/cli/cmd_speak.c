// cli/cmd_speak.c - by voice, fax and SMS: spelling lines and records, and checking what was heard.
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/compose.h"
#include "codebook/render_form.h"
#include "codebook/render_value.h"
#include "codebook/spoken_aloud.h"
#include "record/voice.h"

#include <stdio.h>

// -- as JSON -------------------------------------------------------------------------------------
static json_t *groups_json(bool given, const uint32_t *groups)
{
    json_t *list = json_array();
    char digits[SPOKEN_GROUP_DIGITS + 1];
    for (size_t i = 0; given && i < SPOKEN_GROUPS; i++) {
        (void)snprintf(digits, sizeof digits, "%05u", (unsigned)groups[i] % 100000);
        (void)json_array_append_new(list, json_string(digits));
    }
    return list;
}

static json_t *block_json(const struct spoken_block *b, struct str words)
{
    json_t *o = json_object();
    char name[3], shown[SPOKEN_SHOWN_CHARS];
    spoken_line_name(b->line, name);
    spoken_shown(b, shown);
    (void)json_object_set_new(o, "line", json_string(name));
    (void)json_object_set_new(o, "block", json_integer(b->number));
    (void)json_object_set_new(o, "of", json_integer(b->count));
    (void)json_object_set_new(o, "text", json_string(shown));
    (void)json_object_set_new(o, "words", json_str(words));
    return o;
}

static bool reads_right_to_left(const struct render_with *with)
{
    return with->language != NULL && with->language->right_to_left;
}

// A field that was not given is an empty text.
static json_t *said(struct str text)
{
    return text.len == 0 ? json_string("") : json_str(text);
}

static json_t *heading_json(const struct spoken_heading *h)
{
    char time[MOMENT_CHARS + 1] = "";
    json_t *o = json_object();
    (void)json_object_set_new(o, "codebook", json_integer(h->book_version));
    (void)json_object_set_new(o, "codebook_start", json_string(h->book_start));
    (void)json_object_set_new(o, "lines", json_integer(h->lines_count));
    (void)json_object_set_new(o, "exercise", json_boolean(h->exercise));
    if (!h->of_record || h->ref.len == 0)
        return o;
    moment_write(h->time, time);
    (void)json_object_set_new(o, "ref", said(h->ref));
    (void)json_object_set_new(o, "from", said(h->from));
    (void)json_object_set_new(o, "to", said(h->to));
    (void)json_object_set_new(o, "time", json_string(time));
    (void)json_object_set_new(o, "precedence", json_string(precedence_word(h->precedence)));
    (void)json_object_set_new(o, "tlp", said(h->tlp));
    (void)json_object_set_new(o, "marking", said(h->marking));
    (void)json_object_set_new(o, "answers", said(h->answers.ref));
    (void)json_object_set_new(o, "answers_start", json_string(h->answers.start));
    (void)json_object_set_new(o, "replaces", said(h->replaces.ref));
    (void)json_object_set_new(o, "replaces_start", json_string(h->replaces.start));
    (void)json_object_set_new(o, "left_out", json_boolean(h->more));
    return o;
}

// -- speaking ------------------------------------------------------------------------------------
static bool say_sms(struct cli *cli, const struct spoken *s, struct err *err)
{
    const struct str *messages;
    size_t count;
    json_t *list = json_array();
    bool done = spoken_sms(s, &cli->arena, &messages, &count, err);
    for (size_t i = 0; done && i < count; i++) {
        (void)json_array_append_new(list, json_str(messages[i]));
        if (!command_json(cli))
            say("%.*s\n", STR_ARG(messages[i]));
    }
    if (done && command_json(cli))
        return say_json(json_pack("{s:o,s:o}", "heading", heading_json(&s->heading), "sms", list),
                        err);
    json_decref(list);
    return done;
}

static bool spoken_json(struct cli *cli, const struct render_with *with, const struct spoken *s,
                        struct err *err)
{
    json_t *blocks = json_array();
    struct str words;
    bool done = true;
    for (size_t i = 0; done && i < s->count; i++) {
        done = spoken_words(with, &s->blocks[i], &cli->arena, &words, err);
        if (done)
            (void)json_array_append_new(blocks, block_json(&s->blocks[i], words));
    }
    if (done)
        return say_json(json_pack("{s:o,s:o,s:o}", "heading", heading_json(&s->heading), "blocks",
                                  blocks, "groups", groups_json(s->of_record, s->groups)),
                        err);
    json_decref(blocks);
    return false;
}

static bool say_spoken(struct cli *cli, const struct render_with *with, const struct spoken *s,
                       struct err *err)
{
    struct str text, line;
    if (option_given(cli, OPTION_SMS))
        return say_sms(cli, s, err);
    if (command_json(cli))
        return spoken_json(cli, with, s, err);
    if (!spoken_aloud(with, s, &cli->arena, &text, err))
        return false;
    while (text.len > 0 && str_split(&text, '\n', &line)) {
        if (line.len == 0)
            say("\n");
        layout_say_lines(line, reads_right_to_left(with));
    }
    return true;
}

static bool speak_lines(struct cli *cli, struct layout *l, struct err *err)
{
    const struct book *book = l->codebook.current;
    struct spoken spoken;
    struct phrase_line *lines = arena_new(&cli->arena, struct phrase_line, cli->arguments_count);
    bool exercise = option_given(cli, OPTION_EXERCISE);
    if (lines == NULL || cli->arguments_count > PHRASE_LINES_MAX)
        return err_set(err, ERR_LIMIT, "codebook/line.h", "a message has at most %d lines",
                       PHRASE_LINES_MAX);
    for (size_t i = 0; i < cli->arguments_count; i++)
        if (!compose_line(l, book, &cli->arena, str_of(cli->arguments[i]), (uint32_t)i + 1,
                          &lines[i], err))
            return err_wrap(err, "line %02zu", i + 1);
    struct spoken_message m = {.book = book,
                               .heading = {.exercise = exercise},
                               .lines = lines,
                               .lines_count = cli->arguments_count};
    struct render_with with = layout_with(l, book, command_language(cli), exercise);
    return spoken_write(&m, &cli->arena, &spoken, err) && say_spoken(cli, &with, &spoken, err);
}

bool cmd_codebook_speak(struct cli *cli, struct err *err)
{
    struct layout *l = memory_new(1, sizeof *l);
    bool done = layout_open(cli, NULL, l, err) && speak_lines(cli, l, err);
    memory_release(l);
    return done;
}

// -- a record ------------------------------------------------------------------------------------
struct told {
    struct layout *layout; // owned
    json_t *shown;         // owned
    struct record record;
    const struct book *book;
    struct spoken spoken;
};

static bool read_told(struct cli *cli, struct told *t, struct err *err)
{
    struct digest note;
    struct str text = str_of(see_text(t->shown, "text"));
    if (text.len == 0)
        return err_set(err, ERR_NOT_FOUND, NULL, "the body of %s is not held here",
                       see_text(t->shown, "ref"));
    if (!record_read(&cli->arena, str_bytes(text), &t->record, err))
        return false;
    if (t->record.type != &record_type_message)
        return err_set(err, ERR_UNSUPPORTED, NULL,
                       "only a message is spoken; a %s comes as a record", t->record.type->name);
    if (!digest_read(str_of(see_text(t->shown, "note")), &note))
        return err_set(err, ERR_MALFORMED, NULL, "the node's answer names no note");
    const struct message *m = t->record.payload;
    t->book = shelf_find(&t->layout->codebook.shelf, &m->codebook);
    if (t->book == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 6", "codebook version %u is not held here",
                       (unsigned)m->codebook_version);
    return record_speak(&t->record, &note, t->book, &cli->arena, &t->spoken, err);
}

static bool open_told(struct cli *cli, struct told *t, struct err *err)
{
    struct link l = {.clerk = {-1}};
    *t = (struct told){.layout = memory_new(1, sizeof *t->layout)};
    if (!link_open_officer(cli, &l, err))
        return false;
    bool done = see_record(cli, &l.clerk, cli->arguments[0], &t->shown, err) &&
                layout_open(cli, &l.clerk, t->layout, err);
    link_close(&l);
    return done && read_told(cli, t, err);
}

static void close_told(struct told *t)
{
    json_decref(t->shown);
    memory_release(t->layout);
}

bool cmd_speak(struct cli *cli, struct err *err)
{
    struct told t;
    bool done = open_told(cli, &t, err);
    if (done) {
        struct render_with with =
            layout_with(t.layout, t.book, command_language(cli), t.record.exercise);
        done = say_spoken(cli, &with, &t.spoken, err);
    }
    close_told(&t);
    return done;
}

static bool write_fax(struct cli *cli, const struct told *t, struct err *err)
{
    struct str text;
    const char *path = option_value(cli, OPTION_OUT, NULL);
    const char *their = option_value(cli, OPTION_THEIR_LANG, "en");
    const struct message *m = t->record.payload;
    bool exercise = t->record.exercise;
    struct render_with ours = layout_with(t->layout, t->book, command_language(cli), exercise);
    struct render_with theirs = layout_with(t->layout, t->book, their, exercise);
    struct fax fax = {&t->spoken, m->lines, m->lines_count, &ours, &theirs};
    if (!spoken_fax(&fax, &cli->arena, &text, err))
        return false;
    if (path != NULL && !command_write(cli, path, str_bytes(text), false, err))
        return false;
    if (path != NULL && strcmp(path, "-") == 0)
        return true;
    if (command_json(cli))
        return say_json(json_pack("{s:o,s:o,s:s}", "heading", heading_json(&t->spoken.heading),
                                  "text", json_str(text), "file", path == NULL ? "" : path),
                        err);
    if (path == NULL)
        say("%.*s", STR_ARG(text));
    else
        say("%s is written.\n", path);
    return true;
}

bool cmd_fax(struct cli *cli, struct err *err)
{
    struct told t;
    bool done = open_told(cli, &t, err) && write_fax(cli, &t, err);
    close_told(&t);
    return done;
}

// -- hearing -------------------------------------------------------------------------------------
static json_t *problem_json(const struct heard_problem *p)
{
    char name[3] = "";
    json_t *o = json_object();
    if (p->line <= SPOKEN_CLOSING)
        spoken_line_name(p->line, name);
    (void)json_object_set_new(o, "word", json_string(heard_kind_word(p->kind)));
    (void)json_object_set_new(o, "line", json_string(name));
    (void)json_object_set_new(o, "block", json_integer(p->block));
    (void)json_object_set_new(o, "place", json_integer(p->place));
    (void)json_object_set_new(o, "text", json_str(p->text));
    return o;
}

static bool line_text(struct cli *cli, const struct phrase_line *line, struct str *ret,
                      struct err *err)
{
    struct buffer to;
    buffer_init(&to, &cli->arena, (size_t)2 * PHRASE_LINE_BYTES_MAX);
    return phrase_line_write(line, &to, err) && buffer_take_str(&to, ret, err);
}

static bool render_heard(struct cli *cli, const struct render_with *with, const struct heard *h,
                         struct str *ret, struct err *err)
{
    struct rendered rendered;
    *ret = STR("");
    if (h->lines_count == 0)
        return true;
    return codebook_render(with, h->lines, h->lines_count, &cli->arena, &rendered, err) &&
           codebook_render_plain(with, &rendered, &cli->arena, ret, err);
}

static bool heard_json(struct cli *cli, const struct heard *h, struct str rendering,
                       struct str again, struct err *err)
{
    json_t *lines = json_array(), *problems = json_array(), *o = json_object();
    struct str text;
    bool done = true;
    for (size_t i = 0; done && i < h->lines_count; i++) {
        done = line_text(cli, &h->lines[i], &text, err);
        (void)json_array_append_new(lines, json_str(done ? text : STR("")));
    }
    for (size_t i = 0; i < h->problems_count; i++)
        (void)json_array_append_new(problems, problem_json(&h->problems[i]));
    (void)json_object_set_new(o, "whole", json_boolean(h->whole));
    (void)json_object_set_new(o, "heading",
                              h->has_heading ? heading_json(&h->heading) : json_null());
    (void)json_object_set_new(o, "lines", lines);
    (void)json_object_set_new(o, "rendering", json_str(rendering));
    (void)json_object_set_new(o, "groups", groups_json(h->has_groups, h->groups));
    (void)json_object_set_new(o, "problems", problems);
    (void)json_object_set_new(o, "again", json_str(again));
    (void)json_object_set_new(o, "passed_over", json_integer((json_int_t)h->passed_over));
    if (done)
        return say_json(o, err);
    json_decref(o);
    return false;
}

static void say_heading(const struct spoken_heading *h)
{
    char time[MOMENT_CHARS + 1];
    if (h->exercise)
        say("%sEXERCISE%s\n", style_bold(), style_plain());
    if (h->ref.len == 0)
        return;
    moment_write(h->time, time);
    say("%s%.*s%s\n  from       %.*s\n  to         %.*s\n  time       %s\n  precedence %s\n",
        style_bold(), STR_ARG(h->ref), style_plain(), STR_ARG(h->from), STR_ARG(h->to), time,
        precedence_word(h->precedence));
    if (h->tlp.len > 0)
        say("  tlp        %.*s\n", STR_ARG(h->tlp));
    if (h->marking.len > 0)
        say("  marking    %.*s\n", STR_ARG(h->marking));
    if (h->answers.ref.len > 0)
        say("  answers    %.*s sha256:%s...\n", STR_ARG(h->answers.ref), h->answers.start);
    if (h->replaces.ref.len > 0)
        say("  replaces   %.*s sha256:%s...\n", STR_ARG(h->replaces.ref), h->replaces.start);
}

static bool say_string(struct cli *cli, const struct render_with *with, enum rendering_string which,
                       struct err *err)
{
    struct str text;
    if (!render_string(with, which, NULL, 0, &cli->arena, &text, err))
        return false;
    layout_say_lines(text, reads_right_to_left(with));
    return true;
}

static bool say_heard(struct cli *cli, const struct render_with *with, const struct heard *h,
                      struct str rendering, struct str again, struct err *err)
{
    struct str text;
    bool rtl = reads_right_to_left(with);
    if (h->has_heading)
        say_heading(&h->heading);
    for (size_t i = 0; i < h->lines_count; i++) {
        if (!line_text(cli, &h->lines[i], &text, err))
            return false;
        layout_say_lines(text, false);
    }
    if (h->lines_count > 0) {
        say("\n");
        layout_say_lines(rendering, rtl);
        say("\n");
    }
    for (size_t i = 0; i < h->problems_count; i++)
        say("%.*s\n", STR_ARG(h->problems[i].text));
    layout_say_lines(again, rtl);
    if (h->whole && !say_string(cli, with, RENDERING_VOICE_WHOLE, err))
        return false;
    if (h->heading.more && !say_string(cli, with, RENDERING_VOICE_LEFT_OUT, err))
        return false;
    return say_string(cli, with, RENDERING_VOICE_UNPROVEN, err);
}

static bool hear_text(struct cli *cli, const struct layout *l, struct bytes text, struct err *err)
{
    struct heard h;
    struct str rendering, again;
    if (!spoken_hear(&l->codebook.shelf, text, &cli->arena, &h, err))
        return false;
    const struct book *book = h.book == NULL ? l->codebook.current : h.book;
    bool exercise = h.has_heading && h.heading.exercise;
    struct render_with with = layout_with(l, book, command_language(cli), exercise);
    if (!render_heard(cli, &with, &h, &rendering, err) ||
        !spoken_again(&with, &h, &cli->arena, &again, err))
        return false;
    bool done = command_json(cli) ? heard_json(cli, &h, rendering, again, err)
                                  : say_heard(cli, &with, &h, rendering, again, err);
    if (done && !h.whole)
        return err_set(err, ERR_MALFORMED, "docs/spoken.md",
                       "not heard whole: %zu to ask for again", h.problems_count);
    return done;
}

bool cmd_codebook_hear(struct cli *cli, struct err *err)
{
    struct layout *l = memory_new(1, sizeof *l);
    struct bytes text;
    const char *path = cli->arguments_count > 0 ? cli->arguments[0] : "-";
    bool done = layout_open(cli, NULL, l, err) &&
                command_read(cli, path, SPOKEN_HEARD_BYTES_MAX, &text, err) &&
                hear_text(cli, l, text, err);
    memory_release(l);
    return done;
}
