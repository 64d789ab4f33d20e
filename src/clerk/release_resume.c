// clerk/release_resume.c - the fills that a crash left (declared in clerk/release.h).
#include "base/encode.h"
#include "base/limits.h"
#include "clerk/release.h"
#include "clerk/release_round.h"
#include "clerk/seal.h"
#include "store/exchange_stage.h"

#include <stdlib.h>

enum { LEFT_OVER_MAX = 256 };

struct left_over {
    struct arena *arena;
    struct office_fill rows[LEFT_OVER_MAX];
    size_t count;
};

static bool take_fill(void *context, const struct office_fill *row, struct err *err)
{
    struct left_over *all = context;
    if (all->count == LEFT_OVER_MAX)
        return true; // the rest is taken up in the next round
    struct office_fill *to = &all->rows[all->count++];
    *to = *row;
    return arena_str(all->arena, row->ref, &to->ref, err) &&
           arena_copy(all->arena, row->sealed, &to->sealed, err);
}

static bool load_fill(struct clerk *c, struct arena *a, struct txn *office,
                      const struct office_fill *row, struct on_its_way *w, struct err *err)
{
    struct office_draft draft;
    struct bytes text;
    struct err why = {0};
    *w = (struct on_its_way){.stage = RELEASE_WAITS, .id = row->draft, .desk = DESK_TECHNICAL};
    w->ref = row->ref;
    if (!hex_read(str_of(row->draft.hex), w->draft.octets, DRAFT_ID_BYTES))
        return err_set(err, ERR_MALFORMED, "FORMATS 5", "a fill of no draft");
    w->by_node = !office_draft_get(office, &w->id, a, &draft, &why);
    if (w->by_node && why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    if (!w->by_node && !desk_read(draft.desk, &w->desk))
        return err_set(err, ERR_MALFORMED, "DESIGN 3", "a draft of no desk");
    return clerk_text_open(c, w->desk, "fill", row->ref, row->sealed, a, &text, err) &&
           text_check(text, &w->text, err) && record_read(a, text, &w->record, err) &&
           (w->by_node || release_load_approvals(a, office, w, err));
}

// Was it staged before the crash? Then only the office has to catch up.
static bool see_sealed(struct arena *a, struct txn *exchange, struct on_its_way *w, struct err *err)
{
    struct str pair;
    uint64_t last = 0;
    bool pending;
    if (!clerk_pair_of(&w->record.ref, a, &pair, err) ||
        !exchange_serial_last(exchange, pair, &last, &pending, err))
        return false;
    if (last >= w->record.ref.serial)
        w->stage = RELEASE_STAGED;
    return true;
}

static int by_serial(const void *x, const void *y)
{
    uint32_t a = ((const struct on_its_way *)x)->record.ref.serial;
    uint32_t b = ((const struct on_its_way *)y)->record.ref.serial;
    return (a > b) - (a < b);
}

static bool load_left(struct clerk *c, struct arena *a, const struct left_over *left,
                      struct on_its_way *all, struct err *err)
{
    struct txn office = {0};
    struct txn exchange = {0};
    bool done = db_begin(c->exchange, &exchange, err) && db_begin(c->office, &office, err);
    for (size_t i = 0; done && i < left->count; i++)
        done = load_fill(c, a, &office, &left->rows[i], &all[i], err) &&
               see_sealed(a, &exchange, &all[i], err);
    txn_release(&office);
    txn_release(&exchange);
    qsort(all, left->count, sizeof *all, by_serial); // as they were filled
    return done;
}

static bool end_sealed(struct clerk *c, struct arena *a, struct on_its_way *all, size_t count,
                       struct err *err)
{
    struct release_round r = {.c = c, .arena = a};
    for (size_t i = 0; i < count; i++) {
        if (all[i].stage == RELEASE_STAGED)
            r.items[r.count++] = &all[i];
        if (r.count > 0 && (r.count == RELEASE_TOGETHER_MAX || i + 1 == count)) {
            if (!release_end_all(&r, RELEASE_STAGED, err))
                return false;
            r.count = 0;
        }
    }
    return true;
}

static bool resume_some(struct clerk *c, struct arena *a, const struct left_over *left,
                        struct err *err)
{
    struct release_round r = {.c = c, .arena = a};
    struct err why = {0};
    struct on_its_way *all = release_ways(a, left->count, err);
    if (all == NULL || !load_left(c, a, left, all, err) || !end_sealed(c, a, all, left->count, err))
        return false;
    for (release_gather(&r, all, left->count); r.count > 0; release_gather(&r, all, left->count))
        if (!release_sign_and_seal(&r, &why))
            // A final refusal was dealt with; what had no answer waits for the next start.
            return err_kind_retry(why.kind) || why.kind == ERR_LOCKED ||
                   err_set(err, why.kind, why.clause, "%s", why.text);
    return true;
}

bool clerk_release_resume(struct clerk *c, struct err *err)
{
    struct left_over *left = memory_new(1, sizeof *left);
    size_t before;
    bool done = true;
    do {
        struct arena a;
        struct txn txn = {0};
        arena_init(&a, 256 << 20);
        before = left->count;
        left->arena = &a;
        left->count = 0;
        done = db_begin(c->office, &txn, err) && office_fills(&txn, take_fill, left, err);
        txn_release(&txn);
        done = done && resume_some(c, &a, left, err);
        arena_release(&a);
    } while (done && left->count == LEFT_OVER_MAX && left->count != before);
    memory_release(left);
    return done;
}
