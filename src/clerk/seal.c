#include "clerk/seal.h"

#include "base/limits.h"
#include "crypto/age.h"
#include "record/body.h"
#include "store/exchange_blob.h"
#include "store/exchange_stage.h"

bool clerk_pair_of(const struct ref *ref, struct arena *a, struct str *ret, struct err *err)
{
    if (ref_is_open(ref))
        return arena_fmt(a, ret, err, "%s", ref->from.text);
    return arena_fmt(a, ret, err, "%s/%s", ref->from.text, ref->to.text);
}

// What one seal makes before anything is written.
struct sealed {
    struct record record;
    struct bytes entry;
    struct bytes blob; // empty when the record stands in the log as it is
    struct digest blob_hash;
    const struct community_state *addressee; // NULL when open
};

static bool recipient_of(struct clerk *c, struct str origin, struct age_recipient *ret,
                         struct err *err)
{
    const struct chain *chain = clerk_chain(c, origin);
    const struct manifest *newest = chain == NULL ? NULL : chain_newest(chain);
    if (newest == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.3", "%.*s has no current encryption key here",
                       STR_ARG(origin));
    return age_recipient_read(newest->keys.encryption, ret, err);
}

static bool seal_body(struct clerk *c, struct arena *a, const struct blind *blind,
                      struct bytes note, struct sealed *s, struct err *err)
{
    struct age_recipient to[2];
    struct bytes plain;
    struct sealed_body body = {c->origin, s->addressee->origin, *blind, note};
    return recipient_of(c, s->addressee->origin, &to[0], err) &&
           recipient_of(c, c->origin, &to[1], err) && sealed_body_write(&body, a, &plain, err) &&
           age_file_seal(c->world, to, 2, plain, a, &s->blob, err);
}

static bool make_entry(struct clerk *c, struct arena *a, struct bytes note, struct sealed *s,
                       struct err *err)
{
    struct blind blind;
    struct entry entry = {.kind = ENTRY_AS_IT_IS, .note = note};
    world_random(c->world, blind.octets, sizeof blind.octets);
    if (s->record.type->as_it_is)
        return entry_write(&entry, a, &s->entry, err);
    struct open_body open = {blind, note};
    bool done = s->record.open ? open_body_write(&open, a, &s->blob, err)
                               : seal_body(c, a, &blind, note, s, err);
    if (!done)
        return false;
    entry = entry_of(s->record.open ? ENTRY_OPEN : ENTRY_SEALED, s->blob, &blind, note);
    s->blob_hash = entry.body;
    return entry_write(&entry, a, &s->entry, err);
}

// An open body is every member's to read; a sealed one the addressee's and ours.
static bool add_readers(struct clerk *c, struct txn *txn, const struct sealed *s,
                        const struct digest *blob, struct err *err)
{
    if (!exchange_reader_add(txn, blob, c->origin, err))
        return false;
    if (s->addressee != NULL)
        return exchange_reader_add(txn, blob, s->addressee->origin, err);
    for (size_t i = 0; i < c->community.states_count; i++)
        if (!exchange_reader_add(txn, blob, c->community.states[i].origin, err))
            return false;
    return true;
}

static bool is_whole(struct txn *txn, const struct attachment *at, struct err *err)
{
    struct exchange_blob held;
    if (!exchange_blob_get(txn, &at->blob, &held, err))
        return err_wrap(err, "attachment %.*s", STR_ARG(at->name));
    if (!held.complete || held.size != at->size)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 8", "attachment %.*s is not held whole",
                       STR_ARG(at->name));
    return true;
}

static bool attach_all(struct clerk *c, struct txn *txn, const struct sealed *s, struct err *err)
{
    for (size_t i = 0; i < s->record.attachments_count; i++) {
        const struct attachment *at = &s->record.attachments[i];
        if (!is_whole(txn, at, err))
            return false;
        if (!add_readers(c, txn, s, &at->blob, err))
            return false;
    }
    return true;
}

static bool stage(struct clerk *c, struct txn *txn, struct arena *a, const struct seal_ask *ask,
                  const struct sealed *s, struct err *err)
{
    char ref[REF_CHARS_MAX + 1];
    struct str pair;
    struct exchange_staged row = {.entry = s->entry, .body = s->blob_hash, .draft = ask->draft};
    ref_write(&s->record.ref, ref);
    row.ref = str_of(ref);
    if (!clerk_pair_of(&s->record.ref, a, &pair, err) || !attach_all(c, txn, s, err))
        return false;
    if (s->blob.len > 0 && (!exchange_blob_put(txn, &s->blob_hash, s->blob, err) ||
                            !add_readers(c, txn, s, &s->blob_hash, err)))
        return false;
    return exchange_stage_put(txn, &row, NULL, err) &&
           exchange_serial_raise(txn, pair, s->record.ref.serial, err);
}

static bool find_addressee(struct clerk *c, const struct record *record,
                           const struct community_state **ret, struct err *err)
{
    *ret = NULL;
    if (record->open)
        return true;
    if (c->has_community)
        *ret = community_by_code(&c->community, state_code_str(&record->to.state));
    return *ret != NULL || err_set(err, ERR_NOT_FOUND, "DESIGN 5.6",
                                   "%s is no State of this community", record->to.state.text);
}

bool clerk_seal_check(struct clerk *c, struct txn *txn, const struct record *record,
                      struct err *err)
{
    const struct community_state *to;
    struct age_recipient ignored;
    if (!find_addressee(c, record, &to, err) ||
        (to != NULL && !recipient_of(c, to->origin, &ignored, err)))
        return false;
    for (size_t i = 0; i < record->attachments_count; i++)
        if (!is_whole(txn, &record->attachments[i], err))
            return false;
    return true;
}

// What makes one impossible is its own; a failing store or keeper is everybody's.
static bool is_its_own(const struct err *why)
{
    return why->kind == ERR_NOT_FOUND;
}

static bool make(struct clerk *c, struct arena *a, struct txn *txn, const struct seal_ask *ask,
                 struct sealed *s, struct err *err)
{
    return record_read(a, str_bytes(ask->note_text), &s->record, err) &&
           find_addressee(c, &s->record, &s->addressee, err) &&
           clerk_seal_check(c, txn, &s->record, err) && make_entry(c, a, ask->note, s, err);
}

bool clerk_seal_all(struct clerk *c, struct arena *a, const struct seal_ask *asks, size_t count,
                    struct err *ret_refused, struct err *err)
{
    struct txn txn = {0};
    struct sealed *all = arena_new(a, struct sealed, count + 1);
    if (all == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room to seal %zu", count);
    bool done = db_begin(c->exchange, &txn, err);
    for (size_t i = 0; done && i < count; i++) {
        struct err why = {0};
        if (make(c, a, &txn, &asks[i], &all[i], &why))
            done = stage(c, &txn, a, &asks[i], &all[i], err);
        else if (is_its_own(&why))
            ret_refused[i] = why;
        else
            done = err_set(err, why.kind, why.clause, "%s", why.text);
    }
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}
