#define _DEFAULT_SOURCE // flock, readlink
#include "cli/supervisor.h"

#include "base/frame.h"
#include "base/report.h"
#include "clerk/frames.h"
#include "keeper/frames.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    READY_TIMEOUT_MS = 120000, // a keeper's passphrase may be typed by hand
    STOP_TIMEOUT_MS = 10000,
    WATCH_MS = 200,
    LOCK_WAIT_MS = 5000,
    USHER_TIMEOUT_MS = 5000,
    RESTARTS_MAX = 20,
    STEADY_MS = 60000, // a node that ran this long starts counting anew
    BACKOFF_MS_MAX = 30000,
};

static const char *const words[] = {"keeper", "clerk", "courier", "door"};
_Static_assert(sizeof words / sizeof words[0] == PROCESS_COUNT, "a word per process");

const char *process_word(enum process p)
{
    return words[p];
}

// -- sockets -------------------------------------------------------------------------------------
static void close_one(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); // our copy; the process has its own
    *fd = -1;
}

static bool make_bell(int bell[2], struct err *err)
{
    if (!frame_pair(bell, err))
        return false;
    (void)fcntl(bell[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(bell[1], F_SETFL, O_NONBLOCK);
    return true;
}

// A pair between `to`, which runs and is brought its end as the caller `kind`, and a process that
// is to start with the other end.
static bool bring(struct supervisor *s, enum process to, unsigned kind, int *ret_other,
                  struct err *err)
{
    int pair[2];
    if (!frame_pair(pair, err))
        return false;
    struct frame f = {.kind = (uint16_t)kind, .fd = pair[0]};
    bool done = frame_send(s->ushers[to], f, USHER_TIMEOUT_MS, err);
    (void)close(pair[0]); // the receiver has its own
    if (done)
        *ret_other = pair[1];
    else
        (void)close(pair[1]); // nobody holds the other end
    return done || err_wrap(err, "bringing the %s a socket", words[to]);
}

bool supervisor_init(struct supervisor *s, const struct config *config, bool whole, struct err *err)
{
    char path[4096];
    *s = (struct supervisor){.config = config, .whole = whole, .lock = -1, .bell = {-1, -1}};
    for (int p = 0; p < PROCESS_COUNT; p++)
        s->ushers[p] = -1;
    ssize_t len = readlink("/proc/self/exe", s->program, sizeof s->program - 1);
    if (len <= 0)
        return err_set(err, ERR_IO, NULL, "cannot find this program's own file");
    s->program[len] = '\0';
    (void)snprintf(path, sizeof path, "%s/node.lock", config->folder);
    s->lock = open(path, O_RDWR | O_CREAT, 0600);
    if (s->lock < 0)
        return err_set(err, ERR_IO, NULL, "cannot open %.160s", path);
    // A command may hold it for its own short length; a node that starts waits for that.
    for (int waited = 0; waited <= (whole ? LOCK_WAIT_MS : 0); waited += WATCH_MS) {
        if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (whole)
            (void)poll(NULL, 0, WATCH_MS);
    }
    (void)close(s->lock); // not ours
    s->lock = -1;
    return err_set(err, ERR_BUSY, "DESIGN 9", "a node runs in %.160s already", config->folder);
}

void supervisor_release(struct supervisor *s)
{
    for (int p = 0; p < PROCESS_COUNT; p++)
        close_one(&s->ushers[p]);
    close_one(&s->bell[0]);
    close_one(&s->bell[1]);
    if (s->lock >= 0)
        (void)close(s->lock); // the lock goes with the last descriptor
    s->lock = -1;
}

// -- one process ---------------------------------------------------------------------------------
// What a process is given: name and descriptor number of each of its ends.
struct given {
    const char *name;
    int fd;
};
enum { GIVEN_MAX = 5, ARGUMENTS_MAX = 4 + 2 * GIVEN_MAX + 1 };

static void keep_open(int fd)
{
    (void)fcntl(fd, F_SETFD, 0);
}

static _Noreturn void become(const struct supervisor *s, enum process p, const struct given *given,
                             size_t count)
{
    char numbers[GIVEN_MAX][12];
    union {
        const char *from;
        char *to;
    } arguments[ARGUMENTS_MAX];
    size_t n = 0;
    arguments[n++].from = "elchi";
    arguments[n++].from = "process";
    arguments[n++].from = words[p];
    arguments[n++].from = s->config->folder;
    for (size_t i = 0; i < count; i++) {
        keep_open(given[i].fd);
        (void)snprintf(numbers[i], sizeof numbers[i], "%d", given[i].fd);
        arguments[n++].from = given[i].name;
        arguments[n++].from = numbers[i];
    }
    arguments[n].from = NULL;
    // A terminal's interrupt is the supervisor's to pass on, in order.
    (void)setpgid(0, 0);
    (void)execv(s->program, &arguments[0].to);
    _exit(127);
}

static bool wait_ready(int fd, enum process p, struct err *err)
{
    char octet;
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    int n = poll(&polled, 1, READY_TIMEOUT_MS);
    if (n > 0 && read(fd, &octet, 1) == 1)
        return true;
    return err_set(err, ERR_IO, NULL, "the %s did not start; its own log lines say why", words[p]);
}

static bool start_one(struct supervisor *s, enum process p, const struct given *wired, size_t count,
                      struct err *err)
{
    int ready[2];
    struct given given[GIVEN_MAX];
    CHECK(count < GIVEN_MAX);
    if (pipe(ready) != 0)
        return err_set(err, ERR_IO, NULL, "cannot make a pipe");
    (void)fcntl(ready[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ready[1], F_SETFD, FD_CLOEXEC);
    memcpy(given, wired, count * sizeof *wired);
    given[count] = (struct given){"ready", ready[1]};
    pid_t pid = fork();
    if (pid == 0)
        become(s, p, given, count + 1);
    (void)close(ready[1]); // the process has its own
    bool done = pid > 0 ? wait_ready(ready[0], p, err)
                        : err_set(err, ERR_IO, NULL, "cannot start the %s", words[p]);
    (void)close(ready[0]); // it said what it had to say
    if (pid > 0)
        s->pids[p] = pid;
    return done;
}

// Keeper and clerk are brought the sockets of whoever starts after them.
static bool start_ushered(struct supervisor *s, enum process p, struct given *given, size_t count,
                          struct err *err)
{
    int pair[2];
    if (!frame_pair(pair, err))
        return false;
    given[count] = (struct given){s->whole ? "usher" : "command", pair[1]};
    bool done = start_one(s, p, given, count + 1, err);
    (void)close(pair[1]); // the process has its own
    close_one(&s->ushers[p]);
    s->ushers[p] = pair[0];
    return done;
}

static bool start_keeper(struct supervisor *s, struct err *err)
{
    struct given given[GIVEN_MAX];
    return start_ushered(s, PROCESS_KEEPER, given, 0, err);
}

static bool start_clerk(struct supervisor *s, struct err *err)
{
    int keeper = -1;
    struct given given[GIVEN_MAX];
    if (!bring(s, PROCESS_KEEPER, KEEPER_FOR_CLERK, &keeper, err))
        return false;
    given[0] = (struct given){"keeper", keeper};
    given[1] = (struct given){"bell", s->bell[1]};
    bool done = start_ushered(s, PROCESS_CLERK, given, s->whole ? 2 : 1, err);
    close_one(&keeper);
    return done;
}

static bool start_courier(struct supervisor *s, struct err *err)
{
    int keeper = -1;
    int clerk = -1;
    bool done = bring(s, PROCESS_KEEPER, KEEPER_FOR_COURIER, &keeper, err) &&
                bring(s, PROCESS_CLERK, CLERK_FOR_COURIER, &clerk, err);
    struct given given[] = {{"clerk", clerk}, {"keeper", keeper}, {"bell", s->bell[0]}};
    done = done && start_one(s, PROCESS_COURIER, given, 3, err);
    close_one(&keeper);
    close_one(&clerk);
    return done;
}

static bool start_door(struct supervisor *s, struct err *err)
{
    int clerk = -1;
    if (s->config->door[0] == '\0')
        return true;
    bool done = bring(s, PROCESS_CLERK, CLERK_FOR_DOOR, &clerk, err);
    struct given given[] = {{"clerk", clerk}};
    done = done && start_one(s, PROCESS_DOOR, given, 1, err);
    close_one(&clerk);
    return done;
}

static bool start(struct supervisor *s, enum process p, struct err *err)
{
    static bool (*const starts[PROCESS_COUNT])(struct supervisor * s, struct err * err) = {
        start_keeper, start_clerk, start_courier, start_door};
    bool asked = s->whole || p == PROCESS_KEEPER || p == PROCESS_CLERK;
    return !asked || s->pids[p] > 0 || starts[p](s, err);
}

static bool start_missing(struct supervisor *s, struct err *err)
{
    if (s->bell[0] < 0 && !make_bell(s->bell, err))
        return false;
    for (int p = 0; p < PROCESS_COUNT; p++)
        if (!start(s, (enum process)p, err))
            return false;
    return true;
}

bool supervisor_start(struct supervisor *s, struct err *err)
{
    bool done = start_missing(s, err);
    if (!done)
        supervisor_stop(s);
    return done;
}

// -- stopping and watching ------------------------------------------------------------------------
static bool gone(pid_t pid)
{
    return waitpid(pid, NULL, WNOHANG) == pid;
}

static void pause_ms(int ms)
{
    (void)poll(NULL, 0, ms);
}

static void stop_one(struct supervisor *s, enum process p)
{
    pid_t pid = s->pids[p];
    if (pid <= 0)
        return;
    s->pids[p] = 0;
    (void)kill(pid, SIGTERM);
    for (int waited = 0; waited < STOP_TIMEOUT_MS; waited += 20) {
        if (gone(pid))
            return;
        pause_ms(20);
    }
    report(REPORT_WARN, "killed", "process=%s", words[p]);
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

void supervisor_stop(struct supervisor *s)
{
    for (int p = PROCESS_COUNT - 1; p >= 0; p--)
        stop_one(s, (enum process)p);
}

// The process that ended by itself, or PROCESS_COUNT.
static enum process ended(struct supervisor *s)
{
    for (int p = 0; p < PROCESS_COUNT; p++) {
        if (s->pids[p] > 0 && gone(s->pids[p])) {
            s->pids[p] = 0;
            return (enum process)p;
        }
    }
    return PROCESS_COUNT;
}

static int backoff_ms(int restarts)
{
    int ms = 100;
    for (int i = 0; i < restarts && ms < BACKOFF_MS_MAX; i++)
        ms *= 2;
    return ms < BACKOFF_MS_MAX ? ms : BACKOFF_MS_MAX;
}

static void wait_unless(const volatile int *stop, int ms)
{
    for (int waited = 0; waited < ms && *stop == 0; waited += WATCH_MS)
        pause_ms(WATCH_MS);
}

// Whoever needs the process that ended goes with it.
static void stop_dependants(struct supervisor *s, enum process ended)
{
    if (ended == PROCESS_KEEPER || ended == PROCESS_CLERK)
        for (int p = PROCESS_COUNT - 1; p > (int)ended; p--)
            stop_one(s, (enum process)p);
}

// Waits, then starts what is missing. A start that failed half-way leaves what runs running: the
// next turn tries the rest again.
static void restart(struct supervisor *s, const volatile int *stop, int restarts)
{
    struct err why = {0};
    wait_unless(stop, backoff_ms(restarts));
    if (*stop == 0 && !start_missing(s, &why))
        report_err(REPORT_ERROR, "restart-failed", &why);
}

static bool all_run(const struct supervisor *s)
{
    bool has_door = s->config->door[0] != '\0';
    return s->pids[PROCESS_KEEPER] > 0 && s->pids[PROCESS_CLERK] > 0 &&
           s->pids[PROCESS_COURIER] > 0 && (!has_door || s->pids[PROCESS_DOOR] > 0);
}

bool supervisor_run(struct supervisor *s, const volatile int *stop, struct err *err)
{
    struct world *w = world_real();
    int restarts = 0;
    if (!supervisor_start(s, err))
        return false;
    report(REPORT_INFO, "serving", "folder=%s", s->config->folder);
    int64_t since = world_monotonic_ms(w);
    while (*stop == 0) {
        enum process p = ended(s);
        if (p == PROCESS_COUNT && all_run(s)) {
            pause_ms(WATCH_MS);
            continue;
        }
        if (world_monotonic_ms(w) - since > STEADY_MS)
            restarts = 0;
        if (p != PROCESS_COUNT) {
            report(REPORT_ERROR, "ended", "process=%s restarts=%d", words[p], restarts);
            stop_dependants(s, p);
        }
        // Without courier or door the node still keeps what it has, and they are tried again and
        // again.
        bool kept = s->pids[PROCESS_KEEPER] > 0 && s->pids[PROCESS_CLERK] > 0;
        if (restarts >= RESTARTS_MAX && !kept) {
            supervisor_stop(s);
            return err_set(err, ERR_IO, NULL, "its processes ended %d times in a row", restarts);
        }
        restart(s, stop, restarts++);
        since = world_monotonic_ms(w);
    }
    report(REPORT_INFO, "stopping", "folder=%s", s->config->folder);
    supervisor_stop(s);
    return true;
}
