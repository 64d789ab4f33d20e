// cli/cmd_write.c - drafts and what becomes of them: approved, released, answered, withdrawn.
#include "base/encode.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/compose.h"
#include "cli/request.h"
#include "record/type/withdraw.h"

#include <stdio.h>

// FORMATS 4 allows seven days; clocks differ by minutes. Nothing shorter counts after a restore.
enum { UNTIL_DEFAULT_S = 7 * 86400 - 300 };

// -- what every command here begins and ends with ------------------------------------------------
struct desk_side {
    struct link link;
    struct layout layout;
};

static bool sit_down(struct cli *cli, struct desk_side **ret, struct err *err)
{
    struct desk_side *d = memory_new(1, sizeof *d);
    bool linked = link_open_officer(cli, &d->link, err);
    if (linked && layout_open(cli, &d->link.clerk, &d->layout, err)) {
        *ret = d;
        return true;
    }
    if (linked)
        link_close(&d->link);
    memory_release(d);
    return false;
}

static void stand_up(struct desk_side *d)
{
    link_close(&d->link);
    memory_release(d);
}

static bool draft_columns(struct cli *cli, struct bytes *ret, struct err *err)
{
    struct draft_id id;
    if (!hex_read(str_of(cli->arguments[0]), id.octets, DRAFT_ID_BYTES))
        return err_set(err, ERR_USAGE, NULL,
                       "a draft is named by 32 hex digits; `elchi draft list` shows them");
    return arena_copy(&cli->arena, bytes_of(id.octets, DRAFT_ID_BYTES), ret, err);
}

// -- drafting ------------------------------------------------------------------------------------
bool compose_draft(struct cli *cli, struct link *link, const struct layout *layout, struct err *err)
{
    struct compose *c = memory_new(1, sizeof *c);
    bool done = compose_begin(cli, link, layout, c, err);
    c->fresh = true;
    done = done && compose_handling(c, err) && compose_choose_book(c, err) &&
           compose_message(c, 0, err) && compose_keep(c, err);
    memory_release(c);
    return done;
}

bool cmd_draft(struct cli *cli, struct err *err)
{
    struct desk_side *d = NULL;
    if (!sit_down(cli, &d, err))
        return false;
    bool done = compose_draft(cli, &d->link, &d->layout, err);
    stand_up(d);
    return done;
}

// The record that is answered or taken back.
static bool named_by(const json_t *shown, struct named_record *ret, struct err *err)
{
    return (ref_read(str_of(see_text(shown, "ref")), &ret->ref) &&
            digest_read(str_of(see_text(shown, "note")), &ret->note)) ||
           err_set(err, ERR_MALFORMED, NULL, "the node's answer names no record");
}

static bool wants_incoming(const json_t *shown, bool incoming, struct err *err)
{
    bool is = strcmp(see_text(shown, "direction"), "in") == 0;
    if (is == incoming)
        return true;
    return err_set(err, ERR_USAGE, NULL, "%s is %s; `elchi %s` lists the other kind",
                   see_text(shown, "ref"), is ? "another State's record" : "our own record",
                   incoming ? "inbox" : "sent");
}

static bool answer_of(struct compose *c, const json_t *shown, struct err *err)
{
    struct record asked;
    struct record *r = &c->record;
    struct str text = str_of(see_text(shown, "text"));
    if (!wants_incoming(shown, true, err) || !layout_read(c->cli, str_bytes(text), &asked, err) ||
        !named_by(shown, &c->message.answers, err))
        return false;
    c->message.has_answers = true;
    r->to = asked.from;

    if (!desk_read(str_of(see_text(shown, "desk")), &r->from.desk)) // an open record's reader
        return err_set(err, ERR_MALFORMED, NULL, "the node's answer names no desk");
    r->precedence = asked.precedence;
    r->tlp = asked.tlp;
    r->exercise = asked.exercise;
    return compose_handling(c, err) && compose_book_of(c, &asked, err) &&
           compose_message(c, 1, err);
}

typedef bool fill_from(struct compose *c, const json_t *shown, struct err *err);

