#include "clerk/release.h"

#include "base/encode.h"
#include "base/limits.h"
#include "clerk/restore.h"
#include "clerk/seal.h"
#include "log/checkpoint.h"
#include "store/exchange_stage.h"
#include "store/office_draft.h"

enum { APPROVALS_MAX = REGISTER_APPROVALS_MAX };

// One release on its way.
struct on_its_way {
    struct office_draft_id id; // the draft's, or made from the subject's hash
    struct draft_id draft;
    bool by_node;
    enum desk desk;       // whose key seals the fill
    struct str text;      // full
    struct record record; // of the full text
    struct str ref;
};

static bool id_of(const struct draft_id *draft, struct office_draft_id *ret)
{
    hex_write(bytes_of(draft->octets, DRAFT_ID_BYTES), ret->hex);
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
// pair's next numbers: they are left out, so that none is ever used twice (FORMATS 10).
static bool next_serial(struct clerk *c, struct txn *txn, struct arena *a, struct ref *ref,
                        struct err *err)
{
    struct str pair;
    uint64_t last, unopened;
    bool pending;
    if (!clerk_pair_of(ref, a, &pair, err) ||
        !exchange_serial_last(txn, pair, &last, &pending, err) ||
        !clerk_restore_unopened(c, txn, &unopened, err))
        return false;
    if (last + unopened >= SERIAL_MAX)
        return err_set(err, ERR_LIMIT, "FORMATS 1", "the pair %.*s has no serial left",
                       STR_ARG(pair));
    ref->serial = (uint32_t)(last + unopened + 1);
    return true;
}

struct filling_now {
    const struct record *approved;
    struct ref ref;
    struct seen seen;
    size_t seen_count;
};

static bool plan_fill(struct clerk *c, struct arena *a, const struct record *approved,
                      struct filling_now *f, struct err *err)
{
    struct txn txn = {0};
    struct moment now = clerk_now(c);
    *f = (struct filling_now){.approved = approved};
    f->ref.from = approved->from.state;
    f->ref.year = (uint16_t)moment_year(now);
    if (!approved->open)
        f->ref.to = approved->to.state;
    bool done = db_begin(c->exchange, &txn, err) && next_serial(c, &txn, a, &f->ref, err) &&
                seen_line(c, &txn, a, approved, &f->seen, &f->seen_count, err);
    txn_release(&txn);
    return done;
}

struct pair_search {
    struct ref ref;
    bool taken;
};

static bool same_pair(void *context, const struct office_fill *row, struct err *err)
{
    struct pair_search *s = context;
    struct ref ref;
    if (!ref_read(row->ref, &ref))
        return err_set(err, ERR_MALFORMED, "FORMATS 1", "a fill with the ref %.*s",
                       STR_ARG(row->ref));
    if (state_code_eq(&ref.from, &s->ref.from) && state_code_eq(&ref.to, &s->ref.to))
        s->taken = true;
    return true;
}

static bool keep_fill(struct clerk *c, struct arena *a, const struct on_its_way *w, struct err *err)
{
    struct txn txn = {0};
    struct pair_search search = {.ref = w->record.ref};
    struct office_fill row = {.draft = w->id, .ref = w->ref, .at = w->record.time};
    bool done =
        clerk_text_seal(c, w->desk, "fill", w->ref, str_bytes(w->text), a, &row.sealed, err) &&
        db_begin(c->office, &txn, err) && office_fills(&txn, same_pair, &search, err);
    if (done && search.taken)
        done = err_set(err, ERR_BUSY, "DESIGN 8", "another record of this pair is on its way");
    done = done && office_fill_add(&txn, &row, err);
    if (done && !w->by_node)
        done = office_draft_move(&txn, &w->id, DRAFT_AWAITING, DRAFT_FILLED, clerk_now(c), err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

static bool fill(struct clerk *c, struct arena *a, struct bytes approved_text,
                 const struct record *approved, struct on_its_way *w, struct err *err)
{
    struct filling_now f;
    char ref[REF_CHARS_MAX + 1];
    if (!plan_fill(c, a, approved, &f, err))
        return false;
    struct record_filling filling = {f.ref, clerk_now(c), &f.seen, f.seen_count};
    ref_write(&f.ref, ref);
    clerk_step(c, "fill", false);
    if (!record_fill(a, approved_text, &filling, &w->text, err) ||
        !record_read(a, str_bytes(w->text), &w->record, err) ||
        !arena_str(a, str_of(ref), &w->ref, err) || !keep_fill(c, a, w, err))
        return false;
    clerk_step(c, "fill", true);
    return true;
}

// -- sign ----------------------------------------------------------------------------------------
struct approvals {
    struct arena *arena;
    struct bytes notes[APPROVALS_MAX];
    size_t count;
};

static bool take_approval(void *context, const struct office_approval *row, struct err *err)
{
    struct approvals *all = context;
    if (all->count == APPROVALS_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "more than %d approvals", APPROVALS_MAX);
    return arena_copy(all->arena, row->note, &all->notes[all->count++], err);
}

static bool approvals_of(struct clerk *c, const struct office_draft_id *id, struct approvals *ret,
                         struct err *err)
{
    struct txn txn = {0};
    bool done =
        db_begin(c->office, &txn, err) && office_approvals(&txn, id, take_approval, ret, err);
    txn_release(&txn);
    return done;
}

static bool sign(struct clerk *c, struct arena *a, const struct on_its_way *w,
                 struct keeper_signed *ret, struct err *err)
{
    struct approvals all = {.arena = a};
    if (w->by_node)
        return keeper_sign_node(&c->keeper, a, &w->text, 1, ret, err);
    if (!approvals_of(c, &w->id, &all, err))
        return false;
    struct keeper_signing ask = {w->draft, w->text, all.notes, all.count};
    return keeper_sign_records(&c->keeper, a, &ask, 1, ret, err);
}

// -- ends
// ------------------------------------------------------------------------------------------ The
// fill goes; the draft is logged, or awaits again with its serial free.
static bool end_fill(struct clerk *c, const struct on_its_way *w, enum office_draft_state to,
                     struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->office, &txn, err) && office_fill_drop(&txn, &w->id, err);
    if (done && !w->by_node)
        done = office_draft_move(&txn, &w->id, DRAFT_FILLED, to, clerk_now(c), err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

static bool refused(struct clerk *c, const struct on_its_way *w, const struct err *why,
                    struct err *err)
{
    if (!end_fill(c, w, DRAFT_AWAITING, err))
        return false;
    return err_set(err, why->kind, why->clause, "%s", why->text);
}

static bool sign_and_seal(struct clerk *c, struct arena *a, const struct on_its_way *w,
                          struct release_done *ret, struct err *err)
{
    struct keeper_signed result = {0};
    struct err why = {0};
    clerk_step(c, "sign", false);
    if (!sign(c, a, w, &result, err))
        return false; // no answer: the fill stays and is asked for again at the next start
    clerk_step(c, "sign", true);
    if (result.refused.kind != ERR_NONE)
        return refused(c, w, &result.refused, err);
    struct seal_ask ask = {w->text, result.note, str_of(w->id.hex)};
    clerk_step(c, "seal", false);
    if (!clerk_seal(c, a, &ask, &why))
        return why.kind == ERR_NOT_FOUND ? refused(c, w, &why, err)
                                         : err_set(err, why.kind, why.clause, "%s", why.text);
    clerk_step(c, "seal", true);
    ret->ref = w->ref;
    ret->note = digest_of(result.note);
    return end_fill(c, w, DRAFT_LOGGED, err);
}

// -- from outside
// ------------------------------------------------------------------------------------
static bool load_draft(struct clerk *c, struct arena *a, const struct office_draft_id *id,
                       struct office_draft *ret, struct err *err)
{
    struct txn txn = {0};
    bool done = db_begin(c->office, &txn, err) && office_draft_get(&txn, id, a, ret, err);
    txn_release(&txn);
    return done;
}

bool clerk_release(struct clerk *c, struct arena *a, const struct draft_id *draft,
                   struct release_done *ret, struct err *err)
{
    struct on_its_way w = {.draft = *draft};
    struct office_draft row;
    struct record approved;
    struct bytes text;
    CHECK(id_of(draft, &w.id));
    if (!load_draft(c, a, &w.id, &row, err))
        return false;
    if (row.state != DRAFT_AWAITING)
        return err_set(err, ERR_CONFLICT, "DESIGN 8", "the draft does not await release");
    if (!desk_read(row.desk, &w.desk) ||
        !clerk_text_open(c, w.desk, "draft", str_of(w.id.hex), row.sealed, a, &text, err) ||
        !record_read_approved(a, text, &approved, err))
        return false;
    return fill(c, a, text, &approved, &w, err) && sign_and_seal(c, a, &w, ret, err);
}

bool clerk_state_by_node(struct clerk *c, struct arena *a, const struct record *record,
                         struct release_done *ret, struct err *err)
{
    struct on_its_way w = {.by_node = true, .desk = DESK_TECHNICAL};
    struct digest subject;
    struct str text;
    CHECK(!record->filled);
    if (!record_write(a, record, &text, err) ||
        !record_approved_digest(a, str_bytes(text), &subject, err))
        return false;
    memcpy(w.draft.octets, subject.octets, DRAFT_ID_BYTES);
    CHECK(id_of(&w.draft, &w.id));
    return fill(c, a, str_bytes(text), record, &w, err) && sign_and_seal(c, a, &w, ret, err);
}

// -- at start
// ----------------------------------------------------------------------------------------
struct left_over {
    struct arena *arena;
    struct office_fill rows[64];
    size_t count;
};

static bool take_fill(void *context, const struct office_fill *row, struct err *err)
{
    struct left_over *all = context;
    if (all->count == sizeof all->rows / sizeof all->rows[0])
        return true; // the rest is taken up in the next round
    struct office_fill *to = &all->rows[all->count++];
    *to = *row;
    return arena_str(all->arena, row->ref, &to->ref, err) &&
           arena_copy(all->arena, row->sealed, &to->sealed, err);
}

// Was it staged before the crash? Then only the office has to catch up.
static bool is_sealed(struct clerk *c, struct arena *a, const struct ref *ref, bool *ret,
                      struct err *err)
{
    struct txn txn = {0};
    struct str pair;
    uint64_t last = 0;
    bool pending;
    bool done = clerk_pair_of(ref, a, &pair, err) && db_begin(c->exchange, &txn, err) &&
                exchange_serial_last(&txn, pair, &last, &pending, err);
    txn_release(&txn);
    *ret = done && last >= ref->serial;
    return done;
}

static bool resume_one(struct clerk *c, struct arena *a, const struct office_fill *row,
                       struct err *err)
{
    struct on_its_way w = {.id = row->draft, .ref = row->ref, .desk = DESK_TECHNICAL};
    struct office_draft draft;
    struct release_done ignored;
    struct bytes text;
    struct err why = {0};
    bool sealed;
    if (!hex_read(str_of(row->draft.hex), w.draft.octets, DRAFT_ID_BYTES))
        return err_set(err, ERR_MALFORMED, "FORMATS 5", "a fill of no draft");
    w.by_node = !load_draft(c, a, &w.id, &draft, &why);
    if (w.by_node && why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    if (!w.by_node && !desk_read(draft.desk, &w.desk))
        return err_set(err, ERR_MALFORMED, "DESIGN 3", "a draft of no desk");
    if (!clerk_text_open(c, w.desk, "fill", row->ref, row->sealed, a, &text, err) ||
        !text_check(text, &w.text, err) || !record_read(a, text, &w.record, err) ||
        !is_sealed(c, a, &w.record.ref, &sealed, err))
        return false;
    if (sealed)
        return end_fill(c, &w, DRAFT_LOGGED, err);
    if (sign_and_seal(c, a, &w, &ignored, &why))
        return true;
    // A final refusal was dealt with; what had no answer waits for the next start.
    return err_kind_retry(why.kind) || why.kind == ERR_LOCKED || why.kind == ERR_DENIED ||
           why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
}

bool clerk_release_resume(struct clerk *c, struct err *err)
{
    struct arena a;
    struct txn txn = {0};
    arena_init(&a, 64 << 20);
    struct left_over *all = memory_new(1, sizeof *all);
    all->arena = &a;
    bool done = db_begin(c->office, &txn, err) && office_fills(&txn, take_fill, all, err);
    txn_release(&txn);
    for (size_t i = 0; done && i < all->count; i++)
        done = resume_one(c, &a, &all->rows[i], err);
    memory_release(all);
    arena_release(&a);
    return done;
}
