#include "clerk/project.h"

#include "base/limits.h"
#include "clerk/landed.h"
#include "clerk/view_put.h"
#include "store/exchange_blob.h"
#include "store/exchange_stage.h"
#include "store/office_index.h"

enum {
    BATCH_ENTRIES = 256,    // of one pair of transactions
    RECORD_BYTES = 8 << 20, // one body, opened and judged
    COSIGNED_ROWS = 256,    // refreshed at a time
};
#define OFFERS_NEXT "offers/next" // own entries below this were offered already

static bool begin_both(struct clerk *c, struct clerk_stores *s, struct err *err)
{
    return db_begin_deferred(c->exchange, &s->exchange, err) &&
           db_begin_deferred(c->office, &s->office, err);
}

// Exchange first: what office derives from it can always be derived again. Neither is waited for
// here; but office is never made durable before exchange is (clerk/service.c, clerk/landed.c).
static bool commit_both(struct clerk_stores *s, struct err *err)
{
    return db_commit(&s->exchange, err) && db_commit(&s->office, err);
}

static void release_both(struct clerk_stores *s)
{
    txn_release(&s->office);
    txn_release(&s->exchange);
}

// -- one entry -----------------------------------------------------------------------------------
struct stepping {
    struct clerk *c;
    struct clerk_stores *stores;
    bool offer;
    bool from_author; // of a body that came just now
};

static bool put_opened(const struct stepping *s, const struct clerk_place *place, struct arena *a,
                       const struct clerk_opened *o, struct clerk_again *again, struct err *err)
{
    struct clerk_putting p = {s->c, s->stores, place, a, o, s->offer};
    struct moment ignored;
    switch (o->what) {
    case OPENING_NOTHING:
        return o->entry.kind != ENTRY_OPEN || clerk_view_want(&p, err);
    case OPENING_UNREADABLE:
        if (!s->from_author) // a relay's: dropped silently
            return exchange_blob_erase(&s->stores->exchange, &o->entry.body, err);
        return office_due_put(&s->stores->office, place->origin, place->at.n, err) &&
               office_arrival(&s->stores->office, place->origin, place->at.n, clerk_now(s->c),
                              &ignored, err);
    case OPENING_MANIFEST:
        return true;
    case OPENING_JUDGED:
        break;
    }
    return clerk_view_put(&p, again, err);
}

static bool step(const struct stepping *s, const struct clerk_place *place,
                 struct clerk_again *again, struct err *err)
{
    struct arena a;
    struct clerk_opened *o = memory_new(1, sizeof *o);
    arena_init(&a, RECORD_BYTES);
    again->count = 0;
    bool done = clerk_open_at(s->c, s->stores, place, &a, o, err) &&
                put_opened(s, place, &a, o, again, err);
    arena_release(&a);
    memory_release(o);
    return done || err_wrap(err, "entry %llu of %.*s", (unsigned long long)place->at.n,
                            STR_ARG(place->origin));
}

// An entry, and those above it that must be judged anew because of it. Each of them only looks
// further up, so the way ends.
static bool step_all(const struct stepping *s, const struct clerk_place *place, struct err *err)
{
    struct clerk_again again, more;
    if (!step(s, place, &again, err))
        return false;
    for (size_t i = 0; i < again.count; i++) {
        struct clerk_place other = {place->origin, place->log, {again.at[i]}};
        if (!step(s, &other, &more, err))
            return false;
    }
    return true;
}

// -- a log by its cursor -----------------------------------------------------------------------
static bool offers_next(struct txn *txn, uint64_t *ret, struct err *err)
{
    struct arena a;
    struct bytes value;
    struct err why = {0};
    arena_init(&a, 4096);
    bool found = exchange_setting_get(txn, STR(OFFERS_NEXT), &a, &value, &why);
    struct reader r = reader_of(value);
    *ret = found ? reader_u64(&r) : 0;
    arena_release(&a);
    return found || why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
}

static bool offers_raise(struct txn *txn, uint64_t next, struct err *err)
{
    uint8_t octets[8];
    struct writer w = writer_of(octets, sizeof octets);
    writer_u64(&w, next);
    return exchange_setting_put(txn, STR(OFFERS_NEXT), writer_bytes(&w), err);
}

struct cursor {
    struct str origin;
    struct log_id log;
    uint64_t next, end; // of the verified log
};

static bool cursor_of(struct clerk_stores *s, struct str origin, struct arena *a,
                      struct cursor *ret, struct err *err)
{
    struct exchange_log log;
    struct err why = {0};
    *ret = (struct cursor){.origin = origin};
    if (!exchange_log_find(&s->exchange, origin, a, &log, &why))
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    ret->log = log.id;
    ret->end = log.signed_size.n;
    return office_cursor_get(&s->office, origin, &ret->next, err);
}

static bool project_batch(struct clerk *c, struct clerk_stores *s, struct cursor *at, uint64_t most,
                          struct err *err)
{
    bool own = str_eq(at->origin, c->origin);
    uint64_t offered = 0;
    struct stepping stepping = {.c = c, .stores = s, .from_author = true};
    uint64_t end = at->end - at->next > most ? at->next + most : at->end;
    if (own && !offers_next(&s->exchange, &offered, err))
        return false;
    for (uint64_t i = at->next; i < end; i++) {
        struct clerk_place place = {at->origin, at->log, {i}};
        stepping.offer = own && i >= offered;
        if (!step_all(&stepping, &place, err))
            return false;
    }
    if (own && end > offered && !offers_raise(&s->exchange, end, err))
        return false;
    at->next = end;
    return office_cursor_put(&s->office, at->origin, end, err);
}

