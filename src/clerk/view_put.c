#include "clerk/view_put.h"

#include "base/limits.h"
#include "clerk/acts.h"
#include "clerk/seal.h"
#include "record/type/message.h"
#include "record/type/receipt.h"
#include "record/type/vouch.h"
#include "record/type/withdraw.h"
#include "store/exchange_blob.h"
#include "store/exchange_stage.h"
#include "store/office_index.h"
#include "store/office_vouch.h"

static bool is_own(const struct clerk_putting *p)
{
    return str_eq(p->place->origin, p->c->origin);
}

static bool is_valid(const struct clerk_putting *p)
{
    return p->opened->rule == VOID_NOT;
}

// -- the row -------------------------------------------------------------------------------------
// What breaks a rule is named by its place: the note may be somebody else's, or stand twice.
static bool name_of(const struct clerk_putting *p, struct digest *ret, struct err *err)
{
    struct str text;
    if (is_valid(p)) {
        *ret = p->opened->record.note_hash;
        return true;
    }
    if (!arena_fmt(p->arena, &text, err, "elchi void v1\n%.*s\n%llu\n", STR_ARG(p->place->origin),
                   (unsigned long long)p->place->at.n))
        return false;
    *ret = digest_of(str_bytes(text));
    return true;
}

static enum desk desk_of(const struct clerk_putting *p)
{
    const struct record *r = &p->opened->said;
    enum desk desk = DESK_NONE;
    if (p->opened->legible)
        desk = is_own(p) ? r->from.desk : r->to.desk;
    return desk == DESK_NONE ? DESK_TECHNICAL : desk;
}

// What the record follows: it belongs to that one's dialogue.
static const struct digest *parent_of(const struct record *r, bool *ret_answers)
{
    *ret_answers = true;
    if (r->type == &record_type_withdraw) {
        const struct withdraw *w = r->payload;
        return &w->of.note;
    }
    if (r->type != &record_type_message)
        return NULL;
    const struct message *m = r->payload;
    if (m->has_answers)
        return &m->answers.note;
    *ret_answers = false;
    return m->has_replaces ? &m->replaces.note : NULL;
}

static bool place_in_dialogue(const struct clerk_putting *p, struct office_record *row,
                              struct err *err)
{
    struct office_record above;
    struct err why = {0};
    bool answers = false;
    const struct digest *parent =
        is_valid(p) ? parent_of(&p->opened->record.record, &answers) : NULL;
    row->root = row->note;
    if (parent == NULL)
        return true;
    if (answers)
        row->answers = *parent;
    if (office_record_get(&p->stores->office, parent, p->arena, &above, &why))
        row->root = above.root;
    else if (why.kind == ERR_NOT_FOUND)
        row->root = *parent; // not here yet: when it comes, the two are joined
    else
        return err_set(err, why.kind, why.clause, "%s", why.text);
    return true;
}

static bool describe(const struct clerk_putting *p, struct office_record *row, struct err *err)
{
    const struct record *r = &p->opened->said;
    char from[ADDRESS_CHARS_MAX + 1], to[ADDRESS_CHARS_MAX + 1], ref[REF_CHARS_MAX + 1];
    struct err why = {0};
    row->tlp = STR("");
    if (!p->opened->legible) {
        // Of a type that is not known here its name is all there is to show.
        if (p->opened->note.len > 0 && !record_peek_type(p->opened->note, &row->type, &why))
            row->type = STR("");
        return true;
    }
    address_write(&r->from, from);
    address_write(&r->to, to);
    row->type = str_of(r->type->name);
    row->time = r->time;
    row->exercise = r->exercise;
    if (r->type->signer == RECORD_BY_ISSUER) {
        row->precedence = (unsigned)r->precedence;
        row->tlp = str_of(tlp_word(r->tlp));
    }
    if (r->type->signer != RECORD_BY_ROOTS) {
        ref_write(&r->ref, ref);
        if (!arena_str(p->arena, str_of(ref), &row->ref, err))
            return false;
    }
    return arena_str(p->arena, str_of(from), &row->from, err) &&
           arena_str(p->arena, r->open ? STR("all") : str_of(to), &row->to, err);
}

