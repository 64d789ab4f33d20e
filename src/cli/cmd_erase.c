// cli/cmd_erase.c - destroying a body or an attachment; the log still verifies.
//
// Two officers with the role export decide, each on a machine of their own: first the request, then
// with their approvals the act (docs/json.md says what they sign).
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "cli/request.h"

struct erasing {
    struct cli *cli;
    struct link link;
    json_t *record; // owned; as the clerk shows it
    const char *blob;
    const char *what; // "the body" or "attachment NAME"
};

static bool fetch_record(struct erasing *e, struct err *err)
{
    struct buffer columns;
    buffer_init(&columns, &e->cli->arena, 1024);
    buffer_block16(&columns, str_bytes(str_of(e->cli->arguments[0])));
    return clerk_show(&e->link.clerk, CLERK_SHOW, buffer_bytes(&columns), &e->record, err);
}

// -- what is to go -------------------------------------------------------------------------------
static bool may_go(const struct erasing *e, const json_t *row, struct err *err)
{
    const char *at = see_text(row, "erased");
    if (at[0] == '\0')
        return true;
    return err_set(err, ERR_CONFLICT, "DESIGN 4", "%s of %s was erased on %s by this node", e->what,
                   see_text(e->record, "ref"), at);
}

static bool find_attachment(struct erasing *e, struct err *err)
{
    struct str what;
    json_t *one;
    size_t i;
    const char *name = e->cli->arguments[1];
    json_array_foreach(see_rows(e->record, "attachments"), i, one)
    {
        if (strcmp(see_text(one, "name"), name) != 0)
            continue;
        e->blob = see_text(one, "hash");
        if (!arena_fmt(&e->cli->arena, &what, err, "attachment %s", see_text(one, "name")))
            return false;
        e->what = what.ptr;
        return may_go(e, one, err);
    }
    return err_set(err, ERR_NOT_FOUND, NULL, "%s has no attachment %.64s",
                   see_text(e->record, "ref"), name);
}

// Only the note names its attachments: once the body is gone nobody could find them to erase them.
static bool no_attachment_held(const struct erasing *e, struct err *err)
{
    json_t *one;
    size_t i;
    json_array_foreach(see_rows(e->record, "attachments"), i, one)
    {
        if (see_true(one, "held"))
            return err_set(err, ERR_CONFLICT, "DESIGN 4",
                           "its attachment %s is held here and only the body names it; first "
                           "`elchi erase %s %s`",
                           see_text(one, "name"), see_text(e->record, "ref"),
                           see_text(one, "name"));
    }
    return true;
}

static bool find_body(struct erasing *e, struct err *err)
{
    e->what = "the body";
    e->blob = see_text(e->record, "body");
    if (e->blob[0] == '\0')
        return err_set(err, ERR_UNSUPPORTED, "DESIGN 5.2",
                       "%s stands in the log as it is: it can hold no personal data, and no entry "
                       "of a log is ever taken out",
                       see_text(e->record, "ref"));
    return may_go(e, e->record, err) && no_attachment_held(e, err);
}

// -- asking for it -------------------------------------------------------------------------------
static bool write_request(struct erasing *e, struct err *err)
{
    struct str text;
    struct bytes file;
    struct cli *cli = e->cli;
    const char *out = option_value(cli, OPTION_OUT, "-");
    if (!arena_fmt(&cli->arena, &text, err, "elchi erase v1\nlog %.*s\nref %s %s\nbody %s\n",
                   STR_ARG(e->link.origin), see_text(e->record, "ref"), see_text(e->record, "note"),
                   e->blob))
        return false;
    struct request r = {
        .log = e->link.origin, .decision = DECISION_EXPORT, .text = str_bytes(text)};
    if (!request_write(&r, &cli->arena, &file, err) || !command_write(cli, out, file, true, err))
        return false;
    if (strcmp(out, "-") == 0)
        return true;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:s,s:s}", "file", out, "ref", see_text(e->record, "ref"),
                                  "body", e->blob),
                        err);
    say("Nothing is erased yet. The request is in %s. Two officers with the role export approve "
        "it:\n  elchi approve %s --officer KEY --out APPROVAL\nand then\n  elchi erase %s%s%s "
        "--approval APPROVAL --approval APPROVAL\n",
        out, out, see_text(e->record, "ref"), cli->arguments_count > 1 ? " " : "",
        cli->arguments_count > 1 ? cli->arguments[1] : "");
    return true;
}

