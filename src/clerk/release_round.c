#include "clerk/release_round.h"

#include "base/limits.h"
#include "clerk/restore.h"
#include "clerk/seal.h"
#include "log/checkpoint.h"
#include "store/exchange_stage.h"

enum {
    TOGETHER_BYTES_MAX = FRAME_BYTES_MAX / 4 * 3, // texts and their approvals
    ROW_BYTES = 1024,                             // of a text's columns and signature, amply
};

static void refuse(struct on_its_way *w, const struct err *why)
{
    CHECK(why->kind != ERR_NONE);
    w->stage = RELEASE_REFUSED;
    w->refused = *why;
}

// What only this one is to blame for refuses it; anything else ends the whole.
bool release_judged(struct on_its_way *w, bool done, const struct err *why, struct err *err)
{
    if (done)
        return true;
    if (why->kind == ERR_IO || why->kind == ERR_OFFLINE)
        return err_set(err, why->kind, why->clause, "%s", why->text);
    refuse(w, why);
    return true;
}

// -- fill ----------------------------------------------------------------------------------------
// The record cannot be older than the addressee's newest checkpoint seen here.
static bool seen_line(struct clerk *c, struct txn *txn, struct arena *a, const struct record *r,
                      struct seen *ret, size_t *ret_count, struct err *err)
{
    struct exchange_log log;
    struct note note;
    struct checkpoint_claim claim;
    struct err why = {0};
    const struct community_state *to =
        r->open ? NULL : community_by_code(&c->community, state_code_str(&r->to.state));
    *ret_count = 0;
    if (to == NULL || r->type->signer == RECORD_BY_NODE)
        return true;
    if (!exchange_log_find(txn, to->origin, a, &log, &why))
        return why.kind == ERR_NOT_FOUND ? true
                                         : err_set(err, why.kind, why.clause, "%s", why.text);
    if (log.signed_size.n == 0)
        return true;
    if (!note_read(log.checkpoint, &note, err) || !checkpoint_read(note.text, &claim, err))
        return err_wrap(err, "stored checkpoint of %.*s", STR_ARG(to->origin));
    *ret = (struct seen){to->origin, claim.said.size.n, claim.said.root};
    *ret_count = 1;
    return true;
}

// After a restore some of our own entries may not be open yet, and any of them may have used the
// pair's next numbers (FORMATS 10).
static bool next_serial(struct clerk *c, struct txn *txn, struct arena *a, struct ref *ref,
                        struct err *err)
{
    struct str pair;
    uint64_t last;
    bool pending;
    if (!clerk_pair_of(ref, a, &pair, err) ||
        !exchange_serial_last(txn, pair, &last, &pending, err) ||
        !clerk_restore_may_number(c, txn, pair, err))
        return false;
    if (last >= SERIAL_MAX)
        return err_set(err, ERR_LIMIT, "FORMATS 1", "the pair %.*s has no serial left",
                       STR_ARG(pair));
    ref->serial = (uint32_t)(last + 1);
    return true;
}

static bool same_pair(const struct ref *x, const struct ref *y)
{
    return state_code_eq(&x->from, &y->from) && state_code_eq(&x->to, &y->to);
}

// Above the one before it in this round, else above all that is staged or logged.
static bool give_serial(struct release_round *r, size_t at, struct txn *txn, struct ref *ref,
                        struct err *err)
{
    for (size_t i = at; i > 0; i--) {
        const struct on_its_way *before = r->items[i - 1];
        if (before->stage != RELEASE_GOES || !same_pair(&before->record.ref, ref))
            continue;
        if (before->record.ref.serial >= SERIAL_MAX)
            return err_set(err, ERR_LIMIT, "FORMATS 1", "the pair has no serial left");
        ref->serial = before->record.ref.serial + 1;
        return true;
    }
    return next_serial(r->c, txn, r->arena, ref, err);
}

static bool fill_one(struct release_round *r, size_t at, struct txn *txn, struct err *err)
{
    struct on_its_way *w = r->items[at];
    struct seen seen;
    struct record_filling filling = {.time = clerk_now(r->c), .seen = &seen};
    char ref[REF_CHARS_MAX + 1];
    filling.ref.from = w->record.from.state;
    filling.ref.year = (uint16_t)moment_year(filling.time);
    if (!w->record.open)
        filling.ref.to = w->record.to.state;
    if (!clerk_seal_check(r->c, txn, &w->record, err) ||
        !give_serial(r, at, txn, &filling.ref, err) ||
        !seen_line(r->c, txn, r->arena, &w->record, &seen, &filling.seen_count, err))
        return false;
    ref_write(&filling.ref, ref);
    return record_fill(r->arena, w->approved, &filling, &w->text, err) &&
           record_read(r->arena, str_bytes(w->text), &w->record, err) &&
           arena_str(r->arena, str_of(ref), &w->ref, err);
}