static bool make_row(const struct clerk_putting *p, struct office_record *ret, struct err *err)
{
    struct office_record row = {.origin = p->place->origin, .at = p->place->at.n};
    char name[DIGEST_TEXT_CHARS + 1];
    enum desk desk = desk_of(p);
    row.direction = is_own(p) ? DIRECTION_OUT : DIRECTION_IN;
    row.desk = str_of(desk_word(desk));
    if (p->opened->rule != VOID_NOT)
        row.void_rule = str_of(void_rule_word(p->opened->rule));
    if (p->opened->entry.kind == ENTRY_OPEN || p->opened->entry.kind == ENTRY_SEALED)
        row.body = p->opened->entry.body;
    if (!name_of(p, &row.note, err) || !describe(p, &row, err) ||
        !place_in_dialogue(p, &row, err) ||
        !office_arrival(&p->stores->office, row.origin, row.at, clerk_now(p->c), &row.received,
                        err))
        return false;
    digest_write(&row.note, name);
    if (p->opened->note.len > 0 && !clerk_text_seal(p->c, desk, CLERK_RECORD_TABLE, str_of(name),
                                                    p->opened->note, p->arena, &row.sealed, err))
        return false;
    *ret = row;
    return true;
}

// -- receipts ------------------------------------------------------------------------------------
// The entry of ours that a receipt names must be the one that stands there.
static bool names_our_entry(const struct clerk_putting *p, const struct receipt *r, bool *ret,
                            struct err *err)
{
    struct bytes entry;
    struct err why = {0};
    *ret = false;
    if (!str_eq(r->at_origin, p->c->origin))
        return true;
    if (!exchange_entry_get(&p->stores->exchange, p->c->own, (struct leaf_index){r->at_index},
                            p->arena, &entry, &why))
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    struct digest leaf = merkle_leaf(entry);
    *ret = digest_eq(&leaf, &r->at_leaf);
    return true;
}

struct first_serial {
    uint64_t at;
    bool found;
};

static bool see_first(void *context, const struct office_serial *row, struct err *err)
{
    struct first_serial *f = context;
    (void)err;
    if (!f->found)
        *f = (struct first_serial){row->at, true};
    return true;
}

// Which record of ours stands at this index, or under this number?
static bool subject_at(const struct clerk_putting *p, const struct receipt *r, struct digest *ret,
                       bool *ret_found, struct err *err)
{
    struct office_record row;
    struct first_serial first = {r->at_index, r->state != RECEIPT_MISSING};
    struct str series;
    struct err why = {0};
    *ret_found = false;
    if (r->state == RECEIPT_MISSING && (!clerk_pair_of(&r->of, p->arena, &series, err) ||
                                        !office_serials(&p->stores->office, p->c->origin, series,
                                                        r->of.serial, see_first, &first, err)))
        return false;
    if (!first.found)
        return true;
    *ret_found = office_record_at(&p->stores->office, p->c->origin, first.at, p->arena, &row, &why);
    if (*ret_found)
        *ret = row.note;
    return *ret_found || why.kind == ERR_NOT_FOUND ||
           err_set(err, why.kind, why.clause, "%s", why.text);
}

// Ours are kept by what they were given for: a note, an entry nobody could open, a number.
static void own_subject(const struct receipt *r, struct digest *ret)
{
    char ref[REF_CHARS_MAX + 1];
    if (r->has_note) {
        *ret = r->note;
        return;
    }
    if (r->state == RECEIPT_UNREADABLE) {
        *ret = r->at_leaf;
        return;
    }
    ref_write(&r->of, ref);
    *ret = digest_of(bytes_of(ref, strlen(ref)));
}

static bool subject_of(const struct clerk_putting *p, const struct receipt *r, struct digest *ret,
                       bool *ret_found, struct err *err)
{
    bool ours = true;
    *ret_found = true;
    if (is_own(p)) {
        own_subject(r, ret);
        return true;
    }
    if (r->state != RECEIPT_MISSING && !names_our_entry(p, r, &ours, err))
        return false;
    *ret_found = ours;
    if (!ours)
        return true;
    if (r->has_note) {
        *ret = r->note;
        return true;
    }
    return subject_at(p, r, ret, ret_found, err);
}

static bool put_receipt(const struct clerk_putting *p, struct err *err)
{
    const struct record *record = &p->opened->record.record;
    const struct receipt *r = record->payload;
    struct office_record about;
    struct err why = {0};
    bool found = false;
    struct office_receipt row = {.by = state_code_str(&record->from.state),
                                 .state = str_of(receipt_state_word(r->state)),
                                 .origin = p->place->origin,
                                 .at = p->place->at.n,
                                 .time = record->time,
                                 .attachments_held = r->attachments_held,
                                 .attachments_all = r->attachments_all};
    if (!subject_of(p, r, &row.note, &found, err))
        return false;
    if (!found)
        return true; // about nothing of ours: it moves no record's state
    if (!office_receipt_put(&p->stores->office, &row, err))
        return false;
    if (!office_record_get(&p->stores->office, &row.note, p->arena, &about, &why))
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    return clerk_dialogue_refresh(p->c, p->stores, &about.root, err);
}

