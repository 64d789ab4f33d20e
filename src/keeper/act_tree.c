// keeper/act_tree.c - founding, extending, cosigning: what the state file guards.
#include "keeper/acts.h"

#include "base/limits.h"
#include "community/chain.h"
#include "log/cosign.h"

#include <stdio.h>

enum {
    EXTEND_COUNT_MAX = 30000, // leaf hashes that fit a frame
    COSIGN_COUNT_MAX = 64,
};

void act_sign_checkpoint(struct vault *v)
{
    struct checkpoint own;
    struct digest root = edge_root(&v->state.edge);
    struct writer w = writer_of(v->state.checkpoint, sizeof v->state.checkpoint);
    checkpoint_sign(v->state.edge.size, &root, &v->keys[KEYS_LOG], vault_secret(v, "log"), &w,
                    &own);
    CHECK(!w.full);
    CHECK(own.size.n == v->state.edge.size.n);
    v->state.checkpoint_size = w.len;
}

static void answer_checkpoint(const struct vault *v, struct act_io *io)
{
    CHECK(v->state.checkpoint_size > 0);
    buffer_block32(&io->answer, bytes_of(v->state.checkpoint, v->state.checkpoint_size));
}

// Extends edge and batch in a copy, signs, persists; only then does the answer exist.
static bool extend_by(struct vault *v, const struct digest *leaves, uint64_t count,
                      const struct digest *leaves_hash, struct err *err)
{
    v->state.batch_first.n = v->state.edge.size.n;
    v->state.batch_count = count;
    v->state.batch_leaves = *leaves_hash;
    edge_append_many(&v->state.edge, leaves, (size_t)count);
    act_sign_checkpoint(v);
    return act_save(v, err);
}

static bool same_keys(const struct vault *v, struct arena *a, const struct keys_record *said,
                      struct err *err)
{
    struct keys_record own;
    if (!vault_public(v, a, &own, err))
        return false;
    for (int r = 0; r < KEYS_ROLE_COUNT; r++) {
        bool same = said->present[r] == own.present[r] &&
                    (!own.present[r] || note_key_eq(&said->keys[r], &own.keys[r]));
        if (!same)
            return err_set(err, ERR_DENIED, "FORMATS 2",
                           "the manifest's %s key is not this keeper's",
                           keys_role_word((enum keys_role)r));
    }
    if (!str_eq(said->encryption, own.encryption) || !digest_eq(&said->tls, &own.tls))
        return err_set(err, ERR_DENIED, "FORMATS 2",
                       "the manifest's encryption or TLS key is not this keeper's");
    if (!str_eq(said->state, own.state))
        return err_set(err, ERR_DENIED, "FORMATS 2", "the manifest is of another State");
    return true;
}

bool act_found(struct vault *v, struct act_io *io, struct err *err)
{
    struct note note;
    struct manifest manifest;
    struct bytes sent = reader_block32(&io->ask);
    if (!act_columns_done(io, err) || !note_read(sent, &note, err))
        return false;
    struct digest genesis = keys_text_hash(note.text);
    if (!manifest_open_first(sent, v->origin, &genesis, &manifest, err) ||
        !same_keys(v, io->arena, &manifest.keys, err))
        return false;
    struct digest leaf = merkle_leaf(sent);
    struct digest hash = digest_of(bytes_of(leaf.octets, DIGEST_BYTES));
    bool again = v->state.edge.size.n == 1 && digest_eq(&v->state.batch_leaves, &hash);
    if (v->state.lock != KEEPER_UNFOUNDED && !again)
        return err_set(err, ERR_CONFLICT, "FORMATS 2", "the log is founded already");
    if (!again) {
        if (!vault_put_manifest(v, sent, err))
            return false;
        v->state.lock = KEEPER_SIGNS;
        if (!extend_by(v, &leaf, 1, &hash, err))
            return false;
    }
    answer_checkpoint(v, io);
    return true;
}

static struct digest hash_of_leaves(const struct digest *leaves, size_t count)
{
    struct hash h;
    hash_init(&h);
    for (size_t i = 0; i < count; i++)
        hash_put(&h, bytes_of(leaves[i].octets, DIGEST_BYTES));
    return hash_end(&h);
}

