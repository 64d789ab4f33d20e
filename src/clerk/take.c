#include "clerk/take.h"

#include "base/limits.h"
#include "clerk/acts.h"
#include "clerk/cosigned.h"
#include "clerk/facts.h"
#include "clerk/history.h"
#include "clerk/project.h"
#include "clerk/restore.h"
#include "record/entry.h"
#include "store/exchange_blob.h"
#include "store/exchange_peer.h"
#include "store/exchange_witness.h"
#include "store/office_view.h"

enum { WAITING_ROWS_MAX = 16384 };
// A call is put off by a poll of a day at most; a time far beyond could not even be shown.
#define NEXT_TRY_AHEAD_MS_MAX (INT64_C(2) * 86400 * 1000)

// -- who may -------------------------------------------------------------------------------------
bool clerk_take_from(const struct clerk *c, struct str from, struct err *err)
{
    if (clerk_state_of(c, from) != NULL)
        return true;
    return err_set(err, ERR_DENIED, "DESIGN 5.6", "%.*s is no State of this community",
                   STR_ARG(from));
}

bool clerk_take_begin(struct clerk *c, enum clerk_caller caller, struct txn *ret, struct err *err)
{
    return caller == CLERK_FOR_COURIER ? db_begin_deferred(c->exchange, ret, err)
                                       : db_begin(c->exchange, ret, err);
}

static bool own_allowed(struct clerk *c, struct bytes checkpoint, struct arena *a, struct err *err)
{
    struct keeper_status status;
    struct exchange_log own;
    struct txn txn = {0};
    if (!clerk_restore_show_keeper(c, checkpoint, err) ||
        !keeper_status(&c->keeper, a, &status, err))
        return false;
    bool done = db_begin(c->exchange, &txn, err) && exchange_log_get(&txn, c->own, a, &own, err);
    txn_release(&txn);
    if (!done)
        return false;
    bool behind = status.lock == KEEPER_SIGNS && status.size.n > own.size.n;
    if (status.lock == KEEPER_RESTORED || behind)
        return true;
    return err_set(err, ERR_DENIED, "DESIGN 9", "our own log is not taken from others");
}

bool clerk_take_allowed(struct clerk *c, struct str origin, struct bytes checkpoint,
                        struct arena *a, struct err *err)
{
    if (clerk_state_of(c, origin) == NULL)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "no State of this community has the log %.*s",
                       STR_ARG(origin));
    if (str_eq(origin, c->origin))
        return own_allowed(c, checkpoint, a, err);
    if (clerk_is_on(c, origin, OPTIN_EXCHANGE) || clerk_is_on(c, origin, OPTIN_MIRROR) ||
        clerk_is_on(c, origin, OPTIN_RELAY))
        return true;
    return err_set(err, ERR_DENIED, "DESIGN 1", "this log is not taken here");
}

// -- manifests -----------------------------------------------------------------------------------
struct chains_two {
    struct exchange_log log;
    struct chain ours, sent;
    bool changed, conflict;
};

static bool merge_link(struct clerk *c, struct txn *txn, struct arena *a, struct chains_two *t,
                       size_t at, struct err *err)
{
    const struct chain_link *link = t->sent.links[at];
    struct exchange_manifest row = {
        .log = t->log.id, .version = at + 1, .note = link->manifest.note};
    if (at < t->ours.count) {
        const struct manifest *held = &t->ours.links[at]->manifest;
        if (digest_eq(&held->hash, &link->manifest.hash))
            return true;
        t->conflict = true;
        return clerk_history_manifests(c, txn, t->log.origin, held->note, link->manifest.note, a,
                                       err);
    }
    t->changed = true;
    return chain_add_claimed(&t->ours, link->index, link->manifest.note, err) &&
           exchange_manifest_put(txn, &row, err);
}