// -- serials -------------------------------------------------------------------------------------
struct later {
    struct clerk_again *again;
    uint64_t above;
};

static bool see_later(void *context, const struct office_serial *row, struct err *err)
{
    struct later *l = context;
    (void)err;
    if (row->at > l->above && l->again->count < CLERK_AGAIN_MAX)
        l->again->at[l->again->count++] = row->at;
    return true;
}

// A record with the same number at a larger index came here before this one: now it is void. It is
// taken away here and judged anew by the caller.
static bool put_serial(const struct clerk_putting *p, struct clerk_again *again, struct err *err)
{
    const struct record *r = &p->opened->said;
    enum void_rule rule = p->opened->rule;
    struct str series;
    bool counts = p->opened->legible && r->type->signer != RECORD_BY_ROOTS &&
                  (rule == VOID_NOT || rule == VOID_REF || rule == VOID_SERIAL);
    if (!counts)
        return true;
    if (!clerk_pair_of(&r->ref, p->arena, &series, err))
        return false;
    struct office_serial row = {p->place->origin, series, r->ref.serial, p->place->at.n,
                                r->ref.year};
    struct later later = {again, p->place->at.n};
    if (!office_serial_put(&p->stores->office, &row, err) ||
        !office_serials(&p->stores->office, row.origin, series, row.serial, see_later, &later, err))
        return false;
    for (size_t i = 0; i < again->count; i++)
        if (!office_record_drop(&p->stores->office, row.origin, again->at[i], err))
            return false;
    return !is_own(p) || exchange_serial_raise(&p->stores->exchange, series, r->ref.serial, err);
}

// -- wants and offers ----------------------------------------------------------------------------
// `from_author`: its node holds it for us for certain, so it is asked there at once.
static bool want_blob(const struct clerk_putting *p, const struct digest *hash, uint64_t size,
                      unsigned precedence, bool from_author, struct err *err)
{
    struct exchange_blob held;
    struct exchange_want want = {.hash = *hash,
                                 .log = p->place->log,
                                 .at = p->place->at,
                                 .size = size,
                                 .precedence = precedence,
                                 .from_author = from_author};
    struct err why = {0};
    // Another size under the same hash is nonsense of its author's: there is nothing to fetch.
    if (!exchange_blob_start(&p->stores->exchange, hash, size, &held, &why))
        return why.kind == ERR_CONFLICT || err_set(err, why.kind, why.clause, "%s", why.text);
    return held.complete || exchange_want_put(&p->stores->exchange, &want, err);
}

bool clerk_view_want(const struct clerk_putting *p, struct err *err)
{
    const struct entry *entry = &p->opened->entry;
    if (is_own(p) || !clerk_is_on(p->c, p->place->origin, OPTIN_EXCHANGE))
        return true;
    return want_blob(p, &entry->body, entry->body_bytes, PRECEDENCE_ROUTINE, false, err);
}

static bool put_attachments(const struct clerk_putting *p, struct err *err)
{
    const struct record *r = &p->opened->record.record;
    const struct entry *entry = &p->opened->entry;
    // The body is named by its record too: whoever may read the one may fetch the other.
    if (entry->kind != ENTRY_AS_IT_IS &&
        !office_attached_put(&p->stores->office, &entry->body, &p->opened->record.note_hash, err))
        return false;
    // A valid record names its author inside the seal: he may have his own words back from here.
    if (entry->kind != ENTRY_AS_IT_IS && !is_own(p) &&
        !exchange_reader_add(&p->stores->exchange, &entry->body, p->place->origin, err))
        return false;
    for (size_t i = 0; i < r->attachments_count; i++) {
        const struct attachment *at = &r->attachments[i];
        if (!office_attached_put(&p->stores->office, &at->blob, &p->opened->record.note_hash, err))
            return false;
        if (!is_own(p) && !want_blob(p, &at->blob, at->size, (unsigned)r->precedence, true, err))
            return false;
    }
    return true;
}

