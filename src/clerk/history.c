#include "clerk/history.h"

#include "base/limits.h"
#include "clerk/cosigned.h"
#include "store/exchange_witness.h"

enum {
    AHEAD_S_MAX = 300,        // FORMATS 1
    FORK_LEAVES_MAX = 1 << 20 // 32 MiB of hashes while one piece of evidence is made
};

// -- the chain -----------------------------------------------------------------------------------
static bool add_link(void *context, const struct exchange_manifest *row, struct err *err)
{
    struct chain *chain = context;
    enum chain_outcome outcome;
    if (!row->logged)
        // Version 1 is entry 0 by definition; where a later one stands is for the log to show.
        return chain_add_claimed(chain, row->version == 1 ? 0 : CHAIN_INDEX_NONE, row->note, err);
    return chain_add_logged(chain, row->at.n, row->note, &outcome, NULL, NULL, err);
}

bool clerk_history_chain(struct clerk *c, struct txn *txn, const struct exchange_log *log,
                         struct arena *a, struct chain *ret, struct err *err)
{
    const struct community_state *state = clerk_state_of(c, log->origin);
    if (state == NULL)
        return err_set(err, ERR_DENIED, "DESIGN 5.6", "no State of this community has the log %.*s",
                       STR_ARG(log->origin));
    chain_init(ret, a, state->origin, state->code, &state->genesis);
    return exchange_manifests(txn, log->id, 0, CHAIN_VERSIONS_MAX, add_link, ret, err);
}

// -- heads ---------------------------------------------------------------------------------------
bool clerk_head_open(const struct chain *chain, struct bytes sent, struct clerk_head *ret,
                     struct err *err)
{
    struct checkpoint_claim claim;
    const struct note_key *key;
    struct clerk_head head;
    if (!note_read(sent, &head.note, err) || !checkpoint_read(head.note.text, &claim, err) ||
        !chain_log_key(chain, claim.said.size, &key, err) ||
        !checkpoint_open(sent, chain->origin, key, 1, &head.said, &head.note, err))
        return err_wrap(err, "checkpoint of %.*s", STR_ARG(chain->origin));
    head.key = *key;
    *ret = head;
    return true;
}

struct known {
    struct note_key *keys;
    size_t count, cap;
};

static bool known_keys(struct clerk *c, struct str author, struct arena *a, struct known *ret,
                       struct err *err)
{
    struct known all = {0};
    for (size_t i = 0; i < c->community.states_count; i++)
        if (c->chain_items[i] != NULL)
            all.cap += 2 * c->chain_items[i]->count;
    all.keys = arena_new(a, struct note_key, all.cap + 1);
    if (all.keys == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "too many cosigners");
    for (size_t i = 0; i < c->community.states_count; i++) {
        const struct chain *chain = c->chain_items[i];
        if (chain == NULL || str_eq(chain->origin, author))
            continue;
        size_t room = all.cap - all.count;
        size_t found = chain_cosigner_keys(chain, all.keys + all.count, room);
        all.count += found < room ? found : room;
    }
    *ret = all;
    return true;
}

static const struct note_key *key_of(const struct known *all, const struct note_signature *line)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->keys[i].id == line->id && str_eq(all->keys[i].name, line->name))
            return &all->keys[i];
    return NULL;
}

// Does this line stay?
static bool judge_line(const struct clerk_head *head, const struct known *all, struct moment now,
                       const struct note_signature *line, bool *ret_stays, struct err *err)
{
    uint64_t time_s = 0;
    const struct note_key *key = key_of(all, line);
    bool own = line->id == head->key.id && str_eq(line->name, head->key.name);
    *ret_stays = own && !line->repeated;
    if (own || key == NULL || line->repeated)
        return true;
    if (!note_line_verify(line, head->note.text, key, &time_s, err))
        return err_wrap(err, "cosignature of %.*s", STR_ARG(line->name));
    *ret_stays = time_s <= (uint64_t)now.s + AHEAD_S_MAX;
    return true;
}

bool clerk_head_clean(struct clerk *c, const struct clerk_head *head, struct arena *a,
                      struct bytes *ret, struct err *err)
{
    struct known all = {0};
    struct buffer out;
    uint8_t room[NOTE_LINE_BYTES_MAX];
    buffer_init(&out, a, NOTE_BYTES_MAX);
    if (!known_keys(c, head->said.origin, a, &all, err))
        return false;
    buffer_str(&out, head->note.text);
    buffer_str(&out, STR("\n"));
    for (size_t i = 0; i < head->note.signatures_count; i++) {
        bool stays = false;
        struct writer w = writer_of(room, sizeof room);
        if (!judge_line(head, &all, clerk_now(c), &head->note.signatures[i], &stays, err))
            return false;
        if (!stays)
            continue;
        note_line_write(&head->note.signatures[i], &w);
        CHECK(!w.full);
        buffer_put(&out, writer_bytes(&w));
    }
    return buffer_take(&out, ret, err);
}

bool clerk_head_fits(struct txn *txn, const struct exchange_log *log, const struct clerk_head *head,
                     bool *ret_fits, struct err *err)
{
    struct exchange_tiles tiles;
    struct digest root = merkle_empty();
    CHECK(head->said.size.n <= log->size.n);
    exchange_tiles_init(&tiles, txn, log->id);
    if (head->said.size.n > 0 &&
        !merkle_subtree_hash(&tiles.source, (struct subtree){0, head->said.size.n}, &root, err))
        return false;
    *ret_fits = digest_eq(&root, &head->said.root);
    return true;
}

// -- evidence ------------------------------------------------------------------------------------
static bool keep(struct clerk *c, struct txn *txn, struct str origin, struct bytes octets,
                 struct err *err)
{
    struct exchange_evidence row = {digest_of(octets), origin, octets, clerk_now(c)};
    bool fresh = false;
    if (!exchange_evidence_put(txn, &row, &fresh, err))
        return false;
    if (fresh)
        clerk_ring(c);
    return true;
}