// The same public key in two roles or two States is refused before it is kept.
static bool keys_stay_apart(struct clerk *c, struct arena *a, const struct chain *grown,
                            struct err *err)
{
    const struct chain **items = arena_new(a, const struct chain *, c->community.states_count);
    if (items == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many States");
    for (size_t i = 0; i < c->community.states_count; i++)
        items[i] = str_eq(c->community.states[i].origin, grown->origin) ? grown : c->chain_items[i];
    struct chains all = {&c->community, items};
    return chains_check_keys(&all, a, err);
}

static bool merge_chain(struct clerk *c, struct txn *txn, struct arena *a, struct str origin,
                        struct bytes sent, struct chains_two *t, struct err *err)
{
    struct log_id id;
    if (!clerk_log(c, txn, origin, &id, err) || !exchange_log_get(txn, id, a, &t->log, err) ||
        !clerk_history_chain(c, txn, &t->log, a, &t->ours, err))
        return false;
    const struct community_state *state = clerk_state_of(c, origin);
    CHECK(state != NULL);
    chain_init(&t->sent, a, state->origin, state->code, &state->genesis);
    if (!chain_read(&t->sent, sent, err))
        return false;
    for (size_t i = 0; i < t->sent.count && !t->conflict; i++)
        if (!merge_link(c, txn, a, t, i, err))
            return false;
    return !t->changed || keys_stay_apart(c, a, &t->ours, err);
}

bool clerk_act_take_manifests(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct chains_two two = {.changed = false};
    struct str origin = clerk_take_str(io, err);
    struct bytes sent = reader_block32(&io->ask);
    if (!clerk_columns_done(io, err))
        return false;
    if (clerk_state_of(c, origin) == NULL)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "no State of this community has the log %.*s",
                       STR_ARG(origin));
    bool done = db_begin(c->exchange, &txn, err) &&
                merge_chain(c, &txn, io->arena, origin, sent, &two, err) && db_commit(&txn, err);
    txn_release(&txn);
    if (!done)
        return false;
    if (two.conflict)
        return err_set(err, ERR_CONFLICT, "DESIGN 5.5",
                       "two manifests of one version were signed; both are kept");
    if (two.changed) {
        clerk_ring(c);
        if (!clerk_reload(c, err))
            return false;
    }
    buffer_number(&io->answer, two.changed ? 1 : 0, 1);
    return true;
}

// -- cosignatures --------------------------------------------------------------------------------
struct lines_taken {
    struct exchange_log log;
    struct chain chain;
    struct clerk_head head;
    uint16_t fresh;
    bool fork;
};

static bool keep_lines(struct clerk *c, struct txn *txn, struct arena *a, struct bytes note,
                       struct lines_taken *t, struct err *err)
{
    bool fits = false;
    struct bytes clean;
    struct clerk_fork fork = {c, txn, &t->log, &t->chain, &t->head, NULL, a};
    if (!clerk_history_chain(c, txn, &t->log, a, &t->chain, err) ||
        !clerk_head_open(&t->chain, note, &t->head, err))
        return false;
    if (t->head.said.size.n > t->log.signed_size.n || t->head.said.size.n == 0)
        return err_set(err, ERR_GAP, "DESIGN 5.4", "%llu entries of %.*s are held",
                       (unsigned long long)t->log.signed_size.n, STR_ARG(t->log.origin));
    if (!clerk_head_fits(txn, &t->log, &t->head, &fits, err))
        return false;
    if (!fits)
        return clerk_history_fork(&fork, &t->fork, err) &&
               (t->fork ||
                err_set(err, ERR_TAMPERED, "DESIGN 5.4", "the checkpoint is of another history"));
    return clerk_head_clean(c, &t->head, a, &clean, err) &&
           clerk_cosigned_keep(txn, t->log.id, clean, &t->fresh, err);
}

static bool take_lines(struct clerk *c, struct clerk_io *io, struct str origin, struct bytes note,
                       uint16_t *ret_new, struct err *err)
{
    struct txn txn = {0};
    struct lines_taken *t = arena_new(io->arena, struct lines_taken, 1);
    if (t == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a checkpoint");
    bool done = clerk_take_begin(c, io->caller, &txn, err) &&
                exchange_log_find(&txn, origin, io->arena, &t->log, err) &&
                keep_lines(c, &txn, io->arena, note, t, err) && db_commit(&txn, err);
    txn_release(&txn);
    if (!done)
        return false;
    if (t->fork)
        return err_set(err, ERR_CONFLICT, "DESIGN 4",
                       "two histories of %.*s were signed; the evidence is kept", STR_ARG(origin));
    if (t->fresh > 0) {
        clerk_ring(c);
        c->cosigned = c->cosigned || str_eq(origin, c->origin);
    }
    *ret_new = t->fresh;
    return true;
}

bool clerk_act_take_cosigs(struct clerk *c, struct clerk_io *io, struct err *err)
{
    uint16_t fresh = 0;
    struct str origin = clerk_take_str(io, err);
    struct bytes note = reader_block32(&io->ask);
    if (!clerk_columns_done(io, err))
        return false;
    if (clerk_state_of(c, origin) == NULL)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "no State of this community has the log %.*s",
                       STR_ARG(origin));
    if (str_eq(origin, c->origin) && !clerk_restore_show_keeper(c, note, err))
        return false;
    if (!take_lines(c, io, origin, note, &fresh, err))
        return false;
    buffer_number(&io->answer, fresh, 2);
    return true;
}