static bool from_record(struct cli *cli, struct link *link, const struct layout *layout,
                        fill_from *fill, struct err *err)
{
    json_t *shown = NULL;
    struct compose *c = memory_new(1, sizeof *c);
    bool done = see_record(cli, &link->clerk, cli->arguments[0], &shown, err) &&
                compose_begin(cli, link, layout, c, err) && fill(c, shown, err) &&
                compose_keep(c, err);
    json_decref(shown);
    memory_release(c);
    return done;
}

bool compose_answer(struct cli *cli, struct link *link, const struct layout *layout,
                    struct err *err)
{
    return from_record(cli, link, layout, answer_of, err);
}

static bool with_record(struct cli *cli, fill_from *fill, struct err *err)
{
    struct desk_side *d = NULL;
    if (!sit_down(cli, &d, err))
        return false;
    bool done = from_record(cli, &d->link, &d->layout, fill, err);
    stand_up(d);
    return done;
}

bool cmd_answer(struct cli *cli, struct err *err)
{
    return with_record(cli, answer_of, err);
}

static bool withdrawal_of(struct compose *c, const json_t *shown, struct err *err)
{
    struct record taken;
    struct record *r = &c->record;
    struct withdraw *w = arena_new(&c->cli->arena, struct withdraw, 1);
    struct str text = str_of(see_text(shown, "text"));
    if (w == NULL ||
        !withdraw_reason_read(str_of(option_value(c->cli, OPTION_REASON, "")), &w->reason))
        return err_set(err, ERR_USAGE, NULL,
                       "say why: --reason error, overtaken, replaced, handling, authority, request "
                       "or unspecified");
    if (!wants_incoming(shown, false, err) || !layout_read(c->cli, str_bytes(text), &taken, err) ||
        !named_by(shown, &w->of, err))
        return false;
    r->type = &record_type_withdraw;
    r->payload = w;
    r->from = taken.from;
    r->to = taken.to;
    r->open = taken.open;
    r->precedence = taken.precedence;
    r->marking = taken.marking;
    r->tlp = taken.tlp;
    r->exercise = taken.exercise;
    return true;
}

bool cmd_withdraw(struct cli *cli, struct err *err)
{
    return with_record(cli, withdrawal_of, err);
}

// -- drafts that are there -----------------------------------------------------------------------
bool cmd_draft_list(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    uint8_t all = option_given(cli, OPTION_ALL) ? 1 : 0;
    json_t *shown = NULL;
    json_t *one;
    size_t i;
    if (!link_open_officer(cli, &l, err))
        return false;
    bool done = clerk_show(&l.clerk, CLERK_DRAFTS, bytes_of(&all, 1), &shown, err);
    link_close(&l);
    if (!done || command_json(cli))
        return done && say_json(shown, err);
    json_t *rows = see_rows(shown, "drafts");
    if (json_array_size(rows) == 0)
        say("No drafts. `elchi help draft` says how to begin one%s.\n",
            all == 0 ? "; --all also shows what is done" : "");
    json_array_foreach(rows, i, one)
    {
        say("%s  %-10s %-9s to %-16s %s%s%s  by %s\n", see_text(one, "draft"),
            see_text(one, "state"), see_text(one, "precedence"), see_text(one, "to"),
            see_text(one, "tlp"), see_true(one, "exercise") ? " EXERCISE" : "",
            strcmp(see_text(one, "type"), "message") == 0 ? "" : " (no message)",
            see_text(one, "author"));
    }
    json_decref(shown);
    return true;
}

static bool write_request(struct cli *cli, const struct link *l, const json_t *draft,
                          struct err *err)
{
    struct bytes file;
    struct request r = {.log = l->origin,
                        .decision = DECISION_RELEASE,
                        .text = str_bytes(str_of(see_text(draft, "text")))};
    const char *out = option_value(cli, OPTION_OUT, "-");
    if (!hex_read(str_of(see_text(draft, "draft")), r.draft.octets, DRAFT_ID_BYTES))
        return err_set(err, ERR_MALFORMED, NULL, "the node's answer names no draft");
    if (!request_write(&r, &cli->arena, &file, err) || !command_write(cli, out, file, true, err))
        return false;
    if (strcmp(out, "-") != 0 && !command_json(cli))
        say("\nThe request is in %s.\n", out);
    return true;
}

