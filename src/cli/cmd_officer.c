// cli/cmd_officer.c - the register of approvers: looking at it, and changing it by its own rules.
#include "access/register.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "cli/request.h"

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

// -- a change
// --------------------------------------------------------------------------------------
static bool write_change_request(struct cli *cli, const struct approver_register *next,
                                 struct bytes text, struct err *err)
{
    struct request r = {.log = next->log, .decision = DECISION_REGISTER, .text = text};
    struct bytes file;
    return request_write(&r, &cli->arena, &file, err) &&
           command_write(cli, option_value(cli, OPTION_OUT, "-"), file, true, err);
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

bool cmd_officer_register(struct cli *cli, struct err *err)
{
    struct bytes text;
    struct approver_register next;
    if (!command_read(cli, cli->arguments[0], REGISTER_BYTES_MAX, &text, err) ||
        !register_read(&cli->arena, text, &next, err))
        return false;
    return cli->options[OPTION_APPROVAL].count > 0 ? hand_change_in(cli, text, err)
                                                   : write_change_request(cli, &next, text, err);
}
