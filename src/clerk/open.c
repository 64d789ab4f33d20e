#include "clerk/open.h"

#include "base/limits.h"
#include "clerk/seal.h"
#include "store/exchange_blob.h"
#include "store/office_index.h"

// -- used references -----------------------------------------------------------------------------
// What record_judge asks cannot fail; a store that does is remembered here and ends the turn.
struct asking {
    struct clerk_stores *stores;
    struct arena *arena;
    struct err failed;
};
struct serial_search {
    uint64_t below;
    unsigned year;
    enum ref_use found;
};

static bool see_serial(void *context, const struct office_serial *row, struct err *err)
{
    struct serial_search *s = context;
    (void)err;
    if (row->at >= s->below || s->found == REF_USED)
        return true;
    s->found = row->year == s->year ? REF_USED : REF_SERIAL_USED;
    return true;
}

static enum ref_use ref_use(void *context, struct str origin, struct leaf_index index,
                            const struct ref *ref)
{
    struct asking *q = context;
    struct serial_search search = {index.n, ref->year, REF_FREE};
    struct str series;
    if (!clerk_pair_of(ref, q->arena, &series, &q->failed) ||
        !office_serials(&q->stores->office, origin, series, ref->serial, see_serial, &search,
                        &q->failed))
        return REF_FREE;
    return search.found;
}

// -- bodies --------------------------------------------------------------------------------------
struct body {
    bool here, opened;
    struct bytes blob, plain;
};

static bool read_blob(struct clerk_stores *s, const struct entry *entry, struct arena *a,
                      struct body *ret, struct err *err)
{
    struct err why = {0};
    ret->here =
        exchange_blob_whole(&s->exchange, &entry->body, BODY_BYTES_MAX, a, &ret->blob, &why);
    if (ret->here || why.kind == ERR_NOT_FOUND || why.kind == ERR_LIMIT)
        return true;
    return err_set(err, why.kind, why.clause, "%s", why.text);
}

// A file that does not open is its author's doing; a keeper that does not answer is not.
static bool open_sealed(struct clerk *c, struct arena *a, struct body *b, struct err *err)
{
    struct err why = {0};
    b->opened = clerk_age_open(c, b->blob, a, &b->plain, &why);
    bool verdict = why.kind == ERR_NOT_FOUND || why.kind == ERR_TAMPERED ||
                   why.kind == ERR_MALFORMED || why.kind == ERR_LIMIT;
    return b->opened || verdict || err_set(err, why.kind, why.clause, "%s", why.text);
}

static bool get_body(struct clerk *c, struct clerk_stores *s, const struct clerk_place *place,
                     struct arena *a, struct clerk_opened *o, struct body *ret, struct err *err)
{
    o->what = OPENING_JUDGED;
    if (o->entry.kind != ENTRY_OPEN && o->entry.kind != ENTRY_SEALED)
        return true;
    if (!read_blob(s, &o->entry, a, ret, err))
        return false;
    if (!ret->here)
        o->what = OPENING_NOTHING;
    if (!ret->here || o->entry.kind == ENTRY_OPEN)
        return true;
    if (!open_sealed(c, a, ret, err))
        return false;
    if (!ret->opened)
        o->what = str_eq(place->origin, c->origin) ? OPENING_NOTHING : OPENING_UNREADABLE;
    return true;
}

// -- judging -------------------------------------------------------------------------------------
struct case_in_hand {
    struct clerk *c;
    struct clerk_stores *stores;
    const struct clerk_place *place;
    struct arena *arena;
    struct bytes entry;
    struct body body;
};

static struct bytes note_of(const struct clerk_opened *o, const struct body *b)
{
    struct open_body open;
    struct sealed_body sealed;
    struct err why = {0};
    if (o->entry.kind == ENTRY_AS_IT_IS)
        return o->entry.note;
    if (o->entry.kind == ENTRY_OPEN && open_body_read(b->blob, &open, &why))
        return open.note;
    if (o->entry.kind == ENTRY_SEALED && sealed_body_read(b->plain, &sealed, &why))
        return sealed.note;
    return (struct bytes){0};
}

static bool judge(const struct case_in_hand *h, struct clerk_opened *o, struct err *err)
{
    struct asking asking = {.stores = h->stores, .arena = h->arena};
    struct record_log log = {&h->c->keys, &asking, ref_use};
    struct record_found found = {h->entry, h->body.blob, h->body.plain, h->c->origin};
    struct record_place at = {h->place->origin, h->place->at};
    struct note note;
    struct err why = {0};
    if (!record_judge(h->arena, &log, at, &found, &o->rule, &o->record, &why))
        return err_set(err, why.kind, why.clause, "%s", why.text);
    if (asking.failed.kind != ERR_NONE)
        return err_set(err, asking.failed.kind, asking.failed.clause, "%s", asking.failed.text);
    o->note = note_of(o, &h->body);
    if (o->rule == VOID_NOT) {
        o->legible = true;
        o->said = o->record.record;
    } else if (o->note.len > 0 && note_read(o->note, &note, &why)) {
        o->legible = record_read(h->arena, str_bytes(note.text), &o->said, &why);
    }
    if (o->rule == VOID_NOT && o->said.type->signer == RECORD_BY_ROOTS)
        o->what = OPENING_MANIFEST;
    return true;
}

bool clerk_open_at(struct clerk *c, struct clerk_stores *s, const struct clerk_place *place,
                   struct arena *a, struct clerk_opened *ret, struct err *err)
{
    struct case_in_hand h = {c, s, place, a, {0}, {.here = false}};
    struct err why = {0};
    struct clerk_opened *o = arena_new(a, struct clerk_opened, 1);
    if (o == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a record");
    if (!exchange_entry_get(&s->exchange, place->log, place->at, a, &h.entry, err))
        return false;
    if (!entry_read(h.entry, &o->entry, &why))
        o->entry.kind = ENTRY_NONE;
    if (!get_body(c, s, place, a, o, &h.body, err))
        return false;
    if (o->what == OPENING_JUDGED && !judge(&h, o, err))
        return false;
    *ret = *o;
    return true;
}