static bool project_once(struct clerk *c, struct str origin, uint64_t most, uint64_t *ret_count,
                         struct err *err)
{
    struct clerk_stores s = {0};
    struct arena a;
    struct cursor at;
    uint64_t was = 0;
    arena_init(&a, 1 << 20);
    bool done = begin_both(c, &s, err) && cursor_of(&s, origin, &a, &at, err);
    if (done) {
        was = at.next;
        done = at.next >= at.end || (project_batch(c, &s, &at, most, err) && commit_both(&s, err));
    }
    release_both(&s);
    arena_release(&a);
    if (done)
        *ret_count = at.next - was;
    return done;
}

// Our own log first: receipts and answers of others speak of it.
static struct str origin_at(struct clerk *c, size_t i)
{
    if (i == 0)
        return c->origin;
    return c->community.states[i - 1].origin;
}

static bool project_log(struct clerk *c, struct str origin, uint64_t *most, struct err *err)
{
    uint64_t count = 1;
    while (count > 0 && *most > 0) {
        uint64_t piece = *most < BATCH_ENTRIES ? *most : BATCH_ENTRIES;
        if (!project_once(c, origin, piece, &count, err))
            return false;
        *most -= count;
    }
    return true;
}

static bool project_upto(struct clerk *c, uint64_t most, struct err *err)
{
    for (size_t i = 0; i <= c->community.states_count && most > 0; i++) {
        bool again = i > 0 && str_eq(origin_at(c, i), c->origin);
        if (!again && !project_log(c, origin_at(c, i), &most, err))
            return false;
    }
    return true;
}

bool clerk_project(struct clerk *c, struct err *err)
{
    // Without a community nobody's keys are known, so nothing could be judged.
    return !c->has_community || (clerk_landed_all(c, err) && project_upto(c, UINT64_MAX, err));
}

bool clerk_project_some(struct clerk *c, uint64_t most, uint64_t *ret_done, uint64_t *ret_total,
                        struct err *err)
{
    struct clerk_stores s = {0};
    struct arena a;
    uint64_t sum = 0, total = 0;
    if (!c->has_community) {
        *ret_done = 0;
        *ret_total = 0;
        return true;
    }
    if (!project_upto(c, most, err))
        return false;
    arena_init(&a, 16 << 20);
    bool done = begin_both(c, &s, err);
    for (size_t i = 0; done && i <= c->community.states_count; i++) {
        struct cursor at;
        if (i > 0 && str_eq(origin_at(c, i), c->origin))
            continue;
        done = cursor_of(&s, origin_at(c, i), &a, &at, err);
        sum += done ? at.next : 0;
        total += done ? at.end : 0;
    }
    release_both(&s);
    arena_release(&a);
    if (!done)
        return false;
    *ret_done = sum;
    *ret_total = total;
    return true;
}

// -- what came out of order ----------------------------------------------------------------------
static bool project_at(const struct stepping *stepping, struct str origin, struct leaf_index at,
                       struct err *err)
{
    struct arena a;
    struct cursor cursor;
    arena_init(&a, 1 << 20);
    bool done = cursor_of(stepping->stores, origin, &a, &cursor, err);
    // Also ahead of the cursor: when that comes by, it finds the record there.
    if (done && at.n < cursor.end) {
        struct clerk_place place = {origin, cursor.log, at};
        done = step_all(stepping, &place, err);
    }
    arena_release(&a);
    return done;
}

bool clerk_project_landed(struct clerk *c, const struct clerk_landed *rows, size_t count,
                          struct err *err)
{
    struct clerk_stores s = {0};
    bool done = begin_both(c, &s, err);
    for (size_t i = 0; done && i < count; i++) {
        struct stepping stepping = {c, &s, true, rows[i].from_author};
        done = project_at(&stepping, rows[i].origin, rows[i].at, err);
    }
    done = done && commit_both(&s, err);
    release_both(&s);
    return done;
}

// -- cosigned ------------------------------------------------------------------------------------
struct roots {
    struct digest items[COSIGNED_ROWS];
    size_t count;
};

static bool take_root(void *context, const struct office_record *row, struct err *err)
{
    struct roots *r = context;
    (void)err;
    if (r->count < COSIGNED_ROWS)
        r->items[r->count++] = row->root;
    return true;
}

bool clerk_project_cosigned(struct clerk *c, struct err *err)
{
    struct clerk_stores s = {0};
    struct roots *roots = memory_new(1, sizeof *roots);
    bool done = begin_both(c, &s, err);
    for (int d = DESK_TECHNICAL; done && d < DESK_COUNT; d++) {
        struct office_page page = {.desk = str_of(desk_word((enum desk)d)),
                                   .direction = DIRECTION_OUT,
                                   .state = str_of(delivery_state_word(DELIVERY_LOGGED)),
                                   .count_max = COSIGNED_ROWS};
        roots->count = 0;
        done = office_records(&s.office, &page, take_root, roots, err);
        for (size_t i = 0; done && i < roots->count; i++)
            done = clerk_dialogue_refresh(c, &s, &roots->items[i], err);
    }
    done = done && commit_both(&s, err);
    release_both(&s);
    memory_release(roots);
    return done;
}