static bool keep_evidence(struct clerk *c, struct txn *txn, const struct evidence *e,
                          struct arena *a, struct err *err)
{
    uint8_t *room = arena_new(a, uint8_t, EVIDENCE_BYTES_MAX);
    if (room == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for evidence");
    struct writer w = writer_of(room, EVIDENCE_BYTES_MAX);
    evidence_write(e, &w);
    if (w.full)
        return err_set(err, ERR_LIMIT, "base/limits.h", "evidence above %d octets",
                       EVIDENCE_BYTES_MAX);
    return keep(c, txn, e->origin, writer_bytes(&w), err);
}

// "There is no contradiction here" is an answer; everything else is a failure.
static bool none_here(const struct err *why, struct err *err)
{
    if (why->kind == ERR_CONFLICT || why->kind == ERR_NOT_FOUND || why->kind == ERR_DENIED)
        return true;
    return err_set(err, why->kind, why->clause, "%s", why->text);
}

static bool our_side(const struct clerk_fork *f, struct tree_size size,
                     struct evidence_history *ret, struct err *err)
{
    const struct note_key *key;
    if (!clerk_cosigned_at(f->txn, f->log, size, f->arena, &ret->note, err) ||
        !chain_log_key(f->chain, size, &key, err))
        return false;
    ret->key = *key;
    return true;
}

static bool same_size(const struct clerk_fork *f, struct bytes theirs, bool *ret_kept,
                      struct err *err)
{
    struct evidence e;
    struct err why = {0};
    struct evidence_history ours = {0};
    struct evidence_history other = {theirs, f->head->key, NULL};
    if (!our_side(f, f->head->said.size, &ours, &why) ||
        !evidence_make_same_size(&ours, &other, f->arena, &e, &why))
        return none_here(&why, err);
    *ret_kept = true;
    return keep_evidence(f->c, f->txn, &e, f->arena, err);
}

// Their leaves: ours before `first`, then what they sent; only when that is what they signed.
static bool their_leaves(const struct clerk_fork *f, const struct clerk_leaves *sent,
                         struct exchange_tiles *ours, struct tile_memory *ret, bool *ret_whole,
                         struct err *err)
{
    struct digest root;
    uint64_t size = f->head->said.size.n;
    *ret_whole = false;
    if (sent->first > f->log->size.n || size > FORK_LEAVES_MAX ||
        size > sent->first + sent->count || sent->first >= size)
        return true;
    struct digest *all = arena_new(f->arena, struct digest, size);
    if (all == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for %llu leaves",
                       (unsigned long long)size);
    for (uint64_t at = 0; at < sent->first;) {
        uint64_t rest = sent->first - at;
        size_t piece = rest < TILE_WIDTH ? (size_t)rest : TILE_WIDTH;
        if (!ours->source.ops->hashes(&ours->source, 0, at, piece, all + at, err))
            return false;
        at += piece;
    }
    memcpy(all + sent->first, sent->hashes, (size - sent->first) * sizeof *all);
    tile_memory_init(ret, all, size);
    if (!merkle_subtree_hash(&ret->source, (struct subtree){0, size}, &root, err))
        return false;
    *ret_whole = digest_eq(&root, &f->head->said.root);
    return true;
}

static bool same_index(const struct clerk_fork *f, struct bytes theirs,
                       const struct clerk_leaves *sent, bool *ret_kept, struct err *err)
{
    struct evidence e;
    struct exchange_tiles tiles;
    struct tile_memory memory;
    struct err why = {0};
    bool whole = false;
    struct evidence_history ours = {.tiles = &tiles.source};
    struct evidence_history other = {theirs, f->head->key, &memory.source};
    exchange_tiles_init(&tiles, f->txn, f->log->id);
    if (f->log->signed_size.n == 0)
        return true;
    if (!their_leaves(f, sent, &tiles, &memory, &whole, err))
        return false;
    if (!whole)
        return true;
    if (!our_side(f, f->log->signed_size, &ours, &why) ||
        !evidence_make_same_index(&ours, &other, f->arena, &e, &why))
        return none_here(&why, err);
    *ret_kept = true;
    return keep_evidence(f->c, f->txn, &e, f->arena, err);
}

bool clerk_history_fork(const struct clerk_fork *f, bool *ret_kept, struct err *err)
{
    bool kept = false;
    uint8_t *room = arena_new(f->arena, uint8_t, NOTE_BYTES_MAX);
    if (room == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "no room for a note");
    struct writer w = writer_of(room, NOTE_BYTES_MAX);
    note_write(&f->head->note, &w);
    CHECK(!w.full);
    if (f->head->said.size.n <= f->log->size.n && !same_size(f, writer_bytes(&w), &kept, err))
        return false;
    if (!kept && f->leaves != NULL && !same_index(f, writer_bytes(&w), f->leaves, &kept, err))
        return false;
    *ret_kept = kept;
    return true;
}

bool clerk_history_manifests(struct clerk *c, struct txn *txn, struct str origin,
                             struct bytes first, struct bytes second, struct arena *a,
                             struct err *err)
{
    struct buffer out;
    struct bytes octets;
    buffer_init(&out, a, 4 * (size_t)CHAIN_BYTES_MAX);
    buffer_fmt(&out, "elchi manifests v1\norigin %.*s\nfirst %zu\n", STR_ARG(origin), first.len);
    buffer_put(&out, first);
    buffer_fmt(&out, "second %zu\n", second.len);
    buffer_put(&out, second);
    return buffer_take(&out, &octets, err) && keep(c, txn, origin, octets, err);
}