// -- doing it ------------------------------------------------------------------------------------
static void warn(const struct erasing *e)
{
    if (command_json(e->cli) || option_given(e->cli, OPTION_YES))
        return;
    say("%sThis destroys %s of %s on this node. It cannot be undone.%s\n", style_bold(), e->what,
        see_text(e->record, "ref"), style_plain());
    say("  goes     the text and the draft it came from, here; it is never fetched again\n"
        "  remains  entry %llu of %s: proof that the record existed, and when\n"
        "  remains  what others hold: the other State's node, proofs exported before, prints, and\n"
        "           every backup made before now\n",
        (unsigned long long)see_number(e->record, "index"), see_text(e->record, "origin"));
    const char *delivery = see_text(e->record, "delivery");
    if (strcmp(delivery, "logged") == 0 || strcmp(delivery, "cosigned") == 0)
        say("  note     no receipt says that the addressee holds it: from this node it can be had "
            "no more\n");
}

static bool send(struct erasing *e, struct err *err)
{
    struct cli *cli = e->cli;
    const struct option_values *given = &cli->options[OPTION_APPROVAL];
    struct digest blob;
    struct buffer columns;
    struct bytes answer;
    buffer_init(&columns, &cli->arena, (size_t)NOTE_BYTES_MAX * (COMMAND_VALUES_MAX + 1));
    if (!digest_read(str_of(e->blob), &blob))
        return err_set(err, ERR_MALFORMED, NULL, "the node's answer names no body");
    buffer_put(&columns, bytes_of(blob.octets, DIGEST_BYTES));
    buffer_number(&columns, given->count, 2);
    for (size_t i = 0; i < given->count; i++) {
        struct bytes note;
        if (!command_read(cli, given->items[i], NOTE_BYTES_MAX, &note, err))
            return false;
        buffer_block16(&columns, note);
    }
    return clerk_ask(&e->link.clerk, CLERK_ERASE, buffer_bytes(&columns), &cli->arena, &answer,
                     err);
}

static bool say_gone(const struct erasing *e, struct err *err)
{
    const json_t *r = e->record;
    if (command_json(e->cli))
        return say_json(json_pack("{s:s,s:s,s:s,s:s,s:I}", "erased", e->blob, "ref",
                                  see_text(r, "ref"), "note", see_text(r, "note"), "origin",
                                  see_text(r, "origin"), "index",
                                  (json_int_t)see_number(r, "index")),
                        err);
    say("Erased: %s of %s.\n  remains  entry %llu of %s; `elchi verify %s` shows that the log "
        "still adds up\n  remains  what others hold, and backups made before now\n",
        e->what, see_text(r, "ref"), (unsigned long long)see_number(r, "index"),
        see_text(r, "origin"), see_text(r, "origin"));
    return true;
}

static bool destroy(struct erasing *e, struct err *err)
{
    warn(e);
    return command_confirm(e->cli, "Destroy it?", err) && send(e, err) && say_gone(e, err);
}

bool cmd_erase(struct cli *cli, struct err *err)
{
    struct erasing e = {.cli = cli};
    if (!link_open_officer(cli, &e.link, err))
        return false;
    bool done = fetch_record(&e, err) &&
                (cli->arguments_count > 1 ? find_attachment(&e, err) : find_body(&e, err)) &&
                (option_given(cli, OPTION_APPROVAL) ? destroy(&e, err) : write_request(&e, err));
    link_close(&e.link);
    json_decref(e.record);
    return done;
}
