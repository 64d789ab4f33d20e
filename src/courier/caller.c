#include "courier/caller.h"

#include "base/report.h"
#include "courier/call.h"
#include "courier/place.h"

enum {
    CALLERS_MAX = COMMUNITY_STATES_MAX,
    BACKOFF_FIRST_MS = 1000,
    BACKOFF_LAST_MS = 900000,
    LOOK_AGAIN_MS = 60000,
    NOTE_AGAIN_MS = 60000, // how often a call that went well is written down
};

struct caller {
    struct callers *all;
    pthread_t thread, waiter;
    bool has_waiter;
    struct call call;
    struct call wait;     // the waiter's own connection
    bool news;            // under the bell: the waiter heard something
    atomic_uint failures; // in a row; others look at it
    int64_t noted_ms;     // monotonic; of the last note that all is well; 0: none
};
struct callers {
    struct share *share;
    struct caller *items[CALLERS_MAX]; // owned
    atomic_size_t count;               // grows, and is never less
    pthread_t keeper;
    bool kept;
};

// -- when ----------------------------------------------------------------------------------------
// 1 s doubled with every failure up to 15 min, and anything from nothing to that.
static int64_t backoff_ms(struct share *s, uint32_t failures)
{
    uint64_t most = BACKOFF_FIRST_MS;
    uint64_t dice = 0;
    for (uint32_t i = 1; i < failures && most < BACKOFF_LAST_MS; i++)
        most *= 2;
    world_random(s->options->world, (uint8_t *)&dice, sizeof dice);
    return (int64_t)(dice % (most < BACKOFF_LAST_MS ? most : BACKOFF_LAST_MS));
}

static void write_down(struct caller *c, bool well, int64_t next_ms)
{
    struct err why = {0};
    struct share *s = c->all->share;
    share_lock(s);
    bool done = clerk_peer_called(&s->clerk, str_of(c->call.peer), well,
                                  world_now_ms(s->options->world) + next_ms, &why);
    share_unlock(s);
    if (!done)
        report_err(REPORT_INFO, "call-not-noted", &why);
}

// Each note is a durable step of the clerk's: one that repeats the last is not worth it.
static void note_call(struct caller *c, bool well, int64_t next_ms)
{
    int64_t now = world_monotonic_ms(c->all->share->options->world);
    if (well && c->noted_ms != 0 && now - c->noted_ms < NOTE_AGAIN_MS)
        return;
    write_down(c, well, next_ms);
    c->noted_ms = well ? now : 0;
}

static int64_t went_well(struct caller *c)
{
    if (c->failures > 0)
        report(REPORT_INFO, "partner-reached", "partner=%s", c->call.peer);
    c->failures = 0;
    return (int64_t)c->all->share->options->poll_s * 1000;
}

static int64_t went_wrong(struct caller *c, const struct err *why)
{
    if (c->call.came > 0)
        c->failures = 0; // the line broke, but it carries
    if (c->failures++ == 0)
        report_err(REPORT_INFO, "partner-not-reached", why);
    call_hang_up(&c->call);
    return backoff_ms(c->all->share, c->failures);
}

static void *caller_run(void *context)
{
    struct caller *c = context;
    struct share *s = c->all->share;
    bool must = true;
    while (!atomic_load(&s->stop)) {
        struct err err = {0};
        uint64_t heard = bell_count(&s->bell);
        bool well = call_hold(&c->call, must, &err);
        if (atomic_load(&s->stop))
            break;
        int64_t next_ms = well ? went_well(c) : went_wrong(c, &err);
        note_call(c, well, next_ms);
        // A bell may ring for somebody else; what time or the partner says is meant for this one.
        must = bell_wait(&s->bell, well ? heard : BELL_DEAF, &c->news, next_ms) != BELL_RUNG;
    }
    return NULL;
}