bool cmd_draft_show(struct cli *cli, struct err *err)
{
    struct desk_side *d = NULL;
    struct bytes columns;
    json_t *draft = NULL;
    if (!draft_columns(cli, &columns, err) || !sit_down(cli, &d, err))
        return false;
    bool done = clerk_show(&d->link.clerk, CLERK_DRAFT_SHOW, columns, &draft, err);
    bool to_output = strcmp(option_value(cli, OPTION_OUT, ""), "-") == 0;
    if (done && !command_json(cli) && !to_output)
        done = compose_say_draft(cli, &d->layout, draft, err);
    if (done && option_given(cli, OPTION_OUT))
        done = write_request(cli, &d->link, draft, err);
    if (done && command_json(cli) && !to_output)
        done = layout_json_record(cli, &d->layout, str_bytes(str_of(see_text(draft, "text"))),
                                  draft, err) &&
               say_json(json_incref(draft), err);
    json_decref(draft);
    stand_up(d);
    return done;
}

bool cmd_draft_drop(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct bytes columns;
    struct bytes answer;
    if (!draft_columns(cli, &columns, err) ||
        !command_confirm(cli, "Drop this draft? It cannot be had back.", err) ||
        !link_open_officer(cli, &l, err))
        return false;
    bool done = clerk_ask(&l.clerk, CLERK_DRAFT_DROP, columns, &cli->arena, &answer, err);
    link_close(&l);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s}", "dropped", cli->arguments[0]), err);
    say("Draft %s is dropped; no number was used for it.\n", cli->arguments[0]);
    return true;
}

// -- approving: no node, no database, no network -------------------------------------------------
static bool decided(const struct cli *cli, const struct request *r, enum decision *ret,
                    struct err *err)
{
    const char *word = option_value(cli, OPTION_DECISION, decision_word(r->decision));
    if (decision_read(str_of(word), ret) && (*ret == r->decision || *ret == DECISION_REFUSE))
        return true;
    return err_set(err, ERR_USAGE, "FORMATS 5", "this file asks to %s; decide %s or refuse",
                   decision_word(r->decision), decision_word(r->decision));
}

static bool approve_until(struct cli *cli, struct moment *ret, struct err *err)
{
    const char *given = option_value(cli, OPTION_UNTIL, NULL);
    *ret = (struct moment){world_now(cli->world).s + UNTIL_DEFAULT_S};
    return given == NULL || moment_read(str_of(given), ret) ||
           err_set(err, ERR_USAGE, NULL, "--until is YYYY-MM-DDTHH:MM:SSZ");
}

// One decision, two acts: the text says which (docs/json.md).
static bool is_erasure(const struct request *r)
{
    struct bytes first = str_bytes(STR("elchi erase v1\n"));
    return r->decision == DECISION_EXPORT && r->text.len > first.len &&
           memcmp(r->text.ptr, first.ptr, first.len) == 0;
}

// The officer sees every octet the hash is over.
static bool show_request(struct cli *cli, const struct request *r, const struct digest *hash,
                         struct err *err)
{
    struct layout *l = memory_new(1, sizeof *l);
    struct str text;
    char hex[DIGEST_TEXT_CHARS + 1];
    digest_write(hash, hex);
    say("log       %.*s\ndecision  %s\nhash      %s\n\n", STR_ARG(r->log),
        is_erasure(r) ? "export (here: to erase)" : decision_word(r->decision), hex);
    bool done = layout_open(cli, NULL, l, err);
    if (done && r->decision == DECISION_RELEASE) {
        done = layout_say_record(cli, l, r->text, err);
    } else if (done) {
        done = text_check(r->text, &text, err);
        if (done)
            layout_say_lines(text, false);
    }
    if (done && is_erasure(r))
        say("\nThis destroys that body or attachment on this State's node. It cannot be undone; "
            "the log's entry\nremains, and so does what others hold.\n");
    else if (done && r->decision == DECISION_EXPORT)
        say("\nThis discloses the sealed word of the State named in `from` above to whoever gets "
            "the proof.\n");
    say("\n");
    memory_release(l);
    return done;
}

