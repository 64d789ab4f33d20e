#include "cli/voice.h"

#include "codebook/render_form.h"
#include "codebook/render_value.h"

#include <stdio.h>

// -- as JSON -------------------------------------------------------------------------------------
json_t *voice_groups_json(bool given, const uint32_t *groups)
{
    json_t *list = json_array();
    char digits[SPOKEN_GROUP_DIGITS + 1];
    for (size_t i = 0; given && i < SPOKEN_GROUPS; i++) {
        (void)snprintf(digits, sizeof digits, "%05u", (unsigned)groups[i] % 100000);
        (void)json_array_append_new(list, json_string(digits));
    }
    return list;
}

// A field that was not given is an empty text.
static json_t *said(struct str text)
{
    return text.len == 0 ? json_string("") : json_str(text);
}

json_t *voice_heading_json(const struct spoken_heading *h)
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

// -- hearing -------------------------------------------------------------------------------------
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

bool voice_hear(struct cli *cli, const struct layout *l, struct bytes text, struct voice_heard *ret,
                struct err *err)
{
    struct voice_heard v = {.rendering = STR("")};
    if (!spoken_hear(&l->codebook.shelf, text, &cli->arena, &v.heard, err))
        return false;
    const struct book *book = v.heard.book == NULL ? l->codebook.current : v.heard.book;
    bool exercise = v.heard.has_heading && v.heard.heading.exercise;
    v.with = layout_with(l, book, command_language(cli), exercise);
    if (!render_heard(cli, &v.with, &v.heard, &v.rendering, err) ||
        !spoken_again(&v.with, &v.heard, &cli->arena, &v.again, err))
        return false;
    *ret = v;
    return true;
}

bool voice_check(const struct voice_heard *v, struct err *err)
{
    return v->heard.whole ||
           err_set(err, ERR_MALFORMED, "docs/spoken.md", "not heard whole: %zu to ask for again",
                   v->heard.problems_count);
}

bool voice_json(struct cli *cli, const struct voice_heard *v, json_t **ret_owned, struct err *err)
{
    const struct heard *h = &v->heard;
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
                              h->has_heading ? voice_heading_json(&h->heading) : json_null());
    (void)json_object_set_new(o, "lines", lines);
    (void)json_object_set_new(o, "rendering", json_str(v->rendering));
    (void)json_object_set_new(o, "groups", voice_groups_json(h->has_groups, h->groups));
    (void)json_object_set_new(o, "problems", problems);
    (void)json_object_set_new(o, "again", json_str(v->again));
    (void)json_object_set_new(o, "passed_over", json_integer((json_int_t)h->passed_over));
    if (done)
        *ret_owned = o;
    else
        json_decref(o);
    return done;
}

// -- as text -------------------------------------------------------------------------------------
bool voice_right_to_left(const struct render_with *with)
{
    return with->language != NULL && with->language->right_to_left;
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
    layout_say_lines(text, voice_right_to_left(with));
    return true;
}

bool voice_say(struct cli *cli, const struct voice_heard *v, enum rendering_string banner,
               struct err *err)
{
    struct str text;
    const struct heard *h = &v->heard;
    bool rtl = voice_right_to_left(&v->with);
    if (h->has_heading)
        say_heading(&h->heading);
    for (size_t i = 0; i < h->lines_count; i++) {
        if (!line_text(cli, &h->lines[i], &text, err))
            return false;
        layout_say_lines(text, false);
    }
    if (h->lines_count > 0) {
        say("\n");
        layout_say_lines(v->rendering, rtl);
        say("\n");
    }
    for (size_t i = 0; i < h->problems_count; i++)
        say("%.*s\n", STR_ARG(h->problems[i].text));
    layout_say_lines(v->again, rtl);
    if (h->whole && !say_string(cli, &v->with, RENDERING_VOICE_WHOLE, err))
        return false;
    if (h->heading.more && !say_string(cli, &v->with, RENDERING_VOICE_LEFT_OUT, err))
        return false;
    return say_string(cli, &v->with, banner, err);
}
