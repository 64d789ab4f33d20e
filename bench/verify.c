// bench/verify.c - a replica checked again from its entries, against raw SHA-256 over the same
// bytes.
//
// A store of a million entries is filled in a process of its own. Then exchange_check, which is
// what `elchi verify` does, reads every entry and tile in steps of the same size, hashes every
// entry into the tree, and the root is held against the signed checkpoint. The same octets hashed
// bare give the measure: in one stream, and in the very calls a tree takes (a leaf and a node
// each).
//
// Source: DESIGN section 12, "verify".
// usage: verify [ENTRIES]
#define _XOPEN_SOURCE 700 // mkdtemp
#include "bench/bench.h"
#include "clerk/recheck.h"
#include "store/exchange_check.h"

#include <string.h>

enum { ENTRY_OCTETS = 240, BATCH = 4096, ROUNDS = 5, SMALL = 20 };

static struct bytes entry_of(uint64_t n, uint8_t *room)
{
    for (size_t i = 0; i < ENTRY_OCTETS; i++)
        room[i] = (uint8_t)((n >> (i % 8 * 8)) + i);
    return bytes_of(room, ENTRY_OCTETS);
}

static struct db *store_at(const char *folder, bool writes)
{
    const struct db_driver *driver;
    struct db *db = NULL;
    struct err err = {0};
    char path[128];
    (void)snprintf(path, sizeof path, "%s/exchange.db", folder);
    must(db_driver("sqlite", &driver, &err) &&
             (writes ? exchange_open_write(driver, world_real(), path, &db, &err)
                     : exchange_open_read(driver, world_real(), path, &db, &err)),
         &err, "the store");
    return db;
}

static void key_of(struct note_key *ret, struct secret *ret_seed)
{
    struct err err = {0};
    struct sign_public key;
    struct digest seed = digest_of(str_bytes(STR("a log key of a bench")));
    secret_copy(ret_seed, bytes_of(seed.octets, sizeof seed.octets));
    sign_public_of(ret_seed, &key);
    must(note_key_make(STR(BENCH_ORIGIN), NOTE_KEY_ED25519, &key, ret, &err), &err, "a key");
}

static void append_batch(struct db *db, struct log_id log, struct edge *edge, uint64_t count,
                         bool last)
{
    static uint8_t octets[BATCH][ENTRY_OCTETS];
    static struct bytes entries[BATCH];
    static struct digest leaves[BATCH];
    uint8_t note[CHECKPOINT_NOTE_BYTES];
    struct err err = {0};
    struct txn txn = {0};
    struct checkpoint made;
    struct note_key key;
    struct secret seed = {0};
    struct tree_size from = edge->size;
    struct writer w = writer_of(note, sizeof note);
    for (uint64_t i = 0; i < count; i++) {
        entries[i] = entry_of(from.n + i, octets[i]);
        leaves[i] = merkle_leaf(entries[i]);
    }
    edge_append_many(edge, leaves, count);
    struct digest root = edge_root(edge);
    if (last) {
        key_of(&key, &seed);
        checkpoint_sign(edge->size, &root, &key, &seed, &w, &made);
        secret_release(&seed);
    }
    struct exchange_append what = {.log = log,
                                   .from = from,
                                   .entries = entries,
                                   .leaves = leaves,
                                   .count = count,
                                   .root = &root,
                                   .checkpoint = writer_bytes(&w)};
    must(db_begin(db, &txn, &err) && exchange_append(&txn, &what, NULL, &err) &&
             db_commit(&txn, &err),
         &err, "append");
    txn_release(&txn);
}

static void fill(const char *folder, uint64_t count)
{
    struct db *db = store_at(folder, true);
    struct err err = {0};
    struct txn txn = {0};
    struct log_id log = {0};
    struct edge edge;
    edge_init(&edge);
    must(db_begin(db, &txn, &err) && exchange_log_add(&txn, STR(BENCH_ORIGIN), false, &log, &err) &&
             db_commit(&txn, &err),
         &err, "a log");
    txn_release(&txn);
    while (edge.size.n < count) {
        uint64_t left = count - edge.size.n;
        append_batch(db, log, &edge, left < BATCH ? left : BATCH, left <= BATCH);
    }
    db_close(db);
}

static void fill_elsewhere(const char *folder, uint64_t count)
{
    int status = 0;
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        fill(folder, count);
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(status == 0);
}

// -- the measured part ---------------------------------------------------------------------------

static void verify(struct db *db, uint64_t count)
{
    struct err err = {0};
    struct arena a;
    struct exchange_log log;
    struct note_key key;
    struct secret seed = {0};
    struct checkpoint signed_by_log;
    uint64_t next = 0;
    arena_init(&a, 1 << 20);
    while (next < count) {
        struct txn txn = {0};
        arena_release(&a);
        arena_init(&a, 1 << 20);
        must(db_begin(db, &txn, &err) &&
                 exchange_log_find(&txn, STR(BENCH_ORIGIN), &a, &log, &err) &&
                 exchange_check(&txn, &log, next, VERIFY_ENTRIES, &next, &err),
             &err, "the log");
        txn_release(&txn);
    }
    key_of(&key, &seed);
    secret_release(&seed);
    must(checkpoint_open(log.checkpoint, STR(BENCH_ORIGIN), &key, 1, &signed_by_log, NULL, &err),
         &err, "the checkpoint");
    CHECK(signed_by_log.size.n == count);
    CHECK(digest_eq(&log.root, &signed_by_log.root)); // the tiles lead to the log's root
    arena_release(&a);
}

