#include "web/door.h"

#include "base/report.h"
#include "clerk/client.h"
#include "http/listen.h"
#include "http/server.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

enum { DRAIN_MS = 3000, WATCH_MS = 200 };
enum door_need { DOOR_ANYONE = 1 };

struct door {
    struct clerk_link clerk;
    pthread_mutex_t one_at_a_time; // the link carries one question at a time
    volatile int clerk_gone;
};

static bool ask_status(struct door *d, json_t **ret_owned, struct err *err)
{
    CHECK(pthread_mutex_lock(&d->one_at_a_time) == 0);
    bool done = clerk_show(&d->clerk, CLERK_STATUS, (struct bytes){0}, ret_owned, err);
    CHECK(pthread_mutex_unlock(&d->one_at_a_time) == 0);
    if (!done && err->kind == ERR_OFFLINE)
        d->clerk_gone = 1; // the supervisor starts all anew
    return done;
}

static bool reply_json(struct request *rq, const json_t *value, struct err *err)
{
    struct bytes body;
    return json_canon(value, request_arena(rq), &body, err) &&
           reply_header(rq, "Cache-Control", STR("no-store"), err) &&
           reply_bytes(rq, 200, "application/json", body, err);
}

// Health is for whoever watches machines: it says that clerk and keeper answer, and nothing of the
// State's business.
static bool health(struct request *rq, void *ctx, struct err *err)
{
    json_t *status = NULL;
    if (!ask_status(ctx, &status, err))
        return false;
    json_decref(status);
    json_t *healthy = json_pack("{s:s}", "health", "ok");
    CHECK(healthy != NULL);
    bool done = reply_json(rq, healthy, err);
    json_decref(healthy);
    return done;
}

static bool status(struct request *rq, void *ctx, struct err *err)
{
    json_t *shown = NULL;
    if (!ask_status(ctx, &shown, err))
        return false;
    bool done = reply_json(rq, shown, err);
    json_decref(shown);
    return done;
}

static const struct route routes[] = {
    {METHOD_GET, "/health", DOOR_ANYONE, 0, health, NULL},
    {METHOD_GET, "/status", DOOR_ANYONE, 0, status, NULL},
};

struct route_table door_routes(void)
{
    return (struct route_table){routes, sizeof routes / sizeof routes[0]};
}

static bool allow(void *ctx, int need, struct request *rq, struct err *err)
{
    (void)ctx;
    (void)rq;
    return need == DOOR_ANYONE || err_set(err, ERR_DENIED, NULL, "not from here");
}

static void told(void *ctx, const struct request *rq, const struct err *what)
{
    (void)ctx;
    (void)rq;
    report_err(REPORT_INFO, "refused", what);
}

bool door_serve(const struct door_options *options, const volatile int *stop, struct err *err)
{
    static const struct server_ops ops = {.allow = allow, .told = told};
    struct door d = {.clerk = {options->clerk_socket}};
    struct listen_at at;
    struct server *server = NULL;
    CHECK(pthread_mutex_init(&d.one_at_a_time, NULL) == 0);
    if (!listen_read(options->listen, &at, err))
        return false;
    struct server_options how = {.address = at.address,
                                 .port = at.port,
                                 .routes = door_routes(),
                                 .ops = &ops,
                                 .ctx = &d,
                                 .world = options->world};
    if (!server_start(&how, &server, err))
        return false;
    if (options->ready >= 0 && write(options->ready, "r", 1) == 1)
        (void)close(options->ready); // said once
    while (*stop == 0 && d.clerk_gone == 0)
        (void)poll(NULL, 0, WATCH_MS);
    server_stop(server, DRAIN_MS);
    (void)pthread_mutex_destroy(&d.one_at_a_time);
    return d.clerk_gone == 0 || err_set(err, ERR_OFFLINE, NULL, "the clerk has gone");
}
