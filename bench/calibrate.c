// bench/calibrate.c - what this machine can do, so that every measure can be read as a ratio.
//
// Prints one line per figure: raw SHA-256 by nettle, Ed25519 by libsodium, durable writes on the
// folder that is named. It calls the libraries bare: no room of ours stands between.
// usage: calibrate FOLDER
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <nettle/sha2.h>
#include <sodium.h>

enum {
    BLOCK_BYTES = 1 << 20,
    RUN_MS = 300,         // of each figure; the best of ROUNDS is printed
    ROUNDS = 3,           // the machine's other load only ever makes a round slower
    NODE_BYTES = 65,      // a Merkle node: prefix and two hashes
    RECORD_BYTES = 400,   // a message of a few phrases
    SYNC_BYTES = 4096,    // a page of a database
    BATCH = 256,          // calls between two looks at the clock
    FIGURE_LINE_NAME = 36 // columns
};

static uint8_t block[BLOCK_BYTES];

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// Calls work(argument) in batches for RUN_MS and gives calls per second, the best of ROUNDS.
static double rate_of(void (*work)(void *), void *argument)
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = seconds();
        double spent = 0;
        uint64_t count = 0;
        for (; spent < RUN_MS / 1000.0; spent = seconds() - start, count += BATCH)
            for (int call = 0; call < BATCH; call++)
                work(argument);
        if ((double)count / spent > best)
            best = (double)count / spent;
    }
    return best;
}

static void figure(const char *name, double value, const char *unit)
{
    printf("calibration  %-*s %12.0f %s\n", FIGURE_LINE_NAME, name, value, unit);
}

static void hash_block(void *size)
{
    static uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, *(const size_t *)size, block);
    sha256_digest(&ctx, sizeof digest, digest);
    block[0] ^= digest[0]; // so that no call can be left out
}

struct signing {
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
    uint8_t signature[crypto_sign_BYTES];
    int refused;
};

static void sign_record(void *signing)
{
    struct signing *s = signing;
    (void)crypto_sign_detached(s->signature, NULL, block, RECORD_BYTES, s->secret_key);
}

static void verify_record(void *signing)
{
    struct signing *s = signing;
    s->refused +=
        crypto_sign_verify_detached(s->signature, block, RECORD_BYTES, s->public_key) != 0;
}

struct durable {
    int fd;
    off_t at;
    int failed;
};

static void write_and_sync(void *durable)
{
    struct durable *d = durable;
    if (pwrite(d->fd, block, SYNC_BYTES, d->at) != SYNC_BYTES || fdatasync(d->fd) != 0)
        d->failed = 1;
    d->at = (d->at + SYNC_BYTES) % BLOCK_BYTES;
}

static int measure_sync(const char *folder)
{
    char path[512];
    struct durable d = {0};
    int length = snprintf(path, sizeof path, "%s/calibrate.tmp", folder);
    if (length < 0 || (size_t)length >= sizeof path)
        return 1;
    d.fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (d.fd < 0) {
        perror(path);
        return 1;
    }
    figure("4 KiB write and fdatasync", rate_of(write_and_sync, &d), "/s");
    (void)close(d.fd);
    (void)unlink(path);
    return d.failed;
}

int main(int argc, char **argv)
{
    struct signing s = {0};
    size_t node = NODE_BYTES;
    size_t kib = 1024;
    size_t mib = BLOCK_BYTES;
    if (sodium_init() < 0 || crypto_sign_keypair(s.public_key, s.secret_key) != 0)
        return 1;
    memset(block, 0x5a, sizeof block);
    figure("SHA-256 of 65 B (a Merkle node)", rate_of(hash_block, &node), "/s");
    figure("SHA-256 in 1 KiB", rate_of(hash_block, &kib) * 1024 / 1e6, "MB/s");
    figure("SHA-256 in 1 MiB", rate_of(hash_block, &mib) * BLOCK_BYTES / 1e6, "MB/s");
    figure("Ed25519 sign, 400 B", rate_of(sign_record, &s), "/s");
    figure("Ed25519 verify, 400 B", rate_of(verify_record, &s), "/s");
    if (s.refused != 0)
        return 1;
    return measure_sync(argc > 1 ? argv[1] : ".");
}
