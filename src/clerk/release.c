#include "clerk/release.h"

#include "base/encode.h"
#include "base/limits.h"
#include "clerk/release_round.h"

static void id_of(const struct draft_id *draft, struct office_draft_id *ret)
{
    hex_write(bytes_of(draft->octets, DRAFT_ID_BYTES), ret->hex);
}

static void tell(const struct on_its_way *all, size_t count, struct release_done *ret)
{
    for (size_t i = 0; i < count; i++) {
        CHECK(all[i].stage == RELEASE_STAGED || all[i].stage == RELEASE_REFUSED);
        ret[i] = (struct release_done){.ref = all[i].ref};
        if (all[i].stage == RELEASE_REFUSED)
            ret[i].refused = all[i].refused;
        else
            ret[i].note = digest_of(all[i].note);
    }
}

// -- from outside --------------------------------------------------------------------------------
static bool load_draft(struct clerk *c, struct arena *a, struct txn *txn, struct on_its_way *w,
                       struct err *err)
{
    struct office_draft row;
    if (!office_draft_get(txn, &w->id, a, &row, err))
        return false;
    if (row.state != DRAFT_AWAITING)
        return err_set(err, ERR_CONFLICT, "DESIGN 8", "the draft does not await release");
    if (!desk_read(row.desk, &w->desk))
        return err_set(err, ERR_MALFORMED, "DESIGN 3", "a draft of no desk");
    return clerk_text_open(c, w->desk, "draft", str_of(w->id.hex), row.sealed, a, &w->approved,
                           err) &&
           record_read_approved(a, w->approved, &w->record, err) &&
           release_load_approvals(a, txn, w, err);
}

static bool is_twice(const struct on_its_way *all, size_t at, struct err *ret)
{
    for (size_t i = 0; i < at; i++)
        if (memcmp(all[i].id.hex, all[at].id.hex, sizeof all[at].id.hex) == 0)
            return !err_set(ret, ERR_CONFLICT, "DESIGN 8", "the draft is on its way already");
    return false;
}

bool clerk_release_all(struct clerk *c, struct arena *a, const struct release_ask *asks,
                       size_t count, struct release_done *ret, struct err *err)
{
    struct txn txn = {0};
    struct on_its_way *all = release_ways(a, count, err);
    if (all == NULL)
        return false;
    bool done = db_begin(c->office, &txn, err);
    for (size_t i = 0; done && i < count; i++) {
        struct err why = {0};
        all[i].draft = asks[i].draft;
        all[i].who = asks[i].who;
        id_of(&asks[i].draft, &all[i].id);
        bool good = !is_twice(all, i, &why) && load_draft(c, a, &txn, &all[i], &why);
        done = release_judged(&all[i], good, &why, err);
    }
    txn_release(&txn);
    if (!done || !release_go_all(c, a, all, count, err))
        return false;
    tell(all, count, ret);
    return true;
}

bool clerk_release(struct clerk *c, struct arena *a, const struct draft_id *draft,
                   struct release_done *ret, struct err *err)
{
    struct release_ask ask = {.draft = *draft};
    struct release_done done = {0};
    if (!clerk_release_all(c, a, &ask, 1, &done, err))
        return false;
    if (done.refused.kind != ERR_NONE)
        return err_set(err, done.refused.kind, done.refused.clause, "%s", done.refused.text);
    *ret = done;
    return true;
}

static bool load_statement(struct arena *a, const struct record *record, struct on_its_way *w,
                           struct err *err)
{
    struct digest subject;
    struct str text;
    CHECK(!record->filled);
    if (!record_write(a, record, &text, err) ||
        !record_approved_digest(a, str_bytes(text), &subject, err))
        return false;
    w->approved = str_bytes(text);
    w->record = *record;
    memcpy(w->draft.octets, subject.octets, DRAFT_ID_BYTES);
    id_of(&w->draft, &w->id);
    return true;
}

bool clerk_state_by_node(struct clerk *c, struct arena *a, const struct record *records,
                         size_t count, struct release_done *ret, struct err *err)
{
    struct on_its_way *all = release_ways(a, count, err);
    if (all == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct err why = {0};
        all[i].by_node = true;
        all[i].desk = DESK_TECHNICAL;
        bool good = load_statement(a, &records[i], &all[i], &why) && !is_twice(all, i, &why);
        if (!release_judged(&all[i], good, &why, err))
            return false;
    }
    if (!release_go_all(c, a, all, count, err))
        return false;
    tell(all, count, ret);
    return true;
}
