#include "clerk/recheck.h"

#include "base/limits.h"
#include "clerk/history.h"
#include "clerk/project.h"
#include "clerk/shown.h"
#include "store/office_view.h"

// -- one step of a log ---------------------------------------------------------------------------
struct checking {
    struct exchange_tiles *tiles;
    struct err problem; // of the log, not of this program
};

static bool wrong(struct checking *k, const char *what, uint64_t at)
{
    return err_set(&k->problem, ERR_TAMPERED, "RFC 9162 2.1", "%s at entry %llu", what,
                   (unsigned long long)at);
}

// 256 hashes of one level of tiles fold into one hash of the next.
static bool check_fold(struct checking *k, unsigned level, uint64_t tile, uint64_t at,
                       struct err *err)
{
    struct digest all[TILE_WIDTH], above;
    struct tile_source *from = &k->tiles->source;
    if (!from->ops->hashes(from, level, tile * TILE_WIDTH, TILE_WIDTH, all, err) ||
        !from->ops->hashes(from, level + 1, tile, 1, &above, err))
        return false;
    for (size_t width = TILE_WIDTH; width > 1; width /= 2)
        for (size_t i = 0; i < width / 2; i++)
            all[i] = merkle_node(&all[2 * i], &all[2 * i + 1]);
    return digest_eq(&all[0], &above) || wrong(k, "a tile does not fold into the next", at);
}

static bool check_entry(void *context, struct leaf_index at, struct bytes entry, struct err *err)
{
    struct checking *k = context;
    struct digest held, leaf = merkle_leaf(entry);
    struct tile_source *from = &k->tiles->source;
    if (!from->ops->hashes(from, 0, at.n, 1, &held, err))
        return false;
    if (!digest_eq(&held, &leaf))
        return wrong(k, "another leaf hash", at.n);
    uint64_t end = at.n + 1;
    for (unsigned level = 0; level + 1 < TILE_LEVELS && end % TILE_WIDTH == 0; level++) {
        end /= TILE_WIDTH;
        if (!check_fold(k, level, end - 1, at.n, err))
            return false;
    }
    return true;
}

static bool check_end(struct clerk *c, struct txn *txn, const struct exchange_log *log,
                      struct checking *k, struct arena *a, struct err *err)
{
    struct chain chain;
    struct digest root = merkle_empty();
    bool fits = false;
    struct clerk_head *head = arena_new(a, struct clerk_head, 1);
    if (head == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a checkpoint");
    if (log->size.n > 0 &&
        !merkle_subtree_hash(&k->tiles->source, (struct subtree){0, log->size.n}, &root, err))
        return false;
    if (!digest_eq(&root, &log->root))
        return wrong(k, "the tiles lead to another root", log->size.n);
    if (log->signed_size.n == 0)
        return true;
    if (!clerk_history_chain(c, txn, log, a, &chain, err))
        return false;
    if (!clerk_head_open(&chain, log->checkpoint, head, &k->problem))
        return false;
    if (!clerk_head_fits(txn, log, head, &fits, err))
        return false;
    return fits || wrong(k, "the signed root is another", log->signed_size.n);
}

struct verified {
    struct exchange_log log;
    uint64_t next;
    struct err problem;
};

static bool verify_step(struct clerk *c, struct arena *a, struct str origin, uint64_t from,
                        struct verified *ret, struct err *err)
{
    struct txn txn = {0};
    struct exchange_tiles *tiles = arena_new(a, struct exchange_tiles, 1);
    struct checking k = {.tiles = tiles};
    if (tiles == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for tiles");
    bool done =
        db_begin(c->exchange, &txn, err) && exchange_log_find(&txn, origin, a, &ret->log, err);
    ret->next = from;
    if (done) {
        exchange_tiles_init(tiles, &txn, ret->log.id);
        struct exchange_range range = {ret->log.id, from, RECHECK_ENTRIES, UINT64_MAX};
        if (from < ret->log.size.n)
            done = exchange_entries(&txn, range, check_entry, &k, &ret->next, err);
        if (done && ret->next == from && from < ret->log.size.n)
            (void)wrong(&k, "nothing is held", from);
        if (done && k.problem.kind == ERR_NONE && ret->next >= ret->log.size.n)
            done = check_end(c, &txn, &ret->log, &k, a, err);
    }
    txn_release(&txn);
    // A log that does not hold is an answer, not a failure of asking.
    ret->problem = k.problem;
    return done || k.problem.kind != ERR_NONE;
}

bool clerk_act_verify(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct verified *v = arena_new(io->arena, struct verified, 1);
    struct str origin = clerk_take_str(io, err);
    uint64_t from = reader_u64(&io->ask);
    struct err why = {0};
    if (v == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room to verify");
    if (!clerk_columns_done(io, err))
        return false;
    if (!verify_step(c, io->arena, origin, from, v, &why))
        return err_set(err, why.kind, why.clause, "%s", why.text);
    bool ok = v->problem.kind == ERR_NONE;
    io->shown = shown_object();
    shown_str(io->shown, "origin", origin);
    shown_number(io->shown, "next", v->next);
    shown_number(io->shown, "size", v->log.size.n);
    shown_bool(io->shown, "done", !ok || v->next >= v->log.size.n);
    shown_bool(io->shown, "ok", ok);
    shown_str(io->shown, "problem", str_of(v->problem.text));
    return true;
}

// -- views ---------------------------------------------------------------------------------------
static bool forget_views(struct clerk *c, struct err *err)
{
    struct txn txn = {0};
    bool done =
        db_begin(c->office, &txn, err) && office_views_reset(&txn, err) && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

bool clerk_act_rebuild(struct clerk *c, struct clerk_io *io, struct err *err)
{
    uint64_t done = 0, total = 0;
    bool anew = reader_u8(&io->ask) != 0;
    if (!clerk_columns_done(io, err) || (anew && !forget_views(c, err)) ||
        !clerk_project_some(c, RECHECK_ENTRIES, &done, &total, err))
        return false;
    io->shown = shown_object();
    shown_number(io->shown, "done", done);
    shown_number(io->shown, "total", total);
    shown_bool(io->shown, "complete", done == total);
    return true;
}