// -- a node that nobody can call -----------------------------------------------------------------
static void *waiter_run(void *context)
{
    struct caller *c = context;
    struct share *s = c->all->share;
    uint32_t failures = 0;
    while (!atomic_load(&s->stop)) {
        struct err err = {0};
        bool well = call_wait(&c->wait, &err);
        failures = well ? 0 : failures + 1;
        if (well) {
            bell_poke(&s->bell, &c->news);
            continue;
        }
        call_hang_up(&c->wait);
        (void)bell_wait(&s->bell, BELL_DEAF, NULL, backoff_ms(s, failures));
    }
    return NULL;
}

static bool can_be_called(struct callers *all, struct view *v)
{
    return all->share->options->listen != NULL && place_is_known(v, all->share->own);
}

// -- all of them ---------------------------------------------------------------------------------
static struct caller *caller_of(struct callers *all, struct str origin)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_eq(str_of(all->items[i]->call.peer), origin))
            return all->items[i];
    return NULL;
}

static bool add_caller(struct callers *all, struct str origin, bool waits, struct err *err)
{
    struct caller *c = memory_new(1, sizeof *c);
    c->all = all;
    bool done = call_open(&c->call, all->share, origin, err) &&
                (!waits || call_open(&c->wait, all->share, origin, err));
    if (done && pthread_create(&c->thread, NULL, caller_run, c) != 0)
        done = err_set(err, ERR_IO, NULL, "cannot start a thread");
    if (done) {
        c->has_waiter = waits && pthread_create(&c->waiter, NULL, waiter_run, c) == 0;
        all->items[all->count] = c;
        atomic_fetch_add(&all->count, 1); // now others may find it
        return true;
    }
    call_close(&c->call);
    call_close(&c->wait);
    memory_release(c);
    return false;
}

// Partners come and go with the community file and what is switched on; a caller whose partner is
// off again finds its session refused and waits longer and longer.
static void look_for_partners(struct callers *all, struct view *v)
{
    struct err err = {0};
    const struct held *h = v->held;
    if (!view_refresh(v, &err)) {
        report_err(REPORT_WARN, "store", &err);
        return;
    }
    for (size_t i = 0; h->has_community && i < h->community.states_count; i++) {
        struct str origin = h->community.states[i].origin;
        if (all->count == CALLERS_MAX || str_eq(origin, all->share->own) ||
            caller_of(all, origin) != NULL || !held_is_on(h, origin, OPTIN_EXCHANGE) ||
            !place_is_known(v, origin))
            continue; // one without an address calls us
        if (!add_caller(all, origin, !can_be_called(all, v), &err))
            report_err(REPORT_WARN, "caller", &err);
    }
}

static void *keep_callers(void *context)
{
    struct callers *all = context;
    struct view v;
    struct err err = {0};
    if (!view_open(&v, all->share, &err)) {
        report_err(REPORT_ERROR, "store", &err);
        return NULL;
    }
    while (!atomic_load(&all->share->stop)) {
        uint64_t heard = bell_count(&all->share->bell);
        look_for_partners(all, &v);
        (void)bell_wait(&all->share->bell, heard, NULL, LOOK_AGAIN_MS);
    }
    view_close(&v);
    return NULL;
}

void callers_heard(struct callers *all, struct str origin)
{
    struct caller *c = caller_of(all, origin);
    if (c != NULL && atomic_load(&c->failures) > 0)
        bell_poke(&all->share->bell, &c->news);
}

bool callers_start(struct share *s, struct callers **ret_owned, struct err *err)
{
    struct callers *all = memory_new(1, sizeof *all);
    all->share = s;
    if (s->options->dials) {
        all->kept = pthread_create(&all->keeper, NULL, keep_callers, all) == 0;
        if (!all->kept) {
            memory_release(all);
            return err_set(err, ERR_IO, NULL, "cannot start a thread");
        }
    }
    *ret_owned = all;
    return true;
}

void callers_stop(struct callers *all)
{
    if (all == NULL)
        return;
    if (all->kept)
        (void)pthread_join(all->keeper, NULL);
    for (size_t i = 0; i < all->count; i++) {
        struct caller *c = all->items[i];
        (void)pthread_join(c->thread, NULL);
        if (c->has_waiter)
            (void)pthread_join(c->waiter, NULL);
        call_close(&c->call);
        call_close(&c->wait);
        memory_release(c);
    }
    memory_release(all);
}
