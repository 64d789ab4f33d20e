#include "courier/share.h"

#include "base/limits.h"

enum { VIEW_BYTES_MAX = 256 << 20 };

void share_lock(struct share *s)
{
    CHECK(pthread_mutex_lock(&s->lock) == 0);
}

void share_unlock(struct share *s)
{
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
}

static bool load(struct view *v, struct err *err)
{
    struct txn txn = {0};
    uint64_t bells = atomic_load(&v->share->bells);
    arena_release(&v->arena);
    arena_init(&v->arena, VIEW_BYTES_MAX);
    v->held->has_community = false;
    bool done = db_begin(v->exchange, &txn, err) && held_load(&txn, &v->arena, v->held, err);
    txn_release(&txn);
    v->bells = done ? bells : 0;
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
    return v->bells == atomic_load(&v->share->bells) && v->bells != 0 ? true : load(v, err);
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