// -- our own log, shown by a peer ----------------------------------------------------------------
bool clerk_act_take_own_head(struct clerk *c, struct clerk_io *io, struct err *err)
{
    uint16_t fresh = 0;
    struct err why = {0};
    struct str from = clerk_take_str(io, err);
    struct bytes note = reader_block32(&io->ask);
    uint64_t written = reader_u64(&io->ask);
    if (!clerk_columns_done(io, err) || !clerk_take_from(c, from, err))
        return false;
    if (written > INT64_MAX || (written == 0 && io->caller != CLERK_FOR_COURIER))
        return err_set(err, ERR_MALFORMED, "clerk/frames.h", "only a session says it now");
    struct moment when = {(int64_t)written};
    if (!clerk_restore_show_keeper(c, note, err) || !clerk_restore_answer(c, from, note, when, err))
        return false;
    // What is ahead of us after a restore is fetched; it is no fault of whoever shows it.
    if (take_lines(c, io, c->origin, note, &fresh, &why) || why.kind == ERR_GAP)
        return true;
    return err_set(err, why.kind, why.clause, "%s", why.text);
}

// -- evidence ------------------------------------------------------------------------------------
static bool is_log_key(const struct chain *chain, const struct checkpoint *said,
                       const struct note_key *key)
{
    const struct note_key *ours;
    struct err why = {0};
    return chain_log_key(chain, said->size, &ours, &why) && note_key_eq(ours, key);
}

static bool is_cosigner_key(struct clerk *c, struct arena *a, const struct note_key *key)
{
    for (size_t i = 0; i < c->community.states_count; i++) {
        const struct chain *chain = c->chain_items[i];
        size_t cap = chain == NULL ? 0 : 2 * chain->count;
        struct note_key *keys = arena_new(a, struct note_key, cap + 1);
        if (chain == NULL || keys == NULL)
            continue;
        size_t count = chain_cosigner_keys(chain, keys, cap);
        for (size_t k = 0; k < count && k < cap; k++)
            if (note_key_eq(&keys[k], key))
                return true;
    }
    return false;
}