bool act_extend(struct vault *v, struct act_io *io, struct err *err)
{
    uint64_t first = reader_u64(&io->ask);
    size_t count = reader_u32(&io->ask);
    if (!act_must_sign(v, err))
        return false;
    if (io->ask.failed || count == 0 || count > EXTEND_COUNT_MAX)
        return err_set(err, ERR_MALFORMED, "keeper/frames.h", "1 to %d leaves at a time",
                       EXTEND_COUNT_MAX);
    struct digest *leaves = arena_new(io->arena, struct digest, count);
    if (leaves == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu leaves", count);
    for (size_t i = 0; i < count; i++)
        reader_copy(&io->ask, leaves[i].octets, DIGEST_BYTES);
    if (!act_columns_done(io, err))
        return false;
    struct digest hash = hash_of_leaves(leaves, count);
    const struct keeper_state *s = &v->state;
    bool again = first == s->batch_first.n && count == s->batch_count &&
                 digest_eq(&hash, &s->batch_leaves) && first + count == s->edge.size.n;
    if (!again && first != s->edge.size.n)
        return err_set(err, ERR_CONFLICT, "DESIGN 9",
                       "the batch starts at %llu, the log signed ends at %llu",
                       (unsigned long long)first, (unsigned long long)s->edge.size.n);
    if (!again && count > TREE_SIZE_MAX - s->edge.size.n)
        return err_set(err, ERR_LIMIT, "base/limits.h", "the log is full");
    if (!again && !extend_by(v, leaves, count, &hash, err))
        return false;
    answer_checkpoint(v, io);
    return true;
}

// -- cosigning ---------------------------------------------------------------------------------
struct cosigning {
    enum keeper_role role;
    struct str origin, state;
    struct digest genesis;
    struct bytes chain, checkpoint;
    struct proof proof;
};

static bool take_cosigning(struct act_io *io, struct cosigning *ret, struct err *err)
{
    struct cosigning c = {0};
    uint8_t role = reader_u8(&io->ask);
    struct bytes origin = reader_block16(&io->ask);
    struct bytes state = reader_block16(&io->ask);
    reader_copy(&io->ask, c.genesis.octets, DIGEST_BYTES);
    c.chain = reader_block32(&io->ask);
    c.checkpoint = reader_block32(&io->ask);
    size_t count = reader_u8(&io->ask);
    if (io->ask.failed || role > KEEPER_MIRROR || count > PROOF_HASHES_MAX)
        return err_set(err, ERR_MALFORMED, "keeper/frames.h", "a cosigning out of bounds");
    struct digest *path = arena_new(io->arena, struct digest, count + 1);
    if (path == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "a proof of %zu hashes", count);
    for (size_t i = 0; i < count; i++)
        reader_copy(&io->ask, path[i].octets, DIGEST_BYTES);
    c.role = (enum keeper_role)role;
    c.proof = (struct proof){path, count};
    if (!text_check_line(origin, &c.origin, err) || !text_check_line(state, &c.state, err) ||
        !checkpoint_origin_check(c.origin, err))
        return false;
    *ret = c;
    return true;
}

// The log's own signature, by the key its manifests give it at that size.
static bool open_foreign(const struct cosigning *c, struct arena *a, struct checkpoint *ret,
                         struct err *err)
{
    struct chain chain;
    struct note note;
    struct checkpoint_claim claim;
    const struct note_key *key;
    chain_init(&chain, a, c->origin, c->state, &c->genesis);
    if (!chain_read(&chain, c->chain, err) || !note_read(c->checkpoint, &note, err) ||
        !checkpoint_read(note.text, &claim, err) ||
        !chain_log_key(&chain, claim.said.size, &key, err))
        return false;
    return checkpoint_open(c->checkpoint, c->origin, key, 1, ret, NULL, err);
}

// The community that officers approved names each log's genesis; the asker may not name another.
static bool check_genesis(const struct vault *v, const struct cosigning *c, struct err *err)
{
    const struct community_state *state =
        v->has_community ? community_by_origin(&v->community, c->origin) : NULL;
    if (state == NULL || (digest_eq(&state->genesis, &c->genesis) && str_eq(state->code, c->state)))
        return true;
    return err_set(err, ERR_CONFLICT, "DESIGN 5.5",
                   "the community names another State or genesis for this log");
}

// Against what this keeper itself remembers, whatever the asker says it remembers.
static bool check_extends(const struct keeper_cosigned_row *row, const struct cosigning *c,
                          const struct checkpoint *next, struct err *err)
{
    struct tree_size held = {0};
    struct digest root = merkle_empty();
    if (row != NULL) {
        if (!digest_eq(&row->genesis, &c->genesis))
            return err_set(err, ERR_CONFLICT, "DESIGN 5.5",
                           "another genesis was pinned for this log");
        held = row->size;
        root = row->root;
    }
    if (next->size.n < held.n)
        return err_set(err, ERR_CONFLICT, "tlog-witness", "held %llu", (unsigned long long)held.n);
    if (merkle_check_consistency(held, root, next->size, next->root, c->proof, err))
        return true;
    // A path of the wrong length is one from another size: tlog-witness answers with the one held.
    if (err->kind == ERR_MALFORMED)
        return err_set(err, ERR_CONFLICT, "tlog-witness", "held %llu", (unsigned long long)held.n);
    return err_wrap(err, "held %llu", (unsigned long long)held.n);
}

// In the state, not on the disk yet: one save serves all of a frame.
static bool note_cosigned(struct vault *v, const struct cosigning *c, const struct checkpoint *next,
                          uint64_t *ret_time_s, struct err *err)
{
    struct keeper_cosigned_row *row = keeper_state_cosigned(&v->state, c->role, c->origin);
    uint64_t now_s = (uint64_t)vault_now(v).s;
    if (row == NULL && !keeper_state_cosigned_add(&v->state, c->role, c->origin, &row, err))
        return false;
    row->genesis = c->genesis;
    row->size = next->size;
    row->root = next->root;
    if (now_s > row->time_s)
        row->time_s = now_s;
    *ret_time_s = row->time_s;
    return true;
}

struct cosigned {
    struct cosigning ask;
    struct checkpoint next;
    uint64_t time_s;
    struct err refused;
};

static bool check_cosigning(struct vault *v, struct arena *a, struct cosigned *c, struct err *err)
{
    const struct cosigning *ask = &c->ask;
    if (str_eq(ask->origin, v->origin))
        return err_set(err, ERR_DENIED, "FORMATS 6", "nobody cosigns its own log");
    return check_genesis(v, ask, err) && open_foreign(ask, a, &c->next, err) &&
           check_extends(keeper_state_cosigned(&v->state, ask->role, ask->origin), ask, &c->next,
                         err) &&
           note_cosigned(v, ask, &c->next, &c->time_s, err);
}

static void answer_cosigned(struct vault *v, struct act_io *io, const struct cosigned *c)
{
    uint8_t line[NOTE_LINE_BYTES_MAX];
    enum keys_role role = c->ask.role == KEEPER_MIRROR ? KEYS_MIRROR : KEYS_WITNESS;
    struct writer w = writer_of(line, sizeof line);
    buffer_number(&io->answer, (uint64_t)c->refused.kind, 1);
    if (c->refused.kind != ERR_NONE) {
        buffer_block16(&io->answer, str_bytes(str_of(c->refused.text)));
        return;
    }
    cosign_sign(c->next.text, c->time_s, &v->keys[role], vault_secret(v, keys_role_word(role)), &w);
    CHECK(!w.full);
    buffer_block16(&io->answer, writer_bytes(&w));
    buffer_number(&io->answer, c->time_s, 8);
}

// Each is checked against what the ones before it left; one save for all, and only then a
// signature.
bool act_cosign(struct vault *v, struct act_io *io, struct err *err)
{
    size_t accepted = 0;
    if (!act_must_sign(v, err))
        return false;
    size_t count = reader_u16(&io->ask);
    if (io->ask.failed || count == 0 || count > COSIGN_COUNT_MAX)
        return err_set(err, ERR_MALFORMED, "keeper/frames.h", "1 to %d cosignings at a time",
                       COSIGN_COUNT_MAX);
    struct cosigned *all = arena_new(io->arena, struct cosigned, count);
    if (all == NULL)
        return err_set(err, ERR_LIMIT, "base/limits.h", "%zu cosignings", count);
    for (size_t i = 0; i < count; i++)
        if (!take_cosigning(io, &all[i].ask, err))
            return false;
    if (!act_columns_done(io, err))
        return false;
    if (!v->state.cosigns)
        return err_set(err, ERR_LOCKED, "DESIGN 9",
                       "after a restore the old witness and mirror keys never sign again");
    for (size_t i = 0; i < count; i++)
        accepted += check_cosigning(v, io->arena, &all[i], &all[i].refused) ? 1 : 0;
    if (accepted > 0 && !act_save(v, err))
        return false;
    buffer_number(&io->answer, count, 2);
    for (size_t i = 0; i < count; i++)
        answer_cosigned(v, io, &all[i]);
    return true;
}

bool act_cosigned(struct vault *v, struct act_io *io, struct err *err)
{
    struct str origin;
    uint8_t role = reader_u8(&io->ask);
    struct bytes sent = reader_block16(&io->ask);
    if (!act_columns_done(io, err) || !text_check_line(sent, &origin, err))
        return false;
    if (role > KEEPER_MIRROR)
        return err_set(err, ERR_MALFORMED, "keeper/frames.h", "role %u", role);
    const struct keeper_cosigned_row *row =
        keeper_state_cosigned(&v->state, (enum keeper_role)role, origin);
    struct digest root = row == NULL ? merkle_empty() : row->root;
    buffer_number(&io->answer, row == NULL ? 0 : row->size.n, 8);
    buffer_put(&io->answer, bytes_of(root.octets, DIGEST_BYTES));
    buffer_number(&io->answer, row == NULL ? 0 : row->time_s, 8);
    return true;
}
