#define _DEFAULT_SOURCE // flock, readlink
#include "cli/supervisor.h"

#include "base/frame.h"

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

// Descriptors of one generation of processes; -1 where there is none.
struct wires {
    int keeper_clerk[2], keeper_courier[2], clerk_courier[2], clerk_door[2];
    int bell[2]; // read end, write end
};

static void close_both(int pair[2])
{
    for (int i = 0; i < 2; i++) {
        if (pair[i] >= 0)
            (void)close(pair[i]); // our copies; the processes have theirs
        pair[i] = -1;
    }
}

static void wires_close(struct wires *w)
{
    close_both(w->keeper_clerk);
    close_both(w->keeper_courier);
    close_both(w->clerk_courier);
    close_both(w->clerk_door);
    close_both(w->bell);
}

static bool make_bell(int bell[2], struct err *err)
{
    if (!frame_pair(bell, err))
        return false;
    (void)fcntl(bell[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(bell[1], F_SETFL, O_NONBLOCK);
    return true;
}

static bool wires_make(struct wires *w, bool whole, struct err *err)
{
    *w = (struct wires){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    bool done = frame_pair(w->keeper_clerk, err);
    if (done && whole)
        done = frame_pair(w->keeper_courier, err) && frame_pair(w->clerk_courier, err) &&
               frame_pair(w->clerk_door, err) && make_bell(w->bell, err);
    if (!done)
        wires_close(w);
    return done;
}

bool supervisor_init(struct supervisor *s, const struct config *config, bool whole, struct err *err)
{
    char path[4096];
    *s = (struct supervisor){.config = config, .whole = whole, .lock = -1};
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

static bool start_all(struct supervisor *s, const struct wires *w, struct err *err)
{
    struct given keeper[] = {{"clerk", w->keeper_clerk[0]}, {"courier", w->keeper_courier[0]}};
    struct given clerk[] = {{"keeper", w->keeper_clerk[1]},
                            {"courier", w->clerk_courier[0]},
                            {"door", w->clerk_door[0]},
                            {"bell", w->bell[1]}};
    struct given courier[] = {
        {"clerk", w->clerk_courier[1]}, {"keeper", w->keeper_courier[1]}, {"bell", w->bell[0]}};
    struct given door[] = {{"clerk", w->clerk_door[1]}};
    if (!start_one(s, PROCESS_KEEPER, keeper, s->whole ? 2 : 1, err) ||
        !start_one(s, PROCESS_CLERK, clerk, s->whole ? 4 : 1, err))
        return false;
    if (!s->whole)
        return true;
    bool has_door = s->config->door[0] != '\0';
    return start_one(s, PROCESS_COURIER, courier, 3, err) &&
           (!has_door || start_one(s, PROCESS_DOOR, door, 1, err));
}

bool supervisor_start(struct supervisor *s, struct err *err)
{
    struct wires w;
    if (!wires_make(&w, s->whole, err))
        return false;
    bool done = start_all(s, &w, err);
    wires_close(&w);
    if (!done)
        supervisor_stop(s);
    return done;
}

// -- stopping and watching
// -------------------------------------------------------------------------
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
        if (p == PROCESS_COUNT) {
            pause_ms(WATCH_MS);
            continue;
        }
        if (world_monotonic_ms(w) - since > STEADY_MS)
            restarts = 0;
        report(REPORT_ERROR, "ended", "process=%s restarts=%d", words[p], restarts);
        supervisor_stop(s);
        if (restarts == RESTARTS_MAX)
            return err_set(err, ERR_IO, NULL, "the %s ended %d times in a row", words[p], restarts);
        wait_unless(stop, backoff_ms(restarts++));
        if (*stop == 0 && !supervisor_start(s, err))
            report_err(REPORT_ERROR, "restart-failed", err);
        since = world_monotonic_ms(w);
        // a start that failed leaves nobody running: the next turn tries again
        if (*stop == 0 && s->pids[PROCESS_KEEPER] == 0 && restarts < RESTARTS_MAX)
            wait_unless(stop, backoff_ms(restarts++));
    }
    report(REPORT_INFO, "stopping", "folder=%s", s->config->folder);
    supervisor_stop(s);
    return true;
}
