// bench/append.c - ready entries through stage, keeper and log: durable and signed.
//
// Measures the three durable steps of a batch as the clerk takes them (clerk/append.h), with a real
// keeper in a process of its own and a store on the disk.
// Source: DESIGN section 12, "append".
// usage: append [ENTRIES]
#define _XOPEN_SOURCE 700 // mkdtemp
#include "clerk/append.h"
#include "bench/bench.h"
#include "store/exchange_stage.h"

enum { ENTRY_OCTETS = 240, BATCH_MOST = 4096, AIM_PER_S = 20000 };

static struct clerk clerk;

static struct bytes entry_of(uint64_t n, uint8_t room[ENTRY_OCTETS])
{
    for (size_t i = 0; i < ENTRY_OCTETS; i++)
        room[i] = (uint8_t)((n >> (i % 8 * 8)) + i);
    return bytes_of(room, ENTRY_OCTETS);
}

// The seal step: a batch becomes durable before the keeper hears of it.
static void stage(uint64_t first, uint64_t count)
{
    struct err err = {0};
    struct txn txn = {0};
    uint8_t room[ENTRY_OCTETS];
    char ref[32];
    char draft[33];
    must(db_begin(clerk.exchange, &txn, &err), &err, "begin");
    for (uint64_t n = first; n < first + count; n++) {
        (void)snprintf(ref, sizeof ref, "XA/XB-2026-%04llu", (unsigned long long)n);
        (void)snprintf(draft, sizeof draft, "%032llx", (unsigned long long)n);
        struct exchange_staged row = {
            .entry = entry_of(n, room), .draft = str_of(draft), .ref = str_of(ref)};
        must(exchange_stage_put(&txn, &row, NULL, &err), &err, "stage");
    }
    must(db_commit(&txn, &err), &err, "commit of the stage");
    txn_release(&txn);
}

static double run(uint64_t *next, uint64_t batch, uint64_t entries)
{
    struct err err = {0};
    double start = seconds_now();
    for (uint64_t done = 0; done < entries; done += batch) {
        uint64_t appended = 0;
        stage(*next, batch);
        must(clerk_append(&clerk, &appended, &err), &err, "append");
        CHECK(appended == batch);
        *next += batch;
    }
    return (double)entries / (seconds_now() - start);
}

static void open_store(const char *folder, const struct bench_keeper *keeper)
{
    const struct db_driver *driver;
    struct err err = {0};
    struct txn txn = {0};
    struct arena a;
    struct bytes checkpoint = {0};
    char path[128];
    struct digest leaf = merkle_leaf(keeper->manifest);
    arena_init(&a, 1 << 20);
    (void)snprintf(path, sizeof path, "%s/exchange.db", folder);
    clerk.keeper = keeper->clerk;
    clerk.options.bell = -1;
    must(db_driver("sqlite", &driver, &err) &&
             exchange_open_write(driver, world_real(), path, &clerk.exchange, &err) &&
             keeper_found(&clerk.keeper, &a, keeper->manifest, &checkpoint, &err) &&
             db_begin(clerk.exchange, &txn, &err) &&
             exchange_log_add(&txn, STR(BENCH_ORIGIN), true, &clerk.own, &err),
         &err, "a store");
    struct exchange_append first = {.log = clerk.own,
                                    .entries = &keeper->manifest,
                                    .leaves = &leaf,
                                    .count = 1,
                                    .checkpoint = checkpoint};
    must(exchange_append(&txn, &first, NULL, &err) && db_commit(&txn, &err), &err, "founding");
    txn_release(&txn);
    arena_release(&a);
}

// The keeper's last word fits the store's: signed by the log's key, over the same root.
static void check_signed(const struct bench_keeper *keeper, uint64_t next)
{
    struct err err = {0};
    struct txn txn = {0};
    struct arena a;
    struct exchange_log log;
    struct checkpoint c;
    arena_init(&a, 1 << 20);
    must(
        db_begin(clerk.exchange, &txn, &err) && exchange_log_get(&txn, clerk.own, &a, &log, &err) &&
            checkpoint_open(log.checkpoint, STR(BENCH_ORIGIN), &keeper->log_key, 1, &c, NULL, &err),
        &err, "the end");
    CHECK(log.size.n == next);
    CHECK(c.size.n == next);
    CHECK(digest_eq(&c.root, &log.root));
    txn_release(&txn);
    arena_release(&a);
}

int main(int argc, char **argv)
{
    static const uint64_t batches[] = {1, 64, 1000, 2000, BATCH_MOST};
    uint64_t most = argc > 1 ? strtoull(argv[1], NULL, 10) : 40 * BATCH_MOST;
    struct bench_keeper keeper = {0};
    struct arena a;
    const char *folder = bench_folder();
    double best = 0;
    double worst = 0;
    uint64_t next = 1;
    arena_init(&a, 4 << 20);
    bench_keeper_start(&keeper, folder, &a);
    open_store(folder, &keeper);
    printf("append: %d-octet entries, seal, extend and commit each durable\n", ENTRY_OCTETS);
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        char what[64];
        uint64_t rounds = batches[i] < 1000 ? 50 : most / batches[i];
        double rate = run(&next, batches[i], batches[i] * rounds);
        (void)snprintf(what, sizeof what, "batches of %llu", (unsigned long long)batches[i]);
        note_figure(what, rate, "entries/s");
        if (batches[i] >= 1000 && (worst == 0 || rate < worst))
            worst = rate;
        if (rate > best)
            best = rate;
    }
    check_signed(&keeper, next);
    aim_at_least("append, best of batches to 4096", AIM_PER_S, best, "entries/s");
    aim_at_least("append, worst of batches from 1000", AIM_PER_S, worst, "entries/s");
    note_figure("peak memory of the writer", peak_mib(), "MiB");
    db_close(clerk.exchange);
    bench_keeper_stop(&keeper);
    bench_forget(folder, "exchange.db");
    bench_forget(folder, "exchange.db-writer");
    (void)rmdir(folder);
    arena_release(&a);
    return 0;
}
