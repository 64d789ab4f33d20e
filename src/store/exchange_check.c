// store/exchange_check.c - see exchange_check.h.
#include "store/exchange_check.h"

#include <pthread.h>
#include <signal.h>

// Reading a row costs about as much as hashing it, so one core alone reaches a third of raw
// SHA-256. Two threads share nothing but the next piece: each reads over a connection of its own.
struct share {
    pthread_mutex_t lock;
    uint64_t next, end; // entries nobody has taken; guarded by the lock
};
struct worker {
    struct share *share;
    struct txn *txn;
    struct log_id log;
    struct exchange_tiles leaves, above; // each keeps the tile it read last
    struct leaf_index first;             // of the hashes in `made`
    size_t count;
    struct digest made[TILE_WIDTH];     // from entries, all of one tile
    struct digest held[TILE_WIDTH];     // from that tile
    uint8_t piece[1 + ENTRY_BYTES_MAX]; // an entry behind its prefix
    uint64_t failed_at;                 // the piece that failed; UINT64_MAX: none has
    struct err err;
};

static bool wrong(const char *what, uint64_t at, struct err *err)
{
    return err_set(err, ERR_TAMPERED, "RFC 9162 2.1", "%s at entry %llu", what,
                   (unsigned long long)at);
}

// A log of this size must have the tile: that it is missing is a finding.
static bool tile_answer(bool found, struct err *err)
{
    if (!found && err->kind == ERR_NOT_FOUND)
        err->kind = ERR_TAMPERED;
    return found;
}

static bool tile_hashes(struct exchange_tiles *from, unsigned level, uint64_t first, size_t count,
                        struct digest *ret, struct err *err)
{
    return tile_answer(from->source.ops->hashes(&from->source, level, first, count, ret, err), err);
}

// `folded` is the hash of full tile `number` of a level; the tile above must hold the same, and so
// on as far as full tiles end here.
static bool check_above(struct worker *w, uint64_t number, struct digest folded, uint64_t at,
                        struct err *err)
{
    for (unsigned level = 1; level < TILE_LEVELS; level++) {
        struct digest held;
        if (!tile_hashes(&w->above, level, number, 1, &held, err))
            return false;
        if (!digest_eq(&held, &folded))
            return wrong("a tile does not fold into the next", at, err);
        if ((number + 1) % TILE_WIDTH != 0)
            return true;
        number /= TILE_WIDTH;
        if (!tile_hashes(&w->above, level, number * TILE_WIDTH, TILE_WIDTH, w->held, err))
            return false;
        folded = merkle_fold(w->held, TILE_WIDTH);
    }
    return true;
}

