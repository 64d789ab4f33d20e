#include "courier/publish.h"

#include "base/limits.h"
#include "log/tile.h"
#include "store/exchange_witness.h"

struct publishing {
    struct view *v;
    struct txn txn;
    struct arena *arena;
    struct exchange_log log;
    struct buffer out;
};

static bool add_line(void *context, const struct exchange_cosig *row, struct err *err)
{
    struct publishing *p = context;
    (void)err;
    if (!str_eq(row->key_name, p->log.origin)) // the log's own line stands there already
        buffer_put(&p->out, row->line);
    return true;
}

// The newest signed checkpoint with every cosignature known of it.
static bool checkpoint_of(struct publishing *p, struct bytes *ret, struct err *err)
{
    if (p->log.signed_size.n == 0)
        return err_set(err, ERR_NOT_FOUND, "tlog-tiles", "the log is empty");
    buffer_init(&p->out, p->arena, NOTE_BYTES_MAX);
    buffer_put(&p->out, p->log.checkpoint);
    return exchange_cosigs(&p->txn, p->log.id, p->log.signed_size, add_line, p, err) &&
           buffer_take(&p->out, ret, err);
}

static bool add_entry(void *context, struct leaf_index at, struct bytes entry, struct err *err)
{
    struct publishing *p = context;
    (void)at;
    (void)err;
    buffer_block16(&p->out, entry);
    return true;
}

static bool bundle_of(struct publishing *p, const struct tile_at *at, struct bytes *ret,
                      struct err *err)
{
    uint64_t next;
    struct exchange_range range = {p->log.id, at->index * TILE_WIDTH, at->width, UINT64_MAX};
    buffer_init(&p->out, p->arena, BUNDLE_ENTRIES_BYTES_MAX);
    return exchange_entries(&p->txn, range, add_entry, p, &next, err) &&
           buffer_take(&p->out, ret, err);
}

static bool tile_of(struct publishing *p, struct str path, struct bytes *ret, struct err *err)
{
    struct tile_at at;
    if (!tile_path_read(path, &at, err))
        return false;
    if (!tile_within(at, p->log.signed_size))
        return err_set(err, ERR_NOT_FOUND, "tlog-tiles", "the log has no such tile");
    if (at.kind == TILE_ENTRIES)
        return bundle_of(p, &at, ret, err);
    if (!exchange_tile_get(&p->txn, p->log.id, at.level, at.index, p->arena, ret, err))
        return false;
    CHECK(ret->len >= (size_t)at.width * DIGEST_BYTES);
    ret->len = (size_t)at.width * DIGEST_BYTES;
    return true;
}

static bool find_log(struct publishing *p, const struct digest *log, struct err *err)
{
    struct str origin = p->v->share->own;
    const struct held *h = p->v->held;
    if (log != NULL) {
        const struct community_state *s =
            h->has_community ? community_by_hash(&h->community, log) : NULL;
        if (s == NULL)
            return err_set(err, ERR_NOT_FOUND, "tlog-tiles", "no such log");
        origin = s->origin;
    }
    return exchange_log_find(&p->txn, origin, p->arena, &p->log, err);
}

bool publish_path(struct view *v, const struct digest *log, struct str path, struct arena *a,
                  struct bytes *ret, const char **ret_type, struct err *err)
{
    struct publishing p = {.v = v, .arena = a};
    bool is_head = str_eq(path, STR("checkpoint"));
    bool done = db_begin(v->exchange, &p.txn, err) && find_log(&p, log, err) &&
                (is_head ? checkpoint_of(&p, ret, err) : tile_of(&p, path, ret, err));
    txn_release(&p.txn);
    if (done)
        *ret_type = is_head ? "text/plain; charset=utf-8" : "application/octet-stream";
    return done;
}
