#include "courier/talk.h"

#include "base/limits.h"
#include "courier/talk_books.h"
#include "courier/talk_waiting.h"
#include "log/checkpoint.h"
#include "log/cosign.h"
#include "store/exchange_witness.h"

enum { ENTRIES_AT_A_TIME = 2048, COSIGS_AT_A_TIME = 256, EVIDENCE_AT_A_TIME = 16 };

// -- heads ----------------------------------------------------------------------------------------
// The
// log's own line on its checkpoint, as it goes on the wire.
static bool log_line(struct bytes checkpoint, struct str origin, struct checkpoint_claim *ret_claim,
                     struct wire_log_line *ret, struct err *err)
{
    struct note *note = memory_new(1, sizeof *note);
    size_t size = 0;
    bool done = note_read(checkpoint, note, err) && checkpoint_read(note->text, ret_claim, err);
    bool found = false;
    for (size_t i = 0; done && !found && i < note->signatures_count; i++) {
        found = str_eq(note->signatures[i].name, origin) &&
                note_signature_octets(&note->signatures[i], ret->signature.octets, SIGNATURE_BYTES,
                                      &size);
        ret->key_id = note->signatures[i].id;
    }
    memory_release(note);
    if (done && !found)
        return err_set(err, ERR_TAMPERED, "tlog-checkpoint",
                       "a stored checkpoint without the log's line");
    return done;
}

// -- entries --------------------------------------------------------------------------------------
struct gathering {
    struct arena *arena;
    struct bytes *entries;
    size_t count;
    size_t room;
};

static bool gather_entry(void *context, struct leaf_index at, struct bytes entry, struct err *err)
{
    struct gathering *g = context;
    (void)at;
    if (g->count == ENTRIES_AT_A_TIME || g->room < wire_entry_bytes(entry))
        return true; // the rest goes with the next batch
    g->room -= wire_entry_bytes(entry);
    return arena_copy(g->arena, entry, &g->entries[g->count++], err);
}

