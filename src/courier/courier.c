#include "courier/courier.h"

#include "base/report.h"
#include "courier/caller.h"
#include "courier/listener.h"
#include "keeper/client.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WATCH_MS = 200, LASTING_BYTES = 1 << 20 };

// The seed lives as long as the certificate is made, no longer.
static bool make_cert(struct share *s, struct err *err)
{
    struct keeper keeper = {s->options->keeper_socket};
    struct secret seed = {0};
    bool done =
        keeper_tls_seed(&keeper, &seed, err) && cert_make(&seed, &s->lasting, &s->cert, err);
    secret_release(&seed);
    return done;
}

static bool learn_origin(struct share *s, struct err *err)
{
    json_t *status = NULL;
    if (!clerk_show(&s->clerk, CLERK_STATUS, (struct bytes){0}, &status, err))
        return false;
    const char *origin = json_string_value(json_object_get(status, "origin"));
    bool done = origin != NULL
                    ? arena_str(&s->lasting, str_of(origin), &s->own, err)
                    : err_set(err, ERR_MALFORMED, NULL, "the clerk does not say our origin");
    json_decref(status);
    return done;
}

// Takes every octet that waits. False: the clerk has gone.
static bool hear_bell(struct share *s, struct listener *l)
{
    uint8_t octets[64];
    struct pollfd p = {.fd = s->options->bell, .events = POLLIN};
    bool facts = false;
    if (poll(&p, 1, WATCH_MS) <= 0)
        return true;
    ssize_t n = recv(s->options->bell, octets, sizeof octets, MSG_DONTWAIT);
    for (ssize_t i = 0; i < n; i++)
        facts = facts || octets[i] == CLERK_BELL_FACTS;
    if (facts)
        share_facts_changed(s);
    else if (n > 0)
        bell_ring(&s->bell);
    if (n > 0)
        listener_ring(l);
    return n != 0;
}

static bool run(struct share *s, const volatile int *stop, struct err *err)
{
    struct listener *listener = NULL;
    struct callers *callers = NULL;
    bool heard = true;
    bool done = listener_start(s, &listener, err) && callers_start(s, &callers, err);
    if (done && s->options->ready >= 0 && write(s->options->ready, "r", 1) == 1)
        (void)close(s->options->ready); // said once
    atomic_store(&s->callers, callers);
    while (done && heard && *stop == 0)
        heard = hear_bell(s, listener);
    share_stop(s);
    listener_stop(listener); // it speaks to the callers, so it goes first
    callers_stop(callers);
    return done && (heard || err_set(err, ERR_OFFLINE, NULL, "the clerk has gone"));
}

bool courier_serve(const struct courier_options *options, const volatile int *stop, struct err *err)
{
    struct share *s = memory_new(1, sizeof *s);
    share_init(s, options);
    arena_init(&s->lasting, LASTING_BYTES);
    bool done = learn_origin(s, err) && make_cert(s, err) && run(s, stop, err);
    share_release(s);
    memory_release(s);
    return done;
}
