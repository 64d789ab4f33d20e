#include "courier/share.h"

#include "base/limits.h"

enum { VIEW_BYTES_MAX = 256 << 20 };

void share_init(struct share *s, const struct courier_options *options)
{
    s->options = options;
    s->clerk.socket = options->clerk_socket;
    atomic_store(&s->facts, 1);
    CHECK(pthread_mutex_init(&s->lock, NULL) == 0);
    bell_init(&s->bell);
}

void share_release(struct share *s)
{
    cert_release(&s->cert);
    bell_release(&s->bell);
    (void)pthread_mutex_destroy(&s->lock);
    arena_release(&s->lasting);
}

void share_lock(struct share *s)
{
    CHECK(pthread_mutex_lock(&s->lock) == 0);
}

void share_unlock(struct share *s)
{
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
}

void share_facts_changed(struct share *s)
{
    atomic_fetch_add(&s->facts, 1);
    bell_ring(&s->bell);
}

void share_stop(struct share *s)
{
    atomic_store(&s->stop, true);
    bell_end(&s->bell);
}

// -- views ---------------------------------------------------------------------------------------
static bool load(struct view *v, struct err *err)
{
    struct txn txn = {0};
    uint64_t facts = atomic_load(&v->share->facts);
    arena_release(&v->arena);
    arena_init(&v->arena, VIEW_BYTES_MAX);
    v->held->has_community = false;
    bool done = db_begin(v->exchange, &txn, err) && held_load(&txn, &v->arena, v->held, err);
    txn_release(&txn);
    v->facts = done ? facts : 0;
    return done;
}

bool view_open(struct view *v, struct share *s, struct err *err)
{
    const struct db_driver *driver;
    *v = (struct view){.share = s};
    if (!db_driver("sqlite", &driver, err) ||
        !exchange_open_read(driver, s->options->world, s->options->exchange_path, &v->exchange,
                            err))
        return false;
    v->held = memory_new(1, sizeof *v->held);
    if (load(v, err))
        return true;
    view_close(v);
    return false;
}

void view_close(struct view *v)
{
    db_close(v->exchange);
    memory_release(v->held);
    arena_release(&v->arena);
    *v = (struct view){0};
}

bool view_refresh(struct view *v, struct err *err)
{
    return (v->facts != 0 && v->facts == atomic_load(&v->share->facts)) || load(v, err);
}

const struct community_state *view_partner(const struct view *v, const struct digest *pin)
{
    const struct held *h = v->held;
    for (size_t i = 0; h->has_community && i < h->community.states_count; i++) {
        const struct community_state *s = &h->community.states[i];
        const struct chain *chain = held_chain(h, s->origin);
        const struct manifest *m = chain == NULL ? NULL : chain_newest(chain);
        if (m != NULL && digest_eq(&m->keys.tls, pin) && !str_eq(s->origin, v->share->own) &&
            held_is_on(h, s->origin, OPTIN_EXCHANGE))
            return s;
    }
    return NULL;
}