static bool put_entries(struct batch *c, struct str origin, struct err *err)
{
    struct talk_log *known = &c->t->logs[c->at];
    struct checkpoint_claim claim;
    struct wire_frame f = {.kind = WIRE_ENTRIES};
    struct gathering g = {.arena = c->arena};
    uint64_t next;
    if (known->size >= c->log.signed_size.n || batch_room(c) < 4096)
        return true;
    g.room = batch_room(c) - 1024;
    g.entries = arena_new(c->arena, struct bytes, ENTRIES_AT_A_TIME);
    struct exchange_range range = {c->log.id, known->size, ENTRIES_AT_A_TIME, g.room};
    if (g.entries == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for entries");
    if (range.count_max > c->log.signed_size.n - known->size)
        range.count_max = c->log.signed_size.n - known->size;
    if (!exchange_entries(&c->txn, range, gather_entry, &g, &next, err) ||
        !log_line(c->log.checkpoint, origin, &claim, &f.of.entries.line, err))
        return false;
    if (g.count == 0)
        return true;
    f.of.entries.origin = origin_id_of(origin);
    f.of.entries.first.n = known->size;
    f.of.entries.entries = g.entries;
    f.of.entries.count = g.count;
    f.of.entries.size = claim.said.size;
    f.of.entries.root = claim.said.root;
    batch_put(c, &f);
    known->size += g.count;
    return true;
}

// -- cosignatures ---------------------------------------------------------------------------------
struct cosig_row {
    uint64_t size;
    bool is_log;
    struct wire_log_line line;
    struct wire_cosig cosig;
};
struct cosig_rows {
    struct batch *c;
    struct str origin; // of the log
    struct cosig_row *rows;
    size_t count;
    int64_t last;
};

static const struct community_state *cosigner_of(const struct view *v, struct str key_name,
                                                 bool *ret_mirror)
{
    for (size_t i = 0; i < v->held->community.states_count; i++) {
        const struct community_state *s = &v->held->community.states[i];
        if (key_name.len <= s->origin.len || !str_starts(key_name, s->origin))
            continue;
        struct str role = str_slice(key_name, s->origin.len, key_name.len);
        *ret_mirror = str_eq(role, STR("/mirror"));
        if (*ret_mirror || str_eq(role, STR("/witness")))
            return s;
    }
    return NULL;
}

static bool gather_cosig(void *context, const struct exchange_cosig *row, struct err *err)
{
    struct cosig_rows *r = context;
    struct note_signature line;
    uint8_t octets[COSIGN_OCTETS];
    size_t count = 0;
    size_t size = 0;
    struct cosig_row *to = &r->rows[r->count];
    r->last = row->number;
    if (!note_lines_read(row->line, &line, 1, &count, err))
        return err_wrap(err, "a stored cosignature");
    *to = (struct cosig_row){.size = row->size.n, .is_log = str_eq(row->key_name, r->origin)};
    if (!note_signature_octets(&line, octets, sizeof octets, &size))
        return true; // of a kind this session does not carry
    if (to->is_log && size == SIGNATURE_BYTES) {
        to->line.key_id = line.id;
        memcpy(to->line.signature.octets, octets, SIGNATURE_BYTES);
        r->count++;
        return true;
    }
    const struct community_state *by = cosigner_of(r->c->v, row->key_name, &to->cosig.mirror);
    if (by == NULL || size != COSIGN_OCTETS)
        return true;
    struct reader rd = reader_of(bytes_of(octets, sizeof octets));
    to->cosig.cosigner = origin_id_of(by->origin);
    to->cosig.key_id = line.id;
    to->cosig.time_s = reader_u64(&rd);
    reader_copy(&rd, to->cosig.signature.octets, SIGNATURE_BYTES);
    r->count++;
    return true;
}

// One frame for all lines of one size; the log's own line leads them, or there is none.
static bool put_cosigs_of(struct batch *c, struct cosig_rows *r, uint64_t size, struct err *err)
{
    struct wire_frame f = {.kind = WIRE_COSIGS};
    struct checkpoint_claim claim;
    struct wire_cosig *rows = arena_new(c->arena, struct wire_cosig, r->count + 1);
    bool has_line = false;
    size_t count = 0;
    if (rows == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for cosignatures");
    for (size_t i = 0; i < r->count; i++) {
        if (r->rows[i].size != size)
            continue;
        if (r->rows[i].is_log) {
            f.of.cosigs.line = r->rows[i].line;
            has_line = true;
        } else {
            rows[count++] = r->rows[i].cosig;
        }
    }
    if (!has_line && size == c->log.signed_size.n) {
        if (!log_line(c->log.checkpoint, r->origin, &claim, &f.of.cosigs.line, err))
            return false;
        has_line = true;
    }
    f.of.cosigs.origin = origin_id_of(r->origin);
    f.of.cosigs.size.n = size;
    f.of.cosigs.rows = rows;
    f.of.cosigs.count = count;
    if (has_line && count > 0)
        batch_put(c, &f);
    return true;
}

static bool put_cosigs(struct batch *c, struct str origin, struct err *err)
{
    struct talk_log *known = &c->t->logs[c->at];
    struct cosig_rows r = {.c = c, .origin = origin, .last = known->cosigs_sent};
    r.rows = arena_new(c->arena, struct cosig_row, COSIGS_AT_A_TIME + 1);
    if (r.rows == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for cosignatures");
    if (batch_room(c) < (size_t)COSIGS_AT_A_TIME * 128)
        return true; // with the next batch
    if (!exchange_cosigs_since(&c->txn, c->log.id, known->cosigs_sent, COSIGS_AT_A_TIME,
                               gather_cosig, &r, err))
        return false;
    for (size_t i = 0; i < r.count; i++) {
        bool first = true;
        for (size_t n = 0; n < i; n++)
            first = first && r.rows[n].size != r.rows[i].size;
        if (first && !put_cosigs_of(c, &r, r.rows[i].size, err))
            return false;
    }
    known->cosigs_sent = r.last;
    return true;
}

// -- greetings, manifests, evidence, waiting ------------------------------------------------------
static void put_hello(struct batch *c, bool fresh)
{
    struct wire_frame f = {.kind = WIRE_HELLO};
    f.of.hello.flags = fresh ? WIRE_FRESH : 0;
    f.of.hello.from = origin_id_of(c->v->share->own);
    f.of.hello.to = origin_id_of(c->t->peer);
    batch_put(c, &f);
}

static bool put_manifests(struct batch *c, struct err *err)
{
    const struct held *h = c->v->held;
    for (size_t i = 0; i < h->community.states_count; i++) {
        struct wire_frame f = {.kind = WIRE_MANIFESTS};
        if (h->chain_items[i] == NULL || str_eq(h->community.states[i].origin, c->t->peer))
            continue;
        f.of.manifests.origin = origin_id_of(h->community.states[i].origin);
        if (!chain_write(h->chain_items[i], c->arena, &f.of.manifests.chain, err))
            return false;
        if (f.of.manifests.chain.len + 64 < batch_room(c))
            batch_put(c, &f);
    }
    return true;
}

static bool put_one_evidence(void *context, const struct exchange_evidence *row, struct err *err)
{
    struct batch *c = context;
    struct wire_frame f = {.kind = WIRE_EVIDENCE};
    if (!arena_copy(c->arena, row->octets, &f.of.evidence, err))
        return false;
    if (f.of.evidence.len + 64 < batch_room(c))
        batch_put(c, &f);
    return true;
}

static bool put_have(struct batch *c, struct err *err)
{
    const struct held *h = c->v->held;
    struct wire_frame f = {.kind = WIRE_HAVE};
    size_t most = h->community.states_count + CLERK_BOOKS_MAX;
    struct wire_have *rows = arena_new(c->arena, struct wire_have, most);
    size_t count = 0;
    if (rows == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for sizes");
    for (size_t i = 0; i < h->community.states_count; i++) {
        struct exchange_log log;
        struct err why = {0};
        if (!exchange_log_find(&c->txn, h->community.states[i].origin, c->arena, &log, &why))
            continue; // nothing of it is held
        rows[count].origin = origin_id_of(log.origin);
        rows[count].size = log.signed_size;
        memcpy(rows[count].root_prefix, log.root.octets, ROOT_PREFIX_BYTES);
        count++;
    }
    if (!talk_put_books(c, rows, &count, err))
        return false;
    f.of.have.rows = rows;
    f.of.have.count = count;
    if (count > 0)
        batch_put(c, &f);
    return true;
}

// After a restore it asks for its own entries by holding fewer than we do when a session begins.
// Later it is we who know less of what it holds: it has just said something new.
static bool put_log(struct batch *c, struct str origin, struct err *err)
{
    bool theirs = str_eq(origin, c->t->peer);
    if ((!theirs || c->t->opening) && !put_entries(c, origin, err))
        return false;
    if (theirs && c->t->logs[c->at].size >= c->log.signed_size.n)
        c->t->opening = false;
    return put_cosigs(c, origin, err);
}

// Which logs this partner is given: ours, and those of States with exchange on; of its own log only
// what others signed under it.
static bool put_logs(struct batch *c, struct err *err)
{
    const struct held *h = c->v->held;
    for (c->at = 0; c->at < h->community.states_count; c->at++) {
        struct str origin = h->community.states[c->at].origin;
        struct err why = {0};
        bool of_two = str_eq(origin, c->v->share->own) || str_eq(origin, c->t->peer);
        if (!of_two && !held_is_on(h, origin, OPTIN_EXCHANGE))
            continue;
        if (!exchange_log_find(&c->txn, origin, c->arena, &c->log, &why) ||
            c->log.signed_size.n == 0)
            continue;
        if (!put_log(c, origin, err))
            return false;
    }
    return true;
}

static bool compose(struct batch *c, bool fresh, struct err *err)
{
    put_hello(c, fresh);
    if (!c->v->held->has_community)
        return true;
    if (!c->t->introduced) {
        if (!put_manifests(c, err) ||
            !exchange_evidences(&c->txn, NULL, EVIDENCE_AT_A_TIME, put_one_evidence, c, err))
            return false;
        c->t->introduced = true;
    }
    // What the partner lacks is known only once it has said what it holds.
    return (!c->t->told || put_logs(c, err)) && talk_put_waiting(c, err) &&
           talk_put_wants(c, err) && put_have(c, err);
}

bool talk_compose(struct talk *t, struct view *v, bool fresh, struct arena *a, struct bytes *ret,
                  struct err *err)
{
    struct batch c = {.t = t, .v = v, .arena = a};
    buffer_init(&c.out, a, WIRE_BATCH_BYTES_MAX);
    t->said_something = false;
    if (fresh) {
        talk_forget(t);
        t->opening = true;
        t->told = false;
    }
    bool done = view_refresh(v, err) && db_begin(v->exchange, &c.txn, err) &&
                compose(&c, fresh, err) && buffer_take(&c.out, ret, err);
    txn_release(&c.txn);
    return done;
}
