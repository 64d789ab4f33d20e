// cli/cmd_speak.c - by voice, fax and SMS: spelling lines and records, and checking what was heard.
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/compose.h"
#include "cli/voice.h"
#include "codebook/render_form.h"
#include "codebook/render_value.h"
#include "codebook/spoken_aloud.h"
#include "record/voice.h"

#include <stdio.h>

// -- speaking ------------------------------------------------------------------------------------
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
        return say_json(
            json_pack("{s:o,s:o}", "heading", voice_heading_json(&s->heading), "sms", list), err);
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
        return say_json(json_pack("{s:o,s:o,s:o}", "heading", voice_heading_json(&s->heading),
                                  "blocks", blocks, "groups",
                                  voice_groups_json(s->of_record, s->groups)),
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
        layout_say_lines(line, voice_right_to_left(with));
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
        return say_json(json_pack("{s:o,s:o,s:s}", "heading",
                                  voice_heading_json(&t->spoken.heading), "text", json_str(text),
                                  "file", path == NULL ? "" : path),
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
static bool hear_text(struct cli *cli, const struct layout *l, struct bytes text, struct err *err)
{
    struct voice_heard v;
    json_t *o = NULL;
    if (!voice_hear(cli, l, text, &v, err))
        return false;
    bool done = command_json(cli) ? voice_json(cli, &v, &o, err) && say_json(o, err)
                                  : voice_say(cli, &v, RENDERING_VOICE_UNPROVEN, err);
    return done && voice_check(&v, err);
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
