#include "clerk/append.h"

#include "base/limits.h"
#include "log/checkpoint.h"
#include "store/exchange_stage.h"
#include "store/exchange_witness.h"

enum { BATCH_MAX = 4096, BATCH_BYTES_MAX = 32 << 20 };

struct batch {
    struct arena *arena;
    struct bytes entries[BATCH_MAX];
    struct digest leaves[BATCH_MAX];
    size_t count, wanted;
    int64_t last; // number of its last staged row
};

static bool take_staged(void *context, const struct exchange_staged *row, struct err *err)
{
    struct batch *b = context;
    CHECK(b->count < BATCH_MAX);
    if (!arena_copy(b->arena, row->entry, &b->entries[b->count], err))
        return false;
    b->leaves[b->count] = merkle_leaf(row->entry);
    b->count++;
    b->last = row->number;
    return true;
}

// Reads the stage's first rows: as many as the keeper has extended by already, else all that fit.
static bool read_batch(struct clerk *c, struct batch *b, struct exchange_log *own, struct err *err)
{
    struct txn txn = {0};
    struct keeper_status status;
    uint64_t ahead = 0;
    bool done = false;
    if (!keeper_status(&c->keeper, b->arena, &status, err) || !db_begin(c->exchange, &txn, err) ||
        !exchange_log_get(&txn, c->own, b->arena, own, err))
        goto out;
    if (status.lock != KEEPER_SIGNS) {
        uint64_t waiting = 0;
        done = exchange_stage_count(&txn, &waiting, err);
        if (done && waiting > 0)
            done = err_set(err, ERR_LOCKED, "DESIGN 9", "%.*s", STR_ARG(status.lock_reason));
        goto out;
    }
    if (status.size.n < own->size.n) {
        (void)err_set(err, ERR_CONFLICT, "DESIGN 9",
                      "the keeper signed %llu entries, the store holds %llu",
                      (unsigned long long)status.size.n, (unsigned long long)own->size.n);
        goto out;
    }
    ahead = status.size.n - own->size.n;
    b->wanted = ahead == 0 || ahead > BATCH_MAX ? BATCH_MAX : (size_t)ahead;
    if (!exchange_stage(&txn, 0, b->wanted, take_staged, b, err))
        goto out;
    if (ahead > 0 && b->count != ahead) {
        (void)err_set(err, ERR_GAP, "DESIGN 9",
                      "the keeper signed %llu entries that this store does not hold",
                      (unsigned long long)ahead);
        goto out;
    }
    done = true;
out:
    txn_release(&txn);
    return done;
}

static bool commit_batch(struct clerk *c, const struct batch *b, const struct exchange_log *own,
                         struct bytes checkpoint, struct err *err)
{
    struct txn txn = {0};
    struct exchange_append what = {.log = c->own,
                                   .from = own->size,
                                   .entries = b->entries,
                                   .leaves = b->leaves,
                                   .count = b->count,
                                   .checkpoint = checkpoint};
    struct checkpoint_claim claim;
    struct note note;
    if (!note_read(checkpoint, &note, err) || !checkpoint_read(note.text, &claim, err))
        return err_wrap(err, "the keeper's checkpoint");
    what.root = &claim.said.root;
    bool done = db_begin(c->exchange, &txn, err) && exchange_append(&txn, &what, NULL, err) &&
                exchange_stage_clear(&txn, b->last, err) && db_commit(&txn, err);
    txn_release(&txn);
    return done;
}

static bool extend_and_commit(struct clerk *c, struct arena *a, const struct batch *b,
                              const struct exchange_log *own, struct err *err)
{
    struct bytes checkpoint;
    clerk_step(c, "extend", false);
    if (!keeper_extend(&c->keeper, a, (struct leaf_index){own->size.n}, b->leaves,
                       (uint32_t)b->count, &checkpoint, err))
        return false;
    clerk_step(c, "extend", true);
    clerk_step(c, "commit", false);
    if (!commit_batch(c, b, own, checkpoint, err))
        return false;
    clerk_step(c, "commit", true);
    return true;
}

static bool append_one(struct clerk *c, struct arena *a, uint64_t *ret_count, struct err *err)
{
    struct exchange_log own;
    struct batch *b = memory_new(1, sizeof *b);
    b->arena = a;
    bool done =
        read_batch(c, b, &own, err) && (b->count == 0 || extend_and_commit(c, a, b, &own, err));
    if (done)
        *ret_count = b->count;
    memory_release(b);
    return done;
}

bool clerk_append(struct clerk *c, uint64_t *ret_count, struct err *err)
{
    uint64_t all = 0;
    for (;;) {
        struct arena a;
        uint64_t count = 0;
        arena_init(&a, BATCH_MAX * (uint64_t)ENTRY_BYTES_MAX + BATCH_BYTES_MAX);
        bool done = append_one(c, &a, &count, err);
        arena_release(&a);
        if (!done)
            return false;
        if (count == 0)
            break;
        all += count;
        clerk_ring(c);
    }
    *ret_count = all;
    return true;
}

static bool found_in_store(struct clerk *c, struct bytes manifest, struct bytes checkpoint,
                           struct err *err)
{
    struct txn txn = {0};
    struct arena a;
    struct exchange_log own;
    struct digest leaf = merkle_leaf(manifest);
    struct exchange_append what = {
        .log = c->own, .entries = &manifest, .leaves = &leaf, .count = 1, .checkpoint = checkpoint};
    struct exchange_manifest row = {.log = c->own, .version = 1, .logged = true, .note = manifest};
    arena_init(&a, (size_t)NOTE_BYTES_MAX * 4);
    bool done = db_begin(c->exchange, &txn, err) && exchange_log_get(&txn, c->own, &a, &own, err);
    if (done && own.size.n == 0)
        done = exchange_append(&txn, &what, NULL, err) && exchange_manifest_put(&txn, &row, err) &&
               db_commit(&txn, err);
    txn_release(&txn);
    arena_release(&a);
    return done;
}

bool clerk_found(struct clerk *c, struct bytes manifest, struct err *err)
{
    struct arena a;
    struct bytes checkpoint;
    arena_init(&a, (size_t)NOTE_BYTES_MAX * 4);
    bool done = keeper_found(&c->keeper, &a, manifest, &checkpoint, err) &&
                found_in_store(c, manifest, checkpoint, err) && clerk_reload(c, err);
    arena_release(&a);
    return done;
}