static bool fill_all(struct release_round *r, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(r->c->exchange, &txn, err);
    for (size_t i = 0; done && i < r->count; i++) {
        struct err why = {0};
        if (r->items[i]->stage == RELEASE_GOES)
            done = release_judged(r->items[i], fill_one(r, i, &txn, &why), &why, err);
    }
    txn_release(&txn);
    return done;
}

// Whose pair has a fill already waits: that one's number is not settled yet.
static bool see_fill(void *context, const struct office_fill *row, struct err *err)
{
    struct release_round *r = context;
    struct ref ref;
    struct err busy = {0};
    if (!ref_read(row->ref, &ref))
        return err_set(err, ERR_MALFORMED, "FORMATS 1", "a fill with the ref %.*s",
                       STR_ARG(row->ref));
    (void)err_set(&busy, ERR_BUSY, "DESIGN 8", "another record of this pair is on its way");
    for (size_t i = 0; i < r->count; i++)
        if (same_pair(&ref, &r->items[i]->record.ref))
            refuse(r->items[i], &busy);
    return true;
}

static bool keep_one(struct release_round *r, struct txn *txn, struct on_its_way *w,
                     struct err *err)
{
    struct office_fill row = {.draft = w->id, .ref = w->ref, .at = w->record.time};
    return clerk_text_seal(r->c, w->desk, "fill", w->ref, str_bytes(w->text), r->arena, &row.sealed,
                           err) &&
           office_fill_add(txn, &row, err) &&
           (w->by_node ||
            office_draft_move(txn, &w->id, DRAFT_AWAITING, DRAFT_FILLED, clerk_now(r->c), err));
}

