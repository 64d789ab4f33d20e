// cli/cmd_gap.c - after a restore: going on without the bodies that nobody brings back.
#include "clerk/client.h"
#include "cli/commands.h"
#include "cli/link.h"

bool cmd_accept_gap(struct cli *cli, struct err *err)
{
    struct link l;
    struct buffer columns;
    json_t *shown = NULL;
    if (!link_open_officer(cli, &l, err))
        return false;
    buffer_init(&columns, &cli->arena, 64);
    buffer_block16(&columns, str_bytes(str_of(cli->arguments[0])));
    bool done = clerk_show(&l.clerk, CLERK_ACCEPT_GAP, buffer_bytes(&columns), &shown, err);
    link_close(&l);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(shown, err);
    say("%s: %lld numbers are left out; the next record takes the number after them. Tell the\n"
        "partner that nothing is missing there.\n",
        json_string_value(json_object_get(shown, "pair")),
        (long long)json_integer_value(json_object_get(shown, "left_out")));
    json_decref(shown);
    return true;
}
