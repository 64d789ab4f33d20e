// cli/cmd_node.c - running a node, and looking after it.
#include "base/encode.h"
#include "base/limits.h"
#include "cli/archive.h"
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "cli/supervisor.h"

#include <signal.h>
#include <stdio.h>

static volatile int stop_asked;

static void on_stop(int number)
{
    (void)number;
    stop_asked = 1;
}

bool cmd_serve(struct cli *cli, struct err *err)
{
    struct sigaction stop = {.sa_handler = on_stop};
    struct supervisor *s = memory_new(1, sizeof *s);
    struct config *c = memory_new(1, sizeof *c);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGINT, &stop, NULL);
    bool done = config_load(cli->world, command_folder(cli), c, err);
    if (done)
        report_init("supervisor", c->log_level, c->log_json);
    if (done && supervisor_init(s, c, true, err)) {
        done = supervisor_run(s, &stop_asked, err);
        supervisor_release(s);
    } else {
        done = false;
    }
    memory_release(c);
    memory_release(s);
    return done;
}

// -- looking --------------------------------------------------------------------------------------
static bool ask_shown(struct cli *cli, enum clerk_frame kind, json_t **ret_owned, struct err *err)
{
    struct link l;
    if (!link_open(cli, &l, err))
        return false;
    bool done = clerk_show(&l.clerk, kind, (struct bytes){0}, ret_owned, err);
    link_close(&l);
    return done;
}

static void say_status(const json_t *s)
{
    const json_t *lock = json_object_get(s, "lock");
    const json_t *community = json_object_get(s, "community");
    const json_t *cosigned = json_object_get(s, "cosigned");
    const json_t *waiting = json_object_get(s, "waiting");
    say("%s%s%s%s  log %s, %llu entries\n", style_bold(), see_text(s, "state"), style_plain(),
        see_true(s, "demo") ? " (demonstration)" : "", see_text(s, "origin"),
        (unsigned long long)see_number(s, "size"));
    if (json_is_object(cosigned))
        say("  cosigned     size %llu by %llu of %llu others%s\n",
            (unsigned long long)see_number(cosigned, "size"),
            (unsigned long long)see_number(cosigned, "k"),
            (unsigned long long)see_number(cosigned, "n"),
            see_true(cosigned, "met") ? ", quorum met" : "");
    else
        say("  cosigned     not yet: no partner has seen it\n");
    if (strcmp(see_text(lock, "word"), "signs") == 0)
        say("  keeper       signs\n");
    else
        say("  keeper       %s: %s\n", see_text(lock, "word"), see_text(lock, "reason"));
    if (json_is_object(community))
        say("  community    %s, %zu States, quorum %llu\n", see_text(community, "name"),
            json_array_size(see_rows(community, "states")),
            (unsigned long long)see_number(community, "quorum"));
    else
        say("  community    none applied: `elchi community apply FILE`\n");
    say("  waiting      %llu drafts, %llu to be logged, %llu bodies to come\n",
        (unsigned long long)see_number(waiting, "drafts"),
        (unsigned long long)see_number(waiting, "staged"),
        (unsigned long long)see_number(waiting, "bodies"));
}

bool cmd_status(struct cli *cli, struct err *err)
{
    json_t *shown = NULL;
    if (!ask_shown(cli, CLERK_STATUS, &shown, err))
        return false;
    if (command_json(cli))
        return say_json(shown, err);
    say_status(shown);
    json_decref(shown);
    return true;
}

bool cmd_doctor(struct cli *cli, struct err *err)
{
    json_t *shown = NULL;
    json_t *one;
    size_t i;
    bool grave = false;
    if (!ask_shown(cli, CLERK_DOCTOR, &shown, err))
        return false;
    json_t *rows = see_rows(shown, "findings");
    json_array_foreach(rows, i, one) grave = grave || see_true(one, "grave");
    if (command_json(cli)) {
        if (!say_json(shown, err))
            return false;
    } else {
        if (json_array_size(rows) == 0)
            say("Nothing is wrong.\n");
        json_array_foreach(rows, i, one)
            say("%s %s\n", see_true(one, "grave") ? "!" : "-", see_text(one, "sentence"));
        json_decref(shown);
    }
    return !grave || err_set(err, ERR_TAMPERED, NULL, "something is gravely wrong; see above");
}

// -- long work, a step at a time ------------------------------------------------------------------
static bool verify_steps(struct cli *cli, const struct link *l, struct str origin,
                         json_t **ret_owned, struct err *err)
{
    uint64_t from = 0;
    for (;;) {
        struct buffer columns;
        json_t *shown = NULL;
        buffer_init(&columns, &cli->arena, 1024);
        buffer_block16(&columns, str_bytes(origin));
        buffer_number(&columns, from, 8);
        if (!clerk_show(&l->clerk, CLERK_VERIFY, buffer_bytes(&columns), &shown, err))
            return false;
        from = see_number(shown, "next");
        say_progress(cli, "verifying", from, see_number(shown, "size"));
        if (see_true(shown, "done")) {
            say_progress_done(cli);
            *ret_owned = shown;
            return true;
        }
        json_decref(shown);
    }
}