static bool sign_request(struct cli *cli, const struct request *r, enum decision decision,
                         struct err *err)
{
    struct keyfile k = {0};
    struct moment until;
    struct bytes note;
    char time[MOMENT_CHARS + 1];
    const char *out = option_value(cli, OPTION_OUT, "-");
    if (!approve_until(cli, &until, err) || !link_key(cli, OPTION_OFFICER, &k, err))
        return false;
    bool done = request_approve(r, decision, &k, until, &cli->arena, &note, err) &&
                command_write(cli, out, note, false, err);
    moment_write(until, time);
    if (done && command_json(cli) && strcmp(out, "-") != 0)
        done = say_json(json_pack("{s:s,s:s,s:s}", "decision", decision_word(decision), "until",
                                  time, "file", out),
                        err);
    else if (done && strcmp(out, "-") != 0)
        say("%s, good until %s, is in %s.\n",
            decision == DECISION_REFUSE ? "The refusal" : "The approval", time, out);
    keyfile_close(&k);
    return done;
}

bool cmd_approve(struct cli *cli, struct err *err)
{
    struct bytes file;
    struct request r;
    struct digest hash;
    enum decision decision = DECISION_NONE;
    char question[80];
    bool quiet = command_json(cli) || strcmp(option_value(cli, OPTION_OUT, "-"), "-") == 0;
    if (!command_read(cli, cli->arguments[0], REQUEST_BYTES_MAX, &file, err) ||
        !request_read(file, &r, err) || !decided(cli, &r, &decision, err) ||
        !request_digest(&r, &cli->arena, &hash, err))
        return false;
    if (!quiet && !show_request(cli, &r, &hash, err))
        return false;
    (void)snprintf(question, sizeof question, "Sign \"%s\" with your officer's key?",
                   decision == DECISION_EXPORT && is_erasure(&r) ? "erase"
                                                                 : decision_word(decision));
    return command_confirm(cli, question, err) && sign_request(cli, &r, decision, err);
}

// -- releasing -----------------------------------------------------------------------------------
static bool hand_in(struct cli *cli, const struct link *l, const char *path, struct err *err)
{
    struct bytes note;
    struct buffer columns;
    json_t *draft = NULL;
    if (!command_read(cli, path, NOTE_BYTES_MAX, &note, err))
        return false;
    buffer_init(&columns, &cli->arena, NOTE_BYTES_MAX + 16);
    buffer_block32(&columns, note);
    bool done = clerk_show(&l->clerk, CLERK_APPROVE, buffer_bytes(&columns), &draft, err);
    json_decref(draft);
    return done || err_wrap(err, "%.120s", path);
}

bool cmd_release(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct bytes columns;
    json_t *shown = NULL;
    const struct option_values *given = &cli->options[OPTION_APPROVAL];
    if (!draft_columns(cli, &columns, err) || !link_open_officer(cli, &l, err))
        return false;
    bool done = true;
    for (size_t i = 0; done && i < given->count; i++)
        done = hand_in(cli, &l, given->items[i], err);
    done = done && clerk_show(&l.clerk, CLERK_RELEASE, columns, &shown, err);
    link_close(&l);
    if (!done && err->kind == ERR_DENIED)
        return err_wrap(err, "not released; `elchi draft show %.32s` tells who approved",
                        cli->arguments[0]);
    if (!done || command_json(cli))
        return done && say_json(shown, err);
    say("%s%s%s has left as the State's word.\n  entry %llu of %s\n  note  %s\n\nNext:\n  elchi "
        "show %s\n",
        style_bold(), see_text(shown, "ref"), style_plain(),
        (unsigned long long)see_number(shown, "index"), see_text(shown, "origin"),
        see_text(shown, "note"), see_text(shown, "ref"));
    json_decref(shown);
    return true;
}
