// cli/cmd_officer.c - the register of approvers: looking at it, and changing it by its own rules.
#include "access/register.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/found.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "cli/request.h"

#include <stdlib.h>

static bool fetch_register(struct cli *cli, const struct link *l, struct bytes *ret,
                           struct err *err)
{
    struct bytes answer;
    if (!clerk_ask(&l->clerk, CLERK_REGISTER_GET, (struct bytes){0}, &cli->arena, &answer, err))
        return false;
    struct reader r = reader_of(answer);
    *ret = reader_block32(&r);
    return reader_done(&r) || err_set(err, ERR_MALFORMED, "clerk/frames.h", "the node's answer");
}

static json_t *words_of(unsigned bits, int count, const char *(*word)(int))
{
    json_t *all = json_array();
    CHECK(all != NULL);
    for (int i = 0; i < count; i++)
        if ((bits >> i & 1U) != 0)
            CHECK(json_array_append_new(all, json_string(word(i))) == 0);
    return all;
}

static const char *desk_at(int i)
{
    return desk_word((enum desk)i);
}

static const char *role_at(int i)
{
    return officer_role_word((enum officer_role)i);
}

static void say_words(const json_t *words)
{
    const json_t *word;
    size_t i;
    json_array_foreach(words, i, word) say("%s%s", i == 0 ? "" : ",", json_string_value(word));
}

bool cmd_officer_list(struct cli *cli, struct err *err)
{
    struct link l;
    struct bytes text;
    struct approver_register r;
    if (!link_open(cli, &l, err))
        return false;
    bool done = fetch_register(cli, &l, &text, err) && register_read(&cli->arena, text, &r, err);
    link_close(&l);
    if (!done)
        return false;
    json_t *rows = json_array();
    CHECK(rows != NULL);
    for (size_t i = 0; i < r.officers_count; i++) {
        const struct officer *o = &r.officers[i];
        json_t *desks = words_of(o->desks, DESK_COUNT, desk_at);
        json_t *roles = words_of(o->roles, OFFICER_ROLE_COUNT, role_at);
        if (!command_json(cli)) {
            say("%-16.*s ", STR_ARG(o->name));
            say_words(desks);
            say("  ");
            say_words(roles);
            say("\n");
        }
        json_t *one = json_pack("{s:s%,s:o,s:o}", "officer", o->name.ptr, o->name.len, "desks",
                                desks, "roles", roles);
        CHECK(json_array_append_new(rows, one) == 0);
    }
    if (command_json(cli))
        return say_json(json_pack("{s:I,s:i,s:o}", "version", (json_int_t)r.version, "change",
                                  (int)r.change, "officers", rows),
                        err);
    say("Version %llu of the register; a change takes %u administrator%s.\n",
        (unsigned long long)r.version, r.change, r.change == 1 ? "" : "s");
    json_decref(rows);
    return true;
}

// -- a change ------------------------------------------------------------------------------------
static int by_name(const void *a, const void *b)
{
    return str_cmp(((const struct officer *)a)->name, ((const struct officer *)b)->name);
}

static bool drop_officer(struct officer *all, size_t *count, const char *name, struct err *err)
{
    for (size_t i = 0; i < *count; i++) {
        if (!str_eq(all[i].name, str_of(name)))
            continue;
        memmove(&all[i], &all[i + 1], (*count - i - 1) * sizeof *all);
        (*count)--;
        return true;
    }
    return err_set(err, ERR_NOT_FOUND, NULL, "the register has no officer %.64s", name);
}

