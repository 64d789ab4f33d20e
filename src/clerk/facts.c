#include "clerk/facts.h"

#include "base/limits.h"
#include "clerk/acts.h"
#include "clerk/cosigned.h"
#include "record/record.h"
#include "record/speech.h"
#include "store/exchange_blob.h"

enum {
    DIALOGUE_RECORDS_MAX = 256, // the newest of a longer one do not move the oldest
    DIALOGUE_BYTES_MAX = 96 << 20,
};

// One dialogue as it stands in the views, every note opened again at its place.
struct member {
    struct office_record row;
    struct verified_record record;
    bool opened; // not void, not destroyed
};
struct dialogue {
    struct arena *arena;
    struct moment now;
    struct member *members;
    size_t count;
};

// -- reading a dialogue --------------------------------------------------------------------------
static bool take_row(void *context, const struct office_record *row, struct err *err)
{
    struct dialogue *d = context;
    if (d->count == DIALOGUE_RECORDS_MAX)
        return true;
    struct office_record *to = &d->members[d->count++].row;
    *to = *row;
    return arena_str(d->arena, row->ref, &to->ref, err) &&
           arena_str(d->arena, row->origin, &to->origin, err) &&
           arena_str(d->arena, row->type, &to->type, err) &&
           arena_str(d->arena, row->from, &to->from, err) &&
           arena_str(d->arena, row->to, &to->to, err) &&
           arena_str(d->arena, row->tlp, &to->tlp, err) &&
           arena_str(d->arena, row->desk, &to->desk, err) &&
           arena_str(d->arena, row->void_rule, &to->void_rule, err) &&
           arena_str(d->arena, row->state, &to->state, err) &&
           arena_copy(d->arena, row->sealed, &to->sealed, err);
}

static bool open_member(struct clerk *c, const struct verified_record *known, struct arena *a,
                        struct member *m, struct err *err)
{
    struct bytes note;
    struct err why = {0};
    struct record_place place = {m->row.origin, {m->row.at}};
    if (m->row.void_rule.len > 0 || m->row.sealed.len == 0)
        return true;
    if (known != NULL && digest_eq(&known->note_hash, &m->row.note)) {
        m->record = *known;
        m->opened = true;
        return true;
    }
    if (!clerk_record_note(c, &m->row, a, &note, err))
        return err_wrap(err, "record %.*s", STR_ARG(m->row.ref));
    // A type this program does not know is kept and shown, and says nothing here.
    m->opened = record_open(a, note, &c->keys, place, &m->record, &why);
    return true;
}

