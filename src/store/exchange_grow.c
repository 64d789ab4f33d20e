// store/exchange_grow.c - append, cut and checkpoints: the part of exchange.h that changes a log.
#include "store/exchange.h"
#include "store/stmt.h"

// -- tiles that grow --------------------------------------------------------------------------
// The last, partial tile of each level, held while a batch is appended.
struct growing {
    uint64_t number;
    size_t count;
    bool changed;
    struct digest hashes[TILE_WIDTH];
};
struct grow {
    struct txn *txn;
    struct log_id log;
    struct edge edge;
    struct growing tile[TILE_LEVELS];
};

static bool put_tile(struct txn *txn, struct log_id log, unsigned level, uint64_t number,
                     struct bytes hashes, struct err *err)
{
    struct stmt s = txn_stmt(txn, SQL_TILE_PUT);
    stmt_bind_int(&s, 1, log.n);
    stmt_bind_count(&s, 2, level);
    stmt_bind_count(&s, 3, number);
    stmt_bind_bytes(&s, 4, hashes);
    return stmt_run(&s, err);
}

static bool load_growing(struct grow *g, struct err *err)
{
    struct exchange_tiles from;
    exchange_tiles_init(&from, g->txn, g->log);
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        struct growing *t = &g->tile[level];
        uint64_t nodes = g->edge.size.n >> (8 * level);
        t->number = nodes / TILE_WIDTH;
        t->count = (size_t)(nodes % TILE_WIDTH);
        t->changed = false;
        if (t->count > 0 && !from.source.ops->hashes(&from.source, level, t->number * TILE_WIDTH,
                                                     t->count, t->hashes, err))
            return err_wrap(err, "right edge");
    }
    return true;
}

// Every eighth level of the tree is a level of tiles.
static void collect(void *context, unsigned level, uint64_t index, const struct digest *node)
{
    struct grow *g = context;
    if (level % 8 != 0 || level / 8 >= TILE_LEVELS)
        return;
    struct growing *t = &g->tile[level / 8];
    CHECK(index / TILE_WIDTH == t->number);
    CHECK(index % TILE_WIDTH == t->count);
    t->hashes[t->count++] = *node;
    t->changed = true;
}

// Writes tiles that ran full; at the end of the batch, all that changed.
static bool flush(struct grow *g, bool all, struct err *err)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        struct growing *t = &g->tile[level];
        bool full = t->count == TILE_WIDTH;
        if (!t->changed || !(full || all))
            continue;
        struct bytes hashes = bytes_of(t->hashes, t->count * DIGEST_BYTES);
        if (!put_tile(g->txn, g->log, level, t->number, hashes, err))
            return false;
        t->changed = false;
        t->number += full ? 1 : 0;
        t->count = full ? 0 : t->count;
    }
    return true;
}

