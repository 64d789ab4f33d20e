#include "cli/process.h"

#include "base/encode.h"
#include "base/limits.h"
#include "clerk/service.h"
#include "cli/config.h"
#include "cli/passphrase.h"
#include "courier/courier.h"
#include "keeper/service.h"
#include "web/door.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { GIVEN_MAX = 8, PATH_BYTES = 4096 };

static volatile int stop_asked;

static void on_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

struct given {
    const char *name;
    int fd;
};
struct process_self {
    const char *folder;
    struct config config;
    struct given given[GIVEN_MAX];
    size_t count;
};

static int given_fd(const struct process_self *self, const char *name)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->given[i].name, name) == 0)
            return self->given[i].fd;
    return -1;
}

// Whoever brings the sockets of the other processes: the supervisor of a node, or of a command.
static int usher_of(const struct process_self *self)
{
    int fd = given_fd(self, "usher");
    return fd >= 0 ? fd : given_fd(self, "command");
}

static void say_ready(const struct process_self *self)
{
    int fd = given_fd(self, "ready");
    if (fd >= 0 && write(fd, "r", 1) == 1)
        (void)close(fd); // said once
}

static bool read_given(struct process_self *self, int count, char **arguments, struct err *err)
{
    for (int i = 0; i + 1 < count; i += 2) {
        uint64_t fd = 0;
        if (self->count == GIVEN_MAX || !decimal_read(str_of(arguments[i + 1]), 1 << 20, &fd))
            return err_set(err, ERR_USAGE, NULL, "a descriptor out of bounds");
        self->given[self->count++] = (struct given){arguments[i], (int)fd};
        (void)fcntl((int)fd, F_SETFD, FD_CLOEXEC);
    }
    return true;
}

// -- keeper --------------------------------------------------------------------------------------
static bool run_keeper(struct process_self *self, struct err *err)
{
    struct secret passphrase = {0};
    char folder[PATH_BYTES];
    struct keeper_door doors[2] = {{-1, KEEPER_FOR_CLERK}, {-1, KEEPER_FOR_COURIER}};
    struct vault *v = memory_new(1, sizeof *v);
    (void)snprintf(folder, sizeof folder, "%s/keeper", self->folder);
    bool done = passphrase_get(self->config.passphrase_file, "Passphrase of the keeper",
                               &passphrase, err) &&
                vault_open(v, world_real(), folder, &passphrase, err);
    secret_release(&passphrase);
    if (done) {
        say_ready(self);
        done = keeper_serve_ushered(v, doors, 2, usher_of(self), &stop_asked, err);
        vault_close(v);
    }
    memory_release(v);
    return done;
}

// -- clerk ----------------------------------------------------------------------------------------
// The
// socket of commands on this machine; who can reach the folder may ask what reads no body.
static struct clerk_options clerk_options_of(struct process_self *self, const char **markings)
{
    const struct config *c = &self->config;
    for (size_t i = 0; i < c->markings_count; i++)
        markings[i] = c->markings[i];
    return (struct clerk_options){
        .world = world_real(),
        .folder = self->folder,
        .keeper_socket = given_fd(self, "keeper"),
        .bell = given_fd(self, "bell"),
        .peer_quota_bytes = c->peer_quota_mib << 20,
        .markings = markings,
        .markings_count = c->markings_count,
        .markings_allowed = config_markings_allowed(c),
    };
}

static bool run_clerk(struct process_self *self, struct err *err)
{
    const char *markings[CONFIG_MARKINGS_MAX];
    struct clerk_options options = clerk_options_of(self, markings);
    struct clerk *c = memory_new(1, sizeof *c);
    struct clerk_sockets sockets = {.listener = -1,
                                    .command = -1,
                                    .courier = given_fd(self, "courier"),
                                    .door = given_fd(self, "door"),
                                    .usher = usher_of(self)};
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/clerk.sock", self->folder);
    bool done = clerk_open(c, &options, err) && clerk_listen(path, &sockets.listener, err);
    if (done) {
        done = clerk_start(c, err); // takes up what a crash left, before any command
        if (done)
            say_ready(self);
        done = done && clerk_serve(c, &sockets, &stop_asked, err);
    }
    clerk_close(c);
    memory_release(c);
    return done;
}

// -- courier and door -----------------------------------------------------------------------------
static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static bool run_courier(struct process_self *self, struct err *err)
{
    char exchange[PATH_BYTES];
    (void)snprintf(exchange, sizeof exchange, "%s/exchange.db", self->folder);
    struct courier_options options = {
        .world = world_real(),
        .exchange_path = exchange,
        .clerk_socket = given_fd(self, "clerk"),
        .keeper_socket = given_fd(self, "keeper"),
        .bell = given_fd(self, "bell"),
        .ready = given_fd(self, "ready"),
        .listen = or_null(self->config.listen),
        .monitor = or_null(self->config.monitor),
        .dials = self->config.dials,
        .poll_s = self->config.poll_s,
    };
    return courier_serve(&options, &stop_asked, err);
}

static bool run_door(struct process_self *self, struct err *err)
{
    struct door_options options = {.world = world_real(),
                                   .clerk_socket = given_fd(self, "clerk"),
                                   .ready = given_fd(self, "ready"),
                                   .listen = self->config.door};
    return door_serve(&options, &stop_asked, err);
}

static const struct {
    const char *name;
    bool (*run)(struct process_self *self, struct err *err);
} runs[] = {
    {"keeper", run_keeper}, {"clerk", run_clerk}, {"courier", run_courier}, {"door", run_door}};

static bool run_named(struct process_self *self, const char *name, struct err *err)
{
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        if (strcmp(runs[i].name, name) != 0)
            continue;
        // Started for the length of a command: the command says what was refused, once.
        bool of_a_node = given_fd(self, "command") < 0;
        report_init(runs[i].name, of_a_node ? self->config.log_level : REPORT_ERROR,
                    self->config.log_json);
        return runs[i].run(self, err);
    }
    return err_set(err, ERR_USAGE, NULL, "there is no process %.60s", name);
}

int process_main(int count, char **arguments)
{
    struct err err = {0};
    struct sigaction stop = {.sa_handler = on_stop};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    if (count < 2)
        return err_kind_exit(ERR_USAGE);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGINT, &ignore, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
    crypto_start();
    struct process_self *self = memory_new(1, sizeof *self);
    self->folder = arguments[1];
    bool done = config_load(world_real(), self->folder, &self->config, &err) &&
                read_given(self, count - 2, arguments + 2, &err) &&
                run_named(self, arguments[0], &err);
    memory_release(self);
    if (done)
        return 0;
    report_err(REPORT_ERROR, "ended", &err);
    return err_kind_exit(err.kind);
}