static bool dialogue_load(struct clerk *c, struct clerk_stores *s, const struct digest *root,
                          struct arena *a, struct dialogue *ret, struct err *err)
{
    struct dialogue d = {.arena = a, .members = arena_new(a, struct member, DIALOGUE_RECORDS_MAX)};
    if (d.members == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a dialogue");
    if (!office_records_of_dialogue(&s->office, root, take_row, &d, err))
        return false;
    for (size_t i = 0; i < d.count; i++)
        if (!open_member(c, s->known, a, &d.members[i], err))
            return false;
    *ret = d;
    return true;
}

// -- gathering -----------------------------------------------------------------------------------
struct gathering {
    struct clerk *c;
    const struct member *about;
    struct moment now;
    struct fact *facts;
    size_t count, cap;
};

// Clocks differ a little: what was accepted counts from now, not from some moments later.
static struct moment not_ahead(const struct gathering *g, struct moment at)
{
    return at.s > g->now.s ? g->now : at;
}

static void add_fact(struct gathering *g, struct fact f)
{
    CHECK(g->count < g->cap);
    g->facts[g->count++] = f;
}

static const struct book *book_of(struct clerk *c, const struct verified_record *r)
{
    if (r->record.type != &record_type_message)
        return NULL;
    const struct message *m = r->record.payload;
    return shelf_find(&c->codebook.shelf, &m->codebook);
}

static void add_follow(struct gathering *g, const struct member *follow)
{
    struct fact found[SPEECH_FACTS_MAX];
    const struct verified_record *about = &g->about->record;
    size_t count = speech_facts_about(about, &follow->record, book_of(g->c, &follow->record),
                                      follow->row.received, found);
    for (size_t i = 0; i < count; i++)
        add_fact(g, found[i]);
    if (follow->record.record.type != &record_type_message ||
        !speech_closes(follow->record.record.payload))
        return;
    bool author = state_code_eq(&follow->record.record.from.state, &about->record.from.state);
    add_fact(g, (struct fact){.act = ACT_CLOSE,
                              .by = author ? PARTY_AUTHOR : PARTY_ADDRESSEE,
                              .at = follow->row.received});
}

static bool take_receipt(void *context, const struct office_receipt *row, struct err *err)
{
    struct gathering *g = context;
    struct address to;
    enum act act = ACT_REPORT_MISSING;
    (void)err;
    if (!address_read(g->about->row.to, &to) || !str_eq(row->by, state_code_str(&to.state)) ||
        g->count == g->cap)
        return true; // nobody but the addressee says that it holds a record
    if (str_eq(row->state, STR("held")))
        act = ACT_HOLD;
    else if (str_eq(row->state, STR("unreadable")))
        act = ACT_REPORT_UNREADABLE;
    add_fact(g, (struct fact){.act = act,
                              .by = PARTY_ADDRESSEE_NODE,
                              .at = not_ahead(g, row->time),
                              .attachments_held = (uint32_t)row->attachments_held});
    return true;
}

// What was received is held, whether or not a receipt was given for it.
static bool add_own_hold(struct gathering *g, struct txn *exchange, struct err *err)
{
    const struct record *r = &g->about->record.record;
    uint32_t held = 0;
    if (g->about->row.direction != DIRECTION_IN || r->open)
        return true;
    for (size_t i = 0; i < r->attachments_count; i++) {
        struct exchange_blob blob;
        struct err why = {0};
        bool found = exchange_blob_get(exchange, &r->attachments[i].blob, &blob, &why);
        if (!found && why.kind != ERR_NOT_FOUND)
            return err_set(err, why.kind, why.clause, "%s", why.text);
        held += found && blob.complete ? 1 : 0;
    }
    add_fact(g, (struct fact){.act = ACT_HOLD,
                              .by = PARTY_ADDRESSEE_NODE,
                              .at = g->about->row.received,
                              .attachments_held = held});
    return true;
}

// Many records of one log lie under the same cosigned checkpoint: within one transaction its lines
// are verified once. What is best above `least` is so for every place from there up to its size.
static bool find_cosigners(struct gathering *g, struct clerk_stores *s, struct arena *a,
                           const struct clerk_cosigners **ret, struct err *err)
{
    struct clerk_cosigners *held = &s->cosigners;
    struct exchange_log log;
    struct tree_size least = {g->about->row.at + 1};
    struct err why = {0};
    *ret = NULL;
    if (!exchange_log_find(&s->exchange, g->about->row.origin, a, &log, err))
        return false;
    if (held->size.n == 0 || held->log.n != log.id.n || least.n < held->least.n ||
        least.n > held->size.n) {
        struct clerk_cosigned *found = arena_new(a, struct clerk_cosigned, 1);
        if (found == NULL)
            return err_set(err, ERR_LIMIT, "base/limits.h", "no room for cosignatures");
        if (!clerk_cosigned_over(g->c, &s->exchange, &log, least, a, found, &why))
            return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
        *held = (struct clerk_cosigners){.log = log.id, .least = least, .size = found->size};
        // Voices, not States: a group that speaks with one voice is one cosigner here too.
        for (size_t i = 0; i < found->quorum.counted && i < found->quorum.cosigners_count; i++)
            held->times[held->count++] = found->quorum.cosigners[i].time;
    }
    *ret = held;
    return true;
}

static bool add_cosigners(struct gathering *g, struct clerk_stores *s, struct arena *a,
                          struct err *err)
{
    const struct clerk_cosigners *found = NULL;
    if (!find_cosigners(g, s, a, &found, err))
        return false;
    for (size_t i = 0; found != NULL && i < found->count; i++)
        add_fact(g, (struct fact){.act = ACT_COSIGN,
                                  .by = PARTY_COSIGNER,
                                  .at = not_ahead(g, found->times[i]),
                                  .cosigner = (uint32_t)i});
    return true;
}

// -- the subject ---------------------------------------------------------------------------------
static void subject_of(struct clerk *c, const struct member *m, struct expectation *room,
                       struct record_subject *ret)
{
    const struct community_state *author = clerk_state_of(c, m->row.origin);
    struct record_subject s = {.begins = DELIVERY_LOGGED, .expectations = room};
    if (author != NULL) {
        s.cosigners_all = (uint32_t)community_voices(&c->community, author);
        s.cosigners_quorum = c->community.quorum;
    }
    if (m->opened) {
        const struct record *r = &m->record.record;
        const struct book *book = book_of(c, &m->record);
        s.attachments_all = (uint32_t)r->attachments_count;
        if (book != NULL)
            s.expectations_count = speech_expectations(r->payload, book, r->time, room);
        s.has_hold_by = !r->open && author != NULL;
        if (s.has_hold_by)
            s.hold_by.s = r->time.s + (int64_t)c->community.durations_s[DURATION_RECEIPT];
    }
    *ret = s;
}

enum { RECEIPT_FACTS_MAX = 256, OTHER_FACTS_MAX = COMMUNITY_STATES_MAX + 8 };

static bool state_of(struct clerk *c, struct clerk_stores *s, struct dialogue *d, size_t at,
                     bool cosigners, struct record_state *ret, struct err *err)
{
    const struct member *m = &d->members[at];
    struct record_subject subject;
    struct expectation *room = arena_new(d->arena, struct expectation, EXPECTATIONS_MAX);
    struct gathering g = {.c = c, .about = m, .now = d->now};
    size_t speaking = 0;
    for (size_t i = 0; i < d->count; i++)
        speaking += d->members[i].opened ? 1 : 0;
    g.cap = speaking * (SPEECH_FACTS_MAX + 1) + RECEIPT_FACTS_MAX + OTHER_FACTS_MAX;
    g.facts = arena_new(d->arena, struct fact, g.cap);
    if (room == NULL || g.facts == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for facts");
    for (size_t i = 0; m->opened && i < d->count; i++)
        if (d->members[i].opened)
            add_follow(&g, &d->members[i]);
    if (m->opened && !add_own_hold(&g, &s->exchange, err))
        return false;
    if (cosigners && !add_cosigners(&g, s, d->arena, err))
        return false;
    g.cap = g.count + RECEIPT_FACTS_MAX < g.cap ? g.count + RECEIPT_FACTS_MAX : g.cap;
    if (!office_receipts(&s->office, &m->row.note, take_receipt, &g, err))
        return false;
    subject_of(c, m, room, &subject);
    record_state_at(&subject, g.facts, g.count, g.now, ret);
    return true;
}

// -- from outside --------------------------------------------------------------------------------
static bool begin_both(struct clerk *c, struct clerk_stores *s, struct err *err)
{
    return db_begin(c->exchange, &s->exchange, err) && db_begin(c->office, &s->office, err);
}

static size_t index_of(const struct dialogue *d, const struct digest *note)
{
    size_t i = 0;
    while (i < d->count && !digest_eq(&d->members[i].row.note, note))
        i++;
    return i;
}

bool clerk_record_state(struct clerk *c, struct arena *a, const struct digest *note,
                        struct moment now, struct record_state *ret, struct err *err)
{
    struct clerk_stores s = {0};
    struct dialogue d = {.count = 0};
    struct office_record row;
    struct arena scratch;
    (void)a; // the state borrows nothing
    arena_init(&scratch, DIALOGUE_BYTES_MAX);
    bool done = begin_both(c, &s, err) && office_record_get(&s.office, note, &scratch, &row, err) &&
                dialogue_load(c, &s, &row.root, &scratch, &d, err);
    if (done) {
        d.now = now;
        size_t at = index_of(&d, note);
        done = at < d.count
                   ? state_of(c, &s, &d, at, true, ret, err)
                   : err_set(err, ERR_LIMIT, "base/limits.h",
                             "its dialogue has more than %d records", DIALOGUE_RECORDS_MAX);
    }
    txn_release(&s.office);
    txn_release(&s.exchange);
    arena_release(&scratch);
    return done;
}

static bool refresh_one(struct clerk *c, struct clerk_stores *s, struct dialogue *d, size_t at,
                        struct err *err)
{
    const struct office_record *row = &d->members[at].row;
    bool out = row->direction == DIRECTION_OUT;
    struct record_state *state = arena_new(d->arena, struct record_state, 1);
    if (state == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a state");
    if (!state_of(c, s, d, at, out, state, err))
        return false;
    struct str word =
        str_of(out ? delivery_state_word(state->delivery) : dialogue_state_word(state->dialogue));
    struct moment due = state->has_deadline ? state->deadline : (struct moment){0};
    if (row->void_rule.len > 0) { // it is nobody's word: nothing follows from it
        word = STR("void");
        due = (struct moment){0};
    }
    if (str_eq(word, row->state) && due.s == row->due.s)
        return true;
    return office_record_change(&s->office, &row->note, word, due, row->void_rule, err);
}

bool clerk_dialogue_refresh(struct clerk *c, struct clerk_stores *s, const struct digest *root,
                            struct err *err)
{
    struct dialogue d = {.count = 0};
    struct arena scratch;
    arena_init(&scratch, DIALOGUE_BYTES_MAX);
    bool done = dialogue_load(c, s, root, &scratch, &d, err);
    d.now = clerk_now(c);
    for (size_t i = 0; done && i < d.count; i++)
        done = refresh_one(c, s, &d, i, err);
    arena_release(&scratch);
    return done;
}
