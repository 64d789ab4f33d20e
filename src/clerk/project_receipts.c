// clerk/project_receipts.c - the receipts that are due (declared in clerk/project.h).
//
// A receipt given stands in our own log, so whether one is due is asked of the views of that log:
// only once all of it is shown and nothing waits in the stage. That holds across crash and rebuild.
#include "clerk/project.h"

#include "base/limits.h"
#include "clerk/acts.h"
#include "clerk/open.h"
#include "clerk/release.h"
#include "clerk/seal.h"
#include "record/type/receipt.h"
#include "store/exchange_blob.h"
#include "store/exchange_stage.h"
#include "store/office_index.h"

enum {
    RECEIPTS_A_TURN = 128, // to one partner
    SERIALS_SEEN = 256,    // of one pair, above the last without a gap
    RECEIPT_ROOM = 128 << 20,
};

// -- may any be given now? -----------------------------------------------------------------------
static bool caught_up(struct clerk *c, struct arena *a, bool *ret, struct err *err)
{
    struct clerk_stores s = {0};
    struct exchange_log own;
    uint64_t staged = 0, next = 0;
    bool done = db_begin(c->exchange, &s.exchange, err) && db_begin(c->office, &s.office, err) &&
                exchange_log_get(&s.exchange, c->own, a, &own, err) &&
                exchange_stage_count(&s.exchange, &staged, err) &&
                office_cursor_get(&s.office, c->origin, &next, err);
    txn_release(&s.office);
    txn_release(&s.exchange);
    *ret = done && staged == 0 && next == own.signed_size.n && next > 0;
    return done;
}

// -- giving --------------------------------------------------------------------------------------
// All that is due to one partner at this moment passes each durable step together.
struct giving {
    struct clerk *c;
    const struct community_state *to;
    struct record records[RECEIPTS_A_TURN];
    struct receipt receipts[RECEIPTS_A_TURN];
    uint64_t at[RECEIPTS_A_TURN]; // of the due that goes with it; NONE: it stands in no list
    size_t count;
    uint64_t settled[RECEIPTS_A_TURN]; // dues of which nothing is to be said, or it was said
    size_t settled_count;
};
#define NONE UINT64_MAX

static bool plan(struct giving *g, const struct receipt *r, uint64_t at, struct err *err)
{
    CHECK(g->count < RECEIPTS_A_TURN);
    struct record *record = &g->records[g->count];
    struct receipt *receipt = &g->receipts[g->count];
    *receipt = *r;
    *record =
        (struct record){.log = g->c->origin, .type = &record_type_receipt, .payload = receipt};
    record->from.state = g->c->state;
    if (!state_code_read(g->to->code, &record->to.state))
        return err_set(err, ERR_MALFORMED, "DESIGN 3", "a State's code in the community file");
    g->at[g->count++] = at;
    return true;
}

// Its key is not known yet, another record of the pair is on its way, or nothing is signed now.
static bool may_wait(const struct err *why)
{
    return why->kind == ERR_NOT_FOUND || why->kind == ERR_BUSY || why->kind == ERR_LOCKED;
}

