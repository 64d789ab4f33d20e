// cli/cmd_heard.c - what was heard by voice, fax or SMS: kept at the node, shown beside its record.
#include "cli/cmd_heard.h"

#include "base/limits.h"
#include "cli/commands.h"
#include "cli/link.h"
#include "cli/voice.h"

#include <stdio.h>

// -- rows ----------------------------------------------------------------------------------------
static bool is_state(const json_t *row, const char *state)
{
    return strcmp(see_text(row, "state"), state) == 0;
}

static enum rendering_string banner_of(const json_t *row)
{
    if (is_state(row, "proven"))
        return RENDERING_VOICE_PROVEN;
    if (is_state(row, "differs"))
        return RENDERING_VOICE_DIFFERS;
    return is_state(row, "heard") ? RENDERING_VOICE_UNPROVEN : RENDERING_VOICE_UNCHECKED;
}

void heard_say_state(const json_t *row)
{
    const char *sentence = see_text(row, "sentence");
    bool loud = is_state(row, "differs");
    const char *says = is_state(row, "proven")  ? "heard, and the record that came agrees"
                       : is_state(row, "heard") ? "heard, not proven"
                       : loud                   ? "HEARD, AND THE RECORD THAT CAME DIFFERS"
                                                : "heard, and cannot be compared";
    say("%s%s%s%s%s", loud ? style_bold() : "", says, loud ? style_plain() : "",
        sentence[0] != '\0' ? ": " : "", sentence);
}

void heard_say_row(const json_t *row)
{
    bool ours = strcmp(see_text(row, "direction"), "out") == 0;
    say("%s%-22s%s %s  %-9s %-12s %s\n    ", style_bold(), see_text(row, "ref"), style_plain(),
        see_text(row, "heard"), see_text(row, "precedence"), see_text(row, "tlp"),
        see_text(row, ours ? "to" : "from"));
    heard_say_state(row);
    say("%s\n    %s by %s\n", see_true(row, "exercise") ? ", EXERCISE" : "", see_text(row, "id"),
        see_text(row, "by"));
}

// -- at a node -----------------------------------------------------------------------------------
struct at_node {
    struct link link;      // owned
    struct layout *layout; // owned
};

static void leave_node(struct at_node *at)
{
    link_close(&at->link);
    memory_release(at->layout);
}

static bool reach_node(struct cli *cli, struct at_node *ret, struct err *err)
{
    *ret = (struct at_node){.link = {.clerk = {-1}}, .layout = memory_new(1, sizeof *ret->layout)};
    if (!link_open_officer(cli, &ret->link, err)) {
        memory_release(ret->layout);
        return false;
    }
    if (layout_open(cli, &ret->link.clerk, ret->layout, err))
        return true;
    leave_node(ret);
    return false;
}

static bool fetch_heard(struct cli *cli, const struct link *l, json_t **ret_owned, struct err *err)
{
    struct buffer columns;
    buffer_init(&columns, &cli->arena, 1024);
    buffer_block16(&columns, str_bytes(str_of(cli->arguments[0])));
    return clerk_show(&l->clerk, CLERK_HEARD_SHOW, buffer_bytes(&columns), ret_owned, err);
}

// -- hear ----------------------------------------------------------------------------------------
static bool put_rendering(const struct voice_heard *v, json_t *to)
{
    (void)json_object_set_new(to, "rendering", json_str(v->rendering)); // without memory: ends
    return true;
}

// Not whole: what to ask for, in one go. Nothing is kept.
static bool say_spoiled(struct cli *cli, const struct voice_heard *v, struct err *err)
{
    json_t *o = NULL;
    bool done = command_json(cli) ? voice_json(cli, v, &o, err) && say_json(o, err)
                                  : voice_say(cli, v, RENDERING_VOICE_UNPROVEN, err);
    return done && voice_check(v, err);
}

static bool say_kept(struct cli *cli, const struct voice_heard *v, json_t *row, struct err *err)
{
    if (command_json(cli))
        return put_rendering(v, row) && say_json(json_incref(row), err);
    if (!voice_say(cli, v, banner_of(row), err))
        return false;
    if (is_state(row, "differs"))
        say("%s%s%s\n", style_bold(), see_text(row, "sentence"), style_plain());
    say(see_true(row, "new") ? "Kept as %s.\n" : "Kept before, as %s.\n", see_text(row, "id"));
    return true;
}