bool cmd_verify(struct cli *cli, struct err *err)
{
    struct link l;
    json_t *shown = NULL;
    if (!link_open(cli, &l, err))
        return false;
    bool done = verify_steps(cli, &l, str_of(cli->arguments[0]), &shown, err);
    if (!done && err->kind == ERR_NOT_FOUND)
        (void)err_wrap(err, "a log is named by its origin, as `elchi peer list` shows it; %.60s",
                       cli->arguments[0]);
    link_close(&l);
    if (!done)
        return false;
    bool good = see_true(shown, "ok");
    struct str problem;
    if (!arena_str(&cli->arena, str_of(see_text(shown, "problem")), &problem, err))
        return false;
    if (!command_json(cli) && good)
        say("%s: all %llu entries lead to the signed root.\n", see_text(shown, "origin"),
            (unsigned long long)see_number(shown, "size"));
    if (command_json(cli))
        done = say_json(shown, err);
    else
        json_decref(shown);
    return done && (good || err_set(err, ERR_TAMPERED, "RFC 9162 2.1", "%.*s", STR_ARG(problem)));
}

bool cmd_rebuild(struct cli *cli, struct err *err)
{
    struct link l;
    uint8_t anew = 1;
    json_t *shown = NULL;
    if (!link_open(cli, &l, err))
        return false;
    bool done = true;
    bool complete = false;
    while (done && !complete) {
        json_decref(shown);
        shown = NULL;
        done = clerk_show(&l.clerk, CLERK_REBUILD, bytes_of(&anew, 1), &shown, err);
        anew = 0;
        complete = done && see_true(shown, "complete");
        if (done)
            say_progress(cli, "rebuilding", see_number(shown, "done"), see_number(shown, "total"));
    }
    say_progress_done(cli);
    link_close(&l);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(shown, err);
    say("Every view is derived anew from %llu entries.\n",
        (unsigned long long)see_number(shown, "total"));
    json_decref(shown);
    return true;
}

// -- backup and restore ---------------------------------------------------------------------------
static bool take_recipients(struct cli *cli, struct age_recipient *ret, size_t cap,
                            size_t *ret_count, struct err *err)
{
    const struct option_values *given = &cli->options[OPTION_RECIPIENT];
    if (given->count == 0 || given->count > cap)
        return err_set(err, ERR_USAGE, NULL,
                       "name whom the backup is for: --recipient age1... (1 to %zu)", cap);
    for (size_t i = 0; i < given->count; i++)
        if (!age_recipient_read(str_of(given->items[i]), &ret[i], err))
            return err_wrap(err, "--recipient");
    *ret_count = given->count;
    return true;
}

// The clerk copies both stores, consistent, into a folder of its own; the rest are small files.
static bool copy_stores(struct cli *cli, const char *folder, struct err *err)
{
    struct link l;
    struct buffer columns;
    struct bytes answer;
    buffer_init(&columns, &cli->arena, 8192);
    buffer_block16(&columns, str_bytes(str_of(folder)));
    if (!link_open(cli, &l, err))
        return false;
    bool done =
        clerk_ask(&l.clerk, CLERK_BACKUP, buffer_bytes(&columns), &cli->arena, &answer, err);
    link_close(&l);
    return done;
}

bool cmd_backup(struct cli *cli, struct err *err)
{
    struct age_recipient to[COMMAND_VALUES_MAX];
    size_t count = 0;
    struct archive_backup plan = {.world = cli->world, .folder = command_folder(cli)};
    const char *out = option_value(cli, OPTION_OUT, NULL);
    struct str absolute;
    if (out == NULL)
        return err_set(err, ERR_USAGE, NULL, "name the file: --out FILE");
    if (world_exists(cli->world, out))
        return err_set(err, ERR_CONFLICT, NULL, "%.160s exists and is not overwritten", out);
    if (!take_recipients(cli, to, COMMAND_VALUES_MAX, &count, err) ||
        !archive_staging(cli, plan.folder, &absolute, err) || !copy_stores(cli, absolute.ptr, err))
        return false;
    plan.staging = absolute.ptr;
    plan.recipients = to;
    plan.recipients_count = count;
    bool done = archive_write_backup(&plan, out, err);
    archive_staging_drop(absolute.ptr);
    if (!done)
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s,s:i}", "file", out, "recipients", (int)count), err);
    say("The backup is in %s, for %zu recovery recipient%s. The keeper's state is left out on "
        "purpose:\n"
        "a restored node signs nothing until a quorum of States has answered.\n",
        out, count, count == 1 ? "" : "s");
    if (count == 1)
        say("Only one recipient can open it; name a second one that is kept elsewhere.\n");
    return true;
}

bool cmd_restore(struct cli *cli, struct err *err)
{
    const char *folder = command_folder(cli);
    const char *identity = option_value(cli, OPTION_IDENTITY, NULL);
    if (identity == NULL)
        return err_set(err, ERR_USAGE, NULL, "name the recovery identity: --identity FILE");
    if (strcmp(folder, ".") == 0 || world_exists(cli->world, folder))
        return err_set(err, ERR_CONFLICT, NULL,
                       "name a new folder that does not exist yet: --node FOLDER");
    if (!archive_read_backup(cli, cli->arguments[0], identity, folder, err))
        return false;
    if (command_json(cli))
        return say_json(json_pack("{s:s}", "folder", folder), err);
    say("Restored into %s. It signs nothing yet: let partners connect, or read their bundles, "
        "until\n"
        "`elchi status --node %s` says that the keeper signs. Never run the old copy again.\n",
        folder, folder);
    return true;
}