static bool settle_all(struct giving *g, struct err *err)
{
    struct txn txn = {0};
    if (g->settled_count == 0)
        return true;
    bool done = db_begin_deferred(g->c->office, &txn, err);
    for (size_t i = 0; done && i < g->settled_count; i++)
        done = office_due_drop(&txn, g->to->origin, g->settled[i], err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

static bool give_all(struct giving *g, struct arena *a, size_t *ret_given, struct err *err)
{
    struct err why = {0};
    struct release_done *got = arena_new(a, struct release_done, g->count + 1);
    if (got == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for receipts");
    // Before the office is made durable by the first step, so is what its views were derived from.
    if (g->count > 0 && !db_settle(g->c->exchange, err))
        return false;
    if (g->count > 0 && !clerk_state_by_node(g->c, a, g->records, g->count, got, &why)) {
        if (!may_wait(&why))
            return err_set(err, why.kind, why.clause, "%s", why.text);
        g->count = 0;
    }
    for (size_t i = 0; i < g->count; i++) {
        why = got[i].refused;
        if (why.kind != ERR_NONE && !may_wait(&why))
            return err_set(err, why.kind, why.clause, "%s", why.text);
        if (why.kind != ERR_NONE)
            continue;
        *ret_given += 1;
        if (g->at[i] != NONE)
            g->settled[g->settled_count++] = g->at[i];
    }
    return settle_all(g, err);
}

struct given_already {
    struct str by;
    bool any;
    uint64_t held;
};

static bool see_given(void *context, const struct office_receipt *row, struct err *err)
{
    struct given_already *g = context;
    (void)err;
    if (!str_eq(row->by, g->by))
        return true;
    g->any = true;
    if (row->attachments_held > g->held)
        g->held = row->attachments_held;
    return true;
}

// -- what is due for one record ------------------------------------------------------------------
struct due {
    struct receipt receipt;
    bool give;
    struct arena *arena;
};

static bool count_held(struct clerk_stores *s, const struct record *r, uint32_t *ret,
                       struct err *err)
{
    uint32_t held = 0;
    for (size_t i = 0; i < r->attachments_count; i++) {
        struct exchange_blob blob;
        struct err why = {0};
        bool found = exchange_blob_get(&s->exchange, &r->attachments[i].blob, &blob, &why);
        if (!found && why.kind != ERR_NOT_FOUND)
            return err_set(err, why.kind, why.clause, "%s", why.text);
        held += found && blob.complete ? 1 : 0;
    }
    *ret = held;
    return true;
}

static bool held_due(struct clerk *c, struct clerk_stores *s, const struct office_record *row,
                     struct due *d, struct err *err)
{
    struct bytes note;
    struct note read;
    struct record record;
    struct given_already given = {.by = state_code_str(&c->state)};
    struct receipt *r = &d->receipt;
    if (row->void_rule.len > 0 || row->sealed.len == 0)
        return true; // a void record is given none; of a destroyed one nothing can be said
    if (!clerk_record_note(c, row, d->arena, &note, err) || !note_read(note, &read, err) ||
        !record_read(d->arena, str_bytes(read.text), &record, err) ||
        !office_receipts(&s->office, &row->note, see_given, &given, err) ||
        !count_held(s, &record, &r->attachments_held, err))
        return false;
    r->state = RECEIPT_HELD;
    r->has_ref = r->has_note = true;
    r->of = record.ref;
    r->note = row->note;
    r->attachments_all = (uint32_t)record.attachments_count;
    bool last = r->attachments_held == r->attachments_all && given.held < r->attachments_held;
    d->give = !record.open && (!given.any || last);
    return true;
}

static bool unreadable_due(struct clerk *c, struct clerk_stores *s, const struct clerk_place *place,
                           struct due *d, struct err *err)
{
    struct clerk_opened *o = arena_new(d->arena, struct clerk_opened, 1);
    struct given_already given = {.by = state_code_str(&c->state)};
    if (o == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a record");
    if (!clerk_open_at(c, s, place, d->arena, o, err) ||
        !office_receipts(&s->office, &d->receipt.at_leaf, see_given, &given, err))
        return false;
    d->receipt.state = RECEIPT_UNREADABLE;
    d->give = o->what == OPENING_UNREADABLE && !given.any;
    return true;
}

static bool find_due(struct clerk *c, struct clerk_stores *s, const struct clerk_place *place,
                     struct due *d, struct err *err)
{
    struct office_record row;
    struct bytes entry;
    struct err why = {0};
    if (!exchange_entry_get(&s->exchange, place->log, place->at, d->arena, &entry, err))
        return false;
    d->receipt.at_origin = place->origin;
    d->receipt.at_index = place->at.n;
    d->receipt.at_leaf = merkle_leaf(entry);
    if (office_record_at(&s->office, place->origin, place->at.n, d->arena, &row, &why))
        return held_due(c, s, &row, d, err);
    if (why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    return unreadable_due(c, s, place, d, err);
}

static bool settle_one(struct giving *g, struct clerk_stores *s, const struct clerk_place *place,
                       struct arena *a, struct err *err)
{
    struct due d = {.arena = a};
    if (!find_due(g->c, s, place, &d, err))
        return false;
    if (d.give)
        return plan(g, &d.receipt, place->at.n, err);
    g->settled[g->settled_count++] = place->at.n;
    return true;
}

// -- all that are due to one partner -------------------------------------------------------------
struct due_list {
    uint64_t at[RECEIPTS_A_TURN];
    size_t count;
};

static bool see_due(void *context, uint64_t at, struct err *err)
{
    struct due_list *l = context;
    (void)err;
    if (l->count < RECEIPTS_A_TURN)
        l->at[l->count++] = at;
    return true;
}

static bool list_dues(struct clerk_stores *s, struct str origin, struct arena *a,
                      struct log_id *ret_log, struct due_list *ret, struct err *err)
{
    struct exchange_log log;
    if (!office_dues(&s->office, origin, RECEIPTS_A_TURN, see_due, ret, err))
        return false;
    if (ret->count == 0)
        return true;
    if (!exchange_log_find(&s->exchange, origin, a, &log, err))
        return false;
    *ret_log = log.id;
    return true;
}

static bool plan_dues(struct giving *g, struct arena *a, struct err *err)
{
    struct clerk_stores s = {0};
    struct due_list list = {.count = 0};
    struct log_id log = {0};
    bool done = db_begin(g->c->exchange, &s.exchange, err) &&
                db_begin(g->c->office, &s.office, err) &&
                list_dues(&s, g->to->origin, a, &log, &list, err);
    for (size_t i = 0; done && i < list.count; i++) {
        struct clerk_place place = {g->to->origin, log, {list.at[i]}};
        done = settle_one(g, &s, &place, a, err);
    }
    txn_release(&s.office);
    txn_release(&s.exchange);
    return done;
}

// -- what never came -----------------------------------------------------------------------------
struct gap {
    uint64_t serial;
    unsigned year;
    uint64_t seen_at; // index of the later serial that shows the gap
};
struct gaps {
    uint64_t upto; // all serials up to here have come
    bool broken;
    uint64_t last;
    struct gap items[RECEIPTS_A_TURN];
    size_t count;
};

static bool see_serial(void *context, const struct office_serial *row, struct err *err)
{
    struct gaps *g = context;
    (void)err;
    for (uint64_t n = g->last + 1; n < row->serial && g->count < RECEIPTS_A_TURN; n++)
        g->items[g->count++] = (struct gap){n, row->year, row->at};
    if (row->serial > g->last + 1)
        g->broken = true;
    if (row->serial > g->last)
        g->last = row->serial;
    if (!g->broken)
        g->upto = g->last;
    return true;
}

static bool series_of(struct clerk *c, const struct community_state *from, struct arena *a,
                      struct str *ret, struct err *err)
{
    return arena_fmt(a, ret, err, "%.*s/%s", STR_ARG(from->code), c->state.text);
}

// "series/ORIGIN": up to which serial nothing is missing, so that a long pair is not walked anew.
static bool find_gaps(struct clerk *c, const struct community_state *from, struct arena *a,
                      struct gaps *ret, struct err *err)
{
    struct clerk_stores s = {0};
    struct str key = {0};
    struct bytes value = {0};
    struct office_serial above = {.origin = from->origin};
    struct err why = {0};
    uint8_t room[8];
    struct writer w = writer_of(room, sizeof room);
    bool done = series_of(c, from, a, &above.series, err) &&
                arena_fmt(a, &key, err, "series/%.*s", STR_ARG(from->origin)) &&
                db_begin_deferred(c->exchange, &s.exchange, err) &&
                db_begin(c->office, &s.office, err);
    if (done && !exchange_setting_get(&s.exchange, key, a, &value, &why))
        done = why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    if (done) {
        struct reader r = reader_of(value);
        above.serial = value.len == 0 ? 0 : reader_u64(&r);
        *ret = (struct gaps){.upto = above.serial, .last = above.serial};
        done = office_serials_after(&s.office, &above, SERIALS_SEEN, see_serial, ret, err);
    }
    if (done && ret->upto > above.serial) {
        writer_u64(&w, ret->upto);
        done = exchange_setting_put(&s.exchange, key, writer_bytes(&w), err) &&
               db_commit(&s.exchange, err);
    }
    txn_release(&s.office);
    txn_release(&s.exchange);
    return done;
}

static bool missing_due(struct clerk *c, const struct community_state *from, const struct gap *gap,
                        struct due *d, struct err *err)
{
    struct txn txn = {0};
    struct moment since = {0};
    struct given_already given = {.by = state_code_str(&c->state)};
    char text[REF_CHARS_MAX + 1];
    struct receipt *r = &d->receipt;
    r->state = RECEIPT_MISSING;
    r->has_ref = true;
    r->of =
        (struct ref){.to = c->state, .year = (uint16_t)gap->year, .serial = (uint32_t)gap->serial};
    if (!state_code_read(from->code, &r->of.from))
        return err_set(err, ERR_MALFORMED, "DESIGN 3", "a State's code in the community file");
    ref_write(&r->of, text);
    struct digest subject = digest_of(bytes_of(text, strlen(text)));
    bool done = db_begin(c->office, &txn, err) &&
                office_arrival(&txn, from->origin, gap->seen_at, clerk_now(c), &since, err) &&
                office_receipts(&txn, &subject, see_given, &given, err);
    txn_release(&txn);
    if (!done)
        return false;
    r->since = since;
    uint64_t patience = c->community.durations_s[DURATION_RECEIPT];
    d->give = !given.any && clerk_now(c).s - since.s > (int64_t)patience;
    return true;
}

static bool plan_missing(struct giving *g, struct arena *a, struct err *err)
{
    struct gaps *gaps = arena_new(a, struct gaps, 1);
    if (gaps == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for gaps");
    if (!find_gaps(g->c, g->to, a, gaps, err))
        return false;
    for (size_t i = 0; i < gaps->count && g->count < RECEIPTS_A_TURN; i++) {
        struct due d = {.arena = a};
        if (!missing_due(g->c, g->to, &gaps->items[i], &d, err) ||
            (d.give && !plan(g, &d.receipt, NONE, err)))
            return false;
    }
    return true;
}

bool clerk_receipts(struct clerk *c, struct err *err)
{
    struct arena a;
    bool ready = false;
    size_t given = 0;
    if (!c->has_community)
        return true;
    arena_init(&a, RECEIPT_ROOM);
    bool done = caught_up(c, &a, &ready, err);
    struct giving *g = memory_new(1, sizeof *g);
    for (size_t i = 0; done && ready && i < c->community.states_count; i++) {
        const struct community_state *to = &c->community.states[i];
        *g = (struct giving){.c = c, .to = to};
        if (str_eq(to->origin, c->origin) || !optin_is_on(&c->optin, to->code, OPTIN_RECEIPTS))
            continue;
        done = plan_dues(g, &a, err) && plan_missing(g, &a, err);
        bool full = g->count == RECEIPTS_A_TURN;
        done = done && give_all(g, &a, &given, err);
        c->again = c->again || (full && given > 0);
        arena_release(&a);
        arena_init(&a, RECEIPT_ROOM);
    }
    memory_release(g);
    arena_release(&a);
    return done;
}