static bool keep_heard(struct cli *cli, const struct at_node *at, struct bytes text,
                       struct err *err)
{
    struct voice_heard v;
    struct buffer columns;
    json_t *row = NULL;
    if (!voice_hear(cli, at->layout, text, &v, err))
        return false;
    if (!v.heard.whole)
        return say_spoiled(cli, &v, err);
    buffer_init(&columns, &cli->arena, text.len + 16);
    buffer_block32(&columns, text);
    bool done = clerk_show(&at->link.clerk, CLERK_HEAR, buffer_bytes(&columns), &row, err) &&
                say_kept(cli, &v, row, err);
    json_decref(row);
    return done;
}

bool cmd_hear(struct cli *cli, struct err *err)
{
    struct at_node at;
    struct bytes text;
    const char *path = cli->arguments_count > 0 ? cli->arguments[0] : "-";
    if (!command_read(cli, path, SPOKEN_HEARD_BYTES_MAX, &text, err) || !reach_node(cli, &at, err))
        return false;
    bool done = keep_heard(cli, &at, text, err);
    leave_node(&at);
    return done;
}

// -- heard ---------------------------------------------------------------------------------------
bool cmd_heard(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    json_t *shown = NULL;
    json_t *row;
    size_t i;
    if (!link_open_officer(cli, &l, err))
        return false;
    bool done = clerk_show(&l.clerk, CLERK_HEARDS, (struct bytes){0}, &shown, err);
    link_close(&l);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(shown, err);
    if (json_array_size(see_rows(shown, "rows")) == 0)
        say("Nothing was heard. `elchi help hear` says how to write down what is read aloud.\n");
    json_array_foreach(see_rows(shown, "rows"), i, row) heard_say_row(row);
    json_decref(shown);
    return true;
}

// -- heard show ----------------------------------------------------------------------------------
static bool say_whole(struct cli *cli, const struct layout *l, json_t *row, struct err *err)
{
    struct voice_heard v = {.rendering = STR("")};
    struct str text;
    bool opened = see_text(row, "text")[0] != '\0'; // else the row says why it could not be
    if (!arena_str(&cli->arena, str_of(see_text(row, "text")), &text, err) ||
        (opened && !voice_hear(cli, l, str_bytes(text), &v, err)))
        return false;
    if (command_json(cli))
        return put_rendering(&v, row);
    heard_say_row(row);
    say("\n");
    layout_say_lines(text, false);
    say("\n");
    return !opened || voice_say(cli, &v, banner_of(row), err);
}

bool cmd_heard_show(struct cli *cli, struct err *err)
{
    struct at_node at;
    json_t *shown = NULL;
    json_t *row;
    size_t i;
    if (!reach_node(cli, &at, err))
        return false;
    bool done = fetch_heard(cli, &at.link, &shown, err);
    json_array_foreach(see_rows(shown, "rows"), i, row) done =
        done && say_whole(cli, at.layout, row, err);
    leave_node(&at);
    if (done && command_json(cli))
        return say_json(shown, err);
    json_decref(shown);
    return done;
}

// -- heard drop ----------------------------------------------------------------------------------
static bool only_one(const json_t *shown, const json_t **ret, struct err *err)
{
    json_t *rows = see_rows(shown, "rows");
    *ret = json_array_get(rows, 0);
    if (json_array_size(rows) == 1)
        return true;
    return err_set(err, ERR_CONFLICT, "docs/spoken.md",
                   "%zu were heard of this reference; name one by its 32 hex digits, as `elchi "
                   "heard` lists them",
                   json_array_size(rows));
}

static bool drop_heard(struct cli *cli, const struct link *l, const json_t *row, struct err *err)
{
    char question[200];
    struct buffer columns;
    struct bytes answer;
    (void)snprintf(question, sizeof question,
                   "Drop what %s heard of %s? It cannot be had back, but from the other side.",
                   see_text(row, "by"), see_text(row, "ref"));
    if (!command_confirm(cli, question, err))
        return false;
    buffer_init(&columns, &cli->arena, 256);
    buffer_block16(&columns, str_bytes(str_of(see_text(row, "id"))));
    if (!clerk_ask(&l->clerk, CLERK_HEARD_DROP, buffer_bytes(&columns), &cli->arena, &answer, err))
        return false;
    if (command_json(cli))
        return say_json(
            json_pack("{s:s,s:s}", "dropped", see_text(row, "id"), "ref", see_text(row, "ref")),
            err);
    say("What was heard of %s is dropped.\n", see_text(row, "ref"));
    return true;
}

bool cmd_heard_drop(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    json_t *shown = NULL;
    const json_t *row = NULL;
    if (!link_open_officer(cli, &l, err))
        return false;
    bool done = fetch_heard(cli, &l, &shown, err) && only_one(shown, &row, err) &&
                drop_heard(cli, &l, row, err);
    json_decref(shown);
    link_close(&l);
    return done;
}