static bool keep_fills(struct release_round *r, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(r->c->office, &txn, err) && office_fills(&txn, see_fill, r, err);
    for (size_t i = 0; done && i < r->count; i++)
        done = r->items[i]->stage != RELEASE_GOES || keep_one(r, &txn, r->items[i], err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

// -- sign ----------------------------------------------------------------------------------------
static void drop_others(struct release_round *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->count; i++)
        if (r->items[i]->stage == RELEASE_GOES)
            r->items[kept++] = r->items[i];
    r->count = kept;
}

static bool ask_keeper(struct release_round *r, struct keeper_signed *ret, struct err *err)
{
    const struct keeper *k = &r->c->keeper;
    struct str *texts = arena_new(r->arena, struct str, r->count);
    struct keeper_signing *asks = arena_new(r->arena, struct keeper_signing, r->count);
    if (texts == NULL || asks == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room to ask the keeper");
    for (size_t i = 0; i < r->count; i++) {
        const struct on_its_way *w = r->items[i];
        CHECK(w->by_node == r->items[0]->by_node);
        texts[i] = w->text;
        asks[i] = (struct keeper_signing){w->draft, w->text, w->approvals, w->approvals_count};
    }
    return r->items[0]->by_node ? keeper_sign_node(k, r->arena, texts, r->count, ret, err)
                                : keeper_sign_records(k, r->arena, asks, r->count, ret, err);
}

// The fill goes; the draft is logged, or awaits again with its serial free.
static bool end_one(struct release_round *r, struct txn *txn, const struct on_its_way *w,
                    struct err *err)
{
    struct moment now = clerk_now(r->c);
    enum office_draft_state to = w->stage == RELEASE_STAGED ? DRAFT_LOGGED : DRAFT_AWAITING;
    struct office_audit audit = {
        .at = now, .who = w->who, .what = STR("released"), .subject = w->ref};
    if (!office_fill_drop(txn, &w->id, err))
        return false;
    if (w->by_node)
        return true;
    return office_draft_move(txn, &w->id, DRAFT_FILLED, to, now, err) &&
           (w->stage != RELEASE_STAGED || w->who.len == 0 || office_audit_add(txn, &audit, err));
}

// A refusal is waited for, or the number would be given again while its fill stands. What is staged
// shows itself at the next start, if this is lost.
bool release_end_all(struct release_round *r, enum release_stage stage, struct err *err)
{
    struct txn txn = {0};
    bool any = false;
    for (size_t i = 0; i < r->count; i++)
        any = any || r->items[i]->stage == stage;
    if (!any)
        return true;
    bool done = stage == RELEASE_STAGED ? db_begin_deferred(r->c->office, &txn, err)
                                        : db_begin(r->c->office, &txn, err);
    for (size_t i = 0; done && i < r->count; i++)
        done = r->items[i]->stage != stage || end_one(r, &txn, r->items[i], err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

static bool sign_all(struct release_round *r, struct err *err)
{
    struct keeper_signed *got = arena_new(r->arena, struct keeper_signed, r->count);
    if (got == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for signatures");
    clerk_step(r->c, "sign", false);
    if (!ask_keeper(r, got, err))
        return false; // no answer: the fills stay and are asked for again at the next start
    clerk_step(r->c, "sign", true);
    for (size_t i = 0; i < r->count; i++) {
        r->items[i]->note = got[i].note;
        r->items[i]->again = got[i].refused.kind == ERR_BUSY;
        if (got[i].refused.kind != ERR_NONE)
            refuse(r->items[i], &got[i].refused);
    }
    return release_end_all(r, RELEASE_REFUSED, err);
}

// -- seal ----------------------------------------------------------------------------------------
static bool seal_all(struct release_round *r, struct err *err)
{
    struct seal_ask *asks = arena_new(r->arena, struct seal_ask, r->count);
    struct err *refused = arena_new(r->arena, struct err, r->count);
    if (asks == NULL || refused == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room to seal");
    for (size_t i = 0; i < r->count; i++)
        asks[i] =
            (struct seal_ask){r->items[i]->text, r->items[i]->note, str_of(r->items[i]->id.hex)};
    clerk_step(r->c, "seal", false);
    if (!clerk_seal_all(r->c, r->arena, asks, r->count, refused, err))
        return false;
    clerk_step(r->c, "seal", true);
    for (size_t i = 0; i < r->count; i++) {
        r->items[i]->stage = RELEASE_STAGED;
        if (refused[i].kind != ERR_NONE)
            refuse(r->items[i], &refused[i]);
    }
    return release_end_all(r, RELEASE_REFUSED, err) && release_end_all(r, RELEASE_STAGED, err);
}

// -- all of it -----------------------------------------------------------------------------------
bool release_sign_and_seal(struct release_round *r, struct err *err)
{
    drop_others(r);
    if (r->count > 0 && !sign_all(r, err))
        return false;
    drop_others(r);
    return r->count == 0 || seal_all(r, err);
}

static bool go_round(struct release_round *r, struct err *err)
{
    clerk_step(r->c, "fill", false);
    if (!fill_all(r, err))
        return false;
    drop_others(r);
    if (r->count == 0)
        return true;
    if (!keep_fills(r, err))
        return false;
    clerk_step(r->c, "fill", true);
    return release_sign_and_seal(r, err);
}

// As many as fit a frame, all drafts or all the node's.
void release_gather(struct release_round *r, struct on_its_way *all, size_t count)
{
    size_t bytes = 0;
    r->count = 0;
    for (size_t i = 0; i < count && r->count < RELEASE_TOGETHER_MAX; i++) {
        struct on_its_way *w = &all[i];
        size_t more = w->approved.len + w->text.len + w->approvals_bytes + ROW_BYTES;
        if (w->stage != RELEASE_WAITS || (r->count > 0 && w->by_node != r->items[0]->by_node))
            continue;
        if (r->count > 0 && bytes + more > TOGETHER_BYTES_MAX)
            break;
        bytes += more;
        w->stage = RELEASE_GOES;
        w->again = false;
        r->items[r->count++] = w;
    }
}

// What stood behind a refused one of its pair goes in the next round. In each round the first of
// every pair is settled, so the rounds end.
bool release_go_all(struct clerk *c, struct arena *a, struct on_its_way *all, size_t count,
                    struct err *err)
{
    struct release_round r = {.c = c, .arena = a};
    for (release_gather(&r, all, count); r.count > 0; release_gather(&r, all, count)) {
        if (!go_round(&r, err))
            return false;
        for (size_t i = 0; i < count; i++)
            if (all[i].again)
                all[i].stage = RELEASE_WAITS;
    }
    return true;
}

struct on_its_way *release_ways(struct arena *a, size_t count, struct err *err)
{
    struct on_its_way *all = arena_new(a, struct on_its_way, count + 1);
    if (all == NULL)
        (void)err_set(err, ERR_LIMIT, "base/limits.h", "%zu releases at a time", count);
    return all;
}

struct gathering {
    struct arena *arena;
    struct on_its_way *w;
};

static bool take_approval(void *context, const struct office_approval *row, struct err *err)
{
    struct gathering *g = context;
    struct on_its_way *w = g->w;
    if (w->approvals_count == REGISTER_APPROVALS_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "more than %d approvals",
                       REGISTER_APPROVALS_MAX);
    w->approvals_bytes += row->note.len;
    return arena_copy(g->arena, row->note, &w->approvals[w->approvals_count++], err);
}

bool release_load_approvals(struct arena *a, struct txn *office, struct on_its_way *w,
                            struct err *err)
{
    struct gathering g = {a, w};
    w->approvals = arena_new(a, struct bytes, REGISTER_APPROVALS_MAX);
    if (w->approvals == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for approvals");
    return office_approvals(office, &w->id, take_approval, &g, err);
}
