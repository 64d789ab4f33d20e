// clerk/take_entries.c - entries with the checkpoint over them: verified, kept, cosigned.
//
// Entries may come in several frames under one checkpoint; what lies above the newest signed size
// held is not shown to anybody, and is cut again when the way does not end at the signed root.
#include "clerk/acts.h"
#include "clerk/cosign.h"
#include "clerk/cosigned.h"
#include "clerk/history.h"
#include "clerk/restore.h"
#include "clerk/take.h"

#include "base/limits.h"
#include "record/entry.h"
#include "record/record.h"
#include "store/exchange_blob.h"
#include "store/exchange_witness.h"

struct taking {
    struct clerk *c;
    struct arena *arena;
    enum clerk_caller caller;
    struct str from, origin;
    uint64_t first;
    struct bytes note;
    struct bytes *entries;
    struct digest *leaves;
    size_t count;
    // -- found out on the way
    struct exchange_log log; // as it was
    struct chain chain;
    struct clerk_head head;
    uint64_t size;   // held after it
    bool manifests;  // the facts must be made anew
    bool other_root; // signed, but not what the entries lead to
};

static bool take_columns(struct clerk_io *io, struct taking *t, struct err *err)
{
    t->from = clerk_take_str(io, err);
    t->origin = clerk_take_str(io, err);
    t->first = reader_u64(&io->ask);
    t->note = reader_block32(&io->ask);
    t->count = reader_u32(&io->ask);
    if (io->ask.failed || t->count > io->ask.rest.len / 2 || t->first > TREE_SIZE_MAX - t->count)
        return clerk_columns_done(io, err) &&
               err_set(err, ERR_MALFORMED, "clerk/frames.h", "more entries than octets");
    t->entries = arena_new(io->arena, struct bytes, t->count + 1);
    t->leaves = arena_new(io->arena, struct digest, t->count + 1);
    if (t->entries == NULL || t->leaves == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu entries", t->count);
    for (size_t i = 0; i < t->count; i++) {
        t->entries[i] = reader_block16(&io->ask);
        t->leaves[i] = merkle_leaf(t->entries[i]);
    }
    return clerk_columns_done(io, err);
}

// -- manifests among the entries ------------------------------------------------------------------
struct manifest_scan {
    struct taking *t;
    struct txn *txn;
    bool keep; // the entries are verified: what they say is kept
    struct bytes notes[CHAIN_VERSIONS_MAX];
    uint64_t at[CHAIN_VERSIONS_MAX];
    size_t count;
};

static bool collect_manifest(void *context, struct leaf_index at, struct bytes entry,
                             struct err *err)
{
    struct manifest_scan *s = context;
    struct str type;
    struct err why = {0};
    if (entry.len < 13 || memcmp(entry.ptr, "elchi record ", 13) != 0 ||
        !record_peek_type(entry, &type, &why) || !str_eq(type, STR("keys")))
        return true;
    if (s->count == CHAIN_VERSIONS_MAX)
        return err_set(err, ERR_LIMIT, "base/limits.h", "more than %d manifests at a time",
                       CHAIN_VERSIONS_MAX);
    s->at[s->count] = at.n;
    return arena_copy(s->t->arena, entry, &s->notes[s->count++], err);
}

// They take effect in log order, so a checkpoint may be signed by a key that came with it.
static bool apply_manifests(struct manifest_scan *s, struct err *err)
{
    struct taking *t = s->t;
    for (size_t i = 0; i < s->count; i++) {
        enum chain_outcome outcome;
        struct bytes other = {0};
        if (!chain_add_logged(&t->chain, s->at[i], s->notes[i], &outcome, &other, NULL, err))
            return false;
        if (!s->keep)
            continue;
        bool conflict = outcome == CHAIN_REPLACED || outcome == CHAIN_EVIDENCE;
        if (conflict &&
            !clerk_history_manifests(t->c, s->txn, t->origin, other, s->notes[i], t->arena, err))
            return false;
    }
    return true;
}

static bool keep_manifests(struct manifest_scan *s, struct err *err)
{
    struct taking *t = s->t;
    for (size_t i = 0; i < t->chain.count; i++) {
        const struct chain_link *link = t->chain.links[i];
        struct exchange_manifest row = {.log = t->log.id,
                                        .version = i + 1,
                                        .logged = true,
                                        .at = {link->index},
                                        .note = link->manifest.note};
        if (!link->seen || link->index < t->log.signed_size.n)
            continue;
        t->manifests = true;
        if (!exchange_manifest_forget(s->txn, t->log.id, i + 1, err) ||
            !exchange_manifest_put(s->txn, &row, err))
            return false;
    }
    return true;
}

static bool scan_manifests(struct taking *t, struct txn *txn, bool keep, struct err *err)
{
    uint64_t next;
    struct manifest_scan *s = arena_new(t->arena, struct manifest_scan, 1);
    struct exchange_range all = {t->log.id, t->log.signed_size.n, t->size - t->log.signed_size.n,
                                 UINT64_MAX};
    if (s == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for manifests");
    s->t = t;
    s->txn = txn;
    s->keep = keep;
    if (t->size > t->log.signed_size.n &&
        !exchange_entries(txn, all, collect_manifest, s, &next, err))
        return false;
    return clerk_history_chain(t->c, txn, &t->log, t->arena, &t->chain, err) &&
           apply_manifests(s, err) && (!keep || keep_manifests(s, err));
}

// -- taking ---------------------------------------------------------------------------------------
static bool find_log(struct taking *t, struct txn *txn, struct err *err)
{
    struct log_id id;
    if (!clerk_log(t->c, txn, t->origin, &id, err) ||
        !exchange_log_get(txn, id, t->arena, &t->log, err))
        return false;
    t->size = t->log.size.n;
    return true;
}

static bool claimed_size(struct taking *t, uint64_t *ret, struct err *err)
{
    struct checkpoint_claim claim;
    struct note note;
    if (!note_read(t->note, &note, err) || !checkpoint_read(note.text, &claim, err))
        return false;
    *ret = claim.said.size.n;
    return true;
}

// What is not held yet and lies within the checkpoint.
static bool append_new(struct taking *t, struct txn *txn, struct err *err)
{
    uint64_t claimed = 0;
    if (!claimed_size(t, &claimed, err))
        return false;
    uint64_t end = t->first + t->count;
    end = end < claimed ? end : claimed;
    if (claimed > t->log.size.n && (t->first > t->log.size.n || end <= t->log.size.n))
        return err_set(err, ERR_GAP, "DESIGN 5.4", "%llu entries of %.*s are held",
                       (unsigned long long)t->log.size.n, STR_ARG(t->origin));
    if (end <= t->log.size.n)
        return true;
    size_t skip = (size_t)(t->log.size.n - t->first);
    struct exchange_append what = {.log = t->log.id,
                                   .from = t->log.size,
                                   .entries = t->entries + skip,
                                   .leaves = t->leaves + skip,
                                   .count = (size_t)(end - t->log.size.n)};
    t->size = end;
    return exchange_append(txn, &what, NULL, err);
}

// Entries held already must be those that are held.
static bool check_overlap(struct taking *t, struct txn *txn, struct err *err)
{
    struct exchange_tiles tiles;
    uint64_t end = t->first + t->count < t->log.size.n ? t->first + t->count : t->log.size.n;
    exchange_tiles_init(&tiles, txn, t->log.id);
    for (uint64_t at = t->first; at < end; at++) {
        struct digest held;
        if (!tiles.source.ops->hashes(&tiles.source, 0, at, 1, &held, err))
            return false;
        if (digest_eq(&held, &t->leaves[at - t->first]))
            continue;
        t->other_root = true;
        return err_set(err, ERR_TAMPERED, "DESIGN 5.4", "entry %llu of %.*s is another here",
                       (unsigned long long)at, STR_ARG(t->origin));
    }
    return true;
}

static bool check_root(struct taking *t, struct txn *txn, struct err *err)
{
    struct exchange_log grown = t->log;
    bool fits = false;
    grown.size.n = t->size;
    if (!clerk_head_fits(txn, &grown, &t->head, &fits, err))
        return false;
    if (fits)
        return true;
    t->other_root = true;
    return err_set(err, ERR_TAMPERED, "RFC 9162 2.1", "the entries lead to another root");
}

static bool keep_head(struct taking *t, struct txn *txn, struct err *err)
{
    struct bytes clean;
    uint16_t fresh = 0;
    const struct checkpoint *said = &t->head.said;
    if (!clerk_head_clean(t->c, &t->head, t->arena, &clean, err))
        return false;
    if (said->size.n > t->log.signed_size.n &&
        (!scan_manifests(t, txn, true, err) ||
         !exchange_checkpoint_put(txn, t->log.id, said->size, &said->root, clean, err)))
        return false;
    return said->size.n == 0 || clerk_cosigned_keep(txn, t->log.id, clean, &fresh, err);
}

// After a restore our own bodies are fetched back from whoever holds them.
static bool want_own_bodies(struct taking *t, struct txn *txn, struct err *err)
{
    uint64_t from = t->log.size.n;
    if (!str_eq(t->origin, t->c->origin) || t->size == from)
        return true;
    if (!clerk_restore_mark(txn, err))
        return false;
    for (uint64_t at = from; at < t->size; at++) {
        struct entry entry;
        struct exchange_blob blob;
        struct err why = {0};
        if (!entry_read(t->entries[at - t->first], &entry, &why) || entry.kind == ENTRY_AS_IT_IS)
            continue;
        struct exchange_want want = {
            .hash = entry.body, .log = t->log.id, .at = {at}, .size = entry.body_bytes};
        if (!exchange_blob_start(txn, &entry.body, entry.body_bytes, &blob, err) ||
            (!blob.complete && !exchange_want_put(txn, &want, err)))
            return false;
    }
    return true;
}

// On our own entries the keeper counts as soon as they are here.
static bool take_all(struct taking *t, struct err *err)
{
    struct txn txn = {0};
    bool own = str_eq(t->origin, t->c->origin);
    bool done = (own ? db_begin(t->c->exchange, &txn, err)
                     : clerk_take_begin(t->c, t->caller, &txn, err)) &&
                find_log(t, &txn, err) && append_new(t, &txn, err) &&
                scan_manifests(t, &txn, false, err) &&
                clerk_head_open(&t->chain, t->note, &t->head, err) && check_overlap(t, &txn, err);
    if (done && t->size >= t->head.said.size.n)
        done = check_root(t, &txn, err) && keep_head(t, &txn, err);
    done = done && want_own_bodies(t, &txn, err) && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

// Nothing of the frame was kept. Where the other history can be proven, that proof is; and what a
// carrier put above the signed size goes, so that an honest one can bring it anew.
static bool settle_other_root(struct taking *t, struct err *err)
{
    struct txn txn = {0};
    struct err why = *err;
    bool kept = false;
    struct clerk_leaves leaves = {t->first, t->leaves, t->count};
    struct clerk_fork fork = {t->c, &txn, &t->log, &t->chain, &t->head, &leaves, t->arena};
    *err = (struct err){0};
    bool done = db_begin(t->c->exchange, &txn, err) && find_log(t, &txn, err) &&
                clerk_history_fork(&fork, &kept, err);
    done = exchange_cut(&txn, t->log.id, t->log.signed_size, err);
    done = done && db_commit(&txn, err);
    txn_release(&txn);
    if (!done)
        return false;
    if (kept)
        return err_set(err, ERR_CONFLICT, "DESIGN 4",
                       "two histories of %.*s were signed; the evidence is kept",
                       STR_ARG(t->origin));
    *err = why;
    return false;
}

static bool answer(struct taking *t, struct clerk_io *io, struct err *err)
{
    uint64_t size = t->size;
    if (t->manifests && !clerk_reload(t->c, err))
        return false;
    if (t->size >= t->head.said.size.n)
        clerk_cosign_later(t->c, t->origin);
    clerk_ring(t->c);
    buffer_number(&io->answer, size, 8);
    return true;
}

bool clerk_act_take_entries(struct clerk *c, struct clerk_io *io, struct err *err)
{
    struct taking *t = arena_new(io->arena, struct taking, 1);
    if (t == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for entries");
    t->c = c;
    t->caller = io->caller;
    t->arena = io->arena;
    if (!take_columns(io, t, err) || !clerk_take_from(c, t->from, err) ||
        !clerk_take_allowed(c, t->origin, t->note, io->arena, err))
        return false;
    if (take_all(t, err))
        return answer(t, io, err);
    return t->other_root ? settle_other_root(t, err) : false;
}