// Both histories are of our own log, so at least one is none this keeper signed: it must see them.
static bool show_side(struct clerk *c, struct arena *a, const struct evidence *e,
                      const struct evidence_side *side, struct err *err)
{
    struct log_proof *proof = arena_new(a, struct log_proof, 1);
    bool is_note = e->kind == EVIDENCE_SAME_SIZE || e->kind == EVIDENCE_COSIGNED_SIZE;
    struct bytes note = side->section;
    struct err why = {0};
    if (proof == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a proof");
    if (!is_note && !proof_read(side->section, proof, err))
        return false;
    if (clerk_restore_show_keeper(c, is_note ? note : proof->note, &why))
        return true;
    // Signed by a log key of ours that the manifests have replaced: not the one this keeper holds.
    return why.kind == ERR_TAMPERED || err_set(err, why.kind, why.clause, "%s", why.text);
}

static bool check_evidence(struct clerk *c, struct arena *a, struct bytes sent, struct str *ret,
                           struct err *err)
{
    struct evidence *e = arena_new(a, struct evidence, 1);
    struct evidence_found *found = arena_new(a, struct evidence_found, 1);
    if (e == NULL || found == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for evidence");
    if (!evidence_read(sent, e, err) || !evidence_verify(e, found, err))
        return false;
    const struct chain *chain = clerk_chain(c, e->origin);
    if (chain == NULL)
        return err_set(err, ERR_NOT_FOUND, "DESIGN 5.5", "no keys of %.*s are known here",
                       STR_ARG(e->origin));
    bool cosigned = e->kind == EVIDENCE_COSIGNED_SIZE || e->kind == EVIDENCE_COSIGNED_INDEX;
    if (!is_log_key(chain, &found->first, &e->first.key) ||
        !is_log_key(chain, &found->second, &e->second.key) ||
        (cosigned && !is_cosigner_key(c, a, &e->cosigner)))
        return err_set(err, ERR_DENIED, "DESIGN 5.5", "its keys are not those of %.*s",
                       STR_ARG(e->origin));
    *ret = e->origin;
    return !str_eq(e->origin, c->origin) ||
           (show_side(c, a, e, &e->first, err) && show_side(c, a, e, &e->second, err));
}

bool clerk_act_take_evidence(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct str origin;
    bool fresh = false;
    struct bytes sent = reader_block32(&io->ask);
    if (!clerk_columns_done(io, err) || !check_evidence(c, io->arena, sent, &origin, err))
        return false;
    struct exchange_evidence row = {digest_of(sent), origin, sent, clerk_now(c)};
    bool done = db_begin(c->exchange, &txn, err) &&
                exchange_evidence_put(&txn, &row, &fresh, err) && db_commit(&txn, err);
    txn_release(&txn);
    if (!done)
        return false;
    if (fresh)
        clerk_ring(c);
    buffer_number(&io->answer, fresh ? 1 : 0, 1);
    return true;
}

// -- hints ---------------------------------------------------------------------------------------
struct hint {
    struct str from, origin;
    struct exchange_want want;
};

// An attachment counts only when the opened note names it.
static bool note_names(struct clerk *c, struct txn *office, struct arena *a, const struct hint *h,
                       bool *ret, struct err *err)
{
    struct office_record row;
    struct bytes note;
    struct record record;
    struct note read;
    struct err why = {0};
    bool found = office_record_at(office, h->origin, h->want.at.n, a, &row, &why);
    if (!found || row.void_rule.len > 0)
        return found || why.kind == ERR_NOT_FOUND ||
               err_set(err, why.kind, why.clause, "%s", why.text);
    if (!clerk_record_note(c, &row, a, &note, &why) || !note_read(note, &read, &why) ||
        !record_read(a, str_bytes(read.text), &record, &why))
        return why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
    for (size_t i = 0; i < record.attachments_count; i++)
        if (digest_eq(&record.attachments[i].blob, &h->want.hash) &&
            record.attachments[i].size == h->want.size)
            *ret = true;
    return true;
}

// A body that was destroyed here is not fetched anew because somebody still holds it.
static bool was_destroyed(struct txn *office, struct arena *a, const struct hint *h, bool *ret,
                          struct err *err)
{
    struct office_record row;
    struct err why = {0};
    bool found = office_record_at(office, h->origin, h->want.at.n, a, &row, &why);
    *ret = found && row.sealed.len == 0;
    return found || why.kind == ERR_NOT_FOUND || err_set(err, why.kind, why.clause, "%s", why.text);
}

static bool entry_names(struct txn *txn, struct arena *a, struct hint *h, bool *ret_body,
                        bool *ret_stands, struct err *err)
{
    struct exchange_log log;
    struct entry entry;
    struct bytes octets = {0};
    struct err why = {0};
    *ret_stands = false;
    bool done = exchange_log_find(txn, h->origin, a, &log, &why) &&
                h->want.at.n < log.signed_size.n &&
                exchange_entry_get(txn, log.id, h->want.at, a, &octets, &why);
    if (!done)
        return why.kind == ERR_NONE || why.kind == ERR_NOT_FOUND ||
               err_set(err, why.kind, why.clause, "%s", why.text);
    h->want.log = log.id;
    *ret_stands = true;
    *ret_body = entry_read(octets, &entry, &why) && entry.kind != ENTRY_AS_IT_IS &&
                digest_eq(&entry.body, &h->want.hash) && entry.body_bytes == h->want.size;
    return true;
}

static bool keep_want(struct clerk *c, struct txn *txn, const struct hint *h, struct err *err)
{
    struct exchange_blob blob;
    if (!exchange_blob_start(txn, &h->want.hash, h->want.size, &blob, err))
        return false;
    clerk_ring(c);
    return blob.complete || exchange_want_put(txn, &h->want, err);
}

static bool take_hint(struct clerk *c, struct clerk_stores *s, struct hint *h, struct err *err)
{
    struct arena a;
    bool body = false, attached = false, destroyed = false, stands = false;
    arena_init(&a, 4 << 20);
    bool done = entry_names(&s->exchange, &a, h, &body, &stands, err);
    if (done && body)
        done = was_destroyed(&s->office, &a, h, &destroyed, err);
    if (done && stands && !body)
        done = note_names(c, &s->office, &a, h, &attached, err);
    if (done && ((body && !destroyed) || attached))
        done = keep_want(c, &s->exchange, h, err);
    arena_release(&a);
    return done;
}

// All hints of a frame in one commit.
static bool take_hints(struct clerk *c, enum clerk_caller caller, struct hint *rows, size_t count,
                       struct err *err)
{
    struct clerk_stores s = {0};
    bool done =
        clerk_take_begin(c, caller, &s.exchange, err) && db_begin(c->office, &s.office, err);
    for (size_t i = 0; done && i < count; i++) {
        bool ours = str_eq(rows[i].origin, c->origin);
        bool sane = rows[i].want.size > 0 && rows[i].want.size <= BLOB_BYTES_MAX &&
                    rows[i].want.at.n < TREE_SIZE_MAX;
        // A hint counts only where it fits.
        if (sane && (ours || clerk_is_on(c, rows[i].origin, OPTIN_EXCHANGE)))
            done = take_hint(c, &s, &rows[i], err);
    }
    txn_release(&s.office);
    done = done && db_commit(&s.exchange, err);
    txn_release(&s.exchange);
    return done;
}

bool clerk_act_take_waiting(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct str from = clerk_take_str(io, err);
    size_t count = reader_u16(&io->ask);
    struct hint *rows;
    if (count > WAITING_ROWS_MAX)
        return err_set(err, ERR_LIMIT, "clerk/frames.h", "%zu hints", count);
    rows = arena_new(io->arena, struct hint, count + 1);
    if (rows == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu hints", count);
    for (size_t i = 0; i < count && !io->ask.failed; i++) {
        rows[i].from = from;
        rows[i].origin = clerk_take_str(io, err);
        rows[i].want.at.n = reader_u64(&io->ask);
        clerk_take_digest(io, &rows[i].want.hash);
        rows[i].want.size = reader_u64(&io->ask);
        rows[i].want.precedence = reader_u8(&io->ask);
        rows[i].want.from_author = str_eq(from, rows[i].origin);
        if (rows[i].want.precedence >= PRECEDENCE_COUNT)
            return err_set(err, ERR_MALFORMED, "FORMATS 7", "a hint of no precedence");
    }
    return clerk_columns_done(io, err) && clerk_take_from(c, from, err) &&
           take_hints(c, io->caller, rows, count, err);
}

// -- what the courier notes of peers --------------------------------------------------------------
bool clerk_act_peer_called(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct str peer = clerk_take_str(io, err);
    bool well = reader_u8(&io->ask) != 0;
    uint64_t next = reader_u64(&io->ask);
    if (!clerk_columns_done(io, err) || !clerk_take_from(c, peer, err))
        return false;
    if (next > (uint64_t)(world_now_ms(c->world) + NEXT_TRY_AHEAD_MS_MAX))
        return err_set(err, ERR_MALFORMED, "clerk/frames.h", "a time out of bounds");
    bool done =
        db_begin_deferred(c->exchange, &txn, err) &&
        exchange_peer_called(&txn, peer, well, world_now_ms(c->world), (int64_t)next, err) &&
        db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

bool clerk_act_peer_head(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct txn txn = {0};
    struct exchange_head row = {.size = {0}};
    struct str peer = clerk_take_str(io, err);
    struct str origin = clerk_take_str(io, err);
    row.size.n = reader_u64(&io->ask);
    row.root_prefix = reader_block16(&io->ask);
    uint64_t sent = reader_u64(&io->ask);
    if (!clerk_columns_done(io, err) || !clerk_take_from(c, peer, err))
        return false;
    if (row.size.n > TREE_SIZE_MAX || sent > INT64_MAX ||
        row.root_prefix.len > ROOT_PREFIX_BYTES_MAX)
        return err_set(err, ERR_MALFORMED, "clerk/frames.h", "a head out of bounds");
    row.cosigs_sent = (int64_t)sent;
    bool done = db_begin_deferred(c->exchange, &txn, err) &&
                clerk_log(c, &txn, origin, &row.log, err) &&
                exchange_head_put(&txn, peer, &row, err) && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}