// The same number of octets, bare: nothing but nettle.
static double raw_stream(uint64_t count)
{
    static uint8_t block[ENTRY_OCTETS * 4096];
    uint8_t out[SHA256_DIGEST_SIZE];
    struct sha256_ctx ctx;
    double start = seconds_now();
    sha256_init(&ctx);
    for (uint64_t left = count * ENTRY_OCTETS; left > 0;) {
        size_t piece = left < sizeof block ? (size_t)left : sizeof block;
        sha256_update(&ctx, piece, block);
        left -= piece;
    }
    sha256_digest(&ctx, sizeof out, out);
    return seconds_now() - start + out[0] * 1e-18;
}

static double raw_calls(uint64_t count)
{
    static uint8_t input[ENTRY_OCTETS + 1];
    uint8_t out[SHA256_DIGEST_SIZE];
    struct sha256_ctx ctx;
    double start = seconds_now();
    for (uint64_t i = 0; i < count; i++) {
        sha256_init(&ctx);
        sha256_update(&ctx, sizeof input, input);
        sha256_digest(&ctx, sizeof out, out);
        memcpy(input, out, sizeof out);
        sha256_update(&ctx, 65, input);
        sha256_digest(&ctx, sizeof out, out);
    }
    return seconds_now() - start + out[0] * 1e-18;
}

static double best_of(double (*run)(uint64_t), uint64_t count)
{
    double best = run(count);
    for (int i = 0; i < ROUNDS - 1; i++) {
        double again = run(count);
        best = again < best ? again : best;
    }
    return best;
}

struct effort {
    double seconds;   // the best round
    double processor; // seconds of all threads, an average round
};
static double processor_now(void)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static struct effort verify_best(struct db *db, uint64_t count)
{
    struct effort best = {0};
    double begun = processor_now();
    for (int i = 0; i < ROUNDS; i++) {
        double start = seconds_now();
        verify(db, count);
        double round = seconds_now() - start;
        best.seconds = i == 0 || round < best.seconds ? round : best.seconds;
    }
    best.processor = (processor_now() - begun) / ROUNDS;
    return best;
}

static void say_figures(struct db *db, uint64_t count, struct effort spent)
{
    double bytes = (double)count * ENTRY_OCTETS / 1e6;
    double stream = best_of(raw_stream, count);
    double calls = best_of(raw_calls, count);
    printf("verify: %llu entries of %d octets from a store on disk, %s\n",
           (unsigned long long)count, ENTRY_OCTETS,
           db_beside(db, 1) != NULL ? "two threads" : "one thread");
    note_figure("verified", (double)count / spent.seconds, "entries/s");
    note_figure("verified", bytes / spent.seconds, "MB/s");
    note_figure("raw SHA-256, one stream", bytes / stream, "MB/s");
    note_figure("raw SHA-256, a leaf and a node an entry", bytes / calls, "MB/s");
    aim_at_least("verify against raw SHA-256, one stream", 0.5, stream / spent.seconds, "of raw");
    note_figure("against the tree's own calls, one stream", calls / spent.seconds, "of raw");
    // What other work on the machine cannot change: two free cores need half of this.
    note_figure("processor time of all threads", spent.processor / (double)count * 1e9,
                "ns an entry");
    note_figure("raw SHA-256, by that time", stream / spent.processor, "of raw");
    (void)fflush(stdout);
}

// One size in a process of its own, so that its peak is its own; yields the peak.
static double one_size(uint64_t count, bool speaks)
{
    double peak = 0;
    int pipe_ends[2];
    int status = 0;
    const char *folder = bench_folder();
    fill_elsewhere(folder, count);
    CHECK(pipe(pipe_ends) == 0);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        struct db *db = store_at(folder, false);
        struct effort spent = verify_best(db, count);
        peak = peak_mib();
        if (speaks)
            say_figures(db, count, spent);
        db_close(db);
        CHECK(write(pipe_ends[1], &peak, sizeof peak) == (ssize_t)sizeof peak);
        _exit(0);
    }
    CHECK(read(pipe_ends[0], &peak, sizeof peak) == (ssize_t)sizeof peak);
    CHECK(waitpid(pid, &status, 0) == pid);
    (void)close(pipe_ends[0]);
    (void)close(pipe_ends[1]);
    bench_forget(folder, "exchange.db");
    bench_forget(folder, "exchange.db-writer");
    (void)rmdir(folder);
    return peak;
}

int main(int argc, char **argv)
{
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    crypto_start();
    double small = one_size(count / SMALL + 1, false);
    double large = one_size(count, true);
    note_figure("peak memory at a twentieth of that", small, "MiB");
    note_figure("peak memory", large, "MiB");
    aim_at_most("verify, memory flat (growth over 20 times)", 1.2, large / small, "times");
    return 0;
}