// -- the head ---------------------------------------------------------------------------------
struct head {
    struct tree_size size, signed_size;
    struct digest root;
    struct edge edge;
};
static bool get_head(struct txn *txn, struct log_id id, struct head *ret, struct err *err)
{
    bool found = false;
    struct stmt s = txn_stmt(txn, SQL_LOG_GET);
    stmt_bind_int(&s, 1, id.n);
    if (!stmt_find(&s, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_NOT_FOUND, NULL, "this log is not held here");
    struct head head = {.size = {stmt_count(&s, 3)},
                        .root = stmt_digest(&s, 4),
                        .signed_size = {stmt_count(&s, 6)}};
    bool fits = edge_read(stmt_bytes(&s, 5), &head.edge, err);
    if (!stmt_done(&s, err) || !fits)
        return false;
    if (head.edge.size.n != head.size.n)
        return err_set(err, ERR_TAMPERED, NULL, "the log's right edge is of another size");
    *ret = head;
    return true;
}

static bool put_head(struct txn *txn, struct log_id id, struct tree_size was,
                     const struct edge *edge, struct digest *ret_root, struct err *err)
{
    uint8_t octets[EDGE_BYTES_MAX];
    struct writer w = writer_of(octets, sizeof octets);
    struct digest root = edge_root(edge);
    edge_write(edge, &w);
    CHECK(!w.full);
    struct stmt s = txn_stmt(txn, SQL_LOG_GROW);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_count(&s, 2, was.n);
    stmt_bind_count(&s, 3, edge->size.n);
    stmt_bind_digest(&s, 4, &root);
    stmt_bind_bytes(&s, 5, writer_bytes(&w));
    if (!stmt_run_one(&s, err))
        return false;
    *ret_root = root;
    return stmt_done(&s, err);
}

static bool put_checkpoint(struct txn *txn, struct log_id id, struct tree_size size,
                           struct bytes note, struct err *err)
{
    if (note.len == 0 || note.len > NOTE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, NULL, "a checkpoint has 1 to %d octets", NOTE_BYTES_MAX);
    struct stmt s = txn_stmt(txn, SQL_LOG_SIGN);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_count(&s, 2, size.n);
    stmt_bind_bytes(&s, 3, note);
    return stmt_run_one(&s, err) && stmt_done(&s, err);
}

// -- reading back before commit ---------------------------------------------------------------
struct reread {
    struct exchange_tiles *tiles;
};
static bool check_entry(void *context, struct leaf_index at, struct bytes entry, struct err *err)
{
    const struct reread *r = context;
    struct digest stored;
    struct digest leaf = merkle_leaf(entry);
    struct tile_source *from = &r->tiles->source;
    if (!from->ops->hashes(from, 0, at.n, 1, &stored, err))
        return false;
    if (!digest_eq(&leaf, &stored))
        return err_set(err, ERR_TAMPERED, NULL, "entry %llu does not read back as it was written",
                       (unsigned long long)at.n);
    return true;
}

// The tiles alone must lead to the root that stands in the log's row.
static bool check_root(struct exchange_tiles *tiles, const struct head *head, struct err *err)
{
    struct digest root = merkle_empty();
    struct subtree whole = {0, head->size.n};
    if (head->size.n > 0 && !merkle_subtree_hash(&tiles->source, whole, &root, err))
        return false;
    if (!digest_eq(&root, &head->root))
        return err_set(err, ERR_TAMPERED, NULL, "the tiles lead to another root than the log's");
    return true;
}

static bool reread(struct txn *txn, int64_t subject, uint64_t from, uint64_t to, struct err *err)
{
    struct head head = {0};
    struct exchange_tiles tiles;
    struct log_id log = {subject};
    struct reread context = {&tiles};
    uint64_t next = 0;
    if (!get_head(txn, log, &head, err))
        return false;
    uint64_t end = to < head.size.n ? to : head.size.n; // some may have been cut again
    exchange_tiles_init(&tiles, txn, log);
    if (!check_root(&tiles, &head, err))
        return false;
    if (from >= end)
        return true;
    struct exchange_range range = {log, from, end - from, UINT64_MAX};
    if (!exchange_entries(txn, range, check_entry, &context, &next, err))
        return false;
    return next == end ? true
                       : err_set(err, ERR_TAMPERED, NULL, "entry %llu does not read back",
                                 (unsigned long long)next);
}

// -- append -----------------------------------------------------------------------------------
static bool may_append(const struct head *head, const struct exchange_append *what, struct err *err)
{
    if (head->size.n > what->from.n)
        return err_set(err, ERR_CONFLICT, NULL, "the log has %llu entries already",
                       (unsigned long long)head->size.n);
    if (head->size.n < what->from.n)
        return err_set(err, ERR_GAP, NULL, "the log has only %llu entries",
                       (unsigned long long)head->size.n);
    if (what->count == 0 || what->count > TREE_SIZE_MAX - head->size.n)
        return err_set(err, ERR_LIMIT, NULL, "nothing to append, or more than a tree holds");
    for (size_t i = 0; i < what->count; i++)
        if (what->entries[i].len > ENTRY_BYTES_MAX)
            return err_set(err, ERR_LIMIT, "C2SP tlog-tiles", "an entry has more than %d octets",
                           ENTRY_BYTES_MAX);
    return true;
}

static bool append_all(struct grow *g, const struct exchange_append *what, struct err *err)
{
    struct stmt s = txn_stmt(g->txn, SQL_ENTRY_ADD);
    for (size_t i = 0; i < what->count; i++) {
        stmt_bind_int(&s, 1, what->log.n);
        stmt_bind_count(&s, 2, g->edge.size.n);
        stmt_bind_bytes(&s, 3, what->entries[i]);
        edge_append_visit(&g->edge, &what->leaves[i], collect, g);
        if (!stmt_run(&s, err))
            return false;
        if (g->tile[0].count == TILE_WIDTH && !flush(g, false, err))
            return false;
    }
    return flush(g, true, err);
}

bool exchange_append(struct txn *txn, const struct exchange_append *what, struct digest *ret_root,
                     struct err *err)
{
    struct head head = {0};
    struct digest root;
    struct grow grow = {.txn = txn, .log = what->log};
    if (!get_head(txn, what->log, &head, err) || !may_append(&head, what, err))
        return false;
    grow.edge = head.edge;
    if (!load_growing(&grow, err) || !append_all(&grow, what, err))
        return err_wrap(err, "append");
    CHECK(grow.edge.size.n == what->from.n + what->count);
    if (!put_head(txn, what->log, head.size, &grow.edge, &root, err))
        return false;
    if (what->root != NULL && !digest_eq(&root, what->root))
        return err_set(err, ERR_TAMPERED, "RFC 9162 2.1", "the entries lead to another root");
    if (what->checkpoint.len > 0 &&
        !put_checkpoint(txn, what->log, grow.edge.size, what->checkpoint, err))
        return false;
    if (!txn_verify_later(txn, reread, what->log.n, what->from.n, grow.edge.size.n, err))
        return false;
    if (ret_root != NULL)
        *ret_root = root;
    return true;
}

// -- checkpoints of what is held --------------------------------------------------------------
bool exchange_checkpoint_put(struct txn *txn, struct log_id id, struct tree_size size,
                             const struct digest *root, struct bytes note, struct err *err)
{
    struct head head = {0};
    struct digest held = merkle_empty();
    struct exchange_tiles tiles;
    struct subtree whole = {0, size.n};
    if (!get_head(txn, id, &head, err))
        return false;
    if (size.n > head.size.n || size.n < head.signed_size.n)
        return err_set(err, ERR_CONFLICT, NULL, "a checkpoint of %llu, but %llu to %llu are held",
                       (unsigned long long)size.n, (unsigned long long)head.signed_size.n,
                       (unsigned long long)head.size.n);
    exchange_tiles_init(&tiles, txn, id);
    if (size.n > 0 && !merkle_subtree_hash(&tiles.source, whole, &held, err))
        return false;
    if (!digest_eq(&held, root))
        return err_set(err, ERR_CONFLICT, NULL, "the checkpoint has another root than the entries");
    return put_checkpoint(txn, id, size, note, err);
}

// -- cut --------------------------------------------------------------------------------------
// The edge of a smaller tree: its complete subtrees, from the tiles.
static bool edge_at(struct exchange_tiles *tiles, uint64_t size, struct edge *ret, struct err *err)
{
    edge_init(ret);
    ret->size.n = size;
    for (unsigned level = 0; level < EDGE_LEVELS; level++)
        if ((size >> level & 1) != 0 &&
            !tile_source_node(&tiles->source, level, (size >> level) - 1, &ret->at[level], err))
            return false;
    return true;
}

static bool cut_level(struct exchange_tiles *tiles, unsigned level, uint64_t nodes, struct err *err)
{
    uint64_t number = nodes / TILE_WIDTH;
    size_t count = (size_t)(nodes % TILE_WIDTH);
    struct digest hashes[TILE_WIDTH];
    if (count > 0) {
        if (!tiles->source.ops->hashes(&tiles->source, level, number * TILE_WIDTH, count, hashes,
                                       err))
            return false;
        tiles->held = false; // it changes below
        if (!put_tile(tiles->txn, tiles->log, level, number, bytes_of(hashes, count * DIGEST_BYTES),
                      err))
            return false;
        number++;
    }
    struct stmt s = txn_stmt(tiles->txn, SQL_TILE_CUT);
    stmt_bind_int(&s, 1, tiles->log.n);
    stmt_bind_count(&s, 2, level);
    stmt_bind_count(&s, 3, number);
    return stmt_run(&s, err);
}

bool exchange_cut(struct txn *txn, struct log_id id, struct tree_size size, struct err *err)
{
    struct head head = {0};
    struct edge edge;
    struct digest root;
    struct exchange_tiles tiles;
    if (!get_head(txn, id, &head, err))
        return false;
    if (size.n < head.signed_size.n || size.n > head.size.n)
        return err_set(err, ERR_CONFLICT, NULL, "only entries above %llu may be taken back",
                       (unsigned long long)head.signed_size.n);
    exchange_tiles_init(&tiles, txn, id);
    if (!edge_at(&tiles, size.n, &edge, err))
        return err_wrap(err, "cut");
    for (unsigned level = 0; level < TILE_LEVELS; level++)
        if (!cut_level(&tiles, level, size.n >> (8 * level), err))
            return err_wrap(err, "cut");
    struct stmt s = txn_stmt(txn, SQL_ENTRY_CUT);
    stmt_bind_int(&s, 1, id.n);
    stmt_bind_count(&s, 2, size.n);
    return stmt_run(&s, err) && put_head(txn, id, head.size, &edge, &root, err) &&
           txn_verify_later(txn, reread, id.n, size.n, size.n, err);
}
