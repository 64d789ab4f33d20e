// cli/cmd_node.c - running a node and looking after it.
#define _XOPEN_SOURCE 700 // sigaction
#include "base/encode.h"
#include "base/limits.h"
#include "cli/commands.h"
#include "cli/layout.h"
#include "cli/link.h"
#include "cli/supervisor.h"

#include <signal.h>
#include <stdio.h>

// -- serve ---------------------------------------------------------------------------------------
static volatile int stop_asked;

static void on_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

bool cmd_serve(struct cli *cli, struct err *err)
{
    struct sigaction stop = {.sa_handler = on_stop};
    struct config *config = memory_new(1, sizeof *config);
    struct supervisor s;
    bool done = config_load(cli->world, command_folder(cli), config, err);
    if (done) {
        (void)sigaction(SIGTERM, &stop, NULL);
        (void)sigaction(SIGINT, &stop, NULL);
        report_init("supervisor", config->log_level, config->log_json);
        done = supervisor_init(&s, config, true, err);
        if (done) {
            done = supervisor_run(&s, &stop_asked, err);
            supervisor_release(&s);
        }
    }
    memory_release(config);
    return done;
}

// -- status and doctor ---------------------------------------------------------------------------
static bool ask_node(struct cli *cli, enum clerk_frame which, json_t **ret_owned, struct err *err)
{
    struct link l = {.clerk = {-1}};
    if (!link_open(cli, &l, err))
        return false;
    bool done = clerk_show(&l.clerk, which, (struct bytes){0}, ret_owned, err);
    link_close(&l);
    return done;
}

static void say_status(const json_t *o)
{
    const json_t *community = json_object_get(o, "community");
    const json_t *cosigned = json_object_get(o, "cosigned");
    const json_t *waiting = json_object_get(o, "waiting");
    const json_t *lock = json_object_get(o, "lock");
    say("%s%s%s  %s%s\n", style_bold(), see_text(o, "state"), style_plain(),
        see_text(o, "origin"), see_true(o, "demo") ? "  (a demonstration)" : "");
    say("  log        %llu entries, root %s\n", (unsigned long long)see_number(o, "size"),
        see_text(o, "root"));
    say("  cosigned   ");
    if (json_is_object(cosigned)) {
        say("size %llu ", (unsigned long long)see_number(cosigned, "size"));
        see_say_quorum(cosigned);
    } else {
        say("by nobody yet");
    }
    say("\n  keeper     %s%s%s\n", see_text(lock, "word"),
        see_text(lock, "reason")[0] != '\0' ? ": " : "", see_text(lock, "reason"));
    if (json_is_object(community))
        say("  community  %s, quorum %llu\n             %s\n", see_text(community, "name"),
            (unsigned long long)see_number(community, "quorum"), see_text(community, "hash"));
    else
        say("  community  none applied yet: elchi community apply FILE\n");
    say("  partners   %llu with a function switched on\n",
        (unsigned long long)see_number(o, "peers"));
    say("  waiting    %llu staged, %llu bodies, %llu drafts\n",
        (unsigned long long)see_number(waiting, "staged"),
        (unsigned long long)see_number(waiting, "bodies"),
        (unsigned long long)see_number(waiting, "drafts"));
}

bool cmd_status(struct cli *cli, struct err *err)
{
    json_t *o = NULL;
    if (!ask_node(cli, CLERK_STATUS, &o, err))
        return false;
    if (command_json(cli))
        return say_json(o, err);
    say_status(o);
    json_decref(o);
    return true;
}

bool cmd_doctor(struct cli *cli, struct err *err)
{
    json_t *o = NULL;
    json_t *one;
    size_t i;
    bool grave = false;
    if (!ask_node(cli, CLERK_DOCTOR, &o, err))
        return false;
    json_t *findings = see_rows(o, "findings");
    if (!command_json(cli) && json_array_size(findings) == 0)
        say("Nothing is wrong that the node can see.\n");
    json_array_foreach(findings, i, one)
    {
        grave = grave || see_true(one, "grave");
        if (!command_json(cli))
            say("%s %s: %s\n", see_true(one, "grave") ? "!!" : " -", see_text(one, "word"),
                see_text(one, "sentence"));
    }
    bool done = !command_json(cli) || say_json(json_incref(o), err);
    json_decref(o);
    if (done && grave)
        return err_set(err, ERR_CONFLICT, NULL, "something is wrong with this node; see above");
    return done;
}

