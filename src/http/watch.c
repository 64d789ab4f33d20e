// http/watch.c - see watch.h.
#include "http/watch.h"

#include "base/limits.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WATCH_TICK_MS = 200, GONE_AFTER_MS = 1000 };

// Takes the request out of the waiting list and lets the library call its handler again.
// The lock is held: a request leaves the list before its connection can end.
static void wake_locked(struct request **at, enum wake_reason reason)
{
    struct request *rq = *at;
    *at = rq->next_waiting;
    rq->next_waiting = NULL;
    rq->ticket = (struct wait_ticket){0};
    rq->woken = reason;
    rq->server->counts.waiting--;
    MHD_resume_connection(rq->handle);
}

void watch_wake(struct server *s, struct wait_ticket ticket, enum wake_reason reason)
{
    server_lock(s);
    struct request **at = &s->waiting;
    while (*at != NULL) {
        if (ticket.n == 0 || (*at)->ticket.n == ticket.n)
            wake_locked(at, reason);
        else
            at = &(*at)->next_waiting;
    }
    server_unlock(s);
}

static bool too_slow(const struct server *s, const struct connection *c, int64_t now)
{
    int64_t passed = now - c->since;
    if (c->phase == PHASE_HEAD)
        return passed > s->options.head_timeout_ms;
    if (c->phase == PHASE_BODY)
        return passed > (int64_t)s->options.stall_timeout_s * 1000 &&
               c->came < (uint64_t)passed * HTTP_BODY_BYTES_PER_S / 1000;
    return false;
}

// libmicrohttpd 0.9.75 with epoll misses an end that arrives together with octets: the connection
// would stay until its time limit. An end we can see and it has not acted on is cut here.
static bool gone(const struct connection *c, int64_t now)
{
    char octet;
    return c->phase != PHASE_BUSY && now - c->since > GONE_AFTER_MS &&
           recv(c->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void watch_look(struct server *s)
{
    int64_t now = world_monotonic_ms(s->options.world);
    server_lock(s);
    struct request **at = &s->waiting;
    while (*at != NULL) {
        if (now >= (*at)->wait_until)
            wake_locked(at, WAKE_TIME);
        else
            at = &(*at)->next_waiting;
    }
    for (struct connection *c = s->connections; c != NULL; c = c->next) {
        if (c->cut || !(too_slow(s, c, now) || gone(c, now)))
            continue;
        c->cut = true;
        (void)shutdown(c->fd, SHUT_RDWR); // the library's thread sees the end and closes
    }
    server_unlock(s);
}

static void *watch_run(void *own)
{
    struct server *s = own;
    struct pollfd end = {.fd = s->watch_pipe[0], .events = POLLIN};
    sigset_t all;
    sigfillset(&all); // signals are the business of the process's own loop
    (void)pthread_sigmask(SIG_BLOCK, &all, NULL);
    while (poll(&end, 1, WATCH_TICK_MS) <= 0)
        watch_look(s);
    return NULL;
}

bool watch_start(struct server *s, struct err *err)
{
    if (pipe(s->watch_pipe) != 0)
        return err_set_errno(err, "the server's watch");
    (void)fcntl(s->watch_pipe[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(s->watch_pipe[1], F_SETFD, FD_CLOEXEC);
    if (pthread_create(&s->watch, NULL, watch_run, s) != 0) {
        close(s->watch_pipe[0]);
        close(s->watch_pipe[1]);
        return err_set(err, ERR_IO, NULL, "the server's watch has no thread");
    }
    s->watch_runs = true;
    return true;
}

void watch_stop(struct server *s)
{
    if (!s->watch_runs)
        return;
    close(s->watch_pipe[1]);
    CHECK(pthread_join(s->watch, NULL) == 0);
    close(s->watch_pipe[0]);
    s->watch_runs = false;
}
