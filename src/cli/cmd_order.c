// cli/cmd_order.c - orders of the roots to their keeper: asked for at the node, signed by the
// holders one after the other without a network, handed in at the node.
#include "base/encode.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "cli/order.h"

#include <stdio.h>

// -- asking for it -------------------------------------------------------------------------------
// A challenge lives as long as the keeper that made it: one started for this command alone would
// take it along.
static bool open_running(struct cli *cli, struct link *ret, struct err *err)
{
    struct err why = {0};
    if (link_open_running(cli, ret, &why))
        return true;
    *err = why;
    return why.kind == ERR_OFFLINE
               ? err_set(err, ERR_OFFLINE, "FORMATS 5",
                         "no node runs there, and a challenge lives as long as its keeper: start "
                         "`elchi serve` and leave it running until the order is applied")
               : false;
}

static bool read_status(struct cli *cli, const json_t *status, struct order_request *ret,
                        struct err *err)
{
    ret->asked.size = see_number(status, "size");
    return digest_read(str_of(see_text(status, "root")), &ret->asked.root)
               ? arena_str(&cli->arena, str_of(see_text(status, "origin")), &ret->asked.log, err) &&
                     arena_str(&cli->arena,
                               str_of(see_text(json_object_get(status, "lock"), "word")),
                               &ret->lock, err)
               : err_set(err, ERR_MALFORMED, NULL, "the node does not say what it holds");
}

static bool ask_challenge(struct cli *cli, struct order_request *ret, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct bytes answer;
    json_t *status = NULL;
    if (!open_running(cli, &l, err))
        return false;
    bool done = clerk_show(&l.clerk, CLERK_STATUS, (struct bytes){0}, &status, err) &&
                read_status(cli, status, ret, err) &&
                clerk_ask(&l.clerk, CLERK_CHALLENGE, (struct bytes){0}, &cli->arena, &answer, err);
    link_close(&l);
    json_decref(status);
    if (done && answer.len != DRAFT_ID_BYTES)
        return err_set(err, ERR_MALFORMED, NULL, "the node's answer is no challenge");
    if (done)
        memcpy(ret->asked.challenge.octets, answer.ptr, DRAFT_ID_BYTES);
    return done;
}

bool cmd_order_challenge(struct cli *cli, struct err *err)
{
    struct order_request r = {0};
    struct bytes file;
    const char *out = option_value(cli, OPTION_OUT, "-");
    if (!ask_challenge(cli, &r, err) || !order_request_write(&r, &cli->arena, &file, err) ||
        !command_write(cli, out, file, false, err))
        return false;
    if (strcmp(out, "-") == 0)
        return true;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:s%,s:I,s:s%}", "file", out, "log", r.asked.log.ptr,
                                  r.asked.log.len, "size", (json_int_t)r.asked.size, "lock",
                                  r.lock.ptr, r.lock.len),
                        err);
    say("The request is in %s: %.*s, %llu entries, keeper %.*s.\n"
        "First ask every partner how many entries of this log it holds (`elchi peer list` there, "
        "\"holds\").\nIf one holds more than %llu, let its node or its bundle bring them back; an "
        "order would make a\nsecond history. Then enough root holders sign, one after the other:\n"
        "  elchi root order %s --act resume --key THEIR-KEY --out SIGNED-1\n"
        "  elchi root order SIGNED-1 --key THEIR-KEY --out SIGNED-2\n"
        "and here, before the node is started anew:\n  elchi order apply SIGNED-2\n",
        out, STR_ARG(r.asked.log), (unsigned long long)r.asked.size, STR_ARG(r.lock),
        (unsigned long long)r.asked.size, out);
    return true;
}

// -- signing it, on the roots' machine -----------------------------------------------------------
static const char *const act_says[ORDER_ACT_COUNT] = {
    [ORDER_RESUME] =
        "The keeper, which waits, shall sign again, from exactly these entries on. If any other\n"
        "State holds more entries of this log, this makes a second history: everybody will find it "
        "and\nkeep the evidence. Ask them first. Drafts and approvals from before are void.",
    [ORDER_ADOPT] =
        "The keeper shall take exactly these entries as its whole log and sign from there on, also "
        "when\nit was not waiting. It refuses fewer entries than it signed. If any other State "
        "holds more\nentries, or others, this makes a second history: everybody will find it and "
        "keep the evidence.",
    [ORDER_RETIRE] = "The keeper shall sign nothing for this log ever again. There is no way back: "
                     "no later order\nundoes it. The log can still be read and checked.",
};

static bool choose_act(const struct cli *cli, struct order *o, struct err *err)
{
    enum order_act act = ORDER_NONE;
    const char *given = option_value(cli, OPTION_ACT, NULL);
    if (given != NULL && !order_act_read(str_of(given), &act))
        return err_set(err, ERR_USAGE, "FORMATS 5", "--act is resume, adopt or retire");
    if (o->act == ORDER_NONE && given == NULL)
        return err_set(err, ERR_USAGE, "FORMATS 5",
                       "say what the keeper shall do: --act resume, adopt or retire; see `elchi "
                       "help root order`");
    if (o->act != ORDER_NONE && given != NULL && act != o->act)
        return err_set(err, ERR_CONFLICT, "FORMATS 5",
                       "others signed \"%s\" already; for another act begin with the request",
                       order_act_word(o->act));
    o->act = given != NULL ? act : o->act;
    return true;
}

