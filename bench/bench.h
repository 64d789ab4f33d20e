// bench/bench.h - what the measuring programs share: the clock, the lines they print, a keeper.
//
// Holds: "aim ... measured ... met|missed by x" lines, memory figures, and a founded keeper in a
// process of its own.
// Source: DESIGN section 12.
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H
#include "base/frame.h"
#include "base/report.h"
#include "keeper/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BENCH static inline __attribute__((unused))
#define BENCH_ORIGIN "xa.example/bench"

BENCH double seconds_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

BENCH double peak_mib(void)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

BENCH void must(bool done, const struct err *err, const char *what)
{
    if (done)
        return;
    (void)fprintf(stderr, "bench: %s: %s\n", what, err->text);
    exit(1);
}

// One row of the design's table: the aim is a least value, or a most.
BENCH void aim_at_least(const char *what, double aim, double measured, const char *unit)
{
    if (measured >= aim)
        printf("%-44s aim >= %g %s, measured %.3g, met (%.2f times the aim)\n", what, aim, unit,
               measured, measured / aim);
    else
        printf("%-44s aim >= %g %s, measured %.3g, missed by %.3g (%.2f times the aim)\n", what,
               aim, unit, measured, aim - measured, measured / aim);
}

BENCH void aim_at_most(const char *what, double aim, double measured, const char *unit)
{
    if (measured <= aim)
        printf("%-44s aim <= %g %s, measured %.3g, met\n", what, aim, unit, measured);
    else
        printf("%-44s aim <= %g %s, measured %.3g, missed by %.3g\n", what, aim, unit, measured,
               measured - aim);
}

BENCH void note_figure(const char *what, double measured, const char *unit)
{
    printf("  %-42s %.4g %s\n", what, measured, unit);
}

// -- a folder on the disk that is measured --------------------------------------------------------
BENCH const char *bench_folder(void)
{
    static char folder[64];
    const char *base = getenv("BENCH_FOLDER"); // else beside what was built
    (void)snprintf(folder, sizeof folder, "%s/elchi-bench-XXXXXX", base == NULL ? "build" : base);
    CHECK(mkdtemp(folder) != NULL);
    return folder;
}

BENCH void bench_forget(const char *folder, const char *name)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[256];
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s%s", folder, name, ends[i]);
        (void)unlink(path);
    }
}

// -- a keeper -------------------------------------------------------------------------------------
struct bench_keeper {
    char folder[128];
    struct bytes manifest; // entry 0
    struct note_key log_key;
    struct keeper clerk;
    pid_t pid;
};

BENCH struct str bench_register(struct arena *a)
{
    struct err err = {0};
    struct secret seed = {0};
    struct sign_public key;
    struct note_key named;
    struct str vkey;
    struct str text = {0};
    must(sign_seed_new(world_real(), &seed, &err), &err, "a seed");
    sign_public_of(&seed, &key);
    secret_release(&seed);
    must(note_key_make(STR(BENCH_ORIGIN "/officer/anna"), NOTE_KEY_ED25519, &key, &named, &err) &&
             note_key_text(&named, a, &vkey, &err) &&
             arena_fmt(a, &text, &err,
                       "elchi register v1\nlog %s\nversion 1\nprevious none\nchange 1\n"
                       "officer anna %.*s technical releaser,administrator\n"
                       "rule desk=* type=* to=* tlp=* precedence=* approvals=1\n",
                       BENCH_ORIGIN, STR_ARG(vkey)),
         &err, "a register");
    return text;
}

// The manifest as one offline root would sign it.
BENCH struct bytes bench_manifest(const struct vault *v, struct arena *a)
{
    struct err err = {0};
    struct keys_record k;
    struct secret root = {0};
    struct sign_public key;
    struct note note;
    struct str text;
    struct bytes whole = {0};
    struct writer w = writer_of(arena_new(a, uint8_t, NOTE_BYTES_MAX), NOTE_BYTES_MAX);
    must(vault_public(v, a, &k, &err) && sign_seed_new(world_real(), &root, &err), &err, "keys");
    sign_public_of(&root, &key);
    must(note_key_make(STR(BENCH_ORIGIN "/root"), NOTE_KEY_ED25519, &key, &k.roots[0], &err), &err,
         "a root");
    k.version = k.threshold = k.next_threshold = 1;
    k.roots_count = k.next_count = 1;
    k.next[0] = digest_of(str_bytes(STR("no next root in a bench")));
    k.demo = true;
    k.time = world_now(world_real());
    must(keys_record_write(&k, a, &text, &err), &err, "a manifest");
    note_sign(text, &k.roots[0], &root, &w);
    secret_release(&root);
    must(note_read(writer_bytes(&w), &note, &err) &&
             keys_note_write(text, note.signatures, 1, a, &whole, &err),
         &err, "a manifest's note");
    return whole;
}

BENCH _Noreturn void bench_keeper_child(const struct bench_keeper *b, const struct secret *words,
                                        int socket)
{
    struct err err = {0};
    struct vault *v = memory_new(1, sizeof *v);
    struct keeper_door door = {socket, KEEPER_FOR_CLERK};
    static const volatile int never;
    report_init("keeper", REPORT_ERROR, false);
    bool done = vault_open(v, world_real(), b->folder, words, &err) &&
                keeper_serve(v, &door, 1, &never, &err);
    if (!done)
        (void)fprintf(stderr, "keeper: %s\n", err.text);
    _exit(done ? 0 : 1);
}

BENCH void bench_keeper_start(struct bench_keeper *b, const char *folder, struct arena *a)
{
    struct err err = {0};
    struct secret words = {0};
    struct vault *v = memory_new(1, sizeof *v);
    struct str vkey;
    int pair[2];
    crypto_start();
    (void)snprintf(b->folder, sizeof b->folder, "%s/keeper", folder);
    secret_copy(&words, str_bytes(STR("invented words of a bench")));
    struct vault_new how = {.origin = STR(BENCH_ORIGIN),
                            .desks = {[DESK_TECHNICAL] = true},
                            .register_text = bench_register(a),
                            .passphrase = &words,
                            .cost = KEYRING_COST_LEAST};
    CHECK(state_code_read(STR("XA"), &how.state));
    must(vault_make(world_real(), b->folder, &how, &err) &&
             vault_open(v, world_real(), b->folder, &words, &err),
         &err, "a vault");
    b->manifest = bench_manifest(v, a);
    must(note_key_text(&v->keys[KEYS_LOG], a, &vkey, &err) &&
             note_key_read(vkey, &b->log_key, &err),
         &err, "the log's key");
    vault_close(v);
    memory_release(v);
    must(frame_pair(pair, &err), &err, "sockets");
    b->pid = fork();
    CHECK(b->pid >= 0);
    if (b->pid == 0) {
        (void)close(pair[0]);
        bench_keeper_child(b, &words, pair[1]);
    }
    (void)close(pair[1]);
    secret_release(&words);
    b->clerk.socket = pair[0];
}

BENCH void bench_keeper_stop(struct bench_keeper *b)
{
    static const char *const files[] = {"keyring", "register", "manifest",
                                        "state.0", "state.1",  "spent"};
    char path[256];
    int status;
    (void)close(b->clerk.socket);
    CHECK(waitpid(b->pid, &status, 0) == b->pid);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", b->folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(b->folder);
}
#endif