// What was made from entries of one tile, against that tile.
static bool check_made(struct worker *w, struct err *err)
{
    uint64_t first = w->first.n;
    size_t count = w->count;
    size_t place = (size_t)(first % TILE_WIDTH);
    w->count = 0;
    if (!tile_hashes(&w->leaves, 0, first - place, place + count, w->held, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!digest_eq(&w->held[place + i], &w->made[i]))
            return wrong("another leaf hash", first + i, err);
    if (place + count < TILE_WIDTH)
        return true;
    struct digest folded = merkle_fold(w->held, TILE_WIDTH);
    return check_above(w, first / TILE_WIDTH, folded, first + count - 1, err);
}

static bool take_entry(void *context, struct leaf_index at, struct bytes entry, struct err *err)
{
    struct worker *w = context;
    if (entry.len > ENTRY_BYTES_MAX)
        return wrong("more octets than an entry has", at.n, err);
    if (entry.len > 0)
        memcpy(w->piece + 1, entry.ptr, entry.len);
    if (w->count == 0)
        w->first = at;
    w->made[w->count++] = merkle_leaf_behind(w->piece, entry.len);
    return (at.n + 1) % TILE_WIDTH != 0 || check_made(w, err);
}

static bool check_piece(struct worker *w, uint64_t from, uint64_t end, struct err *err)
{
    uint64_t next = from;
    struct exchange_range range = {w->log, from, end - from, UINT64_MAX};
    w->count = 0;
    if (!exchange_entries(w->txn, range, take_entry, w, &next, err))
        return false;
    if (next != end)
        return wrong("nothing is held", next, err);
    return w->count == 0 || check_made(w, err);
}

// -- sharing ----------------------------------------------------------------------------------
static bool take_piece(struct share *s, uint64_t *ret_from, uint64_t *ret_end)
{
    CHECK(pthread_mutex_lock(&s->lock) == 0);
    uint64_t from = s->next;
    uint64_t end = from - from % TILE_WIDTH + CHECK_PIECE_ENTRIES;
    s->next = end < s->end ? end : s->end;
    *ret_from = from;
    *ret_end = s->next;
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
    return *ret_from < *ret_end;
}

static void take_no_more(struct share *s)
{
    CHECK(pthread_mutex_lock(&s->lock) == 0);
    s->next = s->end;
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
}

// Of a zeroed worker, or of one that is to read over another transaction.
static void worker_init(struct worker *w, struct share *s, struct txn *txn, struct log_id log)
{
    w->share = s;
    w->txn = txn;
    w->log = log;
    w->failed_at = UINT64_MAX;
    exchange_tiles_init(&w->leaves, txn, log);
    exchange_tiles_init(&w->above, txn, log);
}

// Until nothing is left. A piece that was taken is always finished, so the first fault of a log is
// found whoever comes upon another one earlier.
static void *work(void *own)
{
    struct worker *w = own;
    uint64_t from, end;
    while (w->failed_at == UINT64_MAX && take_piece(w->share, &from, &end)) {
        if (check_piece(w, from, end, &w->err))
            continue;
        w->failed_at = from;
        take_no_more(w->share);
    }
    return NULL;
}

// A transaction of its own must see the same log; else the work is done over the one given.
static bool begin_beside(struct db *db, size_t number, const struct exchange_log *log,
                         struct txn *ret)
{
    struct err ignored = {0};
    struct exchange_log seen;
    struct arena a;
    struct db *beside = db_beside(db, number);
    if (beside == NULL || !db_begin(beside, ret, &ignored))
        return false;
    arena_init(&a, NOTE_BYTES_MAX + ORIGIN_BYTES_MAX + 4096);
    bool same = exchange_log_get(ret, log->id, &a, &seen, &ignored) && seen.size.n == log->size.n &&
                digest_eq(&seen.root, &log->root);
    arena_release(&a);
    if (!same)
        txn_release(ret);
    return same;
}

static bool thread_start(pthread_t *ret, struct worker *w)
{
    sigset_t all, before;
    sigfillset(&all); // a thread inherits it: signals are the business of the process's own loop
    CHECK(pthread_sigmask(SIG_BLOCK, &all, &before) == 0);
    bool started = pthread_create(ret, NULL, work, w) == 0;
    CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    return started;
}

static void work_all(struct worker both[2], struct txn txns[2], const struct exchange_log *log)
{
    pthread_t thread = 0;
    struct share *share = both[0].share;
    struct db *db = both[0].txn->db;
    bool much = share->end - share->next > CHECK_PIECE_ENTRIES;
    if (much && begin_beside(db, 0, log, &txns[0]))
        worker_init(&both[0], share, &txns[0], log->id);
    bool helped = much && begin_beside(db, 1, log, &txns[1]);
    if (helped) {
        worker_init(&both[1], share, &txns[1], log->id);
        helped = thread_start(&thread, &both[1]);
    }
    (void)work(&both[0]);
    if (helped)
        CHECK(pthread_join(thread, NULL) == 0);
}

static bool check_entries(struct txn *txn, const struct exchange_log *log, uint64_t from,
                          uint64_t end, struct err *err)
{
    struct share share = {.next = from, .end = end};
    struct worker *both = memory_new(2, sizeof *both);
    struct txn txns[2] = {{0}, {0}};
    CHECK(pthread_mutex_init(&share.lock, NULL) == 0);
    worker_init(&both[0], &share, txn, log->id);
    both[1].failed_at = UINT64_MAX;
    work_all(both, txns, log);
    txn_release(&txns[0]);
    txn_release(&txns[1]);
    CHECK(pthread_mutex_destroy(&share.lock) == 0);
    const struct worker *first = &both[both[1].failed_at < both[0].failed_at];
    bool good = first->failed_at == UINT64_MAX;
    if (!good)
        *err = first->err;
    memory_release(both);
    return good;
}

// What the log's own row says must be what the tiles lead to.
static bool check_root(struct txn *txn, const struct exchange_log *log, struct err *err)
{
    struct digest root = merkle_empty();
    struct exchange_tiles tiles;
    struct subtree whole = {0, log->size.n};
    exchange_tiles_init(&tiles, txn, log->id);
    if (log->size.n > 0 && !tile_answer(merkle_subtree_hash(&tiles.source, whole, &root, err), err))
        return false;
    return digest_eq(&root, &log->root) ||
           wrong("the tiles lead to another root", log->size.n, err);
}

bool exchange_check(struct txn *txn, const struct exchange_log *log, uint64_t from,
                    uint64_t count_max, uint64_t *ret_next, struct err *err)
{
    uint64_t next = from;
    if (from < log->size.n) {
        uint64_t left = log->size.n - from;
        next = from + (left < count_max ? left : count_max);
        if (!check_entries(txn, log, from, next, err))
            return false;
    }
    if (next >= log->size.n && !check_root(txn, log, err))
        return false;
    *ret_next = next;
    return true;
}