static bool offer_blob(const struct clerk_putting *p, struct str reader, const struct digest *hash,
                       struct err *err)
{
    struct exchange_blob held;
    struct err why = {0};
    const struct record *r = &p->opened->record.record;
    bool issued = r->type->signer == RECORD_BY_ISSUER;
    if (!exchange_blob_get(&p->stores->exchange, hash, &held, &why))
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    if (!held.complete)
        return true;
    struct exchange_offer offer = {
        reader,       *hash,     p->place->log,
        p->place->at, held.size, issued ? (unsigned)r->precedence : PRECEDENCE_ROUTINE};
    clerk_ring(p->c);
    return exchange_reader_add(&p->stores->exchange, hash, reader, err) &&
           exchange_offer_put(&p->stores->exchange, &offer, err);
}

static bool offer_to(const struct clerk_putting *p, struct str reader, struct err *err)
{
    const struct record *r = &p->opened->record.record;
    if (str_eq(reader, p->c->origin))
        return true;
    if (!offer_blob(p, reader, &p->opened->entry.body, err))
        return false;
    for (size_t i = 0; i < r->attachments_count; i++)
        if (!offer_blob(p, reader, &r->attachments[i].blob, err))
            return false;
    return true;
}

static bool put_offers(const struct clerk_putting *p, struct err *err)
{
    const struct record *r = &p->opened->record.record;
    const struct community *community = &p->c->community;
    if (!p->offer || !is_own(p) || p->opened->entry.kind == ENTRY_AS_IT_IS)
        return true;
    for (size_t i = 0; i < community->states_count; i++) {
        const struct community_state *state = &community->states[i];
        bool reads = r->open ? optin_is_on(&p->c->optin, state->code, OPTIN_EXCHANGE)
                             : str_eq(state->code, state_code_str(&r->to.state));
        if (reads && !offer_to(p, state->origin, err))
            return false;
    }
    return true;
}

// -- all of it -----------------------------------------------------------------------------------
static bool put_row(const struct clerk_putting *p, struct err *err)
{
    struct office_record row;
    struct txn *office = &p->stores->office;
    if (!make_row(p, &row, err) || !office_record_add(office, &row, NULL, err))
        return false;
    if (!digest_eq(&row.root, &row.note) &&
        !office_dialogue_join(office, &row.note, &row.root, err))
        return false;
    return clerk_dialogue_refresh(p->c, p->stores, &row.root, err);
}

// It stands here already: an attachment more may have come.
static bool put_again(const struct clerk_putting *p, const struct office_record *row,
                      struct err *err)
{
    if (row->direction == DIRECTION_IN && row->void_rule.len == 0 &&
        !office_due_put(&p->stores->office, row->origin, row->at, err))
        return false;
    return clerk_dialogue_refresh(p->c, p->stores, &row->root, err);
}

static bool put_vouch(const struct clerk_putting *p, struct err *err)
{
    const struct verified_record *v = &p->opened->record;
    if (v->record.type != &record_type_vouch)
        return true;
    const struct vouch *said = v->record.payload;
    struct office_vouch row = {.note = v->note_hash,
                               .kind = str_of(vouch_kind_word(said->kind)),
                               .of = said->of,
                               .book = said->book,
                               .version = said->version,
                               .file = said->file};
    return office_vouch_put(&p->stores->office, &row, err);
}

static bool put_new(const struct clerk_putting *p, struct clerk_again *again, struct err *err)
{
    const struct record *r = &p->opened->record.record;
    if (!put_serial(p, again, err))
        return false;
    if (!is_valid(p))
        return put_row(p, err);
    if (r->type == &record_type_receipt)
        return put_receipt(p, err) && put_offers(p, err);
    if (!is_own(p) && !r->open &&
        !office_due_put(&p->stores->office, p->place->origin, p->place->at.n, err))
        return false;
    return put_attachments(p, err) && put_row(p, err) && put_vouch(p, err) && put_offers(p, err);
}

bool clerk_view_put(const struct clerk_putting *p, struct clerk_again *ret_again, struct err *err)
{
    struct office_record row;
    struct err why = {0};
    struct clerk_again again = {.count = 0};
    CHECK(p->opened->what == OPENING_JUDGED);
    if (office_record_at(&p->stores->office, p->place->origin, p->place->at.n, p->arena, &row,
                         &why))
        return put_again(p, &row, err);
    if (why.kind != ERR_NOT_FOUND)
        return err_set(err, why.kind, why.clause, "%s", why.text);
    if (is_valid(p))
        p->stores->known = &p->opened->record;
    bool done = put_new(p, &again, err);
    p->stores->known = NULL;
    if (!done)
        return false;
    *ret_again = again;
    return true;
}
