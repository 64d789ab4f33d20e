#include "clerk/recheck.h"

#include "base/limits.h"
#include "clerk/history.h"
#include "clerk/project.h"
#include "clerk/shown.h"
#include "store/exchange_check.h"
#include "store/office_view.h"

// -- one step of a log ---------------------------------------------------------------------------
struct verified {
    struct exchange_log log;
    uint64_t next;
};

// The root the entries lead to must be the signed one; the head's own log keys decide whose word
// that is.
static bool check_signed(struct clerk *c, struct txn *txn, const struct exchange_log *log,
                         struct arena *a, struct err *err)
{
    struct chain chain;
    bool fits = false;
    struct clerk_head *head = arena_new(a, struct clerk_head, 1);
    if (head == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a checkpoint");
    if (log->signed_size.n == 0)
        return true;
    if (!clerk_history_chain(c, txn, log, a, &chain, err))
        return false;
    if (!clerk_head_open(&chain, log->checkpoint, head, err)) {
        err->kind = ERR_TAMPERED; // it was good when it was taken
        return false;
    }
    if (!clerk_head_fits(txn, log, head, &fits, err))
        return false;
    return fits ||
           err_set(err, ERR_TAMPERED, "RFC 9162 2.1", "the signed root is another at entry %llu",
                   (unsigned long long)log->signed_size.n);
}

static bool verify_step(struct clerk *c, struct arena *a, struct str origin, struct verified *v,
                        struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_log_find(&txn, origin, a, &v->log, err) &&
                exchange_check(&txn, &v->log, v->next, VERIFY_ENTRIES, &v->next, err) &&
                (v->next < v->log.size.n || check_signed(c, &txn, &v->log, a, err));
    txn_release(&txn);
    return done;
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
    if (from > TREE_SIZE_MAX)
        return err_set(err, ERR_MALFORMED, "clerk/frames.h", "an index out of bounds");
    v->next = from;
    bool ok = verify_step(c, io->arena, origin, v, &why);
    // A log that does not hold is an answer, not a failure of asking.
    if (!ok && why.kind != ERR_TAMPERED)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    io->shown = shown_object();
    shown_str(io->shown, "origin", origin);
    shown_number(io->shown, "next", v->next);
    shown_number(io->shown, "size", v->log.size.n);
    shown_bool(io->shown, "done", !ok || v->next >= v->log.size.n);
    shown_bool(io->shown, "ok", ok);
    shown_str(io->shown, "problem", str_of(why.text));
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
        !clerk_project_some(c, REBUILD_ENTRIES, &done, &total, err))
        return false;
    io->shown = shown_object();
    shown_number(io->shown, "done", done);
    shown_number(io->shown, "total", total);
    shown_bool(io->shown, "complete", done == total);
    return true;
}