// Whoever is added under a name that is there takes that officer's place: a new key, other roles.
static bool change_officers(struct cli *cli, const struct approver_register *now,
                            struct approver_register *next, struct err *err)
{
    const struct option_values *added = &cli->options[OPTION_OFFICERS];
    const struct option_values *dropped = &cli->options[OPTION_DROP_OFFICER];
    size_t count = now->officers_count;
    struct officer *all = arena_new(&cli->arena, struct officer, count + added->count + 1);
    struct err none = {0};
    if (all == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many officers");
    memcpy(all, now->officers, count * sizeof *all);
    for (size_t i = 0; i < dropped->count; i++)
        if (!drop_officer(all, &count, dropped->items[i], err))
            return false;
    for (size_t i = 0; i < added->count; i++) {
        struct officer one;
        if (!found_officer(added->items[i], &one, err))
            return err_wrap(err, "--add-officer %zu", i + 1);
        struct str name;
        if (!arena_str(&cli->arena, one.name, &name, err))
            return false;
        (void)drop_officer(all, &count, name.ptr, &none); // not there: nothing to replace
        all[count++] = one;
    }
    qsort(all, count, sizeof *all, by_name);
    next->officers = all;
    next->officers_count = count;
    return true;
}

static bool next_register(struct cli *cli, const struct approver_register *now, struct bytes *ret,
                          struct err *err)
{
    struct approver_register next = *now;
    next.version = now->version + 1;
    next.has_previous = true;
    next.previous = now->hash;
    return change_officers(cli, now, &next, err) && register_write(&next, &cli->arena, ret, err);
}

static bool write_change_request(struct cli *cli, struct bytes text, struct err *err)
{
    struct approver_register next;
    struct bytes file;
    const char *out = option_value(cli, OPTION_OUT, "-");
    if (!register_read(&cli->arena, text, &next, err))
        return false;
    struct request r = {.log = next.log, .decision = DECISION_REGISTER, .text = text};
    if (!request_write(&r, &cli->arena, &file, err) || !command_write(cli, out, file, true, err))
        return false;
    if (strcmp(out, "-") == 0)
        return true;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:I}", "file", out, "version", (json_int_t)next.version),
                        err);
    say("Nothing is changed yet. The request for version %llu is in %s. Administrators of the "
        "present register\napprove it, each on a machine of their own:\n  elchi approve %s "
        "--officer KEY --out APPROVAL\nand then\n  elchi officer register %s --officer KEY "
        "--approval APPROVAL ...\n",
        (unsigned long long)next.version, out, out, out);
    return true;
}

bool cmd_officer_change(struct cli *cli, struct err *err)
{
    struct link l;
    struct bytes text;
    struct bytes changed;
    struct approver_register now;
    if (cli->options[OPTION_OFFICERS].count + cli->options[OPTION_DROP_OFFICER].count == 0)
        return err_set(err, ERR_USAGE, NULL,
                       "say what changes: --add-officer NAME:VKEY:DESKS:ROLES or --drop-officer "
                       "NAME");
    if (!link_open(cli, &l, err))
        return false;
    bool done = fetch_register(cli, &l, &text, err);
    link_close(&l);
    return done && register_read(&cli->arena, text, &now, err) &&
           next_register(cli, &now, &changed, err) && write_change_request(cli, changed, err);
}

static bool hand_change_in(struct cli *cli, struct bytes text, struct err *err)
{
    const struct option_values *given = &cli->options[OPTION_APPROVAL];
    struct bytes notes[COMMAND_VALUES_MAX];
    struct link l;
    for (size_t i = 0; i < given->count; i++)
        if (!command_read(cli, given->items[i], NOTE_BYTES_MAX, &notes[i], err))
            return false;
    if (!link_open_officer(cli, &l, err))
        return false;
    bool done = clerk_change_register(&l.clerk, text, notes, given->count, err);
    link_close(&l);
    if (done && !command_json(cli))
        say("The register is changed.\n");
    return done && (!command_json(cli) || say_json(json_pack("{s:b}", "changed", 1), err));
}

// The file is a register, or the request that administrators approved.
static bool read_change(struct cli *cli, struct bytes *ret, struct err *err)
{
    struct bytes sent;
    struct request r;
    struct err why = {0};
    struct approver_register next;
    if (!command_read(cli, cli->arguments[0], REQUEST_BYTES_MAX, &sent, err))
        return false;
    bool is_request = request_read(sent, &r, &why) && r.decision == DECISION_REGISTER;
    *ret = is_request ? r.text : sent;
    return register_read(&cli->arena, *ret, &next, err);
}

bool cmd_officer_register(struct cli *cli, struct err *err)
{
    struct bytes text;
    if (!read_change(cli, &text, err))
        return false;
    return cli->options[OPTION_APPROVAL].count > 0 ? hand_change_in(cli, text, err)
                                                   : write_change_request(cli, text, err);
}