static void say_order(const struct order_sheet *s)
{
    const struct order *o = &s->order;
    char root[BASE64_CHARS(DIGEST_BYTES) + 1];
    char challenge[2 * DRAFT_ID_BYTES + 1];
    (void)base64_write(bytes_of(o->root.octets, DIGEST_BYTES), BASE64_PADDED, root);
    hex_write(bytes_of(o->challenge.octets, DRAFT_ID_BYTES), challenge);
    say("%sOrder to the keeper of %.*s: %s%s\n  entries     %llu\n  root        %s\n"
        "  challenge   %s (good once, until that node stops)\n",
        style_bold(), STR_ARG(o->log), order_act_word(o->act), style_plain(),
        (unsigned long long)o->size, root, challenge);
    if (s->lock.len > 0)
        say("  keeper      %.*s, says the node\n", STR_ARG(s->lock));
    for (size_t i = 0; i < s->note.signatures_count; i++)
        say("  signed by   %.*s, key %08x\n", STR_ARG(s->note.signatures[i].name),
            (unsigned)s->note.signatures[i].id);
    say("\n%s\n\n", act_says[o->act]);
}

static bool sign_sheet(struct cli *cli, const struct order_sheet *s, const char *out,
                       struct err *err)
{
    struct keyfile k = {0};
    struct bytes file;
    size_t signatures = 0;
    bool done = link_key(cli, OPTION_KEY, &k, err) &&
                order_sign(s, &k, &cli->arena, &file, &signatures, err) &&
                command_write(cli, out, file, false, err);
    keyfile_close(&k);
    if (!done || strcmp(out, "-") == 0)
        return done;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:s,s:I}", "file", out, "act", order_act_word(s->order.act),
                                  "signatures", (json_int_t)signatures),
                        err);
    say("%s carries %zu signature%s. Next, for another holder:\n  elchi root order %s --key "
        "THEIR-KEY --out SIGNED\nor, once as many signed as the manifest's threshold asks, at the "
        "node:\n  elchi order apply %s\n",
        out, signatures, signatures == 1 ? "" : "s", out, out);
    return true;
}

bool cmd_root_order(struct cli *cli, struct err *err)
{
    struct bytes sent;
    struct order_sheet *s = memory_new(1, sizeof *s);
    const char *out = option_value(cli, OPTION_OUT, "-");
    bool done = command_read(cli, cli->arguments[0], NOTE_BYTES_MAX, &sent, err) &&
                order_sheet_read(sent, s, err) && choose_act(cli, &s->order, err);
    if (done && !command_json(cli) && strcmp(out, "-") != 0)
        say_order(s);
    done = done && command_confirm(cli, "Sign this order with your root key?", err) &&
           sign_sheet(cli, s, out, err);
    memory_release(s);
    return done;
}

// -- handing it in -------------------------------------------------------------------------------
static bool hand_in(struct cli *cli, struct bytes note, json_t **ret_status, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct buffer columns;
    struct bytes answer;
    if (!open_running(cli, &l, err))
        return false;
    buffer_init(&columns, &cli->arena, NOTE_BYTES_MAX + 16);
    buffer_block32(&columns, note);
    bool done =
        clerk_ask(&l.clerk, CLERK_ORDER, buffer_bytes(&columns), &cli->arena, &answer, err) &&
        clerk_show(&l.clerk, CLERK_STATUS, (struct bytes){0}, ret_status, err);
    link_close(&l);
    return done;
}

static bool say_obeyed(struct cli *cli, const struct order *o, const json_t *status,
                       struct err *err)
{
    const char *lock = see_text(json_object_get(status, "lock"), "word");
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:I,s:s}", "act", order_act_word(o->act), "size",
                                  (json_int_t)o->size, "lock", lock),
                        err);
    if (o->act == ORDER_RETIRE)
        say("The keeper obeyed: %.*s is retired. Nothing is signed for it ever again.\n",
            STR_ARG(o->log));
    else
        say("The keeper obeyed: it signs again, from %llu entries on. Drafts and approvals from "
            "before are void.\nWrite them anew, and approve them in five minutes at the earliest: "
            "what is approved before\nthat does not run long enough to count.\n",
            (unsigned long long)o->size);
    return true;
}

bool cmd_order_apply(struct cli *cli, struct err *err)
{
    struct bytes sent;
    json_t *status = NULL;
    struct order_sheet *s = memory_new(1, sizeof *s);
    bool done = command_read(cli, cli->arguments[0], NOTE_BYTES_MAX, &sent, err) &&
                order_sheet_read(sent, s, err);
    if (done && s->note.signatures_count == 0)
        done = err_set(err, ERR_USAGE, "FORMATS 5",
                       "this is the request: root holders sign it first with `elchi root order`");
    done = done && hand_in(cli, sent, &status, err) && say_obeyed(cli, &s->order, status, err);
    json_decref(status);
    memory_release(s);
    return done;
}