// -- verify and rebuild: long work, a step at a time ---------------------------------------------
static bool verify_step(struct cli *cli, const struct link *l, struct str origin, uint64_t from,
                        json_t **ret_owned, struct err *err)
{
    struct buffer columns;
    buffer_init(&columns, &cli->arena, 1024);
    buffer_block16(&columns, str_bytes(origin));
    buffer_number(&columns, from, 8);
    return clerk_show(&l->clerk, CLERK_VERIFY, buffer_bytes(&columns), ret_owned, err);
}

static bool own_origin(struct cli *cli, const struct link *l, struct str *ret, struct err *err)
{
    json_t *o = NULL;
    if (!clerk_show(&l->clerk, CLERK_STATUS, (struct bytes){0}, &o, err))
        return false;
    bool done = arena_str(&cli->arena, str_of(see_text(o, "origin")), ret, err);
    json_decref(o);
    return done;
}

static bool verify_log(struct cli *cli, const struct link *l, struct str origin, json_t **ret_owned,
                       struct err *err)
{
    uint64_t next = 0;
    for (;;) {
        if (!verify_step(cli, l, origin, next, ret_owned, err))
            return false;
        uint64_t size = see_number(*ret_owned, "size");
        uint64_t before = next;
        next = see_number(*ret_owned, "next");
        say_progress(cli, "verify", next, size);
        if (see_true(*ret_owned, "done"))
            break;
        json_decref(*ret_owned);
        *ret_owned = NULL;
        if (next <= before)
            return err_set(err, ERR_IO, NULL, "the check does not go on past entry %llu",
                           (unsigned long long)next);
    }
    say_progress_done(cli);
    return true;
}

bool cmd_verify(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    struct str origin = {0};
    json_t *o = NULL;
    if (!link_open(cli, &l, err))
        return false;
    bool done = true;
    if (cli->arguments_count > 0)
        origin = str_of(cli->arguments[0]);
    else
        done = own_origin(cli, &l, &origin, err);
    done = done && verify_log(cli, &l, origin, &o, err);
    link_close(&l);
    if (!done)
        return false;
    bool good = see_true(o, "ok");
    char problem[200];
    (void)snprintf(problem, sizeof problem, "%.190s", see_text(o, "problem"));
    if (command_json(cli))
        done = say_json(json_incref(o), err);
    else if (good)
        say("%.*s: %llu entries, every hash and the checkpoint's signature agree.\n",
            STR_ARG(origin), (unsigned long long)see_number(o, "size"));
    json_decref(o);
    if (done && !good)
        return err_set(err, ERR_TAMPERED, "RFC 6962 2.1", "%s", problem);
    return done;
}

static bool rebuild_step(const struct link *l, bool anew, json_t **ret_owned, struct err *err)
{
    uint8_t start = anew ? 1 : 0;
    return clerk_show(&l->clerk, CLERK_REBUILD, bytes_of(&start, 1), ret_owned, err);
}

bool cmd_rebuild(struct cli *cli, struct err *err)
{
    struct link l = {.clerk = {-1}};
    json_t *o = NULL;
    bool complete = false;
    bool anew = true;
    if (!link_open(cli, &l, err))
        return false;
    bool done = true;
    while (done && !complete) {
        json_decref(o);
        o = NULL;
        done = rebuild_step(&l, anew, &o, err);
        complete = done && see_true(o, "complete");
        anew = false;
        if (done)
            say_progress(cli, "rebuild", see_number(o, "done"), see_number(o, "total"));
    }
    say_progress_done(cli);
    link_close(&l);
    if (!done || command_json(cli))
        return done && say_json(o, err);
    say("Every view was derived again from %llu entries.\n",
        (unsigned long long)see_number(o, "total"));
    json_decref(o);
    return true;
}
