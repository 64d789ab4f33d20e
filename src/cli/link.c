#include "cli/link.h"

#include "cli/passphrase.h"
#include "cli/supervisor.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_BYTES = 4096, WAIT_MS = 100, WAIT_MS_MAX = 10000, START_MS_MAX = 3000 };

// No node answers: keeper and clerk are started for this command, and stopped at its end.
static bool start_own(struct link *l, const char *socket_path, struct err *err)
{
    l->own = memory_new(1, sizeof *l->own);
    for (int waited = 0; !supervisor_init(l->own, l->config, false, err); waited += WAIT_MS) {
        // A node that is just starting, or another command: it answers soon.
        if (err->kind != ERR_BUSY || waited >= WAIT_MS_MAX)
            return false;
        (void)poll(NULL, 0, WAIT_MS);
        if (clerk_connect(socket_path, &l->clerk, err)) {
            memory_release(l->own);
            l->own = NULL;
            return true;
        }
    }
    return supervisor_start(l->own, err) && clerk_connect(socket_path, &l->clerk, err);
}

bool link_open(struct cli *cli, struct link *ret, struct err *err)
{
    char path[PATH_BYTES];
    struct link l = {.clerk = {-1}};
    l.config = memory_new(1, sizeof *l.config);
    (void)snprintf(path, sizeof path, "%s/clerk.sock", command_folder(cli));
    bool done = config_load(cli->world, command_folder(cli), l.config, err);
    if (done && !clerk_connect(path, &l.clerk, err))
        done = err->kind == ERR_OFFLINE && start_own(&l, path, err);
    if (done)
        *ret = l;
    else
        link_close(&l);
    return done;
}

bool link_open_running(struct cli *cli, struct link *ret, struct err *err)
{
    char path[PATH_BYTES];
    struct link l = {.clerk = {-1}};
    l.config = memory_new(1, sizeof *l.config);
    (void)snprintf(path, sizeof path, "%s/clerk.sock", command_folder(cli));
    bool done = config_load(cli->world, command_folder(cli), l.config, err);
    bool there = done && clerk_connect(path, &l.clerk, err);
    for (int waited = 0; done && !there && waited < START_MS_MAX; waited += WAIT_MS) {
        if (err->kind != ERR_OFFLINE)
            break;
        (void)poll(NULL, 0, WAIT_MS); // it may be just starting
        there = clerk_connect(path, &l.clerk, err);
    }
    if (there)
        *ret = l;
    else
        link_close(&l);
    return there;
}

bool link_key(struct cli *cli, enum command_option which, struct keyfile *ret_owned,
              struct err *err)
{
    struct secret passphrase = {0};
    const char *fallback =
        which == OPTION_OFFICER ? command_environment("ELCHI_OFFICER", NULL) : NULL;
    const char *path = option_value(cli, which, fallback);
    const char *from =
        option_value(cli, OPTION_PASSPHRASE, command_environment("ELCHI_PASSPHRASE_FILE", NULL));
    if (path == NULL || path[0] == '\0')
        return err_set(err, ERR_USAGE, NULL, "name the key file: %s FILE",
                       which == OPTION_OFFICER ? "--officer" : "--key");
    if (!world_exists(cli->world, path))
        return err_set(err, ERR_NOT_FOUND, NULL, "there is no key file %.160s", path);
    bool done = passphrase_get(from, "Passphrase of the key file", &passphrase, err) &&
                keyfile_open(cli->world, path, &passphrase, &cli->arena, ret_owned, err);
    secret_release(&passphrase);
    return done;
}

struct str link_officer_name(const struct keyfile *k)
{
    struct str rest = k->name;
    struct str part = rest;
    struct str last = rest;
    while (str_split(&rest, '/', &part))
        last = part;
    return last;
}

static bool learn_origin(struct cli *cli, struct link *l, struct err *err)
{
    json_t *status = NULL;
    if (!clerk_show(&l->clerk, CLERK_STATUS, (struct bytes){0}, &status, err))
        return false;
    const char *origin = json_string_value(json_object_get(status, "origin"));
    bool done = origin != NULL
                    ? arena_str(&cli->arena, str_of(origin), &l->origin, err)
                    : err_set(err, ERR_MALFORMED, NULL, "the node does not say its origin");
    json_decref(status);
    return done;
}

bool link_open_officer(struct cli *cli, struct link *ret, struct err *err)
{
    struct link l = {.clerk = {-1}};
    if (!link_open(cli, &l, err))
        return false;
    bool done =
        learn_origin(cli, &l, err) && link_key(cli, OPTION_OFFICER, &l.officer, err) &&
        clerk_prove(&l.clerk, l.origin, link_officer_name(&l.officer), &l.officer.seed, err);
    if (done)
        *ret = l;
    else
        link_close(&l);
    return done;
}

void link_close(struct link *l)
{
    keyfile_close(&l->officer);
    clerk_hang_up(&l->clerk);
    if (l->own != NULL) {
        supervisor_stop(l->own);
        supervisor_release(l->own);
        memory_release(l->own);
    }
    memory_release(l->config);
    *l = (struct link){.clerk = {-1}};
}
